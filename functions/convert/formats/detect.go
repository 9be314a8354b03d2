package formats

import (
	"bytes"
	"cmp"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// headBytes is how much of the beginning is looked at.
const headBytes = 64 << 10

// found is what a file turned out to be.
type found struct {
	format Format
	macros bool
}

// Detect tells what a file is, by what is in it. Its name only decides between
// formats whose content is alike, so a wrong extension is no error. Refused are
// encrypted documents, with [archive.CodeEncrypted], and all that is no document, with
// [CodeUnsupported] and what it is instead.
func Detect(r io.ReaderAt, size int64, name string) (Format, error) {
	it, err := look(r, size, name)
	return it.format, err
}

// HasMacros reports whether a document that [Detect] knows brings programs along.
func HasMacros(r io.ReaderAt, size int64) (bool, error) {
	it, err := look(r, size, "")
	return it.macros, err
}

func look(r io.ReaderAt, size int64, name string) (found, error) {
	if size == 0 {
		return found{}, fault.Refusef(CodeEmpty, "the file is empty")
	}
	head := make([]byte, min(size, headBytes))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return found{}, archive.Damaged("the file", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte(oleMark)):
		return lookOLE(r, name)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return lookZip(r, size, name)
	}
	for _, m := range marks {
		if m.in(head) {
			return found{format: m.format}, nil
		}
	}
	return lookText(head, name)
}

// marks are the formats that begin like nothing else.
var marks = []struct {
	format Format
	in     func(head []byte) bool
}{
	// Readers of PDF allow other bytes before it, and mail programs add some.
	{PDF, func(head []byte) bool { return bytes.Contains(head[:min(1024, len(head))], []byte("%PDF-")) }},
	{Rtf, begins("{\\rtf")},
	{PNG, begins("\x89PNG\r\n\x1a\n")},
	{JPEG, begins("\xff\xd8\xff")},
	{GIF, begins("GIF8")},
	{WebP, func(head []byte) bool {
		return len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
	}},
	{TIFF, begins("II*\x00")},
	{TIFF, begins("MM\x00*")},
	// The bytes 6 to 9 of a bitmap are zero, and no text has those.
	{BMP, func(head []byte) bool {
		return len(head) > 18 && string(head[:2]) == "BM" && string(head[6:10]) == "\x00\x00\x00\x00"
	}},
}

func begins(text string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(text)) }
}

// lookOLE looks into the directory of an OLE file.
func lookOLE(r io.ReaderAt, name string) (found, error) {
	c, err := readCompound(r)
	if err != nil {
		return found{}, err
	}
	format, other := c.format()
	switch {
	case c.encrypted():
		return found{}, errEncrypted()
	case format == "":
		return found{}, unsupportedf("the file is %s", other)
	}
	return found{named(name, alike[format], format), c.macros()}, nil
}

func errEncrypted() error {
	return fault.Refusef(archive.CodeEncrypted, "the document is encrypted: save it without a password")
}

// alike are the formats whose content is that of another, so that only a name
// tells them apart. WPS Office writes its own extensions for what Microsoft Office
// would have written.
var alike = map[Format][]Format{
	Doc:  {Dot, Wps, Wpt},
	Xls:  {Xlt, Et, Ett},
	Ppt:  {Pps, Pot, Dps, Dpt},
	Docx: {Wps, Wpt},
	Xlsx: {Et, Ett},
	Pptx: {Dps, Dpt},
	Txt:  {Md, Csv},
}

// named returns the format that the name speaks of, if it is one of these.
func named(name string, these []Format, otherwise Format) Format {
	if f := ByExtension(name); slices.Contains(these, f) {
		return f
	}
	return otherwise
}

// lookText tells what a text is. What is none is named by a library that knows
// most of what people upload.
func lookText(head []byte, name string) (found, error) {
	if kind := media(head); !letters.IsText(head) || kind != "" && bytes.IndexByte(head, 0) >= 0 {
		return found{}, unsupportedf("the file is %s, which is no document", cmp.Or(kind, "of no known kind"))
	}
	text, _ := letters.Decode(head)
	start := strings.ToLower(strings.TrimLeft(text[:min(16<<10, len(text))], " \t\r\n\ufeff"))
	switch {
	case strings.HasPrefix(start, "<") && strings.Contains(start, "<!entity"):
		return found{}, fault.Refusef(archive.CodeXML, "the file declares entities of its own")
	case strings.HasPrefix(start, "<?xml"), strings.HasPrefix(start, "<office:document"), strings.HasPrefix(start, "<svg"):
		return lookXML(start)
	case isHTML(start):
		return found{format: HTML}, nil
	case strings.HasPrefix(start, "mime-version:") && strings.Contains(start, "multipart/related"):
		return found{}, unsupportedf("the file is a web archive (MHTML): save it as docx or PDF")
	}
	// Much software calls a table of text .xls, so that a click opens it.
	switch strings.ToLower(path.Ext(name)) {
	case ".xls", ".xlsx", ".et":
		return found{format: Csv}, nil
	}
	return found{format: named(name, alike[Txt], Txt)}, nil
}

// lookXML tells flat OpenDocument files and XHTML from other XML, by a beginning
// in lower case.
func lookXML(start string) (found, error) {
	for _, kind := range []struct {
		mark   string
		format Format
		is     string
	}{
		{odf + "text", Fodt, ""}, {odf + "spreadsheet", Fods, ""}, {odf + "presentation", Fodp, ""},
		{"<html", HTML, ""},
		{"<svg", "", "an SVG drawing: export it as PNG or PDF"},
		{"word.document", "", "a Word 2003 XML document: save it as docx"},
		{"excel.sheet", "", "an Excel 2003 XML workbook: save it as xlsx"},
	} {
		if strings.Contains(start, kind.mark) {
			if kind.format == "" {
				return found{}, unsupportedf("the file is %s", kind.is)
			}
			return found{format: kind.format}, nil
		}
	}
	return found{}, unsupportedf("the file is XML that no office program of ours writes")
}

// isHTML goes by what pages and parts of pages begin with; exports of tables often
// have no head at all.
func isHTML(start string) bool {
	for strings.HasPrefix(start, "<!--") {
		_, after, ok := strings.Cut(start, "-->")
		if !ok {
			return false
		}
		start = strings.TrimLeft(after, " \t\r\n")
	}
	return slices.ContainsFunc([]string{"<!doctype html", "<html", "<head", "<body", "<meta", "<table", "<div", "<p>", "<title", "<style", "<h1"},
		func(tag string) bool { return strings.HasPrefix(start, tag) })
}

// media names what a file is that is no text, if the library knows.
func media(head []byte) string {
	bare, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	if bare == "application/octet-stream" || strings.HasPrefix(bare, "text/") {
		return ""
	}
	return bare
}
