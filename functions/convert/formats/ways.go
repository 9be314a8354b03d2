package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Engine is what turns one format into another.
type Engine string

// The engines.
const (
	Office   Engine = "office"   // LibreOffice
	Pdfium   Engine = "pdfium"   // draws and reads PDF
	Pdfcpu   Engine = "pdfcpu"   // writes PDF
	Plain    Engine = "plain"    // our own readers, without an engine
	Goldmark Engine = "goldmark" // Markdown to HTML
)

// Way is how one format becomes another: by the first engine that is able to, and
// where Via is set, by way of that format, which has a way of its own from From.
type Way struct {
	From, To, Via Format
	Engines       []Engine
}

// Groups of formats that go the same ways.
var (
	// texts, sheets and slides are read by the office engine alone; the others of
	// their families by readers of our own too.
	texts       = []Format{Doc, Dot, Rtf, Wps, Wpt}
	openTexts   = []Format{Docx, Docm, Dotx, Dotm, Odt, Ott, Fodt}
	sheets      = []Format{Xls, Xlt, Xlsb, Et, Ett}
	openSheets  = []Format{Xlsx, Xlsm, Xltx, Ods, Ots, Fods}
	slides      = []Format{Ppt, Pps, Pot, Dps, Dpt}
	openSlides  = []Format{Pptx, Pptm, Potx, Ppsx, Ppsm, Odp, Otp, Fodp}
	pictures    = []Format{PNG, JPEG, WebP, GIF, BMP, TIFF}
	previews    = []Format{PNG, JPEG, WebP, Thumbnail}
	fixed       = []Format{PDF, PDFA}
	officeAlone = []Engine{Office}
	plainAlone  = []Engine{Plain}
)

// rule is a row of the table: what each of From becomes.
type rule struct {
	from, to []Format
	via      Format
	engines  []Engine
}

// rules is every way there is. Where two rows hold a pair, the first counts.
var rules = []rule{
	{join(texts, openTexts), fixed, "", officeAlone},
	{join(texts, openTexts), []Format{Docx, Odt, HTML}, "", officeAlone},
	{openTexts, []Format{Txt}, "", []Engine{Plain, Office}},
	{texts, []Format{Txt}, "", officeAlone},
	{openTexts, []Format{Md}, "", plainAlone},
	{texts, []Format{Md}, Docx, plainAlone},

	{join(sheets, openSheets), fixed, "", officeAlone},
	{join(sheets, openSheets), []Format{Xlsx, Ods, Csv, HTML}, "", officeAlone},
	{openSheets, []Format{Txt, Md}, "", plainAlone},
	{sheets, []Format{Txt, Md}, Xlsx, plainAlone},

	{join(slides, openSlides), fixed, "", officeAlone},
	{join(slides, openSlides), []Format{Pptx, Odp}, "", officeAlone},
	{openSlides, []Format{Txt, Md}, "", plainAlone},
	{slides, []Format{Txt, Md}, Pptx, plainAlone},
	{join(slides, openSlides), []Format{HTML}, Md, []Engine{Goldmark}},

	{[]Format{Txt, HTML}, join(fixed, []Format{Docx, Odt}), "", officeAlone},
	{[]Format{Csv}, join(fixed, []Format{Xlsx, Ods, HTML}), "", officeAlone},
	{[]Format{Txt, HTML, Csv, Md, Epub}, []Format{Txt, Md}, "", plainAlone},
	{[]Format{Md}, []Format{HTML}, "", []Engine{Goldmark}},
	{[]Format{Txt, Epub}, []Format{HTML}, Md, []Engine{Goldmark}},
	{[]Format{Md, Epub}, join(fixed, []Format{Docx, Odt}), HTML, officeAlone},

	{[]Format{PDF}, join(previews, []Format{Txt, Md}), "", []Engine{Pdfium}},
	{[]Format{PDF}, []Format{HTML}, Md, []Engine{Goldmark}},
	{[]Format{PDF}, []Format{PDF}, "", []Engine{Pdfium}},
	{pictures, []Format{PDF}, "", []Engine{Pdfcpu}},
	{join(pictures, texts, openTexts, sheets, openSheets, slides, openSlides, []Format{Txt, HTML, Csv, Md, Epub}), previews, PDF, []Engine{Pdfium}},
}

func join(lists ...[]Format) []Format { return slices.Concat(lists...) }

// Ways returns every pair of formats that there is a way between, sorted. A format
// does not become itself, but for PDF, whose password is taken off, and plain text,
// which comes out in UTF-8.
func Ways() []Way {
	return slices.DeleteFunc(pairs(), func(w Way) bool { return w.From == w.To && w.From != PDF && w.From != Txt })
}

// pairs is what the rules say, of formats that would become themselves too.
func pairs() []Way {
	seen := map[[2]Format]bool{}
	var all []Way
	for _, r := range rules {
		for _, from := range r.from {
			for _, to := range r.to {
				if pair := [2]Format{from, to}; !seen[pair] {
					seen[pair] = true
					all = append(all, Way{from, to, r.via, r.engines})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Way) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return all
}

// Find returns the way from one format to another. Where there is none, the
// refusal says what there is instead.
func Find(from, to Format) (Way, error) {
	var able []string
	for _, w := range Ways() {
		if w.From == from && w.To == to {
			return w, nil
		}
		if w.From == from {
			able = append(able, string(w.To))
		}
	}
	if len(able) == 0 {
		return Way{}, unsupportedf("nothing is made of %q", from)
	}
	return Way{}, unsupportedf("%s does not become %q; it becomes %s", from, to, strings.Join(able, ", "))
}

// Table prints the ways as a table in Markdown. Formats that go the same ways are
// in one row, and targets that are reached alike in one group; a row may so name a
// target that is one of its own formats, which [Ways] leaves out.
func Table() string {
	type row struct {
		from []string
		to   string
	}
	var rows []row
	for _, from := range All() {
		to := targets(from)
		i := slices.IndexFunc(rows, func(r row) bool { return r.to == to })
		switch {
		case to == "":
		case i < 0:
			rows = append(rows, row{[]string{string(from)}, to})
		default:
			rows[i].from = append(rows[i].from, string(from))
		}
	}
	var b strings.Builder
	b.WriteString("| from | to |\n| --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(r.from, " "), r.to)
	}
	return b.String()
}

// targets lists what a format becomes, by how it does.
func targets(from Format) string {
	var how []string
	to := map[string][]string{}
	for _, w := range pairs() {
		if w.From != from {
			continue
		}
		by := w.by()
		if to[by] == nil {
			how = append(how, by)
		}
		to[by] = append(to[by], string(w.To))
	}
	slices.Sort(how)
	for i, by := range how {
		how[i] = strings.Join(to[by], " ") + " (" + by + ")"
	}
	return strings.Join(how, "; ")
}

// by names the engines of a way, and what it leads by.
func (w Way) by() string {
	var names []string
	for _, e := range w.Engines {
		names = append(names, string(e))
	}
	by := strings.Join(names, ", then ")
	if w.Via != "" {
		by = "by way of " + string(w.Via) + ", " + by
	}
	return by
}
