package parts

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Package is an OOXML package under way: parts, their types and relations.
type Package struct {
	Parts     []Part
	types     []string // of parts that differ from their extension's
	relations map[string][]Relation
	media     int
}

// Add puts a part into the package; kind is its content type, and empty where
// its extension says it.
func (p *Package) Add(name, kind string, data []byte) {
	p.Parts = append(p.Parts, Part{Name: name, Data: data})
	if kind != "" {
		p.types = append(p.types, fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, name, kind))
	}
}

// AddXML puts an XML part into the package.
func (p *Package) AddXML(name, kind, text string) {
	p.Add(name, kind, []byte(Header+text))
}

// Relate says that a part refers to a target, and returns the id to do it by.
func (p *Package) Relate(from, kind, target string) string {
	return p.relate(from, Relation{Type: kind, Target: target})
}

// RelateExternal is Relate for a target outside the package.
func (p *Package) RelateExternal(from, kind, target string) string {
	return p.relate(from, Relation{Type: kind, Target: target, External: true})
}

func (p *Package) relate(from string, r Relation) string {
	if p.relations == nil {
		p.relations = map[string][]Relation{}
	}
	r.ID = fmt.Sprintf("rId%d", len(p.relations[from])+1)
	p.relations[from] = append(p.relations[from], r)
	return r.ID
}

// Picture puts a picture beside a part that shows it, and returns its id.
func (p *Package) Picture(from, extension string, data []byte) string {
	p.media++
	name := fmt.Sprintf("media/image%d.%s", p.media, extension)
	folder, _, _ := strings.Cut(from, "/")
	p.Add(folder+"/"+name, "", data)
	target := name
	if strings.Count(from, "/") > 1 {
		target = "../" + name
	}
	return p.Relate(from, "image", target)
}

// Entries are what the package's zip file holds.
func (p *Package) Entries() []Part {
	types := Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="tiff" ContentType="image/tiff"/>` +
		`<Default Extension="gif" ContentType="image/gif"/><Default Extension="svg" ContentType="image/svg+xml"/>` +
		`<Default Extension="emf" ContentType="image/x-emf"/><Default Extension="wmf" ContentType="image/x-wmf"/>` +
		`<Default Extension="vml" ContentType="` + OfficeXML + `vmlDrawing"/>` +
		`<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>` +
		strings.Join(p.types, "") + `</Types>`
	entries := []Part{{Name: "[Content_Types].xml", Data: []byte(types)}}
	var sources []string
	for from := range p.relations {
		sources = append(sources, from)
	}
	slices.Sort(sources)
	for _, from := range sources {
		name := path.Join(path.Dir(from), "_rels", path.Base(from)+".rels")
		if from == "" {
			name = "_rels/.rels"
		}
		entries = append(entries, Part{Name: name, Data: relations(p.relations[from])})
	}
	return append(entries, p.Parts...)
}

// properties is what a document says about itself.
func (p *Package) properties(title string) {
	p.AddXML("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml",
		`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`+
			Escape(title)+`</dc:title><dc:creator>滨海区人民政府办公室</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">2026-11-02T08:30:00Z</dcterms:created></cp:coreProperties>`)
	p.Relate("", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml")
}
