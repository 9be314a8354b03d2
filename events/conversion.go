package events

import (
	"regexp"
)

// The story of one office document. Every event names the document and the
// upload (one file that was put there: a document that is uploaded again is a new
// upload of the same document).

// DocumentUploaded says that an office document, a PDF or a picture has arrived.
type DocumentUploaded struct {
	Document  string `json:"document"`
	Upload    string `json:"upload"`
	Object    Object `json:"object"`
	Name      string `json:"name"`       // the file's name as its owner wrote it: untrusted; its ending tells formats apart that look alike
	MediaType string `json:"media_type"` // what the content looks like
	Title     string `json:"title,omitempty"`
}

// DocumentConversionRequested asks for a document in one more format.
type DocumentConversionRequested struct {
	Document  string     `json:"document"`
	Upload    string     `json:"upload"` // which file; who asks for another has another id here
	Object    Object     `json:"object"`
	Name      string     `json:"name"`
	To        string     `json:"to"`                  // one of the Format… constants
	Pages     string     `json:"pages,omitempty"`     // such as 1-3,5,8-; empty for all
	Width     int        `json:"width,omitempty"`     // of page pictures, in pixels; 0 for the usual one
	Password  string     `json:"password,omitempty"`  // that opens the document: ask over HTTP where the broker's keepers shall not see it
	Watermark *Watermark `json:"watermark,omitempty"` // of PDF and page pictures
}

// Watermark is laid over every page.
type Watermark struct {
	Lines   []string `json:"lines"`             // such as who looks, of which unit, when: 1 to 6 lines
	Opacity *float64 `json:"opacity,omitempty"` // 0 to 1; absent for the usual one
	Trace   string   `json:"trace,omitempty"`   // 16 hexadecimal digits that can be found again in the file and on its pictures
}

// DocumentPreviewRequested asks for the pictures of some pages of a PDF. It is
// convert's own way to have large work done in parallel.
type DocumentPreviewRequested struct {
	Document string `json:"document"`
	Upload   string `json:"upload"`
	Folder   string `json:"folder"` // names the conversion that the PDF came of
	PDF      Object `json:"pdf"`
	Format   string `json:"format"` // png, jpeg or webp
	Width    int    `json:"width"`  // pixels
	First    int    `json:"first"`  // page, from 1
	Last     int    `json:"last"`
	Pages    int    `json:"pages"` // of the whole document
}

// DocumentConverted says what has become of a document, and how good it is.
type DocumentConverted struct {
	Document   string      `json:"document"`
	Upload     string      `json:"upload"`
	Format     string      `json:"format"`     // what the document is, whatever its name says
	Renditions []Rendition `json:"renditions"` // at least one
	Pages      int         `json:"pages"`      // of the PDF; 0 where none was made
	Report     Report      `json:"report"`
	Engine     Engine      `json:"engine"`
	Repeated   bool        `json:"repeated"` // answered from what an earlier conversion of the same content left
}

// DocumentPreviewed says that pictures of some pages are ready, and how many
// pages have theirs so far.
type DocumentPreviewed struct {
	Document   string      `json:"document"`
	Upload     string      `json:"upload"`
	Renditions []Rendition `json:"renditions"`
	Ended      int         `json:"ended"` // pages that have their picture, these included
	Pages      int         `json:"pages"`
}

// DocumentRefused says that the work on a document has stopped, and why.
type DocumentRefused struct {
	Document string `json:"document"`
	Upload   string `json:"upload"`
	Stage    string `json:"stage"`  // the function that refused
	Code     string `json:"code"`   // a stable one, such as encrypted
	Reason   string `json:"reason"` // what happened and what to do, for the operator
}

// DocumentDeleted says that a document was deleted: whoever keeps something of
// it removes it.
type DocumentDeleted struct {
	Document string `json:"document"`
}

// Rendition is a document, or one page of it, in one format.
type Rendition struct {
	Format string `json:"format"`
	Object Object `json:"object"`
	Page   int    `json:"page,omitempty"`   // from 1, where it is one page alone
	Width  int    `json:"width,omitempty"`  // pixels, of pictures
	Height int    `json:"height,omitempty"` // pixels, of pictures
}

// Report says how faithful a conversion is.
type Report struct {
	Quality string   `json:"quality"`           // good, degraded, or unchecked where nothing could be compared
	Recall  *float64 `json:"recall,omitempty"`  // share of the source's characters that are in the result, 0 to 1; absent where unchecked
	Missing string   `json:"missing,omitempty"` // some of what is not in the result
	Blank   []int    `json:"blank,omitempty"`   // pages with nothing on them
	Fonts   []Font   `json:"fonts,omitempty"`   // those that were replaced
}

// Font is one that the document asks for and that is not installed.
type Font struct {
	Wanted string `json:"wanted"`
	Used   string `json:"used,omitempty"`
}

// The qualities of a [Report].
const (
	QualityGood      = "good"
	QualityDegraded  = "degraded"
	QualityUnchecked = "unchecked"
)

// The formats that can be asked for.
const (
	FormatPDF       = "pdf"
	FormatPDFA      = "pdfa" // PDF/A-2b
	FormatPNG       = "png"  // one picture a page, as the next two
	FormatJPEG      = "jpeg"
	FormatWebP      = "webp"
	FormatThumbnail = "thumbnail" // the first page, small, as PNG
	FormatText      = "txt"
	FormatMarkdown  = "md"
	FormatHTML      = "html"
	FormatDOCX      = "docx"
	FormatODT       = "odt"
	FormatXLSX      = "xlsx"
	FormatODS       = "ods"
	FormatCSV       = "csv"
	FormatPPTX      = "pptx"
	FormatODP       = "odp"
)

// Formats are all that can be asked for.
func Formats() []string {
	return []string{FormatPDF, FormatPDFA, FormatPNG, FormatJPEG, FormatWebP, FormatThumbnail, FormatText, FormatMarkdown,
		FormatHTML, FormatDOCX, FormatODT, FormatXLSX, FormatODS, FormatCSV, FormatPPTX, FormatODP}
}

func (DocumentUploaded) EventType() string { return "dev.xietong.document.uploaded.v1" }
func (DocumentConversionRequested) EventType() string {
	return "dev.xietong.document.conversion.requested.v1"
}
func (DocumentPreviewRequested) EventType() string {
	return "dev.xietong.document.preview.requested.v1"
}
func (DocumentConverted) EventType() string { return "dev.xietong.document.converted.v1" }
func (DocumentPreviewed) EventType() string { return "dev.xietong.document.previewed.v1" }
func (DocumentRefused) EventType() string   { return "dev.xietong.document.refused.v1" }
func (DocumentDeleted) EventType() string   { return "dev.xietong.document.deleted.v1" }

func (d DocumentUploaded) EventSubject() string            { return d.Document }
func (d DocumentConversionRequested) EventSubject() string { return d.Document }
func (d DocumentPreviewRequested) EventSubject() string    { return d.Document }
func (d DocumentConverted) EventSubject() string           { return d.Document }
func (d DocumentPreviewed) EventSubject() string           { return d.Document }
func (d DocumentRefused) EventSubject() string             { return d.Document }
func (d DocumentDeleted) EventSubject() string             { return d.Document }

func (d DocumentUploaded) Validate() error {
	return first(id("document", d.Document), id("upload", d.Upload), in("object", d.Object.check()),
		text("name", d.Name, 1, 1024), text("media_type", d.MediaType, 1, 127), text("title", d.Title, 0, 1024))
}

func (d DocumentConversionRequested) Validate() error {
	err := first(id("document", d.Document), id("upload", d.Upload), in("object", d.Object.check()), text("name", d.Name, 1, 1024),
		oneOf("to", d.To, Formats()...), text("pages", d.Pages, 0, 255), between("width", d.Width, 0, maxWidth), text("password", d.Password, 0, 255))
	if err == nil && d.Watermark != nil {
		err = in("watermark", d.Watermark.Validate())
	}
	return err
}

func (d DocumentPreviewRequested) Validate() error {
	return first(id("document", d.Document), id("upload", d.Upload), id("folder", d.Folder), in("pdf", d.PDF.check()),
		oneOf("format", d.Format, FormatPNG, FormatJPEG, FormatWebP), between("width", d.Width, 1, maxWidth),
		between("first", d.First, 1, maxPages), between("last", d.Last, 1, maxPages), between("pages", d.Pages, 1, maxPages),
		notBefore("last", int64(d.Last), "first", int64(d.First)), notBefore("pages", int64(d.Pages), "last", int64(d.Last)))
}

func (d DocumentConverted) Validate() error {
	return first(id("document", d.Document), id("upload", d.Upload), text("format", d.Format, 1, 31),
		count("renditions", len(d.Renditions), 1, maxPages), each("renditions", d.Renditions), between("pages", d.Pages, 0, maxPages),
		in("report", d.Report.check()), in("engine", d.Engine.check()))
}

func (d DocumentPreviewed) Validate() error {
	return first(id("document", d.Document), id("upload", d.Upload), count("renditions", len(d.Renditions), 1, maxPages), each("renditions", d.Renditions),
		between("ended", d.Ended, 1, maxPages), between("pages", d.Pages, 1, maxPages), notBefore("pages", int64(d.Pages), "ended", int64(d.Ended)))
}

func (d DocumentRefused) Validate() error {
	return first(id("document", d.Document), id("upload", d.Upload),
		text("stage", d.Stage, 1, 63), code("code", d.Code), text("reason", d.Reason, 1, 2048))
}

func (d DocumentDeleted) Validate() error { return id("document", d.Document) }

// maxWidth bounds pictures, and maxPages what is taken for a number of pages.
const (
	maxWidth = 8192
	maxPages = 1 << 20
	maxLines = 6
)

// Validate returns an error that names the first field that is wrong.
func (w Watermark) Validate() error {
	err := first(count("lines", len(w.Lines), 1, maxLines), share("opacity", w.Opacity))
	for i := 0; err == nil && i < len(w.Lines); i++ {
		err = in("lines", text(element(i), w.Lines[i], 1, 100))
	}
	if err == nil && w.Trace != "" && !traces.MatchString(w.Trace) {
		err = wrong("trace", "is %q, want 16 hexadecimal digits in lower case", brief(w.Trace))
	}
	return err
}

func (r Rendition) check() error {
	return first(oneOf("format", r.Format, Formats()...), in("object", r.Object.check()),
		between("page", r.Page, 0, maxPages), between("width", r.Width, 0, maxWidth), between("height", r.Height, 0, 1<<20))
}

func (r Report) check() error {
	err := first(oneOf("quality", r.Quality, QualityGood, QualityDegraded, QualityUnchecked), share("recall", r.Recall),
		text("missing", r.Missing, 0, 255), each("fonts", r.Fonts))
	for i := 0; err == nil && i < len(r.Blank); i++ {
		err = in("blank", between(element(i), r.Blank[i], 1, maxPages))
	}
	return err
}

func (f Font) check() error {
	return first(text("wanted", f.Wanted, 1, 255), text("used", f.Used, 0, 255))
}

var traces = regexp.MustCompile(`^[0-9a-f]{16}$`)
