package feeds

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/reading"
)

// Names with a colon are written as they stand: encoding/xml would declare a
// namespace anew at every element, which some apps do not read.

// namespaces of a document. An entry within a feed has none.
type namespaces struct {
	Atom  string `xml:"xmlns,attr,omitempty"`
	DC    string `xml:"xmlns:dc,attr,omitempty"`
	OPDS  string `xml:"xmlns:opds,attr,omitempty"`
	Thr   string `xml:"xmlns:thr,attr,omitempty"`
	Look  string `xml:"xmlns:opensearch,attr,omitempty"`
	Speak string `xml:"xml:lang,attr,omitempty"`
}

func named(language string) namespaces {
	return namespaces{"http://www.w3.org/2005/Atom", "http://purl.org/dc/terms/", "http://opds-spec.org/2010/catalog",
		"http://purl.org/syndication/thread/1.0", "http://a9.com/-/spec/opensearch/1.1/", language}
}

type atomFeed struct {
	XMLName struct{} `xml:"feed"`
	namespaces
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  *atomPerson `xml:"author"`
	Total   int         `xml:"opensearch:totalResults,omitempty"`
	PerPage int         `xml:"opensearch:itemsPerPage,omitempty"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	XMLName struct{} `xml:"entry"`
	namespaces
	Title        string         `xml:"title"`
	ID           string         `xml:"id"`
	Updated      string         `xml:"updated"`
	Authors      []atomPerson   `xml:"author"`
	Contributors []atomPerson   `xml:"contributor"`
	Identifier   string         `xml:"dc:identifier,omitempty"`
	Language     string         `xml:"dc:language,omitempty"`
	Publisher    string         `xml:"dc:publisher,omitempty"`
	Issued       string         `xml:"dc:issued,omitempty"`
	Categories   []atomCategory `xml:"category"`
	Summary      *atomText      `xml:"summary"`
	Content      *atomText      `xml:"content"`
	Links        []atomLink     `xml:"link"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomCategory struct {
	Scheme string `xml:"scheme,attr,omitempty"`
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr"`
}

type atomLink struct {
	Rel    string         `xml:"rel,attr"`
	Href   string         `xml:"href,attr"`
	Type   string         `xml:"type,attr"`
	Title  string         `xml:"title,attr,omitempty"`
	Group  string         `xml:"opds:facetGroup,attr,omitempty"`
	Active string         `xml:"opds:activeFacet,attr,omitempty"`
	Count  string         `xml:"thr:count,attr,omitempty"`
	Ends   []atomIndirect `xml:"opds:indirectAcquisition"`
}

type atomIndirect struct {
	Type string `xml:"type,attr"`
}

func (f Feed) atom() []byte {
	d := atomFeed{namespaces: named(f.Language), ID: f.ID, Title: line(f.Title), Updated: stamp(f.Updated), Author: &atomPerson{line(f.Library)},
		Total: f.Total, PerPage: f.PerPage, Links: atomLinks(f.Links)}
	for _, facet := range f.Facets {
		d.Links = append(d.Links, atomFacet(facet)...)
	}
	for _, c := range f.Choices {
		d.Entries = append(d.Entries, atomEntry{Title: line(c.Link.Title), ID: c.ID, Updated: d.Updated, Content: &atomText{"text", line(c.About)}, Links: atomLinks([]Link{c.Link})})
	}
	for _, b := range f.Books {
		e := atomBook(b, tidied(b, false))
		e.Links = append([]atomLink{{Rel: "alternate", Href: b.Self, Type: V1.Type(Item)}}, e.Links...)
		d.Entries = append(d.Entries, e)
	}
	return written(d)
}

func (b Book) atom(library, language string) []byte {
	e := atomBook(b, tidied(b, true))
	e.namespaces = named(language)
	e.Links = append([]atomLink{{Rel: "self", Href: b.Self, Type: V1.Type(Item)}}, e.Links...)
	if len(e.Authors) == 0 {
		e.Authors = []atomPerson{{line(library)}}
	}
	// An entry that points to no fuller one has a content, be it empty.
	e.Content, e.Summary = &atomText{"text", ""}, nil
	if text := prose(b.Metadata.Summary, 0); text != "" {
		e.Content.Text = text
	}
	return written(e)
}

func atomBook(b Book, m events.BookMetadata) atomEntry {
	e := atomEntry{Title: m.Title, ID: b.ID, Updated: stamp(b.Updated), Language: reading.Describe(m).Language, Publisher: m.Publisher,
		Issued: issued(m.Published), Identifier: isbn(m.ISBN)}
	for _, c := range m.Contributors {
		if c.Role == "aut" || c.Role == "" {
			e.Authors = append(e.Authors, atomPerson{c.Name})
			continue
		}
		e.Contributors = append(e.Contributors, atomPerson{c.Name})
	}
	for _, s := range m.Subjects {
		e.Categories = append(e.Categories, atomCategory{Term: s, Label: s})
	}
	if m.CLC != "" {
		e.Categories = append(e.Categories, atomCategory{reading.ClassScheme, m.CLC, m.CLC})
	}
	if m.Summary != "" {
		e.Summary = &atomText{"text", m.Summary}
	}
	for rel, href := range pictures(b) {
		e.Links = append(e.Links, atomLink{Rel: rel, Href: href, Type: "image/jpeg"})
	}
	e.Links = append(e.Links, atomLinks(b.Links)...)
	return e
}

// pictures are the addresses of a book's cover, the large one first.
func pictures(b Book) func(yield func(rel, href string) bool) {
	return func(yield func(rel, href string) bool) {
		for _, p := range [][2]string{{relCover, b.Cover}, {relThumbnail, b.Small}} {
			if p[1] != "" && !yield(p[0], p[1]) {
				return
			}
		}
	}
}

func atomLinks(all []Link) (links []atomLink) {
	for _, l := range all {
		a := atomLink{Rel: l.Rel, Href: l.Href, Type: l.media(V1), Title: line(l.Title), Count: count(l.Books)}
		for _, f := range l.Formats {
			a.Ends = append(a.Ends, atomIndirect{f})
		}
		links = append(links, a)
	}
	return links
}

func atomFacet(f Facet) []atomLink {
	links := atomLinks(f.Links)
	for i := range links {
		links[i].Rel, links[i].Group = relFacet, line(f.Title)
		if f.Links[i].Active {
			links[i].Active = "true"
		}
	}
	return links
}

// media is the media type of what a link leads to.
func (l Link) media(v Version) string {
	if l.Kind == Other {
		return l.Type
	}
	return v.Type(l.Kind)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// issued is a date as Dublin Core takes it: a year, a month or a day.
func issued(date string) string {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, date); err == nil {
			return date
		}
	}
	return ""
}

// isbn is the URI of an ISBN, and empty where it is none.
func isbn(s string) string {
	if s == "" || strings.Trim(s, "0123456789X") != "" {
		return ""
	}
	return "urn:isbn:" + s
}

// written is a document as XML. No value in it can fail.
func written(v any) []byte {
	text, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}
