package booktest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
)

// TXT makes a text in an encoding, as Chinese readers pass them on: a heading for
// each chapter, paragraphs indented by two wide spaces. A nil encoding is UTF-8.
func TXT(b Book, as encoding.Encoding) []byte {
	var p strings.Builder
	fmt.Fprintf(&p, "《%s》\r\n作者：%s\r\n\r\n", b.Title, b.Author)
	for _, c := range b.Chapters {
		p.WriteString(c.Title + "\r\n\r\n")
		for _, text := range c.Paragraphs {
			p.WriteString("　　" + text + "\r\n")
		}
		p.WriteString("\r\n")
	}
	if as == nil {
		return []byte(p.String())
	}
	text, err := encoding.ReplaceUnsupported(as.NewEncoder()).Bytes([]byte(p.String()))
	must(err)
	return text
}

// FB2 makes a FictionBook.
func FB2(b Book) []byte {
	var p strings.Builder
	fmt.Fprintf(&p, `<?xml version="1.0" encoding="UTF-8"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><genre>%s</genre><author><first-name>小明</first-name><last-name>王</last-name></author><book-title>%s</book-title>
<annotation><p>%s</p></annotation><keywords>%s</keywords><date value="1999-01-01">1999</date><coverpage><image l:href="#cover.jpg"/></coverpage><lang>%s</lang>
<translator><nickname>%s</nickname></translator><sequence name="%s" number="%g"/></title-info>
<document-info><author><nickname>scanner</nickname></author><program-used>none</program-used><date>2001</date></document-info>
<publish-info><publisher>%s</publisher><year>%.4s</year><isbn>%s</isbn></publish-info></description>
<body><title><p>%[2]s</p></title>
`, esc(b.Subjects[0]), esc(b.Title), esc(b.Summary), esc(strings.Join(b.Subjects, ", ")), esc(b.Language), esc(b.Translator), esc(b.Series), b.Position, esc(b.Publisher), b.Published, b.ISBN)
	for _, c := range b.Chapters {
		fmt.Fprintf(&p, "<section><title><p>%s</p></title>\n", esc(c.Title))
		for _, text := range c.Paragraphs {
			fmt.Fprintf(&p, "<p>%s</p>\n", esc(text))
		}
		p.WriteString("</section>\n")
	}
	fmt.Fprintf(&p, "</body>\n<body name=\"notes\"><title><p>注释</p></title><section id=\"n1\"><title><p>1</p></title><p>一条注。</p></section></body>\n<binary id=\"cover.jpg\" content-type=\"image/jpeg\">%s</binary>\n</FictionBook>",
		base64.StdEncoding.EncodeToString(b.Cover))
	return []byte(p.String())
}

// CBZ makes a comic of so many pages, whose names want natural order.
func CBZ(b Book, pages int) []byte {
	var files []File
	for i := range pages {
		files = append(files, File{fmt.Sprintf("第1话/page%d.jpg", i+1), JPEG(60, 80, i), true})
	}
	info := fmt.Sprintf(`<?xml version="1.0"?><ComicInfo><Title>%s</Title><Series>%s</Series><Number>%g</Number><Writer>%s</Writer><Translator>%s</Translator><Publisher>%s</Publisher>
<Year>2024</Year><Month>5</Month><Day>17</Day><LanguageISO>%s</LanguageISO><Genre>%s</Genre><Summary>%s</Summary><Manga>YesAndRightToLeft</Manga></ComicInfo>`,
		esc(b.Title), esc(b.Series), b.Position, esc(b.Author), esc(b.Translator), esc(b.Publisher), b.Language, esc(strings.Join(b.Subjects, ", ")), esc(b.Summary))
	return Zip(append(files, File{"ComicInfo.xml", []byte(info), false}, File{"__MACOSX/第1话/._page1.jpg", []byte("x"), false})...)
}

// PDF makes a PDF with a text on each page. Its letters have no shapes, only
// meanings: it is for reading, not for looking at.
func PDF(title, author string, pages ...string) []byte {
	p := pdf{}
	const fixed = 6 // objects before the pages
	p.object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", fixed+1+2*i)
	}
	p.object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(pages)))
	p.object("<</Type/Font/Subtype/Type0/BaseFont/Booktest/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>")
	p.object("<</Type/Font/Subtype/CIDFontType2/BaseFont/Booktest/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>")
	p.stream("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /B def /CMapType 2 def\n1 begincodespacerange <0000> <ffff> endcodespacerange\n" +
		unicodeRanges() + "endcmap end end")
	p.object(fmt.Sprintf("<</Title <%s>/Author <%s>>>", utf16(title, true), utf16(author, true)))
	for i, text := range pages {
		p.object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>", fixed+2+2*i))
		lines := ""
		for n, line := range strings.Split(text, "\n") {
			lines += fmt.Sprintf("BT /F 12 Tf 40 %d Td <%s> Tj ET\n", 800-16*n, utf16(line, false))
		}
		p.stream(lines)
	}
	return p.end("")
}

// Scans makes a PDF of so many pages that are the same JPEG, each with its own bytes
// of it, as scanners make them.
func Scans(pages int, jpeg []byte, width, height int) []byte {
	p := pdf{}
	const fixed = 6 // objects before the pages
	p.object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", fixed+1+3*i)
	}
	p.object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, pages))
	p.object("<<>>")
	p.object("<<>>")
	p.object("<<>>")
	p.object(fmt.Sprintf("<</Title <%s>>>", utf16("扫描", true)))
	for i := range pages {
		at := fixed + 1 + 3*i
		p.object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>", at+1, at+2))
		p.object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream", width, height, len(jpeg), jpeg))
		p.stream("595 0 0 842 0 0 cm /I Do")
	}
	return p.end("")
}

// EncryptedPDF is a PDF that wants a password.
func EncryptedPDF() []byte {
	p := pdf{}
	p.object("<</Type/Catalog/Pages 2 0 R>>")
	p.object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	p.object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
	p.object("")
	p.object("")
	p.object("")
	junk := strings.Repeat("a7", 32)
	return p.end("/ID[<" + junk[:32] + "><" + junk[:32] + ">]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<" + junk + ">/U<" + junk + ">>>")
}

type pdf struct {
	b       strings.Builder
	offsets []int
}

func (p *pdf) object(body string) {
	if p.b.Len() == 0 {
		p.b.WriteString("%PDF-1.7\n")
	}
	p.offsets = append(p.offsets, p.b.Len())
	fmt.Fprintf(&p.b, "%d 0 obj\n%s\nendobj\n", len(p.offsets), body)
}

func (p *pdf) stream(body string) {
	p.object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(body), body))
}

func (p *pdf) end(trailer string) []byte {
	at := p.b.Len()
	fmt.Fprintf(&p.b, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, o := range p.offsets {
		fmt.Fprintf(&p.b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&p.b, "trailer\n<</Size %d/Root 1 0 R/Info 6 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+1, trailer, at)
	return []byte(p.b.String())
}

// unicodeRanges map each code to itself, 256 at a time as the format wants it.
func unicodeRanges() string {
	var b strings.Builder
	for from := 0; from < 256; from += 64 {
		b.WriteString("64 beginbfrange\n")
		for high := from; high < from+64; high++ {
			fmt.Fprintf(&b, "<%02x00> <%02[1]xff> <%02[1]x00>\n", high)
		}
		b.WriteString("endbfrange\n")
	}
	return b.String()
}

func utf16(text string, mark bool) string {
	var b strings.Builder
	if mark {
		b.WriteString("feff")
	}
	for _, r := range text {
		fmt.Fprintf(&b, "%04x", r&0xffff)
	}
	return b.String()
}
