package reading

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
)

// Manifest is a Readium Web Publication Manifest. Its addresses are relative to its
// own, so that what a reader remembers of a place holds for longer than a token.
type Manifest struct {
	Context      string   `json:"@context"`
	Metadata     Metadata `json:"metadata"`
	Links        []Link   `json:"links"`
	ReadingOrder []Link   `json:"readingOrder"`
	Resources    []Link   `json:"resources,omitempty"`
	TOC          []Link   `json:"toc,omitempty"`
}

// Metadata is that of a manifest.
type Metadata struct {
	Type               string         `json:"@type"`
	ConformsTo         string         `json:"conformsTo,omitempty"`
	Identifier         string         `json:"identifier"`
	Title              string         `json:"title"`
	Subtitle           string         `json:"subtitle,omitempty"`
	Language           string         `json:"language,omitempty"`
	Author             []Name         `json:"author,omitempty"`
	Translator         []Name         `json:"translator,omitempty"`
	Editor             []Name         `json:"editor,omitempty"`
	Illustrator        []Name         `json:"illustrator,omitempty"`
	Narrator           []Name         `json:"narrator,omitempty"`
	Contributor        []Name         `json:"contributor,omitempty"`
	Publisher          string         `json:"publisher,omitempty"`
	Published          string         `json:"published,omitempty"`
	Description        string         `json:"description,omitempty"`
	Subject            []Subject      `json:"subject,omitempty"`
	BelongsTo          *BelongsTo     `json:"belongsTo,omitempty"`
	NumberOfPages      int            `json:"numberOfPages,omitempty"`
	ReadingProgression string         `json:"readingProgression,omitempty"`
	Accessibility      *Accessibility `json:"accessibility,omitempty"`
	Presentation       *Presentation  `json:"presentation,omitempty"`
}

// Name is a contributor, or a series with the book's place in it.
type Name struct {
	Name     string  `json:"name"`
	Role     string  `json:"role,omitempty"`
	Position float64 `json:"position,omitempty"`
}

// Subject is what a book is about.
type Subject struct {
	Name   string `json:"name"`
	Code   string `json:"code,omitempty"`
	Scheme string `json:"scheme,omitempty"`
}

// BelongsTo names the series of a book.
type BelongsTo struct {
	Series Name `json:"series"`
}

// Accessibility names features, as schema.org does.
type Accessibility struct {
	Feature []string `json:"feature"`
}

// Presentation says whether pages are laid out already.
type Presentation struct {
	Layout string `json:"layout"`
}

// Link is a link object.
type Link struct {
	Href      string `json:"href"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Rel       string `json:"rel,omitempty"`
	Templated bool   `json:"templated,omitempty"`
	Children  []Link `json:"children,omitempty"`
}

// The names and media types of what is given out beside a book's own parts.
const (
	ManifestName  = "manifest.json"
	PositionsName = "positions.json"
	ManifestType  = "application/webpub+json"
	PositionsType = "application/vnd.readium.position-list+json"
)

// ManifestOf describes a book that has its parts below the address base, which ends
// in a slash.
func ManifestOf(b *Book, base string) Manifest {
	m := Manifest{Context: "https://readium.org/webpub-manifest/context.jsonld", Metadata: metadata(b), ReadingOrder: []Link{}, Links: []Link{
		{Rel: "self", Href: base + ManifestName, Type: ManifestType},
		{Rel: "http://readium.org/position-list", Href: base + PositionsName, Type: PositionsType},
	}}
	if b.Format == events.BookPDF {
		m.ReadingOrder = []Link{{Href: PDF, Type: typePDF, Title: b.Metadata.Title}}
	} else {
		m.ReadingOrder = append(m.ReadingOrder, links(b, b.Contents.Reading)...)
		m.Resources = links(b, b.Contents.Resources)
	}
	m.TOC = headings(b, b.Contents.TOC)
	return m
}

var profiles = map[string]string{events.BookEPUB: "epub", events.BookPDF: "pdf", events.BookCBZ: "divina"}

// Describe writes a book's metadata as a manifest has them; which book it is, and what
// only its contents tell, is left out.
func Describe(d events.BookMetadata) Metadata {
	m := Metadata{Type: "http://schema.org/Book", Title: d.Title, Subtitle: d.Subtitle, Language: languageTag(d.Language),
		Publisher: d.Publisher, Description: d.Summary, Published: day(d.Published)}
	for _, c := range d.Contributors {
		m.credit(c)
	}
	for _, s := range d.Subjects {
		m.Subject = append(m.Subject, Subject{Name: s})
	}
	if d.CLC != "" {
		m.Subject = append(m.Subject, Subject{Name: d.CLC, Code: d.CLC, Scheme: ClassScheme})
	}
	if d.Series != "" {
		m.BelongsTo = &BelongsTo{Name{Name: d.Series, Position: d.Position}}
	}
	if known := slices.DeleteFunc(slices.Clone(d.Accessibility), func(f string) bool { return !features[f] }); len(known) > 0 {
		m.Accessibility = &Accessibility{known}
	}
	return m
}

// ClassScheme is the 中图法, by the Library of Congress's name for it.
const ClassScheme = "http://id.loc.gov/vocabulary/classSchemes/clc"

func metadata(b *Book) Metadata {
	m := Describe(b.Metadata)
	m.Identifier, m.ReadingProgression = identifier(b), b.Contents.Direction
	if p := profiles[b.Format]; p != "" {
		m.ConformsTo = "https://readium.org/webpub-manifest/profiles/" + p
	}
	m.NumberOfPages = pages(b)
	if b.Format == events.BookEPUB {
		m.Presentation = &Presentation{Layout: "reflowable"}
		if b.Contents.Fixed {
			m.Presentation.Layout = "fixed"
		}
	}
	return m
}

// pages is how many pages there are, and 0 where that is not known: a part of a long
// PDF is several.
func pages(b *Book) int {
	n := len(b.Contents.Reading)
	if b.Format == events.BookCBZ || b.Format == events.BookPDF && n > 0 && pageOf(b.Contents.Reading[n-1].Href) == n {
		return n
	}
	return 0
}

// hexadecimal are ids that can be written as a UUID.
var hexadecimal = regexp.MustCompile(`^[0-9a-f]{32}$`)

// identifier is the ISBN or, where there is none, the book's own id here.
func identifier(b *Book) string {
	if b.Metadata.ISBN != "" {
		return "urn:isbn:" + b.Metadata.ISBN
	}
	id := b.Book
	if !hexadecimal.MatchString(id) {
		return "urn:sha256:" + b.SHA256
	}
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", id[:8], id[8:12], id[12:16], id[16:20], id[20:])
}

// features are those that the manifest knows.
var features = words("annotations ARIA bookmarks index printPageNumbers readingOrder structuralNavigation tableOfContents taggedPDF alternativeText",
	"audioDescription captions describedMath longDescription rubyAnnotations signLanguage transcript displayTransformability synchronizedAudioText",
	"timingControl unlocked ChemML latex MathML ttsMarkup highContrastAudio highContrastDisplay largePrint braille tactileGraphic tactileObject none")

var tag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$`)

// languageTag is a language as the manifest takes it; what is stranger is left out.
func languageTag(language string) string {
	if tag.MatchString(language) {
		return language
	}
	return ""
}

// day is a date that is known to the day: the manifest takes no other.
func day(date string) string {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return ""
	}
	return date
}

// credit puts a contributor where the manifest has the role.
func (m *Metadata) credit(c events.Contributor) {
	to := map[string]*[]Name{"aut": &m.Author, "": &m.Author, "trl": &m.Translator, "edt": &m.Editor, "ill": &m.Illustrator, "nrt": &m.Narrator}[c.Role]
	if to == nil {
		m.Contributor = append(m.Contributor, Name{Name: c.Name, Role: c.Role})
		return
	}
	*to = append(*to, Name{Name: c.Name})
}

// links lists the parts that are given out.
func links(b *Book, parts []events.BookPart) []Link {
	var all []Link
	for _, p := range parts {
		how, media := kindOf(b, p)
		if how == refused {
			continue
		}
		l := Link{Href: Escape(p.Href), Type: media, Title: p.Title}
		if slices.Contains(p.Properties, "cover-image") {
			l.Rel = "cover"
		}
		all = append(all, l)
	}
	return all
}

func headings(b *Book, all []events.BookHeading) []Link {
	var list []Link
	for _, h := range all {
		href := heading(b, h.Href)
		if href == "" && len(h.Children) == 0 {
			continue
		}
		list = append(list, Link{Href: href, Title: h.Title, Children: headings(b, h.Children)})
	}
	return list
}

// heading returns where a line of the table of contents leads.
func heading(b *Book, href string) string {
	if b.Format == events.BookPDF {
		if page := pageOf(href); page > 0 {
			return fmt.Sprintf("%s#page=%d", PDF, page)
		}
		return ""
	}
	if _, has := b.parts[href]; has {
		return Escape(href)
	}
	name, anchor, _ := strings.Cut(href, "#")
	if _, has := b.parts[name]; !has {
		return ""
	}
	return Escape(name) + fragment(anchor)
}

// pageOf returns the page, from 1, at which a part of a PDF begins; 0 where it is none.
func pageOf(href string) int {
	page, err := strconv.Atoi(strings.TrimPrefix(href, "#page="))
	if err != nil {
		return 0
	}
	return page
}

// encode writes a value that has no way to fail.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // no float that is no number, and nothing that is a cycle
	}
	return text
}
