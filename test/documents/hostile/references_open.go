package hostile

import (
	"strings"

	"xietong.dev/test/documents/parts"
)

// openReference is an OpenDocument whose body, or the part that where names,
// leads elsewhere; @ stands for the target.
func openReference(kind, extension string, image bool, where, xml string) reference {
	return reference{kind, extension, image, func(target string) []byte {
		o := simpleOpen(map[byte]string{'t': "text", 's': "spreadsheet", 'p': "presentation"}[extension[len(extension)-1]])
		xml := strings.ReplaceAll(xml, "@", parts.Escape(target))
		switch where {
		case "before":
			o.Before = xml
		case "styles":
			o.Styles += xml
			o.Body = strings.ReplaceAll(o.Body, "<text:p>", `<text:p text:style-name="S1">`)
		case "instead":
			o.Body = xml
		default:
			o.Body += xml
		}
		if strings.HasPrefix(extension, "f") {
			return o.Flat()
		}
		return o.Bytes()
	}}
}

const (
	frame = `<text:p><draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm">`
	link  = ` xlink:href="@" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"`
)

func (m *maker) openReferences() {
	frames := func(inside string) string { return frame + inside + `</draw:frame></text:p>` }
	button := `<office:forms><form:form form:name="f" office:target-frame="" xlink:href="@"><form:%s form:name="b" xml:id="c1" form:id="c1" form:image-data="@" xlink:href="@" form:button-type="url" form:label="提交"/></form:form></office:forms><text:p><draw:control draw:control="c1" text:anchor-type="paragraph" svg:width="3cm" svg:height="3cm"/></text:p>`
	sheet := func(before, cell string) string {
		return `<table:table table:name="b">` + before + `<table:table-row><table:table-cell>` + cell + `</table:table-cell></table:table-row></table:table>`
	}
	page := func(inside string) string {
		return `<draw:page draw:name="a" draw:master-page-name="S">` + inside + `</draw:page>`
	}
	m.references([]reference{
		openReference("linked picture", "fodt", true, "", frames(`<draw:image`+link+`/>`)), openReference("linked picture", "odt", true, "", frames(`<draw:image`+link+`/>`)),
		openReference("linked object", "fodt", false, "", frames(`<draw:object`+link+`/>`)), openReference("linked ole object", "fodt", false, "", frames(`<draw:object-ole`+link+`/>`)),
		openReference("linked object", "odt", false, "", frames(`<draw:object`+link+`/>`)),
		openReference("section", "fodt", false, "", `<text:section text:name="s"><text:section-source`+link+`/><text:p/></text:section>`), openReference("section", "odt", false, "", `<text:section text:name="s"><text:section-source`+link+`/><text:p/></text:section>`),
		openReference("section of dde", "fodt", false, "", `<text:section text:name="s"><office:dde-source office:dde-application="soffice" office:dde-topic="@" office:dde-item="a" office:automatic-update="true"/><text:p/></text:section>`),
		openReference("plug-in", "fodt", false, "", frames(`<draw:plugin`+link+` draw:mime-type="video/mp4"/>`)), openReference("applet", "fodt", false, "", frames(`<draw:applet`+link+` draw:code="a.class"/>`)),
		openReference("floating frame", "fodt", false, "", frames(`<draw:floating-frame`+link+`/>`)),
		openReference("button of a form", "fodt", false, "", strings.ReplaceAll(button, "%s", "button")), openReference("picture of a form", "fodt", false, "", strings.ReplaceAll(button, "%s", "image-frame")),
		openReference("link", "fodt", false, "", `<text:p><text:a xlink:href="@" xlink:type="simple">点击</text:a></text:p>`),
		openReference("template", "fodt", false, "before", `<office:meta><meta:template xlink:href="@" xlink:type="simple" xlink:actuate="onRequest" meta:date="2030-01-01T00:00:00"/></office:meta>`),
		openReference("reload", "fodt", false, "before", `<office:meta><meta:auto-reload xlink:href="@" xlink:type="simple" meta:delay="PT0S"/></office:meta>`),
		openReference("background of a paragraph", "fodt", true, "styles", `<style:style style:name="S1" style:family="paragraph"><style:paragraph-properties><style:background-image`+link+`/></style:paragraph-properties></style:style>`),
		openReference("bullet", "fodt", false, "", `<text:list text:style-name="L1"><text:list-item><text:p>项目</text:p></text:list-item></text:list><!-- @ -->`),
		openReference("picture bullet", "fodt", true, "styles", `<text:list-style style:name="L1"><text:list-level-style-image text:level="1"`+link+`/></text:list-style><style:style style:name="S1" style:family="paragraph" style:list-style-name="L1"/>`),
		openReference("font", "fodt", false, "before", `<office:font-face-decls><style:font-face style:name="F" svg:font-family="F"><svg:font-face-src><svg:font-face-uri`+link+`/></svg:font-face-src></style:font-face></office:font-face-decls>`),
		openReference("script", "fodt", false, "before", `<office:scripts><office:script script:language="ooo:JavaScript" xlink:href="@"/><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="@" xlink:type="simple"/></office:event-listeners></office:scripts>`),
		openReference("text file", "fodt", false, "", `<text:p><text:file-name/></text:p><text:alphabetical-index-auto-mark-file`+link+`/>`),
		openReference("database", "fodt", false, "", `<text:p><text:database-display text:database-name="@" text:table-name="t" text:column-name="c"><form:connection-resource xlink:href="@"/></text:database-display></text:p>`),
		openReference("sheet of another book", "fods", false, "", sheet(`<table:table-source`+link+` table:mode="copy-all" table:table-name="Sheet1" table:filter-name="HTML" table:refresh-delay="PT1S"/>`, "")),
		openReference("area of another book", "fods", false, "", sheet("", `<table:cell-range-source`+link+` table:name="HTML_all" table:last-column-spanned="2" table:last-row-spanned="2" table:filter-name="calc_HTML_WebQuery"/>`)),
		openReference("WEBSERVICE", "fods", false, "", `<table:table table:name="b"><table:table-row><table:table-cell table:formula="of:=WEBSERVICE(&quot;@&quot;)" office:value-type="string"/></table:table-row></table:table>`),
		openReference("cell of another book", "fods", false, "", `<table:table table:name="b"><table:table-row><table:table-cell table:formula="of:='@'#$Sheet1.A1" office:value-type="string"/></table:table-row></table:table>`),
		openReference("DDE", "fods", false, "", `<table:table table:name="b"><table:table-row><table:table-cell table:formula="of:=DDE(&quot;soffice&quot;;&quot;@&quot;;&quot;a1&quot;)" office:value-type="string"/></table:table-row></table:table>`),
		openReference("dde links", "fods", false, "", `<table:dde-links><table:dde-link><office:dde-source office:dde-application="soffice" office:dde-topic="@" office:dde-item="a1" office:automatic-update="true"/></table:dde-link></table:dde-links>`),
		openReference("linked picture", "fods", true, "", `<table:table table:name="b"><table:shapes><draw:frame svg:x="1cm" svg:y="2cm" svg:width="5cm" svg:height="5cm"><draw:image`+link+`/></draw:frame></table:shapes></table:table>`),
		openReference("linked picture", "fodp", true, "instead", page(`<draw:frame svg:x="1cm" svg:y="3cm" svg:width="9cm" svg:height="9cm"><draw:image`+link+`/></draw:frame>`)),
		openReference("linked picture", "odp", true, "instead", page(`<draw:frame svg:x="1cm" svg:y="3cm" svg:width="9cm" svg:height="9cm"><draw:image`+link+`/></draw:frame>`)),
		openReference("video", "fodp", false, "instead", page(`<draw:frame svg:x="1cm" svg:y="3cm" svg:width="9cm" svg:height="9cm"><draw:plugin`+link+` draw:mime-type="application/vnd.sun.star.media"/></draw:frame>`)),
		openReference("sound", "fodp", false, "instead", page(`<draw:custom-shape svg:x="1cm" svg:y="3cm" svg:width="9cm" svg:height="9cm"><office:event-listeners><presentation:event-listener script:event-name="dom:click" presentation:action="sound"><presentation:sound xlink:href="@" xlink:type="simple"/></presentation:event-listener></office:event-listeners></draw:custom-shape>`)),
		openReference("fill picture", "fodp", true, "before", `<office:styles><draw:fill-image draw:name="F"`+link+`/></office:styles>`),
	})
}
