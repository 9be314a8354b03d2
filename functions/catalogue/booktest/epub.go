package booktest

import (
	"fmt"
	"html"
	"strings"
)

// Where the parts of the EPUBs are.
const (
	Container = "META-INF/container.xml"
	Package   = "OEBPS/content.opf"
	Nav       = "OEBPS/nav.xhtml"
	NCX       = "OEBPS/toc.ncx"
	CoverFile = "OEBPS/images/cover.jpg"
)

// ChapterFile is where a chapter is, from 1.
func ChapterFile(n int) string { return fmt.Sprintf("OEBPS/text/c%d.xhtml", n) }

// EPUB3 makes an EPUB 3.
func EPUB3(b Book) []byte { return epub(b, 3) }

// EPUB2 makes an EPUB 2.
func EPUB2(b Book) []byte { return epub(b, 2) }

func epub(b Book, version int) []byte {
	files := []File{
		{"mimetype", []byte("application/epub+zip"), true},
		{Container, []byte(`<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`), false},
		{Package, []byte(opf(b, version)), false},
		{"OEBPS/style.css", []byte("p{text-indent:2em}"), false},
	}
	if version == 3 {
		files = append(files, File{Nav, []byte(nav(b)), false})
	} else {
		files = append(files, File{NCX, []byte(ncx(b)), false})
	}
	for i, c := range b.Chapters {
		files = append(files, File{ChapterFile(i + 1), []byte(Page(b.Language, c)), false})
	}
	if b.Cover != nil {
		files = append(files, File{CoverFile, b.Cover, true})
	}
	return Zip(files...)
}

// Page is a chapter in XHTML.
func Page(language string, c Chapter) string {
	var p strings.Builder
	fmt.Fprintf(&p, `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="%s"><head><title>%s</title><link rel="stylesheet" type="text/css" href="../style.css"/></head>
<body>
<h1>%s</h1>
`, language, esc(c.Title), esc(c.Title))
	for _, text := range c.Paragraphs {
		fmt.Fprintf(&p, "<p>%s</p>\n", esc(text))
	}
	p.WriteString("</body></html>")
	return p.String()
}

func esc(text string) string { return html.EscapeString(text) }

func opf(b Book, version int) string {
	var p strings.Builder
	fmt.Fprintf(&p, `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="%d.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
<dc:identifier id="id">urn:uuid:5f3c2a10-0000-4000-8000-000000000001</dc:identifier>
<dc:title id="t1">%s</dc:title>
<dc:language>%s</dc:language>
`, version, esc(b.Title), esc(b.Language))
	field := func(element, text string) {
		if text != "" {
			fmt.Fprintf(&p, "<dc:%s>%s</dc:%[1]s>\n", element, esc(text))
		}
	}
	field("publisher", b.Publisher)
	field("description", b.Summary)
	field("date", b.Published)
	for _, s := range b.Subjects {
		field("subject", s)
	}
	if version == 3 {
		p.WriteString(metadata3(b))
	} else {
		p.WriteString(metadata2(b))
	}
	p.WriteString("</metadata>\n<manifest>\n<item id=\"css\" href=\"style.css\" media-type=\"text/css\"/>\n")
	tail := `<spine`
	if version == 3 {
		p.WriteString(`<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>` + "\n")
	} else {
		p.WriteString(`<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>` + "\n")
		tail += ` toc="ncx"`
	}
	if b.RightToLeft {
		tail += ` page-progression-direction="rtl"`
	}
	if tail += ">"; b.Cover != nil {
		p.WriteString(`<item id="cover-picture" href="images/cover.jpg" media-type="image/jpeg"` + map[bool]string{true: ` properties="cover-image"`}[version == 3] + "/>\n")
	}
	for i := range b.Chapters {
		fmt.Fprintf(&p, "<item id=\"c%d\" href=\"text/c%[1]d.xhtml\" media-type=\"application/xhtml+xml\"/>\n", i+1)
		tail += fmt.Sprintf("<itemref idref=\"c%d\"/>", i+1)
	}
	p.WriteString("</manifest>\n" + tail + "</spine>\n</package>")
	return p.String()
}

func metadata3(b Book) string {
	var p strings.Builder
	p.WriteString(`<meta refines="#t1" property="title-type">main</meta>` + "\n")
	if b.Subtitle != "" {
		fmt.Fprintf(&p, `<dc:title id="t2">%s</dc:title><meta refines="#t2" property="title-type">subtitle</meta>`+"\n", esc(b.Subtitle))
	}
	fmt.Fprintf(&p, `<dc:creator id="a1">%s</dc:creator><meta refines="#a1" property="role" scheme="marc:relators">aut</meta>`+"\n", esc(b.Author))
	if b.Translator != "" {
		fmt.Fprintf(&p, `<dc:contributor id="a2">%s</dc:contributor><meta refines="#a2" property="role" scheme="marc:relators">trl</meta>`+"\n", esc(b.Translator))
	}
	fmt.Fprintf(&p, "<dc:identifier>urn:isbn:%s</dc:identifier>\n", esc(b.ISBN))
	if b.Series != "" {
		fmt.Fprintf(&p, `<meta property="belongs-to-collection" id="s1">%s</meta><meta refines="#s1" property="collection-type">series</meta><meta refines="#s1" property="group-position">%g</meta>`+"\n", esc(b.Series), b.Position)
	}
	if b.Fixed {
		p.WriteString(`<meta property="rendition:layout">pre-paginated</meta>` + "\n")
	}
	p.WriteString(`<meta property="dcterms:modified">2024-05-17T00:00:00Z</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta><meta property="schema:accessibilityFeature">readingOrder</meta>
`)
	return p.String()
}

func metadata2(b Book) string {
	var p strings.Builder
	fmt.Fprintf(&p, `<dc:creator opf:role="aut">%s</dc:creator>`+"\n", esc(b.Author))
	if b.Translator != "" {
		fmt.Fprintf(&p, `<dc:contributor opf:role="trl">%s</dc:contributor>`+"\n", esc(b.Translator))
	}
	fmt.Fprintf(&p, `<dc:identifier opf:scheme="ISBN">%s</dc:identifier>`+"\n", esc(b.ISBN))
	if b.Series != "" {
		fmt.Fprintf(&p, `<meta name="calibre:series" content="%s"/><meta name="calibre:series_index" content="%g"/>`+"\n", esc(b.Series), b.Position)
	}
	p.WriteString(`<meta name="cover" content="cover-picture"/>` + "\n")
	return p.String()
}

func nav(b Book) string {
	var p strings.Builder
	p.WriteString(`<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>目录</title></head><body>
<nav epub:type="landmarks"><ol><li><a epub:type="bodymatter" href="text/c1.xhtml">正文</a></li></ol></nav>
<nav epub:type="toc"><h1>目录</h1><ol>
`)
	for i, c := range b.Chapters {
		fmt.Fprintf(&p, "<li><a href=\"text/c%d.xhtml\">%s</a></li>\n", i+1, esc(c.Title))
	}
	p.WriteString("</ol></nav></body></html>")
	return p.String()
}

func ncx(b Book) string {
	var p strings.Builder
	p.WriteString(`<?xml version="1.0" encoding="utf-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><head><meta name="dtb:depth" content="1"/></head>
<docTitle><text>` + esc(b.Title) + "</text></docTitle>\n<navMap>\n")
	for i, c := range b.Chapters {
		fmt.Fprintf(&p, "<navPoint id=\"n%d\" playOrder=\"%[1]d\"><navLabel><text>%[2]s</text></navLabel><content src=\"text/c%[1]d.xhtml\"/></navPoint>\n", i+1, esc(c.Title))
	}
	p.WriteString(`</navMap><pageList><pageTarget id="p1"><navLabel><text>1</text></navLabel><content src="text/c1.xhtml#p1"/></pageTarget></pageList></ncx>`)
	return p.String()
}
