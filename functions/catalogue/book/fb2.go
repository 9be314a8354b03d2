package book

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"xietong.dev/events"
)

// fb2 reads a FictionBook: one XML file with a description, sections, and pictures
// in base64. Its parts are the outermost sections, and the notes together.
type fb2 struct {
	*Book
	m       *markup
	gather  gather
	section string // of the description
	open    string // the element whose text is wanted
	text    strings.Builder
	person  map[string]string
	coverID string

	x     *extract // of the part that is being read; nil outside bodies
	deep  int      // sections
	notes bool
	title string // of the part
	from  int    // where the text of a title begins; -1 outside
}

func (b *Book) openFB2(held []byte) error {
	f := &fb2{Book: b, m: newMarkup(held), from: -1, gather: gather{mark: "#s", mediaType: "application/x-fictionbook+xml"}}
	f.gather.toc = tree{limit: b.limits.Headings, levels: b.limits.Levels}
	seen := false
	for f.m.next() {
		seen = seen || f.m.name == "fictionbook"
		if err := f.take(); err != nil {
			return err
		}
	}
	if err := f.m.finished("the book"); err != nil {
		return err
	}
	if !seen {
		return unreadablef("the file is no FictionBook")
	}
	f.endPart()
	return f.gather.into(b)
}

func (f *fb2) take() error {
	m := f.m
	switch {
	case f.x != nil:
		f.body()
	case m.isText():
		if f.open != "" {
			f.text.Write(m.text)
		}
	case m.name == "body" && m.starts():
		f.x, f.notes, f.deep = &extract{}, m.attr("name") == "notes" || m.attr("name") == "comments", 0
	case m.name == "binary" && m.starts():
		return f.binary()
	case strings.HasSuffix(m.name, "-info"):
		f.section = ""
		if m.starts() {
			f.section = m.name
		}
	default:
		f.describe()
	}
	return nil
}

// body takes what is within a body.
func (f *fb2) body() {
	m := f.m
	switch {
	case m.isText():
		f.x.take(m)
	case m.name == "body" && m.ends():
		f.endPart()
		f.x = nil
	case m.name == "section":
		f.sections()
	case m.name == "title":
		f.x.take(m)
		f.heading()
	default:
		f.x.take(m)
	}
}

func (f *fb2) sections() {
	f.x.w.endLine()
	switch f.m.kind {
	case startTag:
		if f.deep++; f.deep == 1 && !f.notes {
			f.endPart()
		}
	case endTag:
		f.deep--
	}
}

// heading notes where a title begins, and when it ends what it is.
func (f *fb2) heading() {
	if f.m.kind == startTag {
		f.from = f.x.w.b.Len()
		return
	}
	if f.from < 0 || f.from > f.x.w.b.Len() {
		return
	}
	title := strings.ReplaceAll(strings.TrimSpace(f.x.w.b.String()[f.from:]), "\n", " ")
	f.from = -1
	if f.title == "" {
		f.title = title
	}
	if f.deep > 0 && !f.notes || f.deep == 0 && f.notes {
		f.gather.toc.add(events.BookHeading{Title: title, Href: f.gather.next()}, max(f.deep-1, 0))
	}
}

func (f *fb2) endPart() {
	if f.x != nil {
		f.x.w.endLine()
		f.gather.part(f.title, strings.TrimSuffix(f.x.w.b.String(), "\n"))
		f.x = &extract{}
	}
	f.title, f.from = "", -1
}

// binary takes the picture that the description names as the cover.
func (f *fb2) binary() error {
	if f.coverID == "" || f.m.attr("id") != f.coverID || f.m.ends() || !f.m.next() || !f.m.isText() {
		return nil
	}
	packed := bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, f.m.text)
	if len(packed) > base64.StdEncoding.EncodedLen(int(f.limits.Cover)) {
		f.warn("the cover has more bytes than MAX_BOOK_COVER allows")
		return nil
	}
	picture, err := base64.StdEncoding.DecodeString(string(packed))
	if err != nil {
		f.warn("the cover cannot be read: %s", err)
		return nil
	}
	f.cover, f.coverID = held(picture), ""
	return nil
}

// fb2Fields are the elements whose text is wanted, in the sections of the description.
var fb2Fields = map[string]bool{
	"book-title": true, "genre": true, "annotation": true, "keywords": true, "date": true, "lang": true,
	"first-name": true, "middle-name": true, "last-name": true, "nickname": true, "publisher": true, "year": true, "isbn": true,
}

func (f *fb2) describe() {
	m := f.m
	if f.section != "title-info" && f.section != "publish-info" {
		return
	}
	switch {
	case m.name == "p" && f.open == "annotation":
		f.text.WriteByte('\n')
	case m.name == "image" && m.starts():
		f.coverID = strings.TrimPrefix(m.attr("href"), "#")
	case m.name == "sequence" && m.starts() && f.Metadata.Series == "":
		f.Metadata.Series, f.Metadata.Position = m.attr("name"), number(m.attr("number"))
	case m.name == "author" || m.name == "translator":
		f.people()
	case fb2Fields[m.name] && m.kind == startTag && f.open == "":
		f.open = m.name
		f.text.Reset()
		if m.name == "date" {
			f.Metadata.Published = m.attr("value")
		}
	case m.name == f.open && m.kind == endTag:
		f.field(m.name, strings.TrimSpace(f.text.String()))
		f.open = ""
	}
}

func (f *fb2) people() {
	if f.m.starts() {
		f.person = map[string]string{}
		return
	}
	role := map[string]string{"author": "aut", "translator": "trl"}[f.m.name]
	f.Metadata.Contributors = append(f.Metadata.Contributors, events.Contributor{Name: fullName(f.person), Role: role})
	f.person = nil
}

// fullName puts Chinese names the Chinese way.
func fullName(p map[string]string) string {
	first, last := p["first-name"], p["last-name"]
	switch {
	case first == "" && last == "":
		return p["nickname"]
	case isHan(first + last):
		return last + first
	}
	return strings.Join(strings.Fields(fmt.Sprint(first, " ", p["middle-name"], " ", last)), " ")
}

func isHan(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

func (f *fb2) field(name, text string) {
	m := &f.Metadata
	switch name {
	case "book-title":
		m.Title = text
	case "genre":
		m.Subjects = append(m.Subjects, text)
	case "keywords":
		m.Subjects = append(m.Subjects, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;，；、", r) })...)
	case "annotation":
		m.Summary = text
	case "date":
		if m.Published == "" {
			m.Published = text
		}
	case "lang":
		m.Language = text
	case "publisher":
		m.Publisher = text
	case "year":
		m.Published = text // of the print, which is what a catalogue has
	case "isbn":
		m.ISBN = isbnOf([]string{text})
	default:
		if f.person != nil {
			f.person[name] = text
		}
	}
}
