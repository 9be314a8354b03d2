package parts

import (
	"fmt"
	"strings"
)

// Chart is a chart with the values that it shows.
type Chart struct {
	Kind       string // bar, line, pie
	Title      string
	Categories []string
	Series     []Series
}

// Series is one row of values of a chart.
type Series struct {
	Name   string
	Values []float64
}

const chartXML = `xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// XML is the chart's part.
func (c Chart) XML() string {
	before, after := "", `<c:axId val="1"/><c:axId val="2"/>`
	axes := `<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx>` +
		`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:majorGridlines/><c:crossAx val="1"/></c:valAx>`
	switch c.Kind {
	case "bar":
		before = `<c:barDir val="col"/><c:grouping val="clustered"/>`
	case "line":
		before, after = `<c:grouping val="standard"/>`, `<c:marker val="1"/>`+after
	case "pie":
		before, after, axes = `<c:varyColors val="1"/>`, "", ""
	}
	var series strings.Builder
	for i, s := range c.Series {
		fmt.Fprintf(&series, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:strRef><c:f>Sheet1!$%s$1</c:f>%s</c:strRef></c:tx>%s<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$%d</c:f>%s</c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$%s$2:$%s$%d</c:f>%s</c:numRef></c:val></c:ser>`,
			i, i, Column(i+1), cache("str", []string{s.Name}), labels(c.Kind), len(c.Categories)+1, cache("str", c.Categories), Column(i+1), Column(i+1), len(s.Values)+1, cache("num", s.Values))
	}
	return fmt.Sprintf(`<c:chartSpace %s><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="zh-CN" sz="1400"/><a:t>%s</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:plotArea><c:layout/><c:%sChart>%s%s%s</c:%sChart>%s</c:plotArea><c:legend><c:legendPos val="b"/></c:legend><c:plotVisOnly val="1"/></c:chart></c:chartSpace>`,
		chartXML, Escape(c.Title), c.Kind, before, series.String(), after, c.Kind, axes)
}

func labels(kind string) string {
	if kind != "pie" {
		return ""
	}
	return `<c:dLbls><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="1"/><c:showSerName val="0"/><c:showPercent val="1"/></c:dLbls>`
}

func cache[V string | float64](kind string, values []V) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<c:%sCache>`, kind)
	if kind == "num" {
		out.WriteString(`<c:formatCode>General</c:formatCode>`)
	}
	fmt.Fprintf(&out, `<c:ptCount val="%d"/>`, len(values))
	for i, v := range values {
		fmt.Fprintf(&out, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, Escape(fmt.Sprint(v)))
	}
	fmt.Fprintf(&out, `</c:%sCache>`, kind)
	return out.String()
}

// addChart puts a chart's part into the package and returns the path to it.
func (p *Package) addChart(folder string, c Chart) string {
	p.media++
	name := fmt.Sprintf("charts/chart%d.xml", p.media)
	p.AddXML(folder+"/"+name, OfficeXML+"drawingml.chart+xml", c.XML())
	return name
}

const graphic = `<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="%s"/></a:graphicData></a:graphic>`

// Chart returns a run that shows a chart, in millimetres.
func (w *Word) Chart(c Chart, width, height int) string {
	w.drawings++
	id := w.Relates("chart", w.addChart("word", c))
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="图表"/>`+graphic+`</wp:inline></w:drawing></w:r>`,
		width*36000, height*36000, w.drawings, id)
}

// Show puts charts and pictures beside each other on a sheet, below a row.
func (s *Sheet) Show(row int, charts []Chart, pictures [][]byte) {
	drawing := fmt.Sprintf("xl/drawings/drawing%s", strings.TrimPrefix(s.part, "xl/worksheets/sheet"))
	var anchors strings.Builder
	place := func(i int, what string) {
		fmt.Fprintf(&anchors, `<xdr:twoCellAnchor><xdr:from><xdr:col>%d</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>%d</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>%d</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>%d</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>%s<xdr:clientData/></xdr:twoCellAnchor>`, i*6, row, i*6+5, row+15, what)
	}
	for i, c := range charts {
		id := s.book.Relate(drawing, "chart", "../"+s.book.addChart("xl", c))
		place(i, fmt.Sprintf(`<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="%d" name="图表"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>`+graphic+`</xdr:graphicFrame>`, i+2, id))
	}
	for i, data := range pictures {
		id := s.book.Picture(drawing, "png", data)
		place(i+len(charts), Pic("xdr", fmt.Sprintf(`r:embed="%s"`, id)))
	}
	s.Drawing(anchors.String())
}

// Drawing gives a sheet a drawing, as XML inside xdr:wsDr.
func (s *Sheet) Drawing(anchors string) {
	name := fmt.Sprintf("drawings/drawing%s", strings.TrimPrefix(s.part, "xl/worksheets/sheet"))
	s.book.AddXML("xl/"+name, OfficeXML+"drawing+xml", `<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`+anchors+`</xdr:wsDr>`)
	s.After += fmt.Sprintf(`<drawing r:id="%s"/>`, s.Relate("drawing", "../"+name))
}

// Pic is a picture of a sheet's drawing or of a slide, which a blip's
// attributes name. Where it lies on a slide, [Deck] says.
func Pic(prefix, attributes string) string {
	return fmt.Sprintf(`<%[1]s:pic><%[1]s:nvPicPr><%[1]s:cNvPr id="9" name="图片"/><%[1]s:cNvPicPr/>%[3]s</%[1]s:nvPicPr><%[1]s:blipFill><a:blip %[2]s/><a:stretch><a:fillRect/></a:stretch></%[1]s:blipFill><%[1]s:spPr><a:xfrm><a:off x="900000" y="1700000"/><a:ext cx="4500000" cy="3000000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></%[1]s:spPr></%[1]s:pic>`,
		prefix, attributes, map[string]string{"p": "<p:nvPr/>"}[prefix])
}
