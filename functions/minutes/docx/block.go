package docx

import "strconv"

// Block is a paragraph or a table.
type Block interface{ write(*markup, sheet) }

// Style is what a paragraph is. Its value is the id of the style in the document.
type Style string

// The styles. Those that Word has go by Word's own names, so that its outline, its
// table of contents and every template know them.
const (
	Body       Style = "BodyText"
	Title      Style = "Title"
	Masthead   Style = "Masthead" // 纪要标志, GB/T 9704-2012, 10.3
	Issue      Style = "Issue"    // the number below the masthead, over a red rule
	Heading1   Style = "Heading1"
	Heading2   Style = "Heading2"
	Heading3   Style = "Heading3"
	Bullet     Style = "ListBullet"
	Number     Style = "ListNumber" // counts from 1 after each heading
	Fact       Style = "Fact"       // a label and what it is
	Attendance Style = "Attendance" // 出席, 请假, 列席
	Speech     Style = "Speech"     // what somebody said
	Issuer     Style = "Signature"  // 发文机关署名
	Note       Style = "Note"       // 附注, GB/T 9704-2012, 7.3.6
	Date       Style = "Date"       // 成文日期
	cell       Style = "TableText"
	heading    Style = "TableHeading"
	imprint    Style = "Imprint"
)

// Paragraph is one paragraph.
type Paragraph struct {
	Style Style
	Runs  []Run
}

// Run is a stretch of text in one manner.
type Run struct {
	Text   string
	Manner Manner
	Label  string // of a blank: what is to be filled in
}

// Manner is how a run is set.
type Manner int

// The manners.
const (
	Plain Manner = iota
	Strong
	Mark  // a time mark
	Blank // a marked place that a person fills in: a content control
)

// Text is a run without a manner.
func Text(s string) Run { return Run{Text: s} }

func (p Paragraph) write(m *markup, s sheet) { m.write(p.node()) }

func (p Paragraph) node() node {
	return el("w:p").with(el("w:pPr").with(val("w:pStyle", string(p.Style)))).with(nodes(p.Runs)...)
}

func (r Run) nodes() (all []node) {
	for _, s := range stretches(printable(r.Text)) {
		all = append(all, el("w:r").with(r.properties(s.rtl), el("w:t", "xml:space", "preserve").with(node{text: s.text})))
	}
	if r.Manner != Blank {
		return all
	}
	about := el("w:sdtPr").with(val("w:alias", r.Label), val("w:tag", "blank"), el("w:showingPlcHdr"), el("w:text"))
	return []node{el("w:sdt").with(about, el("w:sdtContent").with(all...))}
}

// properties of a run in the order of the schema. The hint has Word set what both
// scripts have, such as quotation marks, in the East Asian typeface where there is one.
func (r Run) properties(rtl bool) node {
	n := el("w:rPr")
	switch r.Manner {
	case Strong:
		n = n.with(val("w:rStyle", "Strong"))
	case Mark:
		n = n.with(val("w:rStyle", "TimeMark"))
	}
	if rtl {
		n = n.with(el("w:rtl"))
	}
	return n
}

// Table is a table with lines around each cell. Where it has a heading row, that is
// repeated on each page.
type Table struct {
	Shares  []int // of the width that each column has
	Heading []string
	Rows    [][]Cell
}

// Cell is one cell of a table.
type Cell struct {
	Runs    []Run
	Span    int  // columns; 0 is one
	Heading bool // says what stands beside it
}

func (t Table) write(m *markup, s sheet) {
	widths := t.widths(s.textWidth())
	m.open(el("w:tbl"))
	m.write(el("w:tblPr").with(val("w:tblStyle", "TableGrid"), el("w:tblW", "w:w", strconv.Itoa(s.textWidth()), "w:type", "dxa"), val("w:jc", "center"), el("w:tblLayout", "w:type", "fixed")))
	grid := el("w:tblGrid")
	for _, width := range widths {
		grid.kids = append(grid.kids, el("w:gridCol", "w:w", strconv.Itoa(width)))
	}
	m.write(grid)
	if t.Heading != nil {
		var cells []Cell
		for _, text := range t.Heading {
			cells = append(cells, Cell{Runs: []Run{Text(text)}, Heading: true})
		}
		m.write(row(cells, widths, el("w:tblHeader")))
	}
	for _, cells := range t.Rows {
		m.write(row(cells, widths))
	}
	m.close("w:tbl")
	m.write(end())
}

// widths of the columns, in twentieths of a point.
func (t Table) widths(all int) (widths []int) {
	sum := 0
	for _, share := range t.Shares {
		sum += share
	}
	for _, share := range t.Shares {
		widths = append(widths, all*share/sum)
	}
	return widths
}

// row is a row that no page break divides, unless it is longer than half a page.
func row(cells []Cell, widths []int, properties ...node) node {
	long := false
	n := el("w:tr")
	column := 0
	var all []node
	for _, c := range cells {
		span := max(1, c.Span)
		width := 0
		for _, w := range widths[column : column+span] {
			width += w
		}
		column += span
		all = append(all, c.node(width, span))
		long = long || c.length() > longCell
	}
	if !long {
		properties = append([]node{el("w:cantSplit")}, properties...)
	}
	return n.with(el("w:trPr").with(properties...)).with(all...)
}

// longCell is how many characters of a cell may make a row that fits half a page.
const longCell = 300

func (c Cell) length() (n int) {
	for _, r := range c.Runs {
		n += len([]rune(r.Text))
	}
	return n
}

func (c Cell) node(width, span int) node {
	about := el("w:tcPr").with(el("w:tcW", "w:w", strconv.Itoa(width), "w:type", "dxa"))
	if span > 1 {
		about = about.with(val("w:gridSpan", strconv.Itoa(span)))
	}
	style := cell
	if c.Heading {
		style = heading
	}
	return el("w:tc").with(about.with(val("w:vAlign", "center")), Paragraph{Style: style, Runs: c.Runs}.node())
}
