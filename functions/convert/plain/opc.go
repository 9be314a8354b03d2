package plain

import (
	"encoding/xml"
	"path"
	"strings"

	"xietong.dev/shared/archive"
)

// relation is where a part of an Office package points to.
type relation struct {
	kind     string // the last word of its type: header, chart, hyperlink …
	target   string // a part, or an address where external
	external bool
}

// relations returns the relations of a part by id; of the package itself for "".
func relations(a *archive.Archive, part string) (map[string]relation, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	all := map[string]relation{}
	if !a.Has(name) {
		return all, nil
	}
	err := each(a, name, func(x *archive.XML, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			r := relation{kind: path.Base(archive.Attr(e, "Type")), target: archive.Attr(e, "Target"), external: archive.Attr(e, "TargetMode") == "External"}
			if !r.external {
				r.target = resolve(part, r.target)
			}
			all[archive.Attr(e, "Id")] = r
		}
		return nil
	})
	return all, err
}

// resolve returns the part that a target means, seen from another part.
func resolve(part, target string) string {
	if rooted, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rooted)
	}
	return path.Join(path.Dir(part), target)
}

// mainPart returns the part that is the document itself.
func mainPart(a *archive.Archive, usual string) (string, error) {
	all, err := relations(a, "")
	if err != nil {
		return "", err
	}
	for _, r := range all {
		if r.kind == "officeDocument" && a.Has(r.target) {
			return r.target, nil
		}
	}
	return usual, nil
}

// related returns the part of a kind that relations point to, or "".
func related(a *archive.Archive, all map[string]relation, kind string) string {
	for _, r := range all {
		if r.kind == kind && !r.external && a.Has(r.target) {
			return r.target
		}
	}
	return ""
}

// each calls visit for every element of a part that is begun.
func each(a *archive.Archive, part string, visit func(*archive.XML, xml.StartElement) error) error {
	return tokens(a, part, func(x *archive.XML, token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok {
			return visit(x, e)
		}
		return nil
	})
}

// tokens calls visit for every token of a part.
func tokens(a *archive.Archive, part string, visit func(*archive.XML, xml.Token) error) error {
	x, closed, err := a.XML(part)
	if err != nil {
		return err
	}
	defer closed()
	return x.Each(func(token xml.Token) error { return visit(x, token) })
}

// within calls visit for every element that is begun within the one that was.
func within(x *archive.XML, visit func(xml.StartElement) error) error {
	return x.Each(func(token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok {
			return visit(e)
		}
		return nil
	})
}

// relID is the attribute r:id, whose prefix differs from id in name spaces only.
func relID(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local && strings.HasSuffix(a.Name.Space, "/relationships") {
			return a.Value
		}
	}
	return ""
}

// on reads a switch such as <w:b/>: present means on, unless it says otherwise.
func on(e xml.StartElement) bool {
	switch archive.Attr(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
