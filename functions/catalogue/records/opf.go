package records

import (
	"bufio"
	"cmp"
	"io"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/isbn"
	"xietong.dev/shared/archive"
)

// opf reads an Open Packaging Format file, such as calibre puts beside each book:
// one row.
type opf struct {
	*trees
	unique string // which identifier names the book
}

func (r *Reader) openOPF(b *bufio.Reader) (rows, error) {
	o := &opf{trees: r.trees(b, nil)}
	root, err := o.start()
	if err != nil {
		return nil, err
	}
	o.unique = strings.TrimSpace(archive.Attr(root, "unique-identifier"))
	return o, nil
}

func (o *opf) next() (Row, error) {
	for {
		e, err := o.start()
		if err != nil {
			return Row{}, err
		}
		if e.Name.Local != "metadata" {
			continue
		}
		n, bad, err := o.whole(e)
		switch {
		case err != nil:
			return Row{}, err
		case bad != nil:
			return Row{}, bad
		}
		return o.row(n), o.end()
	}
}

// end reads what is left, which says nothing of the book: broken it is broken all
// the same.
func (o *opf) end() error {
	for {
		if _, err := o.start(); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

func (o *opf) row(n *node) Row {
	for _, inner := range n.all("dc-metadata") { // OEB 1.2, as old readers wrote it
		n.kids = append(n.kids, inner.kids...)
	}
	row := Row{Op: Metadata, Metadata: opfBook(n)}
	for _, id := range n.all("identifier") {
		if id.attribute("id") == o.unique {
			row.SourceID = id.string()
		}
	}
	row.SourceID = cmp.Or(row.SourceID, n.get("identifier"), row.Metadata.ISBN)
	row.Version = stamp(n.meta("dcterms:modified"))
	return row
}

func opfBook(n *node) *events.BookMetadata {
	b := &events.BookMetadata{Publisher: n.get("publisher"), Language: n.get("language"), Summary: n.get("description"), Published: opfDate(n)}
	for _, t := range n.all("title") {
		switch {
		case n.refined(t, "title-type") == "subtitle":
			b.Subtitle = t.string()
		case b.Title == "":
			b.Title = t.string()
		}
	}
	b.Contributors = append(n.agents("creator", "aut"), n.agents("contributor", "ctb")...)
	for _, id := range n.all("identifier") {
		if number, ok := isbn.Normalise(id.string()); ok && b.ISBN == "" {
			b.ISBN = number
		}
	}
	b.Series, b.Position = n.series()
	for _, s := range n.all("subject") {
		switch scheme := strings.ToLower(cmp.Or(n.refined(s, "authority"), s.attribute("authority"), s.attribute("scheme"))); {
		case scheme == "clc" || strings.Contains(scheme, "中图"):
			b.CLC = cmp.Or(b.CLC, n.refined(s, "term"), s.string())
		default:
			b.Subjects = append(b.Subjects, s.string())
		}
	}
	for _, m := range n.all("meta") {
		if m.attribute("property") == "schema:accessibilityFeature" || m.attribute("name") == "schema:accessibilityFeature" {
			b.Accessibility = append(b.Accessibility, cmp.Or(m.string(), m.attribute("content")))
		}
	}
	return b
}

// meta is a property, as EPUB 3 or 2 writes it.
func (n *node) meta(property string) string {
	for _, m := range n.all("meta") {
		if m.attribute("refines") == "" && (m.attribute("property") == property || m.attribute("name") == property) {
			return cmp.Or(m.string(), m.attribute("content"))
		}
	}
	return ""
}

// refined is what EPUB 3 says of another element.
func (n *node) refined(of *node, property string) string {
	id := of.attribute("id")
	for _, m := range n.all("meta") {
		if id != "" && m.attribute("refines") == "#"+id && m.attribute("property") == property {
			return m.string()
		}
	}
	return ""
}

func (n *node) agents(element, otherwise string) []events.Contributor {
	var all []events.Contributor
	for _, c := range n.all(element) {
		agent := inRoles(c.string(), []string{n.refined(c, "role"), c.attribute("role")}, otherwise)[0]
		if agent.Role != "bkp" { // the program that made the file
			all = append(all, agent)
		}
	}
	return all
}

func (n *node) series() (string, float64) {
	for _, m := range n.all("meta") {
		if m.attribute("property") == "belongs-to-collection" {
			return m.string(), position(n.refined(m, "group-position"))
		}
	}
	return n.meta("calibre:series"), position(n.meta("calibre:series_index"))
}

// opfDate is the date of publication; EPUB 2 has others besides.
func opfDate(n *node) string {
	all := n.all("date")
	for _, d := range all {
		if d.attribute("event") == "publication" {
			return d.string()
		}
	}
	for _, d := range all {
		if e := d.attribute("event"); e == "" || e == "original-publication" {
			return d.string()
		}
	}
	return ""
}
