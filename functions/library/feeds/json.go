package feeds

import (
	"bytes"
	"encoding/json"
	"time"

	"xietong.dev/functions/library/reading"
)

type jsonFeed struct {
	Metadata     jsonAbout   `json:"metadata"`
	Links        []jsonLink  `json:"links"`
	Navigation   []jsonLink  `json:"navigation,omitzero"`
	Publications []jsonBook  `json:"publications,omitzero"`
	Facets       []jsonFacet `json:"facets,omitempty"`
}

type jsonAbout struct {
	Identifier string `json:"identifier,omitempty"`
	Title      string `json:"title"`
	Modified   string `json:"modified,omitempty"`
	Total      int    `json:"numberOfItems,omitempty"`
	PerPage    int    `json:"itemsPerPage,omitempty"`
}

type jsonLink struct {
	Rel        string          `json:"rel,omitempty"`
	Href       string          `json:"href"`
	Type       string          `json:"type,omitempty"`
	Title      string          `json:"title,omitempty"`
	Templated  bool            `json:"templated,omitempty"`
	Properties *jsonProperties `json:"properties,omitempty"`
}

type jsonProperties struct {
	Books        int            `json:"numberOfItems,omitempty"`
	Ends         []jsonIndirect `json:"indirectAcquisition,omitempty"`
	Availability *jsonAvailable `json:"availability,omitempty"`
	Copies       *jsonCopies    `json:"copies,omitempty"`
}

type jsonIndirect struct {
	Type string `json:"type"`
}

type jsonAvailable struct {
	State string `json:"state"`
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
}

type jsonCopies struct {
	Total     int `json:"total"`
	Available int `json:"available"`
}

type jsonFacet struct {
	Metadata jsonAbout  `json:"metadata"`
	Links    []jsonLink `json:"links"`
}

type jsonBook struct {
	Metadata jsonMetadata  `json:"metadata"`
	Links    []jsonLink    `json:"links"`
	Images   []jsonLink    `json:"images,omitempty"`
	Licences []jsonLicence `json:"licenses,omitempty"`
}

type jsonMetadata struct {
	reading.Metadata
	Modified string `json:"modified"`
}

func (f Feed) json() []byte {
	d := jsonFeed{Metadata: jsonAbout{f.ID, line(f.Title), stamp(f.Updated), f.Total, f.PerPage}, Links: jsonLinks(f.Links)}
	if f.Kind == Menu {
		d.Navigation = []jsonLink{}
		for _, c := range f.Choices {
			d.Navigation = append(d.Navigation, jsonOf(c.Link))
		}
		return encode(d)
	}
	d.Publications = []jsonBook{}
	for _, b := range f.Books {
		d.Publications = append(d.Publications, b.publication(false))
	}
	for _, facet := range f.Facets {
		d.Facets = append(d.Facets, jsonFacet{jsonAbout{Title: line(facet.Title)}, jsonFacets(facet.Links)})
	}
	return encode(d)
}

func (b Book) json() []byte { return encode(b.publication(true)) }

func (b Book) publication(whole bool) jsonBook {
	m := tidied(b, whole)
	d := jsonBook{Metadata: jsonMetadata{reading.Describe(m), stamp(b.Updated)}, Links: []jsonLink{{Rel: "self", Href: b.Self, Type: V2.Type(Item)}}}
	d.Metadata.Identifier = b.ID
	if id := isbn(m.ISBN); id != "" {
		d.Metadata.Identifier = id
	}
	d.Links = append(d.Links, jsonLinks(b.Links)...)
	for _, href := range pictures(b) {
		d.Images = append(d.Images, jsonLink{Href: href, Type: "image/jpeg"})
	}
	if whole {
		for _, l := range b.Licences {
			d.Licences = append(d.Licences, l.licence())
		}
	}
	return d
}

func jsonLinks(all []Link) []jsonLink {
	links := []jsonLink{}
	for _, l := range all {
		links = append(links, jsonOf(l))
	}
	return links
}

// jsonFacets are links of which the active one is where the reader is.
func jsonFacets(all []Link) []jsonLink {
	links := jsonLinks(all)
	for i := range links {
		links[i].Rel = ""
		if all[i].Active {
			links[i].Rel = "self"
		}
	}
	return links
}

func jsonOf(l Link) jsonLink {
	j := jsonLink{Rel: l.Rel, Href: l.Href, Type: l.media(V2), Title: line(l.Title), Templated: l.Kind == Search}
	p := jsonProperties{Books: l.Books}
	for _, f := range l.Formats {
		p.Ends = append(p.Ends, jsonIndirect{f})
	}
	if a := l.Availability; a != nil {
		p.Availability = &jsonAvailable{"unavailable", until(a.Since), until(a.Until)}
		if a.Available {
			p.Availability.State = "available"
		}
		if a.Total > 0 {
			p.Copies = &jsonCopies{a.Total, a.Free}
		}
	}
	if p.Books > 0 || p.Ends != nil || p.Availability != nil {
		j.Properties = &p
	}
	return j
}

// until is a time that may not be told.
func until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

// encode writes a value that has no way to fail, with the characters of addresses as
// they are.
func encode(v any) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return text.Bytes()
}
