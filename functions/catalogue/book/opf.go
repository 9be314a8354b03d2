package book

import (
	"strings"

	"xietong.dev/shared/fault"
)

// packageDoc is the package document of an EPUB, as it is written.
type packageDoc struct {
	path      string
	direction string // of turning pages
	uniqueID  string // the id of the identifier that is the book's own
	toc       string // id of the NCX
	metadata  []field
	manifest  []item
	spine     []itemref
	guide     []reference

	byID  map[string]int
	types map[string]string // by name of entry, made when it is needed
}

// field is one element of the metadata.
type field struct {
	name    string // title, creator, …, meta
	key     string // of a meta: its property or name
	id      string
	refines string // the id of another field
	scheme  string
	role    string // EPUB 2
	event   string // EPUB 2, of a date
	text    string
}

type item struct {
	id, href, mediaType string
	properties          []string
	placed              bool // among the parts or resources already
}

type itemref struct {
	idref      string
	aside      bool // linear="no"
	properties []string
}

type reference struct{ kind, href string }

// item returns an item of the manifest by its id, or nil.
func (d *packageDoc) item(id string) *item {
	if i, ok := d.byID[id]; ok {
		return &d.manifest[i]
	}
	return nil
}

// mediaType returns what the manifest says that an entry is.
func (d *packageDoc) mediaType(href string, z *bundle) string {
	if d.types == nil {
		d.types = map[string]string{}
		for _, item := range d.manifest {
			if at, _, ok := z.resolve(d.path, item.href); ok {
				d.types[at.href] = item.mediaType
			}
		}
	}
	return d.types[href]
}

// parsePackage reads a package document. What is broken in it is left out.
func parsePackage(held []byte, path string, limit int) (*packageDoc, error) {
	d := &packageDoc{path: path, byID: map[string]int{}}
	p := packageParser{doc: d, m: newMarkup(held)}
	for p.m.next() {
		p.take()
		if len(d.manifest) > limit || len(d.spine) > limit || len(d.metadata) > limit || len(d.guide) > limit {
			return nil, fault.Refusef(CodeTooLarge, "the package document lists more than %d things, which is what MAX_BOOK_PARTS allows", limit)
		}
	}
	if err := p.m.finished("the package document"); err != nil {
		return nil, err
	}
	if !p.seen {
		return nil, unreadablef("the package document %s is none", path)
	}
	return d, nil
}

type packageParser struct {
	doc     *packageDoc
	m       *markup
	seen    bool   // a package, or its parts
	section string // metadata, manifest, …
	within  int    // collections: they have sections of their own, which are not ours
	open    string // the field whose text is being read
	text    strings.Builder
}

func (p *packageParser) take() {
	switch m := p.m; {
	case m.isText():
		if p.open != "" {
			p.text.Write(m.text)
		}
	case m.name == "collection":
		p.collection()
	case p.within > 0:
	case m.name == "package", m.name == "metadata", m.name == "manifest", m.name == "spine", m.name == "guide":
		p.begin()
	case p.section == "metadata":
		p.field()
	case m.starts():
		p.entry()
	}
}

func (p *packageParser) collection() {
	if p.m.kind == startTag {
		p.within++
	} else if p.m.kind == endTag && p.within > 0 {
		p.within--
	}
}

func (p *packageParser) begin() {
	if !p.m.starts() {
		p.section = ""
		return
	}
	p.seen, p.section = true, p.m.name
	if p.section == "package" {
		p.doc.uniqueID = p.m.attr("unique-identifier")
	}
	if p.section == "spine" {
		p.doc.direction, p.doc.toc = p.m.attr("page-progression-direction"), p.m.attr("toc")
	}
}

// field takes an element of the metadata, or its end.
func (p *packageParser) field() {
	m, d := p.m, p.doc
	if m.starts() && p.open == "" {
		f := field{name: m.name, id: m.attr("id"), refines: strings.TrimPrefix(m.attr("refines"), "#"), scheme: m.attr("scheme"),
			role: m.attr("role"), event: m.attr("event"), text: m.attr("content")}
		if f.key = m.attr("property"); f.key == "" {
			f.key = m.attr("name")
		}
		d.metadata = append(d.metadata, f)
		// HTML's meta has no end: one with its value in an attribute is whole.
		if f.name != "meta" || f.text == "" {
			p.open = f.name
		}
		p.text.Reset()
	}
	if m.ends() && m.name == p.open {
		if text := strings.TrimSpace(p.text.String()); text != "" {
			d.metadata[len(d.metadata)-1].text = text
		}
		p.open = ""
	}
}

func (p *packageParser) entry() {
	m, d := p.m, p.doc
	switch {
	case p.section == "manifest" && m.name == "item":
		i := item{id: m.attr("id"), href: m.attr("href"), mediaType: strings.ToLower(m.attr("media-type")), properties: strings.Fields(m.attr("properties"))}
		if _, taken := d.byID[i.id]; !taken {
			d.byID[i.id] = len(d.manifest)
		}
		d.manifest = append(d.manifest, i)
	case p.section == "spine" && m.name == "itemref":
		d.spine = append(d.spine, itemref{m.attr("idref"), strings.EqualFold(m.attr("linear"), "no"), strings.Fields(m.attr("properties"))})
	case p.section == "guide" && m.name == "reference":
		d.guide = append(d.guide, reference{strings.ToLower(m.attr("type")), m.attr("href")})
	}
}

// layout returns the direction of turning pages, and whether they are laid out.
func (d *packageDoc) layout() (direction string, fixed bool) {
	if d.direction == "ltr" || d.direction == "rtl" {
		direction = d.direction
	}
	for _, f := range d.metadata {
		switch {
		case f.key == "rendition:layout" && f.text == "pre-paginated", f.key == "fixed-layout" && f.text == "true":
			fixed = true
		case f.key == "primary-writing-mode" && direction == "" && strings.HasSuffix(f.text, "-rl"): // Kindle's
			direction = "rtl"
		}
	}
	return direction, fixed
}

// identifier is what the book says that it is called alone: the key of its fonts,
// where they are obfuscated.
func (d *packageDoc) identifier() string {
	for _, f := range d.metadata {
		if f.name == "identifier" && f.id != "" && f.id == d.uniqueID {
			return clean(f.text, 1024)
		}
	}
	return ""
}
