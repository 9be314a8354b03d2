package records

import (
	"strings"

	"xietong.dev/events"
)

// cnmarc maps CNMARC, China's UNIMARC (WH/T 0503-1996).
func (m *marc) cnmarc() *events.BookMetadata {
	title := m.all("200")[0]
	return &events.BookMetadata{
		Title:        joined(title, "a", "hi"),
		Subtitle:     strings.Join(title.each("e"), " "),
		Contributors: m.agentsCN(title),
		Publisher:    m.first("c", "210", "214"),
		Published:    m.publishedCN(),
		Language:     m.first("a", "101"),
		ISBN:         validISBN(m.isbns("010")),
		Series:       m.first("a", "225"),
		Position:     position(m.first("v", "225")),
		Subjects:     m.subjects("axyz", "600", "601", "605", "606", "607", "610"),
		CLC:          m.first("a", "690"),
		Summary:      m.first("a", "330"),
	}
}

// agentsCN are the people and bodies of a record. Where no field has them, the
// statements of responsibility behind the title do.
func (m *marc) agentsCN(title field) []events.Contributor {
	var all []events.Contributor
	for _, f := range m.all("700", "701", "702", "710", "711", "712") {
		otherwise := "aut"
		if f.tag[2] == '2' {
			otherwise = "ctb"
		}
		name := nation.ReplaceAllString(f.get("a"), "")
		if given := f.get("b"); given != "" && f.tag[1] == '0' {
			name = direct(name+", "+given, '1')
		} else if given != "" {
			name += " " + given
		}
		all = append(all, inRoles(name, f.each("4"), otherwise)...)
	}
	if len(all) == 0 {
		all = people(strings.Join(title.each("fg"), "; "), "aut")
	}
	return all
}

// publishedCN is the date of the imprint, or the one in field 100, from its ninth
// character on.
func (m *marc) publishedCN() string {
	if day := date(m.first("d", "210", "214")); day != "" {
		return day
	}
	if fixed := m.first("a", "100"); len(fixed) >= 13 {
		return date(fixed[9:13])
	}
	return ""
}
