package plain

import (
	"encoding/xml"
	"net/url"
	"strings"

	"xietong.dev/shared/archive"
)

// readEpub reads the chapters of a book in the order of its spine.
func readEpub(s source, b *builder) error {
	a, err := s.archive()
	if err != nil {
		return err
	}
	main := ""
	err = each(a, "META-INF/container.xml", func(_ *archive.XML, e xml.StartElement) error {
		if e.Name.Local == "rootfile" && main == "" {
			main = archive.Attr(e, "full-path")
		}
		return nil
	})
	if err != nil {
		return err
	}
	chapters, err := spine(a, main)
	if err != nil {
		return err
	}
	for _, part := range chapters {
		r, err := a.Open(part)
		if err != nil {
			return err
		}
		err = pageText(r, b, s.limits)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// spine returns the parts of a book in the order in which they are read. Each is
// read once, however often it is named.
func spine(a *archive.Archive, main string) ([]string, error) {
	items, seen := map[string]string{}, map[string]bool{}
	var parts []string
	err := each(a, main, func(_ *archive.XML, e xml.StartElement) error {
		switch e.Name.Local {
		case "item":
			if kind := archive.Attr(e, "media-type"); strings.Contains(kind, "html") {
				items[archive.Attr(e, "id")] = archive.Attr(e, "href")
			}
		case "itemref":
			href, err := url.PathUnescape(items[archive.Attr(e, "idref")])
			part := resolve(main, href)
			if err != nil || href == "" || seen[part] || !a.Has(part) {
				return nil
			}
			seen[part] = true
			parts = append(parts, part)
		}
		return nil
	})
	return parts, err
}
