package corpus

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// boxes has a text box as new Word writes it, and one as old Word does.
func boxes() made {
	return one("窗口指引.docx", "政务服务窗口指引", []string{"text boxes", "shapes"}, func(w *parts.Word) {
		inside := func(text string) string {
			return parts.P(`<w:pStyle w:val="Plain"/>`, parts.Run("", text))
		}
		w.Add(parts.P(indent, parts.Run("", "办事群众先取号，后等候。现场可使用自助终端打印证明。")),
			parts.P("", `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="114300" distR="114300" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>2800000</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>300000</wp:posOffset></wp:positionV><wp:extent cx="2400000" cy="1200000"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="41" name="文本框"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2400000" cy="1200000"/></a:xfrm><a:prstGeom prst="roundRect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="FFF2CC"/></a:solidFill><a:ln w="12700"><a:solidFill><a:srgbClr val="C00000"/></a:solidFill></a:ln></wps:spPr><wps:txbx><w:txbxContent>`+inside("温馨提示：周六照常办公，10:00—16:00。")+`</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r>`),
			parts.P("", `<w:r><w:pict><v:shape style="position:absolute;margin-left:20pt;margin-top:10pt;width:160pt;height:70pt" fillcolor="#DDEBF7" strokecolor="#1F4E79"><v:textbox><w:txbxContent>`+inside("三号窗口：不动产登记与婚姻登记联办")+`</w:txbxContent></v:textbox></v:shape></w:pict></w:r>`))
		for i := range 6 {
			_, paragraphs := chapter(2 + i)
			w.Add(parts.P(indent, parts.Run("", paragraphs[0])))
		}
	})
}

func album() made {
	return one("现场踏勘照片.docx", "南堤海堤现场踏勘照片", []string{"images"}, func(w *parts.Word) {
		for i := range 4 {
			data, extension := parts.PNG(parts.Drawing(320, 200, uint32(i))), "png"
			if i == 2 {
				data, extension = parts.JPEG(parts.Drawing(320, 200, uint32(i))), "jpeg"
			}
			w.Add(parts.P(`<w:jc w:val="center"/><w:spacing w:line="240" w:lineRule="auto"/>`, w.Image(extension, data, 120, 75)),
				parts.P(`<w:pStyle w:val="Plain"/><w:jc w:val="center"/>`, parts.Run("", fmt.Sprintf("图%d　桩号K2+%d护坡现状（2026年11月3日摄）", i+1, 300+i*160))))
		}
	}, also("doc", "现场踏勘照片.doc"), also("odt", "现场踏勘照片.odt"))
}

func linked() made {
	return one("服务事项导航.docx", "高频服务事项导航", []string{"hyperlinks", "bookmarks"}, func(w *parts.Word) {
		w.Add(parts.P("", `<w:bookmarkStart w:id="1" w:name="顶部"/>`, parts.Run("", "返回处"), `<w:bookmarkEnd w:id="1"/>`))
		for i, item := range []string{"新生儿出生一件事", "企业开办", "公积金提取", "灵活就业参保", "残疾人两项补贴"} {
			w.Add(parts.P(parts.Numbered(3, 0), w.Link(fmt.Sprintf("https://service.binhai.example/items/%d", 1001+i), item), parts.Run("", "　咨询邮箱："), w.Link("mailto:service@binhai.example", "service@binhai.example")))
		}
		w.Add(parts.P("", `<w:hyperlink w:anchor="顶部">`+parts.Run(`<w:rStyle w:val="Hyperlink"/>`, "回到顶部")+`</w:hyperlink>`))
	})
}

func tabs() made {
	return one("食堂菜价表.docx", "机关食堂一周菜价", []string{"right tabs", "leaders"}, func(w *parts.Word) {
		for i, dish := range []string{"清蒸海鲈鱼", "蒜蓉空心菜", "番茄炒蛋", "紫菜虾皮汤", "红烧狮子头", "杂粮馒头（个）"} {
			w.Add(parts.P(`<w:tabs><w:tab w:val="center" w:pos="4400"/><w:tab w:val="right" w:leader="dot" w:pos="8800"/></w:tabs>`,
				parts.Run("", dish), `<w:r><w:tab/></w:r>`, parts.Run("", "周"+numeral(i%5+1)), `<w:r><w:tab/></w:r>`, parts.Run("", fmt.Sprintf("%d.%d0元", 2+i*3, i))))
		}
	})
}

// landscape turns one section, and has a table of vertical headings in it.
func landscape() made {
	return one("网格划分方案.docx", "社区网格划分方案", []string{"landscape section", "vertical text"}, func(w *parts.Word) {
		w.Add(parts.P(indent+`<w:sectPr>`+parts.A4+`</w:sectPr>`, parts.Run("", "全区划分为五百一十六个网格，每个网格配备专职网格员一名。")))
		upright := func(text string) parts.Cell {
			return parts.Cell{Content: small(text), More: `<w:textDirection w:val="tbRl"/>`}
		}
		rows := [][]parts.Cell{{upright("街道名称"), upright("网格数量"), upright("常住人口"), upright("重点场所"), upright("网格长")}}
		for i, street := range streets {
			rows = append(rows, cells(street, fmt.Sprint(40+i*7), fmt.Sprint(23000+i*4111), fmt.Sprint(12+i*5), people[i]))
		}
		w.Add(parts.Table([]int{2800, 2400, 2400, 2400, 2400}, 0, rows),
			parts.P(`<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1588" w:right="2098" w:bottom="1474" w:left="1984" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`),
			parts.P(indent, parts.Run("", "本方案自印发之日起施行，由区委政法委负责解释。")))
	})
}

func formulas() made {
	m := one("绩效评分办法.docx", "部门绩效评分计算办法", []string{"formulas"}, func(w *parts.Word) {
		m := func(text string) string { return `<m:r><m:t>` + text + `</m:t></m:r>` }
		w.Add(parts.P(indent, parts.Run("", "综合得分按下式计算，其中S为得分，w为权重：")),
			`<w:p><m:oMathPara><m:oMath>`+m("S=")+`<m:f><m:num>`+m("w₁x₁+w₂x₂")+`</m:num><m:den>`+m("w₁+w₂")+`</m:den></m:f>`+m("+")+`<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>`+m("k")+`</m:e></m:rad></m:oMath></m:oMathPara></w:p>`,
			`<w:p>`+parts.Run("", "逾期扣分：")+`<m:oMath><m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>`+m("i=1")+`</m:sub><m:sup>`+m("n")+`</m:sup><m:e><m:sSup><m:e>`+m("d")+`</m:e><m:sup>`+m("2")+`</m:sup></m:sSup></m:e></m:nary></m:oMath>`+parts.Run("", "，最多扣20分。")+`</w:p>`)
	})
	// Without the formulas, which are drawn rather than written.
	m.text = "部门绩效评分计算办法\n综合得分按下式计算，其中S为得分，w为权重：\n逾期扣分：，最多扣20分。\n"
	return m
}

// controls has fields to fill in.
func controls() made {
	return one("公开申请表.docx", "政府信息公开申请表", []string{"content controls", "check boxes"}, func(w *parts.Word) {
		w.Add(parts.P("", parts.Run("", "申请人："), `<w:sdt><w:sdtPr><w:alias w:val="姓名"/><w:text/></w:sdtPr><w:sdtContent>`+parts.Run("", "何晓棠")+`</w:sdtContent></w:sdt>`),
			parts.P("", `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent>`+parts.Run("", "☒")+`</w:sdtContent></w:sdt>`, parts.Run("", "公民　☐法人或其他组织")),
			parts.P("", parts.Run("", "所需信息：盐田路管廊工程可行性研究报告及批复文件")),
			parts.P("", parts.Run("", "答复方式："), `<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="电子邮件" w:value="1"/><w:listItem w:displayText="邮寄" w:value="2"/></w:dropDownList></w:sdtPr><w:sdtContent>`+parts.Run("", "电子邮件")+`</w:sdtContent></w:sdt>`))
	})
}

// stamped has a mark across every page, as Word writes watermarks.
func stamped() made {
	w := &parts.Word{Title: "内部资料"}
	mark := `<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" path="m@7,l@8,m@5,21600l@6,21600e"><v:textpath on="t" fitshape="t"/></v:shapetype><v:shape type="#_x0000_t136" style="position:absolute;width:400pt;height:120pt;rotation:315;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin;z-index:-251658752" fillcolor="silver" stroked="f"><v:fill opacity=".5"/><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="内部资料 注意保管"/></v:shape></w:pict></w:r>`
	for i := range 6 {
		heading, paragraphs := chapter(i)
		w.Add(parts.P(`<w:pStyle w:val="Heading1"/>`, parts.Run("", heading)), parts.P(indent, parts.Run("", paragraphs[0])))
	}
	w.Section(w.Furniture("header", "default", parts.P(`<w:pStyle w:val="Header"/>`, mark)) + parts.A4)
	return word("内部资料.docx", w, []string{"watermark"})
}

func withChart() made {
	return one("民生实事评估.docx", "民生实事完成情况评估", []string{"chart"}, func(w *parts.Word) {
		w.Add(parts.P(indent, parts.Run("", "十件民生实事中，八件超额完成。")), parts.P(`<w:spacing w:line="240" w:lineRule="auto"/>`, w.Chart(performance("bar"), 150, 80)))
	})
}

func performance(kind string) parts.Chart {
	return parts.Chart{Kind: kind, Title: "各街道办件量（万件）", Categories: streets[:5], Series: []parts.Series{
		{Name: "2025年", Values: []float64{3.2, 4.1, 2.7, 3.9, 1.8}}, {Name: "2026年", Values: []float64{4.4, 4.6, 3.5, 5.2, 2.9}}}}
}

func template() made {
	w := &parts.Word{Title: "发文稿纸", Kind: "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"}
	w.Add(parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", "滨海区人民政府办公室发文稿纸")), parts.Table([]int{2200, 6600}, 0, [][]parts.Cell{cells("签发", ""), cells("会签", ""), cells("拟稿单位", "综合科"), cells("密级", "无")}))
	return word("发文稿纸.dotx", w, []string{"template"}, also("dot", "发文稿纸.dot"))
}

// macros is a document of the kind that may hold macros, and holds none.
func macros() made {
	w := &parts.Word{Title: "周报", Kind: "application/vnd.ms-word.document.macroEnabled.main+xml"}
	for i := range 3 {
		_, paragraphs := chapter(20 + i)
		w.Add(parts.P(indent, parts.Run("", "本周工作："+strings.Join(paragraphs, ""))))
	}
	return word("综合科周报.docm", w, []string{"macro-enabled"})
}

// renamed is what WPS Office's users have: Office's format, another name.
func renamed() made {
	l := letter{head: "灯塔街道办事处", number: "灯街〔2026〕18号", title: "关于开展冬季爱国卫生运动的通知", to: "各社区居委会",
		body: []string{"定于11月21日至30日开展冬季爱国卫生运动，重点清理楼道堆物、鼠患点位和海滩垃圾。", "各社区每日16时前报送进度照片不少于三张。"}, signed: "灯塔街道办事处", date: "2026年11月16日", copies: "区爱卫办"}
	return word("爱国卫生通知.wps", l.word(), []string{"official", "red head"})
}
