package plain

// builder puts together what readers find piece by piece. Paragraphs may lie in
// each other, as text boxes do; what lies in a cell of a table becomes its text,
// and a table in a cell too, since neither form of page has tables in tables.
type builder struct {
	page   page
	limit  int64 // bytes of text
	used   int64
	open   []*para
	cells  []para
	tables int
	cell   int // how many are open
	notes  Notes

	written func() int64 // bytes so far
	ended   bool         // the body has
}

// endBody notes where headers and footers begin.
func (b *builder) endBody() {
	if !b.ended {
		b.ended, b.notes.Body = true, b.written()
	}
}

// begin opens a paragraph.
func (b *builder) begin(p para) { b.open = append(b.open, &p) }

// text adds to the paragraph that is open, and opens one where none is.
func (b *builder) text(text string, s style) error {
	if text == "" {
		return nil
	}
	if len(b.open) == 0 {
		b.begin(para{})
	}
	p := b.open[len(b.open)-1]
	p.add(text, s)
	if len(p.spans) > 1 && p.spans[len(p.spans)-1].from+len(text) == len(p.text) {
		return b.count(len(text) + spanBytes)
	}
	return b.count(len(text))
}

// count keeps the memory that is held below the limit: all of it is text that will
// be written.
func (b *builder) count(n int) error {
	if b.used += int64(n); b.used > b.limit {
		return errTooMuch()
	}
	return nil
}

// end closes the paragraph that is open.
func (b *builder) end() error {
	n := len(b.open)
	if n == 0 {
		return nil
	}
	p := b.open[n-1]
	b.open = b.open[:n-1]
	switch {
	case p.blank():
		return nil
	case b.cell > 0 && len(b.cells) > 0:
		last := &b.cells[len(b.cells)-1]
		if len(last.text) > 0 {
			last.add(" ", style{})
		}
		for i, s := range p.spans {
			last.add(string(p.text[s.from:p.until(i)]), s.style)
		}
		return nil
	}
	return b.page.para(p)
}

// until is where a span ends.
func (p *para) until(i int) int {
	if i+1 < len(p.spans) {
		return p.spans[i+1].from
	}
	return len(p.text)
}

func (b *builder) beginTable() { b.tables++ }

func (b *builder) endTable() error {
	if b.tables--; b.tables > 0 {
		return nil
	}
	b.tables = 0
	return b.page.endTable()
}

// beginCell opens a cell of the outermost table, in which others vanish.
func (b *builder) beginCell() error {
	if b.cell++; b.cell > 1 || len(b.cells) >= maxCells {
		return nil
	}
	b.addCell()
	return b.count(1)
}

// addCell keeps the memory of the row before.
func (b *builder) addCell() *para {
	if n := len(b.cells); n < cap(b.cells) {
		b.cells = b.cells[:n+1]
		b.cells[n] = para{text: b.cells[n].text[:0], spans: b.cells[n].spans[:0]}
	} else {
		b.cells = append(b.cells, para{})
	}
	return &b.cells[len(b.cells)-1]
}

func (b *builder) endCell() { b.cell = max(0, b.cell-1) }

// repeatCell makes a cell come more than once. Of empty ones only some are shown.
func (b *builder) repeatCell(times int) error {
	last := len(b.cells) - 1
	if last < 0 {
		return nil
	}
	empty := b.cells[last].blank()
	if empty {
		times = min(times, maxGap)
	}
	for ; times > 1 && len(b.cells) < maxCells; times-- {
		text := string(b.cells[last].text)
		if err := b.count(len(text) + 1); err != nil {
			return err
		}
		if cell := b.addCell(); !empty {
			cell.add(text, style{})
		}
	}
	return nil
}

func (b *builder) endRow() error { return b.endRows(1) }

// endRows writes the row that was read, so many times.
func (b *builder) endRows(times int) error {
	if b.cell > 0 { // of a table in a cell
		return nil
	}
	row := b.cells
	b.cells = b.cells[:0]
	for len(row) > 0 && row[len(row)-1].blank() {
		row = row[:len(row)-1]
	}
	if len(row) == 0 {
		return nil
	}
	for range times {
		if err := b.page.row(row); err != nil {
			return err
		}
	}
	return nil
}

// close ends what a document left open.
func (b *builder) close() error {
	for len(b.open) > 0 {
		if err := b.end(); err != nil {
			return err
		}
	}
	return b.page.endTable()
}

// para writes a paragraph of one style.
func (b *builder) para(p para, text string) error {
	b.begin(p)
	if err := b.text(text, style{}); err != nil {
		return err
	}
	return b.end()
}
