package reading

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxDepth is how deep elements may enclose one another: what is deeper loses its
// tags, not its text.
const maxDepth = 200

// cleanChapter returns a chapter with nothing in it but what the policy keeps, as
// XHTML that is well formed whatever came in: whoever parses it strictly sees the
// same tree as we do.
func cleanChapter(raw []byte, p places) []byte {
	w := chapterWriter{policy: newPolicy(), places: p, z: html.NewTokenizer(bytes.NewReader(decoded(raw)))}
	w.z.AllowCDATA(true)
	for w.z.Next() != html.ErrorToken {
		w.take(w.z.Token())
	}
	w.closeTo(0)
	return w.document()
}

// open is an element that has begun.
type open struct {
	name string
	tag  string // as it is written; empty where only what it encloses stays
	ns   string
}

// chapterWriter writes what stays.
type chapterWriter struct {
	policy     policy
	places     places
	z          *html.Tokenizer
	head, body strings.Builder
	title      string
	root, page string // attributes of html and body
	stack      []open
	raw        string // the element whose text is taken whole: style or title
	deaf       string // the element that is left out, with all it encloses
	deafness   int    // how many of them enclose one another
	started    bool   // the body has
}

func (w *chapterWriter) take(t html.Token) {
	name := plain(t.Data)
	if t.Type == html.SelfClosingTagToken {
		w.z.NextIsNotRawText()
	}
	if w.deaf != "" {
		w.ignore(t, name)
		return
	}
	switch t.Type {
	case html.TextToken:
		w.text(t.Data)
	case html.StartTagToken:
		w.start(t, name)
	case html.SelfClosingTagToken:
		if w.policy.gone[name] && name != "link" && name != "meta" {
			return
		}
		w.start(t, name)
		w.end(name)
	case html.EndTagToken:
		w.end(name)
	}
}

// ignore listens for the end of what is left out. Of SVG the pictures stay that it
// only frames, as covers are made: as pictures of the book.
func (w *chapterWriter) ignore(t html.Token, name string) {
	switch {
	case t.Type == html.StartTagToken && name == w.deaf:
		w.deafness++
	case t.Type == html.EndTagToken && name == w.deaf:
		if w.deafness--; w.deafness == 0 {
			w.deaf = ""
		}
	case w.deaf == "svg" && name == "image" && t.Type != html.EndTagToken:
		for _, a := range t.Attr {
			if a.Key == "href" || a.Key == "xlink:href" {
				w.picture(a.Val)
			}
		}
	}
}

func (w *chapterWriter) picture(raw string) {
	if to, found := w.places.resolve(raw); found && w.started && !strings.HasPrefix(to, "#") {
		w.body.WriteString(`<img src="` + escaped(to) + `" alt="" xmlns="` + xhtml + `"/>`)
	}
}

func (w *chapterWriter) text(text string) {
	switch {
	case w.raw == "style":
		w.style(text)
	case w.raw == "title":
		w.title += text
	case w.started:
		w.body.WriteString(escaped(text))
	}
}

// style takes the text of a style element. As XHTML it may be escaped or in a
// section of its own.
func (w *chapterWriter) style(text string) {
	text = strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(html.UnescapeString(text))
	w.head.WriteString("<style>" + escaped(cleanCSS(text, w.places)) + "</style>")
}

func (w *chapterWriter) start(t html.Token, name string) {
	switch {
	case name == "html":
		w.root += w.attributes(t, "html")
	case name == "body":
		w.page, w.started = w.page+w.attributes(t, "body"), true
	case name == "head":
	case name == "link":
		w.link(t)
	case name == "meta":
		w.meta(t)
	case name == "style", name == "title":
		w.raw = name
	case w.policy.gone[name]:
		w.deaf, w.deafness = name, 1
	default:
		w.element(t, name)
	}
}

func (w *chapterWriter) element(t html.Token, name string) {
	w.started = true
	o := open{name: name, ns: w.namespace()}
	switch {
	case len(w.stack) >= maxDepth:
	case w.policy.math[name]:
		o.tag, o.ns = name, mathML
	case w.policy.html[name]:
		o.tag, o.ns = name, xhtml
	}
	if o.tag != "" {
		if o.ns != w.namespace() {
			w.body.WriteString("<" + o.tag + ` xmlns="` + o.ns + `"`)
		} else {
			w.body.WriteString("<" + o.tag)
		}
		w.body.WriteString(w.attributes(t, name))
		if w.policy.void[name] {
			w.body.WriteString("/>")
			return
		}
		w.body.WriteString(">")
	}
	w.stack = append(w.stack, o)
}

func (w *chapterWriter) namespace() string {
	if len(w.stack) == 0 {
		return xhtml
	}
	return w.stack[len(w.stack)-1].ns
}

// end ends an element and those that should have ended before. The end of what
// never began is left out.
func (w *chapterWriter) end(name string) {
	if name == w.raw {
		w.raw = ""
		return
	}
	for i := len(w.stack) - 1; i >= 0; i-- {
		if w.stack[i].name == name {
			w.closeTo(i)
			return
		}
	}
}

func (w *chapterWriter) closeTo(depth int) {
	for i := len(w.stack) - 1; i >= depth; i-- {
		if tag := w.stack[i].tag; tag != "" {
			w.body.WriteString("</" + tag + ">")
		}
	}
	w.stack = w.stack[:depth]
}

func (w *chapterWriter) document() []byte {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE html>\n")
	out.WriteString(`<html xmlns="` + xhtml + `" xmlns:epub="` + ops + `"` + once(w.root) + "><head><title>" + escaped(strings.TrimSpace(w.title)) + "</title>")
	out.WriteString(w.head.String() + "</head><body" + once(w.page) + ">" + w.body.String() + "</body></html>\n")
	return out.Bytes()
}

// once leaves out the attributes of a second html or body element.
func once(attributes string) string {
	seen := map[string]bool{}
	return oneAttribute.ReplaceAllStringFunc(attributes, func(a string) string {
		name, _, _ := strings.Cut(a, "=")
		if seen[name] {
			return ""
		}
		seen[name] = true
		return a
	})
}

var oneAttribute = regexp.MustCompile(` [a-z:-]+="[^"]*"`)

// escaped writes a text as XML takes it: without the characters that XML has not.
func escaped(text string) string {
	var out strings.Builder
	xml.EscapeText(&out, []byte(text)) // never fails on memory
	return strings.ReplaceAll(out.String(), "&#xA;", "\n")
}
