package plain

import (
	"encoding/xml"

	"xietong.dev/shared/archive"
)

// odfTable is where in a table the reading is. Rows and cells say how often they
// come; empty ones do so a million times.
type odfTable struct {
	hidden  [][2]int // columns, from 0
	columns int      // that were described
	column  int      // of the cell
	rows    int      // how often the row comes
	times   int      // how often the cell comes
}

func (o *odf) startTable(e xml.StartElement) error {
	switch e.Name.Local {
	case "table":
		return o.beginTable(e)
	case "table-column":
		if n := repeated(e, "number-columns-repeated"); o.b.tables == 1 {
			if !seen(e) && len(o.odfTable.hidden) < maxRanges {
				o.odfTable.hidden = append(o.odfTable.hidden, [2]int{o.columns, o.columns + n})
			}
			o.columns += n
		}
	case "table-row":
		if o.b.tables > 1 {
			return nil
		}
		if !seen(e) {
			o.b.notes.HiddenRows++
			return o.x.Skip()
		}
		o.column, o.rows = 0, repeated(e, "number-rows-repeated")
	default:
		return o.beginCell(e)
	}
	return nil
}

// beginTable begins a table, which in a spreadsheet is a sheet.
func (o *odf) beginTable(e xml.StartElement) error {
	if o.b.tables == 0 {
		o.odfTable = odfTable{}
	}
	if o.book && o.b.tables == 0 && o.slide == nil {
		name := archive.Attr(e, "name")
		if o.byName["table/"+archive.Attr(e, "style-name")].hidden {
			o.b.notes.HiddenSheets = append(o.b.notes.HiddenSheets, name)
			return o.x.Skip()
		}
		if err := o.b.page.section(name); err != nil {
			return err
		}
	}
	o.b.beginTable()
	return nil
}

func (o *odf) beginCell(e xml.StartElement) error {
	if o.b.cell == 0 {
		n := repeated(e, "number-columns-repeated")
		at := o.column
		o.column += n
		for _, h := range o.odfTable.hidden {
			if at >= h[0] && at < h[1] {
				return o.x.Skip()
			}
		}
		o.times = n
	}
	return o.b.beginCell()
}

func (o *odf) endTable(name string) error {
	switch name {
	case "table":
		return o.b.endTable()
	case "table-row":
		if o.b.cell > 0 {
			return nil
		}
		return o.b.endRows(o.rows)
	}
	o.b.endCell()
	if o.b.cell > 0 {
		return nil
	}
	return o.b.repeatCell(o.times)
}

// repeated reads how often something comes.
func repeated(e xml.StartElement, attr string) int {
	return min(max(1, number(archive.Attr(e, attr))), 1<<21)
}

// seen reports whether a row or a column is shown.
func seen(e xml.StartElement) bool {
	v := archive.Attr(e, "visibility")
	return v != "collapse" && v != "filter"
}
