package minutes

import (
	"fmt"
	"regexp"
	"strings"
)

// markdown prints a document as CommonMark with task lists.
func markdown(doc document) string {
	var b strings.Builder
	if doc.mark != "" {
		fmt.Fprintf(&b, "%s\n\n", escape(doc.mark))
	}
	fmt.Fprintf(&b, "# %s\n\n", escape(doc.title))
	for _, f := range doc.facts {
		fmt.Fprintf(&b, "- %s\n", escape(doc.line(f)))
	}
	topic := 0
	for _, p := range doc.parts {
		level := "##"
		if topic++; p.topic {
			level = fmt.Sprintf("### %d\\.", topic)
		} else {
			topic = 0
		}
		fmt.Fprintf(&b, "\n%s %s\n", level, escape(doc.heading(p)))
		if len(p.lines) > 0 {
			b.WriteString("\n")
		}
		for i, l := range p.lines {
			b.WriteString(doc.markdownLine(p.kind, i, l))
		}
	}
	for _, f := range doc.names {
		fmt.Fprintf(&b, "\n%s\n", escape(doc.line(f)))
	}
	if doc.signed {
		fmt.Fprintf(&b, "\n%s\n", escape(strings.TrimSpace(doc.issuer+" "+doc.date)))
	}
	return b.String()
}

// heading is a part's, with its time where it has one.
func (doc document) heading(p part) string {
	if p.span == "" {
		return p.heading
	}
	return p.heading + exportWords.Say(doc.lang, "brackets", p.span)
}

func (doc document) markdownLine(kind partKind, i int, l line) string {
	text := escape(l.text)
	if aside := doc.aside(l); aside != "" && kind != speech {
		text += " *(" + escape(aside) + ")*"
	}
	bullet := "- "
	if doc.counted {
		bullet = fmt.Sprintf("%d. ", i+1)
	}
	switch kind {
	case tasks:
		bullet = "- [ ] "
	case speech:
		if lead := strings.TrimSpace(l.at + " " + l.lead); lead != "" {
			text = "**" + escape(lead) + "** " + text
		}
		return text + "\n\n"
	case words:
		bullet = ""
	}
	for _, other := range l.others {
		text += "  \n" + strings.Repeat(" ", min(3, len(bullet))) + escape(other)
	}
	return bullet + text + "\n"
}

var (
	special = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "|", "\\|", "~", "\\~", "&", "&amp;", "<", "&lt;", ">", "&gt;")
	// What would begin a heading, a list or a rule at the start of a line.
	opening = regexp.MustCompile(`^(#|\+|-|=|[0-9]{1,9}[.)])`)
)

// escape makes Markdown of a text from another hand, so that it stays text.
func escape(s string) string {
	s = special.Replace(oneLine(s))
	if found := opening.FindString(s); found != "" {
		last := len(found) - 1
		return s[:last] + `\` + s[last:]
	}
	return s
}

// plainText prints a document without any marks.
func plainText(doc document) string {
	var b strings.Builder
	if doc.mark != "" {
		fmt.Fprintf(&b, "%s\n\n", doc.mark)
	}
	fmt.Fprintf(&b, "%s\n\n", oneLine(doc.title))
	for _, f := range doc.facts {
		fmt.Fprintf(&b, "%s\n", oneLine(doc.line(f)))
	}
	topic := 0
	for _, p := range doc.parts {
		number := ""
		if topic++; p.topic {
			number = fmt.Sprintf("%d. ", topic)
		} else {
			topic = 0
		}
		fmt.Fprintf(&b, "\n%s%s\n", number, oneLine(doc.heading(p)))
		for i, l := range p.lines {
			b.WriteString(doc.plainLine(p.kind, i, l))
		}
	}
	for _, f := range doc.names {
		fmt.Fprintf(&b, "\n%s\n", oneLine(doc.line(f)))
	}
	if doc.signed {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(doc.issuer+" "+doc.date))
	}
	return b.String()
}

func (doc document) plainLine(kind partKind, i int, l line) string {
	text := oneLine(l.text)
	if aside := doc.aside(l); aside != "" && kind != speech {
		text += " (" + oneLine(aside) + ")"
	}
	bullet := "- "
	if doc.counted {
		bullet = fmt.Sprintf("%d. ", i+1)
	}
	switch kind {
	case speech:
		if lead := strings.TrimSpace(l.at + " " + oneLine(l.lead)); lead != "" {
			text = lead + "  " + text
		}
		return text + "\n"
	case words:
		bullet = ""
	}
	for _, other := range l.others {
		text += "\n" + strings.Repeat(" ", len(bullet)) + oneLine(other)
	}
	return bullet + text + "\n"
}
