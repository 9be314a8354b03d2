package book

import (
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
)

// described is the metadata of a package document, and what refines what in it.
type described struct {
	fields  []field
	refined map[string][]field // by the id of what they refine
}

func metadataOf(d *packageDoc) events.BookMetadata {
	m := described{d.metadata, map[string][]field{}}
	for _, f := range d.metadata {
		if f.refines != "" {
			m.refined[f.refines] = append(m.refined[f.refines], f)
		}
	}
	all := events.BookMetadata{
		Publisher:     m.first("publisher"),
		Published:     m.published(),
		Language:      m.first("language"),
		ISBN:          isbnOf(append(m.all("identifier"), m.all("source")...)),
		Summary:       m.first("description"),
		Contributors:  m.contributors(),
		Accessibility: m.meta("schema:accessibilityFeature"),
	}
	all.Title, all.Subtitle = m.titles()
	all.Series, all.Position = m.series()
	all.Subjects, all.CLC = m.subjects()
	return all
}

// all returns the texts of the elements of a name.
func (m described) all(name string) (texts []string) {
	for _, f := range m.fields {
		if f.name == name && f.text != "" {
			texts = append(texts, f.text)
		}
	}
	return texts
}

func (m described) first(name string) string {
	if all := m.all(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// meta returns the values of a property that describes the book itself.
func (m described) meta(key string) (texts []string) {
	for _, f := range m.fields {
		if f.name == "meta" && f.refines == "" && strings.EqualFold(f.key, key) {
			texts = append(texts, f.text)
		}
	}
	return texts
}

// refinement returns what a property says of a field, or "".
func (m described) refinement(f field, key string) string {
	if f.id == "" {
		return ""
	}
	for _, r := range m.refined[f.id] {
		if r.key == key {
			return r.text
		}
	}
	return ""
}

// titles returns the main title and the subtitle. Without a statement the first is
// the main one.
func (m described) titles() (title, subtitle string) {
	first := ""
	for _, f := range m.fields {
		if f.name != "title" || f.text == "" {
			continue
		}
		switch kind := m.refinement(f, "title-type"); {
		case kind == "main" && title == "":
			title = f.text
		case kind == "subtitle" && subtitle == "":
			subtitle = f.text
		case first == "" && (kind == "" || kind == "expanded"):
			first = f.text
		}
	}
	if title == "" {
		title = first
	}
	if title == "" {
		title = m.first("title")
	}
	return title, subtitle
}

func (m described) contributors() (all []events.Contributor) {
	for _, f := range m.fields {
		role := map[string]string{"creator": "aut", "contributor": "ctb"}[f.name]
		if role == "" || f.text == "" {
			continue
		}
		roles := m.roles(f)
		// Programs that made the file put themselves here.
		if slices.Contains(roles, "bkp") {
			continue
		}
		if len(roles) == 0 {
			roles = []string{role}
		}
		for _, code := range roles {
			all = append(all, events.Contributor{Name: f.text, Role: roleCode(code, role)})
		}
	}
	return all
}

func (m described) roles(f field) (all []string) {
	if f.role != "" {
		all = append(all, f.role)
	}
	if f.id == "" {
		return all
	}
	for _, r := range m.refined[f.id] {
		if r.key == "role" && r.text != "" {
			all = append(all, r.text)
		}
	}
	return all
}

// published prefers the date that says it is of publication, and takes none that
// says it is of something else.
func (m described) published() string {
	found := ""
	for _, f := range m.fields {
		if f.name != "date" || dateOf(f.text) == "" {
			continue
		}
		switch event := strings.ToLower(f.event); {
		case event == "publication" || event == "original-publication":
			return f.text
		case event == "" && found == "":
			found = f.text
		}
	}
	return found
}

// series takes EPUB 3's collection, or calibre's own words.
func (m described) series() (name string, position float64) {
	for _, f := range m.fields {
		if f.key != "belongs-to-collection" || f.text == "" {
			continue
		}
		if kind := m.refinement(f, "collection-type"); kind == "" || kind == "series" {
			return f.text, number(m.refinement(f, "group-position"))
		}
	}
	if calibre := m.meta("calibre:series"); len(calibre) > 0 {
		name = calibre[0]
		if index := m.meta("calibre:series_index"); len(index) > 0 {
			position = number(index[0])
		}
	}
	return name, position
}

// number reads a position such as 3, 3.5 or 2.1.4, of which the first two count.
func number(text string) float64 {
	whole := strings.SplitN(strings.TrimSpace(text), ".", 3)
	value, err := strconv.ParseFloat(strings.Join(whole[:min(2, len(whole))], "."), 64)
	if err != nil || value < 0 || !(value < 1e6) {
		return 0
	}
	return value
}

// subjects returns the subjects, and the class of the 中图法 where one says it is.
func (m described) subjects() (all []string, class string) {
	for _, f := range m.fields {
		switch {
		case f.name != "subject" && f.name != "identifier":
			continue
		case isCLC(f.scheme), isCLC(m.refinement(f, "authority")):
			mark := m.refinement(f, "term")
			if mark == "" {
				mark = f.text
			}
			if classMark.MatchString(mark) && class == "" {
				class = mark
			}
			if mark == f.text {
				continue
			}
		case classOf(f.text) != "":
			if class == "" {
				class = classOf(f.text)
			}
			continue
		}
		if f.name == "subject" {
			all = append(all, f.text)
		}
	}
	return all, class
}

func isCLC(scheme string) bool {
	switch strings.ToUpper(scheme) {
	case "CLC", "中图法", "中图分类", "中图分类号":
		return true
	}
	return false
}
