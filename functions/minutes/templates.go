package minutes

// The kinds of minutes: what each has, in which order, under which headings and in
// which tone. Headings are keys of exportWords. What is empty is left out.

import "cmp"

// template is the form of one kind of minutes.
type template struct {
	mark     string    // masthead; none where empty
	facts    []string  // what stands above the text
	blanks   bool      // facts and names that nobody told are left for a clerk to fill in
	grid     bool      // facts stand in a table
	sections []section // in this order
	counted  bool      // sentences are numbered paragraphs, not bullets
	names    []string  // lists of names below the text
	signed   bool      // ends with who issued it and when, and the imprint
	plain    bool      // no time marks unless they are asked for: it is sent on as it is
	spoken   bool      // holds the transcript unless that is not wanted
}

// section is one heading and the part of a summary that stands under it.
type section struct {
	heading string
	of      source
	word    string // takes only sentences that say it: no heading claims what nobody said
}

// source is a part of a summary.
type source int

const (
	abstract source = iota
	topics
	decisions
	actions
	questions
	risks
	numbers
	keywords
)

// gathering are the facts of what people came together for without a customary form.
var gathering = []string{"time", "duration", "place", "chair", "recorder", "attended", "observers", "absent", "speakers", "state", "origin"}

// templates are the six kinds. The forms of party and official are customary: a party
// branch's record names time, place, chair, recorder, who should and did attend, agenda,
// talk and resolutions; a 会议纪要 is laid out as GB/T 9704-2012, 10.3 says.
var templates = map[string]template{
	"meeting": {facts: gathering, sections: []section{
		{"abstract", abstract, ""}, {"decisions", decisions, ""}, {"actions", actions, ""}, {"topics", topics, ""},
		{"questions", questions, ""}, {"risks", risks, ""}, {"numbers", numbers, ""}, {"keywords", keywords, ""}}},
	"training": {facts: gathering, sections: []section{
		{"training_abstract", abstract, ""}, {"training_topics", topics, ""}, {"numbers", numbers, ""}, {"training_risks", risks, ""},
		{"asked", questions, ""}, {"decisions", decisions, ""}, {"homework", actions, ""}, {"keywords", keywords, ""}}},
	"interview": {facts: gathering, spoken: true, sections: []section{
		{"interview_abstract", abstract, ""}, {"interview_topics", topics, ""}, {"numbers", numbers, ""}, {"risks", risks, ""},
		{"to_check", questions, ""}, {"decisions", decisions, ""}, {"follow_up", actions, ""}, {"keywords", keywords, ""}}},
	"class": {facts: gathering, sections: []section{
		{"class_abstract", abstract, ""}, {"class_topics", topics, ""}, {"numbers", numbers, ""}, {"class_risks", risks, ""},
		{"asked", questions, ""}, {"decisions", decisions, ""}, {"homework", actions, ""}, {"keywords", keywords, ""}}},
	"party": {mark: "party_mark", blanks: true, grid: true, counted: true, plain: true,
		facts: []string{"meeting_name", "time", "place", "chair", "recorder", "due_number", "present_number", "present", "absent", "observers", "agenda"},
		sections: []section{
			{"content", abstract, ""}, {"discussed", topics, ""}, {"resolutions", decisions, ""}, {"carried_out", actions, ""},
			{"questions", questions, ""}, {"risks", risks, ""}, {"numbers", numbers, ""}}},
	"official": {mark: "official_mark", blanks: true, counted: true, signed: true, plain: true,
		facts: []string{"time", "place", "chair", "recorder"},
		names: []string{"present", "excused", "observers"},
		sections: []section{
			{"pointed_out", abstract, "指出"}, {"stressed", abstract, "强调"}, {"content", abstract, ""}, {"discussed", topics, ""},
			{"decided", decisions, ""}, {"carried_out", actions, ""}, {"questions", questions, ""}, {"risks", risks, ""}, {"numbers", numbers, ""}}},
}

// templateOf is the form of a kind; one that nobody named is a meeting.
func templateOf(kind string) template { return templates[cmp.Or(kind, "meeting")] }
