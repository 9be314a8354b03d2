package booktest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Try is one way in which a chapter tries to run, to call out, to read what is not
// its own, or to lead away. In its texts {call} is an address that must not be
// called, {host} is the same without its scheme, {base} and {script} are others, {run} is a script that leaves a mark
// and calls {ran}, {other} is a picture of another book and {api} an address of the
// library's.
type Try struct {
	Name   string
	Type   string // of the chapter: XHTML unless it says otherwise
	Prolog string // before the root element
	Open   string // attributes of the body
	Head   string
	Body   string
	Beside map[string]string // files in the same folder, by name
	Old    bool              // today's browsers no longer fall for it
}

// The types of chapters that a [Try] may be.
const (
	XHTML = "application/xhtml+xml"
	HTML  = "text/html"
	SVG   = "image/svg+xml"
)

// Tries are the ways that are known to us.
func Tries() []Try {
	return slices.Concat(triesToRun(), triesOfEvents(), triesInSVG(), triesInMath(), triesOfSyntax(), triesOfScripts(),
		triesToCall(), triesOfMedia(), triesOfStyle(), triesOfSheets(), triesOfLinks(), triesOfForms(), triesOfFrames())
}

// Victim is what tries aim at.
type Victim struct {
	Canary string // an origin that must not be called
	Other  string // the address of a picture in another book
	API    string // an address of the library's
}

// mark names the nth try in whatever it calls.
func mark(n int) string { return fmt.Sprintf("try=%03d", n) }

// TryOf returns which try an address was called by, or -1.
func TryOf(address string) int {
	_, after, found := strings.Cut(address, "try=")
	n := -1
	if found && len(after) >= 3 {
		fmt.Sscanf(after[:3], "%d", &n)
	}
	return n
}

// aim returns what writes the nth try's texts for a victim.
func (v Victim) aim(n int) *strings.Replacer {
	ran := v.Canary + "/ran?" + mark(n)
	run := fmt.Sprintf("(function(){for(var w of [window,parent,top])try{w.document.documentElement.setAttribute('data-ran','%03d')}catch(e){}new Image().src='%s'})()", n, ran)
	host := strings.TrimPrefix(v.Canary, "http://") + "/call?" + mark(n)
	return strings.NewReplacer("{call}", "http://"+host, "{host}", host, "{base}", v.Canary+"/base/"+mark(n)+"/", "{script}", v.Canary+"/script?"+mark(n), "{ran}", ran, "{run}", run,
		"{other}", v.Other+"?"+mark(n), "{api}", v.API+"?"+mark(n))
}

// HostileText is a text that runs where it is taken for HTML: a title, a name.
func HostileText(n int, v Victim) string {
	return v.aim(n).Replace(`"><img src=x onerror="{run}"><script>{run}</script>`)
}

// Files are the nth try's chapter and what lies beside it.
func (t Try) Files(n int, v Victim) map[string]string {
	aimed, files := v.aim(n), map[string]string{}
	for name, text := range t.Beside {
		files[name] = aimed.Replace(text)
	}
	files[t.File(n)] = aimed.Replace(t.chapter())
	return files
}

// File is the name of the nth try's chapter.
func (t Try) File(n int) string {
	return fmt.Sprintf("%03d.%s", n, map[string]string{"": "xhtml", HTML: "html", SVG: "svg"}[t.Type])
}

// chapter writes the try as a document. What says that it is there comes first: some
// tries swallow the rest.
func (t Try) chapter() string {
	here := `<p id="here">` + esc(t.Name) + "</p>\n"
	switch t.Type {
	case SVG:
		return t.Prolog + t.Body
	case HTML:
		return "<!DOCTYPE html>\n<html><head><title>x</title>" + t.Head + "</head><body " + t.Open + ">" + here + t.Body
	}
	return `<?xml version="1.0" encoding="utf-8"?>` + t.Prolog + `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xmlns:xlink="http://www.w3.org/1999/xlink"><head><title>x</title>` +
		t.Head + "</head><body " + t.Open + ">" + here + t.Body + "</body></html>"
}

// HostileEPUB is a book with a chapter for each try, whose title, headings and author
// try as well.
func HostileEPUB(title string, tries []Try, v Victim) []byte {
	var manifest, spine, toc strings.Builder
	files := []File{
		{"mimetype", []byte("application/epub+zip"), true},
		{Container, []byte(`<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`), false},
	}
	types := map[string]string{"css": "text/css", "svg": SVG, "js": "text/javascript", "xhtml": XHTML, "html": HTML, "vtt": "text/vtt", "ttf": "font/ttf"}
	for n, t := range tries {
		beside := t.Files(n, v)
		for i, name := range slices.Sorted(maps.Keys(beside)) {
			id, media := fmt.Sprintf("f%d-%d", n, i), types[name[strings.LastIndexByte(name, '.')+1:]]
			fmt.Fprintf(&manifest, `<item id="%s" href="try/%s" media-type="%s"/>`, id, name, media)
			files = append(files, File{"OEBPS/try/" + name, []byte(beside[name]), false})
			if name == t.File(n) {
				fmt.Fprintf(&spine, `<itemref idref="%s"/>`, id)
				fmt.Fprintf(&toc, `<li><a href="try/%s">%s</a></li>`, name, esc(t.Name+title))
			}
		}
	}
	files = append(files, File{Nav, []byte(`<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body><nav epub:type="toc"><ol>` + toc.String() + `<li><a href="javascript:void(0)">x</a></li></ol></nav></body></html>`), false},
		File{Package, []byte(`<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">hostile</dc:identifier><dc:title>` +
			esc(title) + `</dc:title><dc:creator>` + esc(title) + `</dc:creator><dc:language>en</dc:language></metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>` +
			manifest.String() + `</manifest><spine>` + spine.String() + `</spine></package>`), false})
	return Zip(files...)
}
