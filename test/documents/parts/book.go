package parts

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	workbook = "xl/workbook.xml"
	sheetXML = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

// Book is a workbook under way (xlsx and its relatives).
type Book struct {
	Package
	Kind  string // of the main part; empty for xlsx
	Title string
	Names string // inside definedNames
	More  string // of the workbook, after its names

	sheets []*Sheet
	shared []string
	index  map[string]int
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	State  string // hidden, veryHidden; empty for one that is shown
	Before string // XML before the rows: views, columns
	After  string // XML after the rows: merged cells, formats, page set-up

	book *Book
	part string
	rows strings.Builder
	row  int
}

// Styled is a value in one of the formats below.
type Styled struct {
	Style int
	Value any
}

// Formula is a formula and the value that it had last.
type Formula struct {
	Text  string
	Value float64
}

// The formats of cells.
const (
	General = iota
	Head    // bold on blue, with a border
	Yuan    // ¥1,234.50
	Percent
	Month // 2026年11月
	Date
	Thousands
	Wrapped
	Big     // a title
	Steep   // text turned upwards
	Chinese // 一百二十三
	Dollar
	Moment // date and time
	Bordered
)

// Sheet adds a sheet.
func (b *Book) Sheet(name string) *Sheet {
	s := &Sheet{Name: name, book: b, part: fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets)+1)}
	b.sheets = append(b.sheets, s)
	return s
}

// Row adds a row of strings, numbers, [Formula] and [Styled]; nil leaves a cell
// out.
func (s *Sheet) Row(cells ...any) {
	s.row++
	height := ""
	if len(cells) > 0 {
		if first, is := cells[0].(Styled); is && first.Style == Big {
			height = ` ht="27" customHeight="1"`
		}
	}
	fmt.Fprintf(&s.rows, `<row r="%d"%s>`, s.row, height)
	for i, c := range cells {
		s.cell(Column(i)+strconv.Itoa(s.row), c)
	}
	s.rows.WriteString(`</row>`)
}

func (s *Sheet) cell(at string, value any) {
	style := 0
	if styled, is := value.(Styled); is {
		style, value = styled.Style, styled.Value
	}
	switch v := value.(type) {
	case nil:
		if style > 0 {
			fmt.Fprintf(&s.rows, `<c r="%s" s="%d"/>`, at, style)
		}
	case string:
		fmt.Fprintf(&s.rows, `<c r="%s" s="%d" t="s"><v>%d</v></c>`, at, style, s.book.text(v))
	case Formula:
		fmt.Fprintf(&s.rows, `<c r="%s" s="%d"><f>%s</f><v>%g</v></c>`, at, style, Escape(v.Text), v.Value)
	default:
		fmt.Fprintf(&s.rows, `<c r="%s" s="%d"><v>%v</v></c>`, at, style, v)
	}
}

// Raw adds rows as XML.
func (s *Sheet) Raw(xml string) { s.rows.WriteString(xml) }

// Relate says that a sheet refers to something beside it.
func (s *Sheet) Relate(kind, target string) string { return s.book.Relate(s.part, kind, target) }

// RelateExternal says that a sheet refers to something elsewhere.
func (s *Sheet) RelateExternal(kind, target string) string {
	return s.book.RelateExternal(s.part, kind, target)
}

// text numbers a shared text.
func (b *Book) text(t string) int {
	if b.index == nil {
		b.index = map[string]int{}
	}
	n, known := b.index[t]
	if !known {
		n = len(b.shared)
		b.index[t] = n
		b.shared = append(b.shared, t)
	}
	return n
}

// Says is every text of the workbook's cells.
func (b *Book) Says() string { return strings.Join(b.shared, "\n") }

// Column is the name of a column counted from 0.
func Column(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// Entries are what the workbook's zip file holds. It is called once.
func (b *Book) Entries() []Part {
	kind := b.Kind
	if kind == "" {
		kind = OfficeXML + "spreadsheetml.sheet.main+xml"
	}
	var list strings.Builder
	for i, s := range b.sheets {
		state := ""
		if s.State != "" {
			state = ` state="` + s.State + `"`
		}
		id := b.Relate(workbook, "worksheet", strings.TrimPrefix(s.part, "xl/"))
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="%s"/>`, Escape(s.Name), i+1, state, id)
		b.AddXML(s.part, OfficeXML+"spreadsheetml.worksheet+xml", fmt.Sprintf(`<worksheet %s>%s<sheetData>%s</sheetData>%s</worksheet>`, sheetXML, s.Before, s.rows.String(), s.After))
	}
	names := ""
	if b.Names != "" {
		names = `<definedNames>` + b.Names + `</definedNames>`
	}
	b.AddXML(workbook, kind, fmt.Sprintf(`<workbook %s><sheets>%s</sheets>%s%s</workbook>`, sheetXML, list.String(), names, b.More))
	b.Relate("", "officeDocument", workbook)
	b.properties(b.Title)
	b.AddXML("xl/styles.xml", OfficeXML+"spreadsheetml.styles+xml", bookStyles)
	b.Relate(workbook, "styles", "styles.xml")
	b.AddXML("xl/theme/theme1.xml", OfficeXML+"theme+xml", theme)
	b.Relate(workbook, "theme", "theme/theme1.xml")
	b.strings()
	return b.Package.Entries()
}

func (b *Book) strings() {
	var all strings.Builder
	fmt.Fprintf(&all, `<sst %s count="%d" uniqueCount="%d">`, sheetXML, len(b.shared), len(b.shared))
	for _, t := range b.shared {
		all.WriteString(`<si><t xml:space="preserve">` + Escape(t) + `</t></si>`)
	}
	all.WriteString(`</sst>`)
	b.AddXML("xl/sharedStrings.xml", OfficeXML+"spreadsheetml.sharedStrings+xml", all.String())
	b.Relate(workbook, "sharedStrings", "sharedStrings.xml")
}

// Bytes is the finished workbook. It is called once.
func (b *Book) Bytes() []byte { return Zip(b.Entries()...) }

// bookStyles holds the formats in the order of their names above.
const bookStyles = `<styleSheet ` + sheetXML + `><numFmts count="7"><numFmt numFmtId="164" formatCode="&quot;¥&quot;#,##0.00;[Red]\-&quot;¥&quot;#,##0.00"/><numFmt numFmtId="165" formatCode="0.0%"/><numFmt numFmtId="166" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="167" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="168" formatCode="[DBNum1][$-804]General"/><numFmt numFmtId="169" formatCode="[$$-409]#,##0.00"/><numFmt numFmtId="170" formatCode="yyyy/m/d\ hh:mm"/></numFmts>` +
	`<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="黑体"/></font><font><b/><sz val="18"/><name val="方正小标宋简体"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F4E79"/></patternFill></fill></fills>` +
	`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"><color rgb="FF000000"/></left><right style="thin"><color rgb="FF000000"/></right><top style="thin"><color rgb="FF000000"/></top><bottom style="thin"><color rgb="FF000000"/></bottom><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="14">` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="165" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="166" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="167" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="3" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment horizontal="center"/></xf>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"><alignment textRotation="90"/></xf>` +
	`<xf numFmtId="168" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="169" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="170" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="2"><dxf><font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf><dxf><font><color rgb="FF006100"/></font><fill><patternFill><bgColor rgb="FFC6EFCE"/></patternFill></fill></dxf></dxfs></styleSheet>`
