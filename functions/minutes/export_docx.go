package minutes

import (
	"strings"

	"xietong.dev/functions/minutes/docx"
	"xietong.dev/shared/say"
)

// word lays a document out for Word.
func (doc document) word(d Detail) docx.Document {
	w := docx.Document{Title: doc.title, Keywords: doc.keywords, At: d.CreatedAt, Numbers: docx.Counted}
	if d.Summary != nil {
		w.At = d.Summary.At
	}
	if doc.lang == say.English {
		w.Look = docx.English
	}
	if doc.blanks {
		w.Numbers = docx.Dashed
	}
	w.Body = append(doc.head(), doc.above()...)
	for _, p := range doc.parts {
		w.Body = append(w.Body, doc.section(p)...)
	}
	return doc.below(w)
}

// head is masthead and title.
func (doc document) head() (all []docx.Block) {
	switch {
	case doc.signed:
		before, after, _ := strings.Cut(doc.say("issue_number"), "%s")
		all = append(all, docx.Paragraph{Style: docx.Masthead, Runs: []docx.Run{docx.Text(doc.mark)}},
			docx.Paragraph{Style: docx.Issue, Runs: []docx.Run{docx.Text(before), doc.filled("issue", doc.issue), docx.Text(after)}})
	case doc.grid:
		return []docx.Block{docx.Paragraph{Style: docx.Title, Runs: []docx.Run{docx.Text(doc.mark)}}}
	}
	return append(all, docx.Paragraph{Style: docx.Title, Runs: []docx.Run{docx.Text(doc.title)}})
}

func (doc document) say(key string, args ...any) string {
	return exportWords.Say(doc.lang, key, args...)
}

// blank is a marked place that a clerk fills in.
func (doc document) blank(key string) docx.Run {
	return docx.Run{Text: doc.say("blank"), Manner: docx.Blank, Label: doc.say(key)}
}

// filled is what is known, or a blank.
func (doc document) filled(key, value string) docx.Run {
	if value == "" {
		return doc.blank(key)
	}
	return docx.Text(value)
}

// above are the facts.
func (doc document) above() (all []docx.Block) {
	if doc.grid {
		return []docx.Block{doc.form()}
	}
	for _, f := range doc.facts {
		if f.key == "origin" && !doc.automatic {
			continue // who edited what is between the people who wrote it
		}
		all = append(all, docx.Paragraph{Style: docx.Fact, Runs: doc.factRuns(f)})
	}
	return all
}

func (doc document) factRuns(f fact) []docx.Run {
	value := doc.filled(f.key, f.value)
	if f.label == "" {
		return []docx.Run{value}
	}
	return []docx.Run{{Text: f.label + doc.say("colon"), Manner: docx.Strong}, value}
}

func (doc document) section(p part) []docx.Block {
	style := docx.Heading1
	if p.topic {
		style = docx.Heading2
	}
	head := docx.Paragraph{Style: style, Runs: []docx.Run{docx.Text(p.heading)}}
	if p.span != "" {
		head.Runs = append(head.Runs, mark(p.span))
	}
	all := []docx.Block{head}
	switch {
	case p.kind == tasks:
		return append(all, doc.tasks(p.lines))
	case p.kind == points && len(doc.langs) > 1 && len(p.lines) > 0:
		return append(all, doc.sideBySide(p.lines))
	}
	for _, l := range p.lines {
		all = append(all, docx.Paragraph{Style: doc.style(p), Runs: runs(p.kind, l, doc.say("colon"))})
	}
	return all
}

// style is what the paragraphs of a part are. A single sentence is not counted.
func (doc document) style(p part) docx.Style {
	switch {
	case p.kind == speech:
		return docx.Speech
	case p.kind == words || doc.counted && len(p.lines) == 1:
		return docx.Body
	case doc.counted:
		return docx.Number
	}
	return docx.Bullet
}

func runs(kind partKind, l line, colon string) (all []docx.Run) {
	if kind != speech {
		all = append(all, docx.Text(l.text))
		if l.at != "" {
			all = append(all, mark(l.at))
		}
		return all
	}
	if l.lead != "" {
		all = append(all, docx.Run{Text: l.lead, Manner: docx.Strong})
	}
	if l.at != "" {
		all = append(all, mark(l.at))
	}
	if len(all) > 0 {
		all = append(all, docx.Text(colon))
	}
	return append(all, docx.Text(l.text))
}

func mark(at string) docx.Run { return docx.Run{Text: " [" + at + "]", Manner: docx.Mark} }

// below is what stands under the text: names, who issued it and when, a note, the
// imprint.
func (doc document) below(w docx.Document) docx.Document {
	for _, f := range doc.names {
		w.Body = append(w.Body, docx.Paragraph{Style: docx.Attendance, Runs: doc.factRuns(f)})
	}
	from := doc.filled("issuer", doc.issuer)
	if doc.signed {
		w.Body = append(w.Body, docx.Paragraph{Style: docx.Issuer, Runs: []docx.Run{from}}, docx.Paragraph{Style: docx.Date, Runs: []docx.Run{docx.Text(doc.date)}})
	}
	if doc.automatic && doc.blanks {
		note := strings.TrimSpace(doc.say("brackets", doc.origin))
		w.Body = append(w.Body, docx.Paragraph{Style: docx.Note, Runs: []docx.Run{docx.Text(note)}})
	}
	if doc.signed {
		copies := docx.Text(doc.say("copies") + doc.say("colon"))
		w.Body = append(w.Body, docx.Imprint{Copies: []docx.Run{copies, doc.filled("copies", doc.copies)}, Issuer: []docx.Run{from}, Date: []docx.Run{docx.Text(doc.issued)}})
	}
	return w
}
