// Package plain takes the text out of documents without an office suite: for the
// index, for summaries and previews, and to judge what an office suite made.
//
//	in   a document of a known format
//	out  its text or its Markdown, written while it is read
//
// A text is what a reader of the printed pages sees, as far as the file says so:
// results of fields, what was inserted and not what was deleted, no comments, no
// speaker's notes, nothing hidden. Refused is what breaks a limit or is damaged; by
// then the text before it is written.
package plain

import (
	"bufio"
	"fmt"
	"io"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// Limits is what a document and its text may be at most.
type Limits struct {
	Archive archive.Limits
	Text    conf.Bytes `env:"MAX_TEXT,default=64MiB"`          // that is written
	File    conf.Bytes `env:"MAX_PLAIN_FILE,default=256MiB"`   // of a document that is no archive
	Shared  conf.Bytes `env:"MAX_SHARED_TEXT,default=128MiB"`  // of the texts that the cells of a workbook share
	Whole   conf.Bytes `env:"MAX_WHOLE_MARKDOWN,default=4MiB"` // of Markdown, which is read as a whole
}

// Notes is what a text does not show.
type Notes struct {
	// Body is how many bytes of the text come before the headers and footers, which
	// stand at its end. Whether a page has them, only its layout tells.
	Body         int64
	Encoding     string   // of a document that is a text itself, "" where it is no text
	HiddenSheets []string // names of sheets that are left out
	HiddenSlides int
	HiddenRows   int // of spreadsheets, and their columns
}

// Able reports whether there is a reader for a format. WPS formats are read where
// the file is an Office package in truth.
func Able(f formats.Format) bool { return readers[f] != nil }

// Text writes the text of a document: a line for each paragraph, and one for each
// row of a table with tabs between its cells.
func Text(w io.Writer, r io.ReaderAt, size int64, f formats.Format, limits Limits) (Notes, error) {
	to := &limited{w, int64(limits.Text), 0}
	out := bufio.NewWriter(to)
	return read(&lines{out: out}, out, to, source{r, size, f, limits})
}

// Markdown writes a document with its headings, lists, tables, links and emphasis.
func Markdown(w io.Writer, r io.ReaderAt, size int64, f formats.Format, limits Limits) (Notes, error) {
	to := &limited{w, int64(limits.Text), 0}
	out := bufio.NewWriter(to)
	return read(&markdown{out: out}, out, to, source{r, size, f, limits})
}

// source is a document to read.
type source struct {
	r      io.ReaderAt
	size   int64
	format formats.Format
	limits Limits
}

func (s source) archive() (*archive.Archive, error) {
	return archive.Open(s.r, s.size, s.limits.Archive)
}

// flat checks the size of a document that is no archive.
func (s source) flat() error {
	if s.size > int64(s.limits.File) {
		return fault.Refusef(archive.CodeTooLarge, "the document has %d bytes, MAX_PLAIN_FILE allows %d", s.size, s.limits.File)
	}
	return nil
}

// reader reads a document onto a page.
type reader func(s source, b *builder) error

// readers holds the reader of each format.
var readers = map[formats.Format]reader{
	formats.Docx: readDocx, formats.Docm: readDocx, formats.Dotx: readDocx, formats.Dotm: readDocx,
	formats.Wps: readDocx, formats.Wpt: readDocx,
	formats.Xlsx: readXlsx, formats.Xlsm: readXlsx, formats.Xltx: readXlsx, formats.Et: readXlsx, formats.Ett: readXlsx,
	formats.Pptx: readPptx, formats.Pptm: readPptx, formats.Potx: readPptx, formats.Ppsx: readPptx, formats.Ppsm: readPptx,
	formats.Dps: readPptx, formats.Dpt: readPptx,
	formats.Odt: readODF, formats.Ott: readODF, formats.Ods: readODF, formats.Ots: readODF, formats.Odp: readODF, formats.Otp: readODF,
	formats.Fodt: readFlatODF, formats.Fods: readFlatODF, formats.Fodp: readFlatODF,
	formats.Txt: readTxt, formats.Md: readMd, formats.HTML: readHTML, formats.Csv: readCsv, formats.Epub: readEpub,
}

func read(p page, out *bufio.Writer, to *limited, s source) (Notes, error) {
	reader := readers[s.format]
	if reader == nil {
		return Notes{}, fault.Refusef(formats.CodeUnsupported, "there is no reader for %q but the office suite's", s.format)
	}
	b := &builder{page: p, limit: int64(s.limits.Text)}
	b.written = func() int64 { return to.written + int64(out.Buffered()) }
	err := reader(s, b)
	if err == nil {
		err = b.close()
	}
	b.endBody()
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return b.notes, fmt.Errorf("read %s: %w", s.format, err)
	}
	return b.notes, nil
}

// limited ends a text that grows beyond its limit.
type limited struct {
	w              io.Writer
	limit, written int64
}

func (l *limited) Write(p []byte) (int, error) {
	fits := min(int64(len(p)), l.limit-l.written)
	n, err := l.w.Write(p[:fits])
	l.written += int64(n)
	if err == nil && fits < int64(len(p)) {
		err = errTooMuch()
	}
	return n, err
}

// errTooMuch is the refusal of a text that is too long.
func errTooMuch() error {
	return fault.Refusef(archive.CodeTooLarge, "the text is longer than MAX_TEXT allows")
}
