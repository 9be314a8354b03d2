package plain

import (
	"errors"
	"slices"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// errHidden ends the reading of what is not shown.
var errHidden = errors.New("is hidden")

// collector is a page that is kept, for a slide whose title may come last.
type collector struct{ blocks []kept }

// maxBlocks is how many paragraphs and rows a slide may have.
const maxBlocks = 100_000

// kept is a paragraph, a row, or where both are missing the end of a table.
type kept struct {
	para *para
	row  []para
}

func (c *collector) keep(k kept) error {
	if len(c.blocks) == maxBlocks {
		return fault.Refusef(archive.CodeTooLarge, "a slide has more than %d paragraphs", maxBlocks)
	}
	c.blocks = append(c.blocks, k)
	return nil
}

func (c *collector) para(p *para) error { return c.keep(kept{para: p}) }

func (c *collector) row(cells []para) error {
	var row []para
	for _, cell := range cells { // the builder will use its own again
		cell.text, cell.spans = slices.Clone(cell.text), slices.Clone(cell.spans)
		row = append(row, cell)
	}
	return c.keep(kept{row: row})
}

func (c *collector) endTable() error { return c.keep(kept{}) }

func (c *collector) section(string) error  { return nil }
func (c *collector) verbatim([]byte) error { return nil }

// onto writes the slide: its title, or its number where it has none, and the rest.
func (c *collector) onto(p page, number string) error {
	title := slices.IndexFunc(c.blocks, func(k kept) bool { return k.para != nil && k.para.level > 0 })
	if title >= 0 {
		if err := p.para(c.blocks[title].para); err != nil {
			return err
		}
	} else if err := p.section(number); err != nil {
		return err
	}
	return c.write(p, title)
}

// write writes all but one block.
func (c *collector) write(p page, but int) error {
	for i, k := range c.blocks {
		var err error
		switch {
		case i == but:
		case k.para != nil:
			err = p.para(k.para)
		case k.row != nil:
			err = p.row(k.row)
		default:
			err = p.endTable()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
