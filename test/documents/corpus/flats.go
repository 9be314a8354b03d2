package corpus

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// flats are OpenDocument files written by hand.
func flats() []made {
	return []made{openText(), openSheet(), openSlides()}
}

func openLine(style, text string) string {
	return `<text:p text:style-name="` + style + `">` + parts.Escape(text) + `</text:p>`
}

func openText() made {
	var body, said strings.Builder
	add := func(style, text string) {
		body.WriteString(openLine(style, text))
		said.WriteString(text + "\n")
	}
	add("Head", "滨海区档案馆查阅须知")
	for i, text := range []string{"查阅开放档案，凭有效身份证件登记即可。", "复制档案每次不超过二十页，彩色复制须经值班馆员同意。", "口述史录音只在馆内试听室播放，每日限八人。"} {
		add("Body", fmt.Sprintf("第%s条　%s", numeral(i+1), text))
	}
	body.WriteString(`<table:table table:name="开放时间"><table:table-column table:number-columns-repeated="2"/><table:table-row><table:table-cell>` + openLine("Body", "周一至周五") + `</table:table-cell><table:table-cell>` + openLine("Body", "8:30—17:30") + `</table:table-cell></table:table-row></table:table>`)
	styles := `<style:style style:name="Head" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/><style:text-properties style:font-name-asian="黑体" style:font-size-asian="22pt"/></style:style><style:style style:name="Body" style:family="paragraph"><style:paragraph-properties fo:line-height="28pt"/><style:text-properties style:font-size-asian="16pt"/></style:style>`
	return made{name: "查阅须知.fodt", features: []string{"flat", "table"}, text: said.String() + "周一至周五\n8:30—17:30", data: parts.Open{Kind: "text", Styles: styles, Body: body.String()}.Flat()}
}

func openSheet() made {
	var rows strings.Builder
	for i, street := range streets {
		fmt.Fprintf(&rows, `<table:table-row><table:table-cell office:value-type="string">%s</table:table-cell><table:table-cell office:value-type="float" office:value="%d"><text:p>%d</text:p></table:table-cell></table:table-row>`, openLine("", street), 5+i*3, 5+i*3)
	}
	return made{name: "志愿者人数.ods", features: []string{"by hand"}, text: strings.Join(streets, "\n"), data: parts.Open{Kind: "spreadsheet", Body: `<table:table table:name="志愿者">` + rows.String() + `</table:table>`}.Bytes()}
}

func openSlides() made {
	const master = `<style:master-page style:name="Standard" style:page-layout-name="Wide"/>`
	const styles = `<style:page-layout style:name="Wide"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm"/></style:page-layout>`
	var body, said strings.Builder
	for i, text := range []string{"垃圾分类进社区", "四类垃圾桶颜色：蓝、绿、红、灰", "误投请联系社区环卫站"} {
		fmt.Fprintf(&body, `<draw:page draw:name="p%d" draw:master-page-name="Standard"><draw:frame svg:x="2cm" svg:y="5cm" svg:width="24cm" svg:height="4cm"><draw:text-box>%s</draw:text-box></draw:frame></draw:page>`, i, openLine("", text))
		said.WriteString(text + "\n")
	}
	return made{name: "垃圾分类宣传.fodp", features: []string{"flat"}, text: said.String(), data: parts.Open{Kind: "presentation", Styles: styles, Master: master, Body: body.String()}.Flat()}
}
