package plain

import (
	"encoding/xml"
	"strconv"
	"strings"

	"xietong.dev/shared/archive"
)

// maxGap is how many empty cells in a row are shown; more only say that something
// stands far to the right.
const maxGap = 64

// maxRanges is how many ranges of hidden columns count: each cell is compared with
// them.
const maxRanges = 1000

// grid is where in a sheet the reading is.
type grid struct {
	*workbook
	hidden [][2]int // columns, from 1
	next   int      // the column of the next cell, from 1
}

func (g *grid) row(x *archive.XML, e xml.StartElement) error {
	if truth(archive.Attr(e, "hidden")) {
		g.b.notes.HiddenRows++
		return x.Skip()
	}
	g.next = 1
	g.b.beginTable()
	err := within(x, func(e xml.StartElement) error {
		if e.Name.Local == "c" {
			return g.cell(x, e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	g.b.tables--
	return g.b.endRow()
}

// cell adds a cell, and the empty ones before it that the file leaves out.
func (g *grid) cell(x *archive.XML, e xml.StartElement) error {
	column := columnOf(archive.Attr(e, "r"))
	if column == 0 {
		column = g.next
	}
	kind, style := archive.Attr(e, "t"), number(archive.Attr(e, "s"))
	value, inline := "", ""
	err := within(x, func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			value, err = x.Text()
		case "is":
			inline, err = richText(x)
		case "f", "extLst":
			err = x.Skip()
		}
		return err
	})
	shown := g.shown(kind, style, value, inline)
	if err != nil || g.isHidden(column) || shown == "" {
		return err
	}
	for gap := min(column-g.next, maxGap); gap > 0; gap-- {
		if err := g.add(""); err != nil {
			return err
		}
	}
	g.next = column + 1
	return g.add(shown)
}

func (g *grid) add(text string) error {
	if err := g.b.beginCell(); err != nil {
		return err
	}
	if text != "" {
		if err := g.b.para(para{}, text); err != nil {
			return err
		}
	}
	g.b.endCell()
	return nil
}

// shown is what a cell shows.
func (g *grid) shown(kind string, style int, value, inline string) string {
	switch kind {
	case "s":
		if i := number(value); i >= 0 && i < len(g.shared) {
			return g.shared[i]
		}
		return ""
	case "inlineStr":
		return inline
	case "str", "e":
		return value
	case "b":
		if value == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "d":
		return strings.Replace(value, "T", " ", 1)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return value
	}
	if style < 0 || style >= len(g.formats) {
		return general(n)
	}
	return g.formats[style].show(n, g.date1904)
}

func (g *grid) isHidden(column int) bool {
	for _, h := range g.hidden {
		if column >= h[0] && column <= h[1] {
			return true
		}
	}
	return false
}

// columnOf returns the column of a reference such as AB12, from 1, or 0.
func columnOf(ref string) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' {
			break
		}
		if n = n*26 + int(r-'A') + 1; n > maxCells {
			return 0
		}
	}
	return n
}
