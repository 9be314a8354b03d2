package minutes

import (
	"context"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Found is what minutes are found by.
type Found struct {
	People string // who speaks, a line each, as it is searched
	Form   string // every line, as it is searched
	Grams  []int32
}

// foundBy is what minutes are found by: title, place, participants, speakers, summary and
// transcript.
func foundBy(s story, lines []Line) Found {
	var f Found
	var form, people strings.Builder
	form.WriteString(spelt(show(s.given, s.own).Title))
	if t := s.current().Transcript; t != nil {
		for _, one := range t.Speakers {
			people.WriteString(spelt(one.Label) + "\n")
		}
	}
	f.People = people.String()
	form.WriteString("\n" + f.People + alikeLine(meetingPlace(s.given, s.current())))
	for _, p := range participants(s.given, s.current()) {
		form.WriteString(alikeLine(spelt(p.Name)))
	}
	if s.summary != nil {
		for _, i := range itemsOf(s.summary.Document) {
			form.WriteString(alikeLine(i.Text))
		}
	}
	for _, line := range lines {
		form.WriteString(alikeLine(line.Text))
	}
	f.Form = form.String()
	f.Grams = orEmpty(grams(f.Form))
	return f
}

func alikeLine(text string) string { return strings.ReplaceAll(alike(text), "\n", " ") + "\n" }

// positionsIn are which of the last n lines of a form hold any of the words: the lines of
// a transcript stand there in their order. It reports whether the form has so many.
func positionsIn(form string, n int, words []string) ([]int32, bool) {
	all := strings.Split(form, "\n")
	if len(all) <= n {
		return nil, false
	}
	positions := []int32{}
	for i, line := range all[len(all)-1-n : len(all)-1] {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) }) {
			positions = append(positions, int32(i))
		}
	}
	return positions, true
}

// index writes what minutes are found by anew.
func (m *Minutes) index(ctx context.Context, tx pg.Tx, id string) error {
	s, err := readStory(ctx, tx, id)
	if err != nil {
		return err
	}
	lines, err := readLines(ctx, tx, s, m.MaxSegments)
	if err != nil {
		return err
	}
	return writeFound(ctx, tx, id, foundBy(s, lines))
}

// tendFound indexes minutes that a version of this function wrote which knew no index.
func (m *Minutes) tendFound(ctx context.Context, _ fn.Apply) error {
	ids, err := readUnfound(ctx, m.DB, 20)
	for _, id := range ids {
		if err := m.DB.InTx(ctx, func(tx pg.Tx) error {
			if _, err := lock(ctx, tx, id); err != nil {
				return err
			}
			return m.index(ctx, tx, id)
		}); err != nil {
			return err
		}
	}
	return err
}

// Hit is minutes that were found, and where the words stand in them.
type Hit struct {
	Item
	Marks  []Mark     `json:"marks,omitempty"` // in the title
	Lines  []LineHit  `json:"lines"`           // of the transcript, in the order of time; the first of them
	Points []PointHit `json:"points"`          // of the summary; the first of them
	More   int        `json:"more,omitempty"`  // lines that are not shown
}

// LineHit is a line of a transcript that was found.
type LineHit struct {
	Segment string `json:"segment"`
	StartMS int64  `json:"start_ms"`
	Speaker string `json:"speaker,omitempty"` // as people call them
	Text    string `json:"text"`
	Marks   []Mark `json:"marks"`
}

// PointHit is a sentence of a summary that was found.
type PointHit struct {
	ID      string `json:"id,omitempty"`
	List    string `json:"list"`
	StartMS int64  `json:"start_ms"` // of what it rests on
	Text    string `json:"text"`
	Marks   []Mark `json:"marks"`
}

// mostLines and mostPoints are shown of one meeting; a list is read, not studied.
const (
	mostLines  = 5
	mostPoints = 3
)

// hit looks for words in minutes. Of a speaker, only what that one says counts.
func hit(s story, lines []Line, words []string, speaker string, lang string) Hit {
	h := Hit{Lines: []LineHit{}, Points: []PointHit{}, Marks: marks(show(s.given, s.own).Title, words)}
	names := map[string]string{}
	if t := s.current().Transcript; t != nil {
		for _, one := range t.Speakers {
			if speaker == "" || strings.Contains(spelt(one.Label), speaker) {
				names[one.ID] = speakerName(one, lang)
			}
		}
	}
	for _, line := range lines {
		name, known := names[line.Speaker]
		if speaker != "" && !known || len(words) > 0 && !holds(line.Text, words) {
			continue
		}
		if len(h.Lines) == mostLines {
			h.More++
			continue
		}
		h.Lines = append(h.Lines, LineHit{line.ID, line.StartMS, name, line.Text, orEmpty(marks(line.Text, words))})
	}
	if s.summary != nil && speaker == "" {
		h.Points = pointHits(s.summary.Document, words)
	}
	return h
}

func pointHits(d events.Summary, words []string) []PointHit {
	hits := []PointHit{}
	for _, i := range itemsOf(d) {
		shown := slices.ContainsFunc(hits, func(h PointHit) bool { return h.Text == i.Text }) // a sentence may stand in two lists
		if len(hits) < mostPoints && !shown && i.List != "keywords" && holds(i.Text, words) {
			hits = append(hits, PointHit{i.ID, i.List, i.startMS(), i.Text, orEmpty(marks(i.Text, words))})
		}
	}
	return hits
}
