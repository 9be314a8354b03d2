package book

import (
	"path"
	"slices"
	"strings"
)

// findCover looks where books say which picture is their cover, from the surest
// place to the least.
func (e *epub) findCover() (entry, bool) {
	for _, way := range []func() string{e.coverByProperty, e.coverByMeta, e.coverByGuide, e.coverByName} {
		if at, _, ok := e.z.resolve(e.doc.path, way()); ok && e.isPicture(at) {
			return at, true
		}
	}
	return e.coverOfFirstPage()
}

func (e *epub) isPicture(at entry) bool {
	return slices.Contains(pictures, strings.ToLower(path.Ext(at.href))) || strings.HasPrefix(e.doc.mediaType(at.href, e.z), "image/")
}

// coverByProperty is EPUB 3's way.
func (e *epub) coverByProperty() string {
	for _, item := range e.doc.manifest {
		if slices.Contains(item.properties, "cover-image") {
			return item.href
		}
	}
	return ""
}

// coverByMeta is EPUB 2's, which never stood in the standard. Some put the file's
// name where its id belongs.
func (e *epub) coverByMeta() string {
	for _, f := range e.doc.metadata {
		if f.name != "meta" || f.key != "cover" {
			continue
		}
		if item := e.doc.item(f.text); item != nil {
			return item.href
		}
		return f.text
	}
	return ""
}

func (e *epub) coverByGuide() string {
	for _, r := range e.doc.guide {
		if strings.Contains(r.kind, "cover") {
			return r.href
		}
	}
	return ""
}

func (e *epub) coverByName() string {
	for _, item := range e.doc.manifest {
		named := strings.HasPrefix(strings.ToLower(item.id), "cover") || strings.HasPrefix(strings.ToLower(path.Base(item.href)), "cover")
		if named && strings.HasPrefix(item.mediaType, "image/") {
			return item.href
		}
	}
	return ""
}

// coverOfFirstPage is the picture on the page that the guide calls the cover, or
// on the first page, if there is hardly anything else on it.
func (e *epub) coverOfFirstPage() (entry, bool) {
	const page = 64 << 10
	at, _, ok := e.z.resolve(e.doc.path, e.coverByGuide())
	if !ok || e.isPicture(at) || at.href == e.doc.path {
		at, _ = e.z.find(e.Contents.Reading[0].Href)
	}
	if at.Size > page || !isPage(mediaTypeOf("", at.href)) {
		return entry{}, false
	}
	held, err := e.z.read(at, page)
	if err != nil {
		return entry{}, false
	}
	if text, _, _ := textOf(held); len(text) > 200 {
		return entry{}, false
	}
	for m := newMarkup(held); m.next(); {
		var href string
		switch {
		case m.starts() && m.name == "img":
			href = m.attr("src")
		case m.starts() && m.name == "image":
			href = m.attr("href")
		}
		if found, _, ok := e.z.resolve(at.href, href); ok && href != "" && e.isPicture(found) {
			return found, true
		}
	}
	return entry{}, false
}
