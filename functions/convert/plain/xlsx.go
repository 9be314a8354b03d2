package plain

import (
	"encoding/xml"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// workbook is what the sheets of a workbook share.
type workbook struct {
	a        *archive.Archive
	b        *builder
	shared   []string
	formats  []numberFormat // by the index that cells name
	date1904 bool
}

type sheet struct {
	name, part string
	hidden     bool
}

// readXlsx reads the sheets of a workbook in their order: its cells as they are
// shown, its text boxes and the titles of its charts. What is hidden is counted.
func readXlsx(s source, b *builder) error {
	a, err := s.archive()
	if err != nil {
		return err
	}
	main, err := mainPart(a, "xl/workbook.xml")
	if err != nil {
		return err
	}
	rels, err := relations(a, main)
	if err != nil {
		return err
	}
	w := &workbook{a: a, b: b}
	sheets, err := w.sheets(main, rels)
	if err != nil {
		return err
	}
	if err := w.readStyles(related(a, rels, "styles")); err != nil {
		return err
	}
	if err := w.readShared(related(a, rels, "sharedStrings"), int64(s.limits.Shared)); err != nil {
		return err
	}
	for _, sheet := range sheets {
		if sheet.hidden {
			b.notes.HiddenSheets = append(b.notes.HiddenSheets, sheet.name)
			continue
		}
		if !a.Has(sheet.part) {
			continue
		}
		if err := w.sheet(sheet); err != nil {
			return err
		}
	}
	return nil
}

// maxSheets bounds the names of hidden sheets, which are kept.
const maxSheets = 10_000

func (w *workbook) sheets(main string, rels map[string]relation) ([]sheet, error) {
	var all []sheet
	err := each(w.a, main, func(_ *archive.XML, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = truth(archive.Attr(e, "date1904"))
		case "sheet":
			if len(all) == maxSheets {
				return fault.Refusef(archive.CodeTooLarge, "the workbook has more than %d sheets", maxSheets)
			}
			state := archive.Attr(e, "state")
			all = append(all, sheet{archive.Attr(e, "name"), rels[relID(e, "id")].target, state == "hidden" || state == "veryHidden"})
		}
		return nil
	})
	return all, err
}

// readStyles reads how the numbers of cells are shown.
func (w *workbook) readStyles(part string) error {
	if part == "" {
		return nil
	}
	codes := map[int]string{}
	cells := false
	return tokens(w.a, part, func(x *archive.XML, token xml.Token) error {
		switch t := token.(type) {
		case xml.EndElement:
			cells = cells && t.Name.Local != "cellXfs"
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				codes[number(archive.Attr(t, "numFmtId"))] = archive.Attr(t, "formatCode")
			case "cellXfs":
				cells = true
			case "xf":
				if !cells {
					return nil
				}
				id := number(archive.Attr(t, "numFmtId"))
				code, own := codes[id]
				if !own {
					code = builtin[id]
				}
				w.formats = append(w.formats, parseFormat(code))
			}
		}
		return nil
	})
}

// readShared reads the texts that cells share, which must be held in memory.
func (w *workbook) readShared(part string, limit int64) error {
	if part == "" {
		return nil
	}
	return each(w.a, part, func(x *archive.XML, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := richText(x)
		w.shared = append(w.shared, text)
		if limit -= int64(len(text)) + 16; limit < 0 {
			return fault.Refusef(archive.CodeTooLarge, "the workbook shares more text than MAX_SHARED_TEXT allows")
		}
		return err
	})
}

// richText reads a text of runs, without how it is pronounced.
func richText(x *archive.XML) (string, error) {
	var parts []byte
	err := within(x, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "t":
			text, err := x.Text()
			parts = append(parts, text...)
			return err
		case "rPh", "rPr", "phoneticPr":
			return x.Skip()
		}
		return nil
	})
	return string(parts), err
}

// sheet reads one sheet.
func (w *workbook) sheet(s sheet) error {
	if err := w.b.page.section(s.name); err != nil {
		return err
	}
	rels, err := relations(w.a, s.part)
	if err != nil {
		return err
	}
	g := &grid{workbook: w}
	var drawings []string
	err = each(w.a, s.part, func(x *archive.XML, e xml.StartElement) error {
		switch e.Name.Local {
		case "col":
			if truth(archive.Attr(e, "hidden")) && len(g.hidden) < maxRanges {
				from, to := number(archive.Attr(e, "min")), number(archive.Attr(e, "max"))
				g.hidden = append(g.hidden, [2]int{from, to})
			}
		case "row":
			return g.row(x, e)
		case "drawing":
			if r := rels[relID(e, "id")]; !r.external && w.a.Has(r.target) && len(drawings) < 10 {
				drawings = append(drawings, r.target)
			}
		case "extLst", "conditionalFormatting", "dataValidations":
			return x.Skip()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.b.page.endTable(); err != nil {
		return err
	}
	for _, part := range drawings {
		if err := w.drawing(part); err != nil {
			return err
		}
	}
	return nil
}

// drawing reads what lies above the cells: text boxes, and of charts the titles,
// since the rest is what the cells hold.
func (w *workbook) drawing(part string) error {
	rels, err := relations(w.a, part)
	if err != nil {
		return err
	}
	if err := paragraphs(w.a, w.b, part, false); err != nil {
		return err
	}
	return each(w.a, part, func(_ *archive.XML, e xml.StartElement) error {
		if e.Name.Local != "chart" {
			return nil
		}
		if r := rels[relID(e, "id")]; !r.external && w.a.Has(r.target) {
			return paragraphs(w.a, w.b, r.target, false)
		}
		return nil
	})
}
