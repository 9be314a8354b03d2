package records

import (
	"slices"
	"strings"

	"xietong.dev/events"
)

// marc21 maps MARC 21 (https://www.loc.gov/marc/bibliographic/). Where field 880 has
// a field in its own script, that one is taken: 红楼梦, not Hong lou meng.
func (m *marc) marc21() *events.BookMetadata {
	m.vernacular()
	title := field{}
	if f := m.all("245"); len(f) > 0 {
		title = f[0]
	}
	b := &events.BookMetadata{
		Title:        joined(title, "a", "np"),
		Subtitle:     closed(strings.Join(title.each("b"), " ")),
		Contributors: m.agents21(),
		Publisher:    closed(m.publication("b")),
		Published:    m.published21(),
		Language:     m.language21(),
		ISBN:         validISBN(m.isbns("020")),
		Series:       closed(m.first("a", "490", "830", "440")),
		Position:     position(m.first("v", "490", "830", "440")),
		Subjects:     m.subjects("abxyzv", "600", "610", "611", "630", "650", "651", "653", "655"),
		CLC:          m.clc21(),
		Summary:      m.first("a", "520"),
	}
	return b
}

// vernacular puts the fields of 880 into the place of those they write anew: 245 with
// $6 880-02 is written anew in the 880 with $6 245-02.
func (m *marc) vernacular() {
	anew := map[string]field{}
	for _, alt := range m.all("880") {
		if link := alt.get("6"); len(link) >= 6 {
			anew[link[:6]] = alt
		}
	}
	for i, f := range m.fields {
		number, linked := strings.CutPrefix(f.get("6"), "880-")
		if alt, ok := anew[f.tag+"-"+number]; linked && ok && number != "00" {
			m.fields[i] = alt.instead(f)
		}
	}
}

// instead is a field in another's place; roles, which 880 often lacks, stay.
func (f field) instead(of field) field {
	f.tag, f.indicators = of.tag, of.indicators
	if f.get("4e") == "" {
		for _, s := range of.subs {
			if s.code == '4' || s.code == 'e' {
				f.subs = append(slices.Clip(f.subs), s)
			}
		}
	}
	return f
}

// joined is a title with the numbers and names of its parts.
func joined(f field, title, parts string) string {
	text := closed(f.get(title))
	for _, part := range f.each(parts) {
		text = strings.TrimSpace(text + " " + closed(part))
	}
	return text
}

// closed is a text without the punctuation that ISBD puts behind it. A dot stays
// behind an initial.
func closed(text string) string {
	text = strings.TrimRight(text, " /:;=,")
	if rest, ok := strings.CutSuffix(text, "."); ok && !initial(rest) {
		return rest
	}
	return text
}

func initial(text string) bool {
	last := text[strings.LastIndexAny(text, " .")+1:]
	return len(last) == 1 || last == "Jr" || last == "Sr" || last == "etc"
}

// agents21 are the people and bodies of a record, the main one first.
func (m *marc) agents21() []events.Contributor {
	var all []events.Contributor
	for _, f := range m.all("100", "110", "111", "700", "710", "711") {
		if f.get("t") != "" { // another work by them
			continue
		}
		otherwise := "ctb"
		if f.tag[0] == '1' {
			otherwise = "aut"
		}
		name := closed(f.get("a"))
		if f.tag == "100" || f.tag == "700" {
			name = direct(name, f.indicator(1))
		} else if unit := closed(strings.Join(f.each("b"), " ")); unit != "" {
			name += " " + unit
		}
		all = append(all, inRoles(name, f.each("4e"), otherwise)...)
	}
	if len(all) == 0 {
		all = people(closed(m.first("c", "245")), "aut")
	}
	return all
}

// direct is a name as it is spoken, which is how EPUB and ONIX have it: Jane Austen
// for Austen, Jane, but 曹雪芹 for 曹, 雪芹.
func direct(name string, kind byte) string {
	family, given, ok := strings.Cut(name, ", ")
	switch {
	case kind == '0' || !ok || strings.Contains(given, ","):
		return name
	case strings.IndexFunc(name, isHan) >= 0:
		return family + given
	}
	return given + " " + family
}

// inRoles is a contributor for each role that is known.
func inRoles(name string, roles []string, otherwise string) []events.Contributor {
	var all []events.Contributor
	for _, text := range roles {
		if what := role(text); what != "" {
			all = append(all, events.Contributor{Name: name, Role: what})
		}
	}
	if len(all) == 0 {
		return []events.Contributor{{Name: name, Role: otherwise}}
	}
	return all
}

// publication is a subfield of the imprint. Field 264 has others for copyright and
// printing, which its second indicator tells.
func (m *marc) publication(code string) string {
	for _, f := range m.all("264", "260") {
		if text := f.get(code); text != "" && (f.tag == "260" || f.indicator(2) == '1') {
			return text
		}
	}
	return m.first(code, "264")
}

func (m *marc) published21() string {
	if day := date(m.publication("c")); day != "" {
		return day
	}
	if fixed := m.control("008"); len(fixed) >= 11 {
		return date(fixed[7:11])
	}
	return ""
}

// language21 is the language of the text: the first of field 041, which older records
// write in one, or that of field 008.
func (m *marc) language21() string {
	if code := m.first("a", "041"); len(code) >= 3 {
		return code[:3]
	}
	if fixed := m.control("008"); len(fixed) >= 38 {
		return strings.Trim(fixed[35:38], "| ")
	}
	return ""
}

// subjects are the headings of a record with their subdivisions.
func (m *marc) subjects(codes string, tags ...string) []string {
	var all []string
	for _, f := range m.all(tags...) {
		var parts []string
		for _, part := range f.each(codes) {
			parts = append(parts, closed(part))
		}
		all = append(all, strings.Join(parts, "--"))
	}
	return all
}

// clc21 is the class of the 中图法: field 084 that says so, or 093, which the Chinese
// libraries have for it.
func (m *marc) clc21() string {
	for _, f := range m.all("084", "093") {
		scheme := strings.ToLower(f.get("2"))
		if f.tag == "093" || strings.Contains(scheme, "clc") || strings.Contains(scheme, "中图") || strings.Contains(scheme, "中国图书馆") {
			return f.get("a")
		}
	}
	return ""
}
