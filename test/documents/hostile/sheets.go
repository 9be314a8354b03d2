package hostile

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// sheet is a workbook of one sheet, of XML.
func sheet(before, rows, after, names string) []byte {
	b := &parts.Book{Title: "附件", Names: names}
	s := b.Sheet("Sheet1")
	s.Before, s.After = before, after
	s.Raw(rows)
	return b.Bytes()
}

// hugeSheets claim more than anybody can print.
func (m *maker) hugeSheets() {
	const first = `<row r="1"><c r="A1"><v>1</v></c></row>`
	const last = first + `<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>`
	put := func(kind, before, rows, after, names string) {
		m.may(kind, "xlsx", sheet(before, rows, after, names))
	}
	put("cells in the first and the last place", "", last, "", "")
	put("dimension that lies", `<dimension ref="A1:XFD1048576"/>`, first, "", "")
	put("print area over everything", "", first, "", `<definedName name="_xlnm.Print_Area" localSheetId="0">Sheet1!$A$1:$XFD$1048576</definedName>`)
	put("border over everything", `<cols><col min="1" max="16384" width="9" style="13" customWidth="1"/></cols>`, last, "", "")
	put("one merged cell over everything", "", first, `<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>`, "")
	put("10,000 merged cells over each other", "", first, `<mergeCells>`+strings.Repeat(`<mergeCell ref="A1:Z9999"/>`, 10_000)+`</mergeCells>`, "")
	put("formats over everything", "", last, strings.Repeat(`<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" dxfId="0" priority="1"><formula>COUNTIF($A$1:$XFD$1048576,A1)&gt;1</formula></cfRule></conditionalFormatting>`, 50), "")
	put("formula over everything", "", `<row r="1"><c r="A1"><f>SUMPRODUCT((B1:XFD1048576&lt;&gt;"")*(B1:XFD1048576&lt;&gt;0))</f></c></row>`, "", "")
	put("array formula over everything", "", `<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">ROW(A1:XFD1048576)*COLUMN(A1:XFD1048576)</f></c></row>`, "", "")
	put("shared formula over everything", "", `<row r="1"><c r="A1"><f t="shared" ref="A1:XFD1048576" si="0">RAND()</f></c></row>`, "", "")
	put("formulas that need each other", "", `<row r="1"><c r="A1"><f>B1+1</f></c><c r="B1"><f>A1+1</f></c></row>`, "", "")
	put("formula 8,000 brackets deep", "", `<row r="1"><c r="A1"><f>`+strings.Repeat("(", 8000)+"1"+strings.Repeat(")", 8000)+`</f></c></row>`, "", "")
	put("text of a billion characters", "", `<row r="1"><c r="A1"><f>REPT(REPT("文",32767),32767)</f></c></row>`, "", "")
	put("rows of no height", "", strings.Repeat(`<row ht="0" customHeight="1"><c><v>1</v></c></row>`, 20_000), "", "")
	put("columns of no width", `<cols><col min="1" max="16384" width="0.001" customWidth="1"/></cols>`, last, "", "")
	put("columns of great width", `<cols><col min="1" max="16384" width="1e9" customWidth="1"/></cols>`, last, "", "")
	put("numbers that are none", "", `<row r="-1"><c r="A0"><v>1e99999</v></c><c r="ZZZZ9"><v>NaN</v></c><c r=""><v/></c></row><row r="99999999999"/>`, "", "")
	put("100 sheets' worth of drawings", "", first, strings.Repeat(`<drawing r:id="rId1"/>`, 1000), "")
	put("page of one millimetre", "", last, `<pageMargins left="9" right="9" top="9" bottom="9" header="0" footer="0"/><pageSetup paperHeight="1mm" paperWidth="1mm" scale="400"/>`, "")
	put("all on one page", `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`, last, `<pageSetup fitToWidth="1" fitToHeight="1"/>`, "")
	strung := &parts.Book{Title: "附件"}
	strung.Sheet("Sheet1").Raw(`<row r="1"><c r="A1" t="s"><v>9999999</v></c><c r="B1" t="s"><v>-1</v></c><c r="C1" s="99999"><v>1</v></c></row>`)
	m.may("ten million shared strings claimed", "xlsx", swap(strung.Entries(), "xl/sharedStrings.xml")(`<sst `+spreadsheet+` count="10000000" uniqueCount="10000000"><si><t>a</t></si></sst>`))
	many := &parts.Book{Title: "附件"}
	for i := range 2000 {
		many.Sheet(fmt.Sprintf("表%d", i)).Row(i)
	}
	m.may("2,000 sheets", "xlsx", many.Bytes())
	m.may("workbook of no sheet", "xlsx", (&parts.Book{Title: "附件"}).Bytes())
	names := &parts.Book{Title: "附件"}
	for i := range 5000 {
		names.Names += fmt.Sprintf(`<definedName name="n%d">n%d+n%d</definedName>`, i, i+1, i+1)
	}
	names.Sheet("Sheet1").Row(parts.Formula{Text: "n0"})
	m.may("names that double", "xlsx", names.Bytes())
	m.may("rows said to repeat a million times", "fods", parts.Open{Kind: "spreadsheet", Body: `<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="1024" office:value-type="string"><text:p>满</text:p></table:table-cell></table:table-row></table:table>`}.Flat())
	m.may("rows said to repeat without end", "ods", parts.Open{Kind: "spreadsheet", Body: `<table:table table:name="a"><table:table-row table:number-rows-repeated="99999999999"><table:table-cell table:number-columns-repeated="99999999999" office:value-type="float" office:value="1"/></table:table-row></table:table>`}.Bytes())
	m.may("a line of 8 MB", "csv", []byte(strings.Repeat("a,", 4*megabyte)))
	m.may("200,000 lines", "csv", []byte(strings.Repeat("1,2,3\n", 200_000)))
	m.may("a quotation that never ends", "csv", []byte(`"`+strings.Repeat("a\n", 100_000)))
}

// layouts keep whoever sets the pages busy.
func (m *maker) layouts() {
	word := func(kind string, fill func(w *parts.Word)) {
		w := simpleWord()
		fill(w)
		m.may(kind, "docx", w.Bytes())
	}
	open := func(kind, styles, body string) {
		m.may(kind, "fodt", parts.Open{Kind: "text", Styles: styles, Body: body}.Flat())
	}
	word("tables 50 deep", func(w *parts.Word) {
		inner := parts.P("", parts.Run("", "底"))
		for range 50 {
			inner = parts.Table([]int{5000}, 0, [][]parts.Cell{{{Content: inner + parts.P("")}}})
		}
		w.Add(inner)
	})
	word("100,000 footnotes", func(w *parts.Word) {
		for range 1000 {
			w.Add(`<w:p>`)
			for range 100 {
				w.Add(w.Footnote("注"))
			}
			w.Add(`</w:p>`)
		}
	})
	word("footnotes longer than the page", func(w *parts.Word) {
		for range 50 {
			w.Add(parts.P("", parts.Run("", "正文"), w.Footnote(strings.Repeat("很长的注。", 2000))))
		}
	})
	word("page of one millimetre", func(w *parts.Word) {
		w.Add(parts.P("", parts.Run("", strings.Repeat("字", 500))))
		w.Section(`<w:pgSz w:w="57" w:h="57"/><w:pgMar w:top="0" w:right="0" w:bottom="0" w:left="0" w:header="0" w:footer="0" w:gutter="0"/>`)
	})
	word("margins larger than the page", func(w *parts.Word) {
		w.Section(`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="31000" w:right="31000" w:bottom="31000" w:left="31000" w:header="31000" w:footer="31000" w:gutter="31000"/>`)
	})
	word("header taller than the page", func(w *parts.Word) {
		w.Section(w.Furniture("header", "default", strings.Repeat(parts.P("", parts.Run("", "页眉")), 200)) + w.Furniture("footer", "default", strings.Repeat(parts.P("", parts.Run("", "页脚")), 200)) + parts.A4)
	})
	word("columns of no width", func(w *parts.Word) {
		w.Add(parts.Table(make([]int, 60), 0, [][]parts.Cell{make([]parts.Cell, 60)}))
	})
	word("60,000 columns", func(w *parts.Word) { w.Add(parts.Table(make([]int, 60_000), 0, nil)) })
	word("repeated heads longer than the page", func(w *parts.Word) {
		rows := make([][]parts.Cell, 300)
		for i := range rows {
			rows[i] = []parts.Cell{{Content: parts.P("", parts.Run("", "表头"))}}
		}
		w.Add(parts.Table([]int{5000}, 299, rows))
	})
	word("all paragraphs kept with the next", func(w *parts.Word) {
		w.Add(strings.Repeat(parts.P(`<w:keepNext/><w:keepLines/><w:widowControl/>`, parts.Run("", "同页")), 5000))
	})
	word("100,000 page breaks", func(w *parts.Word) { w.Add(strings.Repeat(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`, 100_000)) })
	word("one paragraph of a million characters", func(w *parts.Word) { w.Add(parts.P("", parts.Run("", strings.Repeat("无空格", 333_333)))) })
	word("100,000 runs in one paragraph", func(w *parts.Word) {
		w.Add(`<w:p>` + strings.Repeat(parts.Run(`<w:b/>`, "甲")+parts.Run("", "乙"), 50_000) + `</w:p>`)
	})
	word("letters of 1,638 points", func(w *parts.Word) { w.Add(parts.P("", parts.Run(`<w:sz w:val="3276"/>`, "巨大"))) })
	word("lists that count from the end", func(w *parts.Word) { w.Add(strings.Repeat(parts.P(parts.Numbered(1, 8)), 5000)) })
	word("styles based on each other", func(w *parts.Word) {
		w.Styles = `<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style>`
		w.Add(parts.P(`<w:pStyle w:val="A"/>`, parts.Run("", "样式")))
	})
	word("fields in fields", func(w *parts.Word) {
		w.Add(`<w:p>` + strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1 = 1 </w:instrText></w:r>`, 5000) + `</w:p>`)
	})
	word("5,000 tracked changes of each other", func(w *parts.Word) {
		w.Add(`<w:p>` + strings.Repeat(`<w:ins w:id="1" w:author="a"><w:del w:id="1" w:author="b">`, 5000) + strings.Repeat(`</w:del></w:ins>`, 5000) + `</w:p>`)
	})
	open("frames anchored in each other", "", `<text:p><draw:frame draw:name="a" draw:chain-next-name="b" text:anchor-type="frame" svg:width="5cm"><draw:text-box draw:chain-next-name="b"><text:p>a</text:p></draw:text-box></draw:frame><draw:frame draw:name="b" text:anchor-type="frame" svg:width="5cm"><draw:text-box draw:chain-next-name="a"><text:p>b</text:p></draw:text-box></draw:frame></text:p>`)
	open("frames 200 deep", "", strings.Repeat(`<text:p><draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm"><draw:text-box>`, 200)+`<text:p>a</text:p>`+strings.Repeat(`</draw:text-box></draw:frame></text:p>`, 200))
	open("5,000 frames in one place", "", `<text:p>`+strings.Repeat(`<draw:frame text:anchor-type="char" svg:width="20cm" svg:height="29cm"><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame>`, 5000)+`</text:p>`)
	open("index of itself", "", `<text:table-of-content text:name="a"><text:table-of-content-source text:outline-level="10"/><text:index-body>`+strings.Repeat(`<text:h text:outline-level="1">目录</text:h>`, 5000)+`</text:index-body></text:table-of-content>`)
	open("section that shows itself", "", `<text:section text:name="s"><text:section-source text:section-name="s"/><text:p>a</text:p></text:section>`)
	open("5,000 columns", `<style:style style:name="S" style:family="section"><style:section-properties><style:columns fo:column-count="5000" fo:column-gap="0cm"/></style:section-properties></style:style>`, `<text:section text:name="s" text:style-name="S"><text:p>a b c</text:p></text:section>`)
	open("a million blanks", "", `<text:p>a<text:s text:c="2000000000"/>b</text:p>`)
	d := simpleDeck()
	d.Slide("", strings.Repeat(parts.Shape("cloud", "FFC000", parts.Box{X: -9999, Y: -9999, Width: 99999, Height: 99999}, parts.Lines(400000, "大")), 2000))
	m.may("2,000 shapes larger than the slide", "pptx", d.Bytes())
	d = simpleDeck()
	d.Slide("", strings.Repeat(`<p:grpSp><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`, 2000)+strings.Repeat(`</p:grpSp>`, 2000))
	m.may("groups 2,000 deep", "pptx", d.Bytes())
	m.may("page of 100,000 lines", "html", []byte(`<html><body>`+strings.Repeat("<p>a", 100_000)))
	m.may("table of 10,000 spans", "html", []byte(`<table>`+strings.Repeat(`<tr><td colspan="65535" rowspan="65535">a`, 1000)))
	m.may("a line of 8 MB", "txt", []byte(strings.Repeat("a", 8*megabyte)))
	m.may("a million empty lines", "txt", []byte(strings.Repeat("\n", 1_000_000)))
	m.may("form feeds", "txt", []byte(strings.Repeat("\f", 100_000)))
	m.may("marks on one letter", "txt", []byte("a"+strings.Repeat("\u0301", 200_000)))
	m.may("directions that change", "txt", []byte(strings.Repeat("\u202e\u202dab\u2066", 50_000)))
	m.may("table of 10,000 columns", "md", []byte(strings.Repeat("|a", 10_000)+"|\n"+strings.Repeat("|-", 10_000)+"|\n"))
}
