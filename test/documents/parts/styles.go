package parts

import (
	"fmt"
	"slices"
	"strings"
)

// styles are those of a Chinese office: 仿宋 of 16 pt on a 28 pt pitch.
var styles = `<w:docDefaults><w:rPrDefault><w:rPr>` + Font("仿宋_GB2312", 32) + `<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr><w:rPr><w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>` +
	style("Title", "Title", `<w:spacing w:line="700" w:lineRule="exact"/><w:jc w:val="center"/>`, Font("方正小标宋简体", 44)) +
	style("Heading1", "heading 1", `<w:keepNext/><w:outlineLvl w:val="0"/>`, Font("黑体", 32)) +
	style("Heading2", "heading 2", `<w:keepNext/><w:outlineLvl w:val="1"/>`, Font("楷体_GB2312", 32)) +
	style("Heading3", "heading 3", `<w:keepNext/><w:outlineLvl w:val="2"/>`, Font("仿宋_GB2312", 32)+`<w:b/>`) +
	style("TOC1", "toc 1", `<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs>`, Font("宋体", 28)) +
	style("TOC2", "toc 2", `<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8844"/></w:tabs><w:ind w:left="420"/>`, Font("宋体", 28)) +
	style("FootnoteText", "footnote text", `<w:spacing w:line="240" w:lineRule="auto"/>`, Font("宋体", 18)) +
	style("Header", "header", `<w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>`, Font("宋体", 18)) +
	style("Footer", "footer", `<w:spacing w:line="240" w:lineRule="auto"/>`, Font("宋体", 28)) +
	style("Plain", "Plain", `<w:spacing w:line="300" w:lineRule="auto"/>`, Font("宋体", 21)) +
	style("English", "English", `<w:spacing w:after="120" w:line="276" w:lineRule="auto"/>`, `<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="宋体"/><w:sz w:val="22"/>`) +
	style("Japanese", "Japanese", `<w:spacing w:after="120" w:line="320" w:lineRule="auto"/>`, `<w:rFonts w:ascii="MS Mincho" w:hAnsi="MS Mincho" w:eastAsia="MS Mincho"/><w:lang w:eastAsia="ja-JP"/><w:sz w:val="21"/>`) +
	`<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>` +
	`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>` +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>` + borders + `</w:tblBorders></w:tblPr></w:style>`

func style(id, name, paragraph, run string) string {
	return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, name, paragraph, run)
}

// Font is a Chinese font in half points, with Times New Roman beside it.
func Font(name string, size int) string {
	return fmt.Sprintf(`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s"/><w:sz w:val="%d"/><w:szCs w:val="%d"/>`, name, size, size)
}

var borders = func() string {
	var all strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&all, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	return all.String()
}()

// numbering holds three lists: 一、（一）1. for documents, bullets, and 1.1.1.
var numbering = list(1, level(0, "chineseCounting", "%1、", 0)+level(1, "chineseCounting", "（%2）", 420)+level(2, "decimal", "%3.", 840)) +
	list(2, level(0, "bullet", "●", 420)+level(1, "bullet", "○", 840)+level(2, "bullet", "■", 1260)) +
	list(3, level(0, "decimal", "%1", 0)+level(1, "decimal", "%1.%2", 420)+level(2, "decimal", "%1.%2.%3", 840)) +
	`<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>`

func list(id int, levels string) string {
	return fmt.Sprintf(`<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="multilevel"/>%s</w:abstractNum>`, id, levels)
}

func level(n int, format, text string, indent int) string {
	return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="420"/></w:pPr></w:lvl>`, n, format, text, indent+420)
}

// Numbered is the paragraph property of a list's level.
func Numbered(list, level int) string {
	return fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, list)
}

// Cell is a cell of a text document's table.
type Cell struct {
	Content string // paragraphs
	Span    int    // columns; zero is one
	Down    string // restart begins a cell over several rows, continue goes on
	More    string // of w:tcPr
}

// Table is a table with borders; widths are in twentieths of a point. The first
// rows are repeated on every page.
func Table(widths []int, repeated int, rows [][]Cell) string {
	var out strings.Builder
	out.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, width := range widths {
		fmt.Fprintf(&out, `<w:gridCol w:w="%d"/>`, width)
	}
	out.WriteString(`</w:tblGrid>`)
	for i, row := range rows {
		out.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if i < repeated {
			out.WriteString(`<w:tblHeader/>`)
		}
		if slices.ContainsFunc(row, func(c Cell) bool { return strings.Contains(c.More, "textDirection") }) {
			out.WriteString(`<w:trHeight w:val="1700"/>`) // room for text from top to bottom
		}
		out.WriteString(`</w:trPr>`)
		column := 0
		for _, c := range row {
			span := max(1, c.Span)
			width := 0
			for _, one := range widths[column:min(len(widths), column+span)] {
				width += one
			}
			column += span
			fmt.Fprintf(&out, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/>%s%s</w:tcPr>%s</w:tc>`, width, span, down(c.Down), c.More, c.Content)
		}
		out.WriteString(`</w:tr>`)
	}
	out.WriteString(`</w:tbl>`)
	return out.String()
}

func down(how string) string {
	if how == "" {
		return ""
	}
	return `<w:vMerge w:val="` + how + `"/>`
}
