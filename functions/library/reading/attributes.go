package reading

import (
	"strings"

	"golang.org/x/net/html"
)

// attributes returns what stays of an element's attributes.
func (w *chapterWriter) attributes(t html.Token, name string) string {
	var out strings.Builder
	seen := map[string]bool{}
	for _, a := range t.Attr {
		value, stays := w.attribute(name, a.Key, a.Val)
		if stays && !seen[a.Key] {
			seen[a.Key] = true
			out.WriteString(" " + a.Key + `="` + escaped(value) + `"`)
		}
	}
	return out.String()
}

func (w *chapterWriter) attribute(element, key, value string) (string, bool) {
	switch {
	case key == "style":
		return cleanCSS(value, w.places), true
	case key == "href" && element == "a":
		return w.places.resolve(value)
	case key == "src" && element == "img" && pictures.MatchString(value):
		return value, true
	case key == "src" && (element == "img" || element == "audio" || element == "video" || element == "source" || element == "track"),
		key == "poster" && element == "video":
		return w.places.resolve(value)
	}
	return value, w.policy.keeps(element, key)
}

// link keeps the book's own style sheets.
func (w *chapterWriter) link(t html.Token) {
	href, rel := "", ""
	for _, a := range t.Attr {
		switch a.Key {
		case "href":
			href = a.Val
		case "rel":
			rel = strings.ToLower(strings.TrimSpace(a.Val))
		}
	}
	if to, found := w.places.resolve(href); found && rel == "stylesheet" && !strings.HasPrefix(to, "#") {
		w.head.WriteString(`<link rel="stylesheet" type="text/css" href="` + escaped(to) + `"/>`)
	}
}

// meta keeps the size of a page that is laid out already.
func (w *chapterWriter) meta(t html.Token) {
	name, content := "", ""
	for _, a := range t.Attr {
		switch a.Key {
		case "name":
			name = a.Val
		case "content":
			content = a.Val
		}
	}
	if name == "viewport" && viewport.MatchString(content) {
		w.head.WriteString(`<meta name="viewport" content="` + escaped(content) + `"/>`)
	}
}
