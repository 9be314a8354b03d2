// Package formats knows what a document is and what can be made of it.
//
//	in   the bytes of an upload, and the name it came with
//	out  its [Format]; the ways from there to every other format
//
// The bytes decide, not the name. What is none of these formats, is encrypted, or
// is built to hurt whoever opens it is refused before any engine sees it.
package formats

import (
	"path"
	"slices"
	"strings"
)

// Format is a kind of file, named by its usual extension.
type Format string

// Text documents.
const (
	Docx Format = "docx"
	Docm Format = "docm"
	Dotx Format = "dotx"
	Dotm Format = "dotm"
	Doc  Format = "doc"
	Dot  Format = "dot"
	Wps  Format = "wps"
	Wpt  Format = "wpt"
	Rtf  Format = "rtf"
	Odt  Format = "odt"
	Ott  Format = "ott"
	Fodt Format = "fodt"
	Txt  Format = "txt"
	HTML Format = "html"
	Md   Format = "md"
	Epub Format = "epub"
)

// Spreadsheets.
const (
	Xlsx Format = "xlsx"
	Xlsm Format = "xlsm"
	Xltx Format = "xltx"
	Xlsb Format = "xlsb"
	Xls  Format = "xls"
	Xlt  Format = "xlt"
	Et   Format = "et"
	Ett  Format = "ett"
	Ods  Format = "ods"
	Ots  Format = "ots"
	Fods Format = "fods"
	Csv  Format = "csv"
)

// Presentations.
const (
	Pptx Format = "pptx"
	Pptm Format = "pptm"
	Potx Format = "potx"
	Ppsx Format = "ppsx"
	Ppsm Format = "ppsm"
	Ppt  Format = "ppt"
	Pps  Format = "pps"
	Pot  Format = "pot"
	Dps  Format = "dps"
	Dpt  Format = "dpt"
	Odp  Format = "odp"
	Otp  Format = "otp"
	Fodp Format = "fodp"
)

// Pages and pictures. Thumbnail is a small picture of the first page, and PDFA is
// a PDF/A-2b file: both are only ever made.
const (
	PDF       Format = "pdf"
	PDFA      Format = "pdfa"
	PNG       Format = "png"
	JPEG      Format = "jpeg"
	WebP      Format = "webp"
	GIF       Format = "gif"
	BMP       Format = "bmp"
	TIFF      Format = "tiff"
	Thumbnail Format = "thumbnail"
)

// Family is the part of an office suite that opens a format.
type Family string

// The families. What no office suite opens has none.
const (
	Writer  Family = "writer"
	Calc    Family = "calc"
	Impress Family = "impress"
)

// kind is what is known of a format.
type kind struct {
	family     Family
	mediaType  string
	extensions []string // the first is the one that is written
}

const (
	ooxml = "application/vnd.openxmlformats-officedocument."
	odf   = "application/vnd.oasis.opendocument."
)

// kinds holds every format once.
var kinds = map[Format]kind{
	Docx: {Writer, ooxml + "wordprocessingml.document", []string{"docx"}},
	Docm: {Writer, "application/vnd.ms-word.document.macroEnabled.12", []string{"docm"}},
	Dotx: {Writer, ooxml + "wordprocessingml.template", []string{"dotx"}},
	Dotm: {Writer, "application/vnd.ms-word.template.macroEnabled.12", []string{"dotm"}},
	Doc:  {Writer, "application/msword", []string{"doc"}},
	Dot:  {Writer, "application/msword-template", []string{"dot"}},
	Wps:  {Writer, "application/vnd.wps-office.wps", []string{"wps"}},
	Wpt:  {Writer, "application/vnd.wps-office.wpt", []string{"wpt"}},
	Rtf:  {Writer, "application/rtf", []string{"rtf"}},
	Odt:  {Writer, odf + "text", []string{"odt"}},
	Ott:  {Writer, odf + "text-template", []string{"ott"}},
	Fodt: {Writer, odf + "text-flat-xml", []string{"fodt"}},
	Txt:  {Writer, "text/plain", []string{"txt", "text", "log"}},
	HTML: {Writer, "text/html", []string{"html", "htm", "xhtml"}},
	Md:   {"", "text/markdown", []string{"md", "markdown"}},
	Epub: {"", "application/epub+zip", []string{"epub"}},

	Xlsx: {Calc, ooxml + "spreadsheetml.sheet", []string{"xlsx"}},
	Xlsm: {Calc, "application/vnd.ms-excel.sheet.macroEnabled.12", []string{"xlsm"}},
	Xltx: {Calc, ooxml + "spreadsheetml.template", []string{"xltx"}},
	Xlsb: {Calc, "application/vnd.ms-excel.sheet.binary.macroEnabled.12", []string{"xlsb"}},
	Xls:  {Calc, "application/vnd.ms-excel", []string{"xls"}},
	Xlt:  {Calc, "application/vnd.ms-excel-template", []string{"xlt"}},
	Et:   {Calc, "application/vnd.wps-office.et", []string{"et"}},
	Ett:  {Calc, "application/vnd.wps-office.ett", []string{"ett"}},
	Ods:  {Calc, odf + "spreadsheet", []string{"ods"}},
	Ots:  {Calc, odf + "spreadsheet-template", []string{"ots"}},
	Fods: {Calc, odf + "spreadsheet-flat-xml", []string{"fods"}},
	Csv:  {Calc, "text/csv", []string{"csv", "tsv"}},

	Pptx: {Impress, ooxml + "presentationml.presentation", []string{"pptx"}},
	Pptm: {Impress, "application/vnd.ms-powerpoint.presentation.macroEnabled.12", []string{"pptm"}},
	Potx: {Impress, ooxml + "presentationml.template", []string{"potx"}},
	Ppsx: {Impress, ooxml + "presentationml.slideshow", []string{"ppsx"}},
	Ppsm: {Impress, "application/vnd.ms-powerpoint.slideshow.macroEnabled.12", []string{"ppsm"}},
	Ppt:  {Impress, "application/vnd.ms-powerpoint", []string{"ppt"}},
	Pps:  {Impress, "application/vnd.ms-powerpoint-show", []string{"pps"}},
	Pot:  {Impress, "application/vnd.ms-powerpoint-template", []string{"pot"}},
	Dps:  {Impress, "application/vnd.wps-office.dps", []string{"dps"}},
	Dpt:  {Impress, "application/vnd.wps-office.dpt", []string{"dpt"}},
	Odp:  {Impress, odf + "presentation", []string{"odp"}},
	Otp:  {Impress, odf + "presentation-template", []string{"otp"}},
	Fodp: {Impress, odf + "presentation-flat-xml", []string{"fodp"}},

	PDF:       {"", "application/pdf", []string{"pdf"}},
	PDFA:      {"", "application/pdf", []string{"pdf"}},
	PNG:       {"", "image/png", []string{"png"}},
	JPEG:      {"", "image/jpeg", []string{"jpg", "jpeg"}},
	WebP:      {"", "image/webp", []string{"webp"}},
	GIF:       {"", "image/gif", []string{"gif"}},
	BMP:       {"", "image/bmp", []string{"bmp"}},
	TIFF:      {"", "image/tiff", []string{"tiff", "tif"}},
	Thumbnail: {"", "image/png", []string{"png"}},
}

// made are the formats that no file is recognised as.
var made = []Format{PDFA, Thumbnail}

// All returns every format, in the order of their names.
func All() []Format {
	var all []Format
	for f := range kinds {
		all = append(all, f)
	}
	slices.Sort(all)
	return all
}

// Known reports whether f is a format at all.
func (f Format) Known() bool { _, ok := kinds[f]; return ok }

// Family is the part of an office suite that opens f, or "".
func (f Format) Family() Family { return kinds[f].family }

// MediaType is the media type of a file in this format.
func (f Format) MediaType() string { return kinds[f].mediaType }

// Extension is what the name of such a file ends in, without a dot.
func (f Format) Extension() string {
	if k, ok := kinds[f]; ok {
		return k.extensions[0]
	}
	return ""
}

// ByExtension returns the format that the name of a file speaks of, or "".
func ByExtension(name string) Format {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	return find(func(k kind) bool { return slices.Contains(k.extensions, ext) })
}

// ByMediaType returns the format of a media type, whose parameters do not count,
// or "".
func ByMediaType(mediaType string) Format {
	bare, _, _ := strings.Cut(mediaType, ";")
	bare = strings.TrimSpace(bare)
	return find(func(k kind) bool { return strings.EqualFold(k.mediaType, bare) })
}

func find(is func(kind) bool) Format {
	for _, f := range All() {
		if is(kinds[f]) && !slices.Contains(made, f) {
			return f
		}
	}
	return ""
}
