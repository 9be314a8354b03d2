package book

import (
	"context"
	"path"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// epub is an open EPUB, 2 or 3. Where the two put the same thing in different
// places, both are looked at: many books are a mixture.
type epub struct {
	*Book
	z   *bundle
	doc *packageDoc
	// scrambled says how a font is obfuscated, by the name of its entry.
	scrambled map[string]string
}

func (b *Book) openEPUB(z *bundle) error {
	scrambled, err := checkRights(z, b.limits)
	if err != nil {
		return err
	}
	e := &epub{b, z, nil, scrambled}
	at, err := e.packagePath()
	if err != nil {
		return err
	}
	held, err := z.read(at, int64(b.limits.Package))
	if err != nil {
		return err
	}
	if e.doc, err = parsePackage(held, at.href, b.limits.Parts); err != nil {
		return err
	}
	if err := e.spine(); err != nil {
		return err
	}
	if err := e.resources(); err != nil {
		return err
	}
	b.Metadata = metadataOf(e.doc)
	b.Contents.Direction, b.Contents.Fixed = e.doc.layout()
	b.Contents.Identifier = e.doc.identifier()
	b.part = e.text
	if at, ok := e.findCover(); ok {
		b.cover = z.open(at)
	}
	return e.headings()
}

// packagePath finds the package document: by the container, or if that is broken,
// by its name.
func (e *epub) packagePath() (entry, error) {
	if at, ok := e.z.find("META-INF/container.xml"); ok {
		held, err := e.z.read(at, int64(e.limits.Package))
		if err != nil && !harmless(err) {
			return entry{}, err
		}
		for m := newMarkup(held); m.next(); {
			if m.name != "rootfile" || !m.starts() {
				continue
			}
			if at, _, ok := e.z.resolve("", m.attr("full-path")); ok {
				return at, nil
			}
		}
	}
	named := e.z.ending(".opf")
	if len(named) == 0 {
		return entry{}, unreadablef("the EPUB has no package document (.opf)")
	}
	e.warn("META-INF/container.xml does not lead to the package document: took %s", named[0].href)
	return named[0], nil
}

// spine lists the parts in the order of reading.
func (e *epub) spine() error {
	refs := e.doc.spine
	if len(refs) == 0 {
		e.warn("the book states no order of reading: took that of its manifest")
		for _, item := range e.doc.manifest {
			if isPage(mediaTypeOf(item.mediaType, item.href)) && !slices.Contains(item.properties, "nav") {
				refs = append(refs, itemref{idref: item.id})
			}
		}
	}
	for _, ref := range refs {
		item := e.doc.item(ref.idref)
		if item == nil {
			e.warn("the order of reading names %q, which the manifest does not list", clean(ref.idref, 100))
			continue
		}
		e.place(item, ref)
	}
	if len(e.Contents.Reading) > 0 {
		return nil
	}
	if len(refs) == 0 {
		return emptyf("the book lists nothing to read")
	}
	return fault.Refusef(CodeEmpty, "of the book's %d parts none is there", len(refs))
}

func (e *epub) place(item *item, ref itemref) {
	at, _, ok := e.z.resolve(e.doc.path, item.href)
	switch {
	case !ok:
		e.warn("part %q is missing", clean(item.href, 200))
	case item.placed:
		e.warn("part %q is named twice in the order of reading", clean(item.href, 200))
	case ref.aside: // a note, reached by links
		return
	default:
		item.placed = true
		part := e.partOf(item, at)
		part.Properties = append(part.Properties, ref.properties...)
		e.Contents.Reading = append(e.Contents.Reading, part)
	}
}

func (e *epub) partOf(item *item, at entry) events.BookPart {
	part := at.part(item.mediaType)
	part.Scrambled = e.scrambled[at.href]
	part.Properties = slices.Clone(item.properties)
	return part
}

// resources lists what else the manifest has. What is not there, or is elsewhere
// in the world, is not.
func (e *epub) resources() error {
	missing, away := 0, 0
	for i := range e.doc.manifest {
		item := &e.doc.manifest[i]
		at, _, ok := e.z.resolve(e.doc.path, item.href)
		switch {
		case item.placed:
		case ok && at.href != e.doc.path:
			item.placed = true
			e.Contents.Resources = append(e.Contents.Resources, e.partOf(item, at))
		case remote(item.href):
			away++
		case !ok:
			missing++
		}
	}
	if away > 0 {
		e.warn("%d resources are on other servers: they are left out", away)
	}
	if missing > 0 {
		e.warn("%d files of the manifest are missing", missing)
	}
	return nil
}

func isPage(mediaType string) bool {
	return strings.Contains(mediaType, "html") || strings.HasSuffix(mediaType, "/xml") || mediaType == "text/x-oeb1-document"
}

// text returns what is to be read in a part.
func (e *epub) text(_ context.Context, part events.BookPart) (string, error) {
	if !isPage(part.MediaType) {
		return "", nil
	}
	at, _ := e.z.find(part.Href)
	held, err := e.z.read(at, int64(e.limits.Part))
	if err != nil {
		return "", err
	}
	text, _, err := textOf(held)
	return text, err
}

// headings reads the table of contents: of EPUB 3, or else of EPUB 2.
func (e *epub) headings() error {
	for _, way := range []func() (entry, bool){e.findNav, e.findNCX} {
		at, ok := way()
		if !ok {
			continue
		}
		held, err := e.z.read(at, int64(e.limits.Package))
		if harmless(err) {
			e.warn("the table of contents %s cannot be read: %s", at.href, err)
			continue
		}
		if err != nil {
			return err
		}
		toc := tocReader{tree{limit: e.limits.Headings, levels: e.limits.Levels}, e.z, at.href, 0}
		toc.read(held)
		if e.Contents.TOC = toc.linked(toc.tree.root); len(e.Contents.TOC) == 0 {
			e.warn("the table of contents %s leads nowhere", at.href)
			continue
		}
		if toc.lost > 0 {
			e.warn("%d lines of the table of contents lead nowhere: they are left out", toc.lost)
		}
		return nil
	}
	e.warn("the book has no table of contents")
	return nil
}

func (e *epub) findNav() (entry, bool) {
	for _, item := range e.doc.manifest {
		if slices.Contains(item.properties, "nav") {
			at, _, ok := e.z.resolve(e.doc.path, item.href)
			return at, ok
		}
	}
	return entry{}, false
}

func (e *epub) findNCX() (entry, bool) {
	if item := e.doc.item(e.doc.toc); item != nil {
		if at, _, ok := e.z.resolve(e.doc.path, item.href); ok {
			return at, true
		}
	}
	for _, item := range e.doc.manifest {
		if item.mediaType == "application/x-dtbncx+xml" || strings.EqualFold(path.Ext(item.href), ".ncx") {
			at, _, ok := e.z.resolve(e.doc.path, item.href)
			return at, ok
		}
	}
	return entry{}, false
}
