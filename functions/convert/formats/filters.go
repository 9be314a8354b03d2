package formats

// The office engine's own names for how it writes a format (its export filters),
// as LibreOffice 7.4 has them in share/registry.
var (
	textFilters = map[Format]string{
		PDF: "writer_pdf_Export", PDFA: "writer_pdf_Export", Docx: "MS Word 2007 XML", Odt: "writer8",
		Txt: "Text (encoded)", HTML: "HTML (StarWriter)",
	}
	sheetFilters = map[Format]string{
		PDF: "calc_pdf_Export", PDFA: "calc_pdf_Export", Xlsx: "Calc MS Excel 2007 XML", Ods: "calc8",
		Csv: "Text - txt - csv (StarCalc)", HTML: "HTML (StarCalc)",
	}
	slideFilters = map[Format]string{
		PDF: "impress_pdf_Export", PDFA: "impress_pdf_Export", Pptx: "Impress MS PowerPoint 2007 XML", Odp: "impress8",
	}
)

// Options of those filters.
const (
	// pdf keeps pictures as well as LibreOffice's own export dialogue does: without
	// its settings the engine falls back to 80 of 100.
	pdf = `{"Quality":{"type":"long","value":"90"}}`
	// pdfA asks for PDF/A-2b.
	pdfA = `{"Quality":{"type":"long","value":"90"},"SelectPdfVersion":{"type":"long","value":"2"}}`
	// utf8Text is the encoding, then the line ends, a font and a language.
	utf8Text = "UTF8,LF,,,"
	// utf8Csv is a comma, a double quote, and 76 for UTF-8; then cells are written
	// as shown, and -1 in the twelfth place asks for every sheet in a file of its
	// own, which is not asked for here: the first sheet is what is written.
	utf8Csv = "44,34,76,1,,0,false,true,false,false,false,0"
	// utf8Page is the encoding of a page without pictures in files beside it.
	utf8Page = "EmbedImages"
)

// Filter returns the office engine's filter for writing one format from another,
// and its options. The name is empty where the office engine has no such way.
func Filter(from, to Format) (name, options string) {
	filters := map[Family]map[Format]string{Writer: textFilters, Calc: sheetFilters, Impress: slideFilters}[from.Family()]
	if name = filters[to]; name == "" {
		return "", ""
	}
	switch to {
	case PDF:
		options = pdf
	case PDFA:
		options = pdfA
	case Txt:
		options = utf8Text
	case Csv:
		options = utf8Csv
	case HTML:
		options = utf8Page
	}
	return name, options
}

// Import returns the office engine's filter for reading a format, and its options,
// where it does not find out by itself. Texts are given to it in UTF-8.
func Import(from Format) (name, options string) {
	switch from {
	case Txt:
		return "Text (encoded)", utf8Text
	case Csv:
		return "Text - txt - csv (StarCalc)", "44/9,34,76,1"
	case HTML:
		return "HTML (StarWriter)", ""
	}
	return "", ""
}
