package corpus

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// prose are long documents: what runs over many pages.
func prose() []made {
	return []made{plan(), yearbook(), numbered(), columns()}
}

// plan has a table of contents, footnotes, headers and page numbers.
func plan() made {
	w := &parts.Word{Title: "滨海区国民经济和社会发展规划纲要", Settings: `<w:updateFields w:val="false"/>`}
	w.Add(parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", "滨海区国民经济和社会发展规划纲要")), parts.P(`<w:jc w:val="center"/>`, parts.Run("", "（2026—2030年）")),
		parts.P(`<w:jc w:val="center"/><w:pageBreakBefore/>`, parts.Run(parts.Font("黑体", 36), "目　录")))
	w.Add(`<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>`)
	for i := range 8 {
		heading, _ := chapter(i)
		w.Add(parts.P(`<w:pStyle w:val="TOC1"/>`, parts.Run("", fmt.Sprintf("第%s章　%s", numeral(i+1), heading)), `<w:r><w:tab/></w:r>`, parts.Run("", fmt.Sprint(i+3))))
	}
	w.Add(`</w:sdtContent></w:sdt>`)
	for i := range 8 {
		heading, paragraphs := chapter(i)
		w.Add(parts.P(`<w:pStyle w:val="Heading1"/><w:pageBreakBefore/>`, parts.Run("", fmt.Sprintf("第%s章　%s", numeral(i+1), heading))))
		for j, text := range paragraphs {
			w.Add(parts.P(`<w:pStyle w:val="Heading2"/>`, parts.Run("", fmt.Sprintf("第%s节　工作任务之%s", numeral(j+1), numeral(j+1)))),
				parts.P(indent, parts.Run("", text), w.Footnote(fmt.Sprintf("数据来源：%s，统计口径截至2026年9月30日，第%d号报表。", bureaus[(i+j)%len(bureaus)], i*10+j+1))))
		}
	}
	w.Section(w.Furniture("header", "default", parts.P(`<w:pStyle w:val="Header"/><w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>`, parts.Run("", "滨海区规划纲要（送审稿）"))) +
		w.Furniture("footer", "default", parts.P(`<w:jc w:val="center"/>`, parts.Run("", "第"), parts.Field("PAGE", "1"), parts.Run("", "页　共"), parts.Field("NUMPAGES", "10"), parts.Run("", "页"))) + parts.A4)
	return word("规划纲要.docx", w, []string{"table of contents", "footnotes", "headers", "page numbers", "long"}, also("doc", "规划纲要.doc"), also("odt", "规划纲要.odt"))
}

// yearbook is the longest: 48 chapters with endnotes.
func yearbook() made {
	w := &parts.Word{Title: "滨海年鉴"}
	w.Add(parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", "滨海年鉴·2026卷")))
	for i := range 48 {
		heading, paragraphs := chapter(i)
		w.Add(parts.P(`<w:pStyle w:val="Heading1"/>`, parts.Run("", fmt.Sprintf("%d　%s", i+1, heading))))
		for _, text := range paragraphs {
			w.Add(parts.P(indent, parts.Run("", text)))
		}
		if i%6 == 0 {
			w.Add(parts.P(indent, parts.Run("", "详见区志办公室编写说明"), w.Endnote(fmt.Sprintf("编写说明第%d条，责任编辑%s。", i/6+1, people[i%len(people)])), parts.Run("", "。")))
		}
	}
	return word("滨海年鉴.docx", w, []string{"endnotes", "long"})
}

func numbered() made {
	w := &parts.Word{Title: "应急预案"}
	w.Add(parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", "台风应急响应操作清单")))
	for i, stage := range []string{"Ⅳ级响应", "Ⅲ级响应", "Ⅱ级响应", "Ⅰ级响应"} {
		w.Add(parts.P(parts.Numbered(1, 0), parts.Run("", stage+"启动条件与动作")))
		for j := range 3 {
			w.Add(parts.P(parts.Numbered(1, 1), parts.Run("", fmt.Sprintf("由%s发布预警，影响范围为%s", bureaus[(i+j)%len(bureaus)], streets[(i*2+j)%len(streets)]))),
				parts.P(parts.Numbered(1, 2), parts.Run("", fmt.Sprintf("转移危险区域人员不少于%d人", 50*(i+1)*(j+1)))),
				parts.P(parts.Numbered(2, j%3), parts.Run("", "检查避难场所的水、电、食品和药品")))
		}
	}
	for i := range 4 {
		w.Add(parts.P(parts.Numbered(3, min(2, i)), parts.Run("", "复盘与评估"+numeral(i+1))))
	}
	return word("台风应急清单.docx", w, []string{"numbered lists", "bullets"}, also("odt", "台风应急清单.odt"))
}

func columns() made {
	w := &parts.Word{Title: "滨海简报"}
	w.Add(parts.P(`<w:pStyle w:val="Title"/><w:sectPr><w:type w:val="continuous"/>`+parts.A4+`</w:sectPr>`, parts.Run("", "滨海简报（第112期）")))
	for i := range 5 {
		heading, paragraphs := chapter(i * 3)
		w.Add(parts.P(`<w:pStyle w:val="Plain"/>`, parts.Run(`<w:b/>`, "【"+heading+"】")))
		for _, text := range paragraphs {
			w.Add(parts.P(`<w:pStyle w:val="Plain"/><w:ind w:firstLine="420"/>`, parts.Run("", text)))
		}
	}
	w.Section(`<w:type w:val="continuous"/>` + parts.A4 + `<w:cols w:num="2" w:space="425" w:sep="1"/>`)
	return word("滨海简报.docx", w, []string{"two columns", "sections"})
}

// layouts each show one thing that Word can do.
func layouts() []made {
	return []made{merged(), ledger(), tracked(), commented(), boxes(), album(), linked(), tabs(), landscape(), formulas(), controls(), stamped(), withChart(), template(), macros(), renamed()}
}

func one(name, title string, features []string, fill func(*parts.Word), recipes ...recipe) made {
	w := &parts.Word{Title: title}
	w.Add(parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", title)))
	fill(w)
	return word(name, w, features, recipes...)
}

func merged() made {
	return one("干部任免审批表.docx", "干部任免审批表", []string{"merged cells"}, func(w *parts.Word) {
		box := func(text string, span int, down string) parts.Cell {
			return parts.Cell{Content: small(text), Span: span, Down: down}
		}
		w.Add(parts.Table([]int{1400, 1500, 1400, 1500, 1400, 1600}, 0, [][]parts.Cell{
			{box("姓名", 1, ""), box("周敏仪", 1, ""), box("性别", 1, ""), box("女", 1, ""), box("出生年月", 1, ""), box("1981.06", 1, "")},
			{box("民族", 1, ""), box("汉族", 1, ""), box("籍贯", 1, ""), box("滨海望潮", 1, ""), box("照片", 2, "restart")},
			{box("现任职务", 1, ""), box("盐田路街道办事处副主任", 3, ""), box("", 2, "continue")},
			{box("拟任职务", 1, ""), box("区民政局副局长", 5, "")},
			{box("简历", 1, "restart"), box("2003.07—2008.11　渔港镇人民政府科员", 5, "")},
			{box("", 1, "continue"), box("2008.11—2026.10　盐田路街道办事处历任科长、副主任", 5, "")},
			{box("奖惩情况", 1, ""), box("2022年度考核优秀；2024年记三等功一次", 5, "")},
		}))
	}, also("doc", "干部任免审批表.doc"), also("odt", "干部任免审批表.odt"))
}

func ledger() made {
	return one("信访事项台账.docx", "信访事项台账", []string{"repeated header rows", "long table"}, func(w *parts.Word) {
		rows := [][]parts.Cell{{{Content: small("基本情况"), Span: 3}, {Content: small("办理情况"), Span: 2}}, cells("编号", "来访人", "反映事项", "承办单位", "办结时限")}
		for i := range 130 {
			topic, _ := chapter(i)
			rows = append(rows, cells(fmt.Sprintf("XF2026-%04d", 301+i*7), people[i*5%len(people)], topic, bureaus[i*3%len(bureaus)], fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i*11%28)))
		}
		w.Add(parts.Table([]int{1700, 1200, 2900, 1900, 1500}, 2, rows))
	})
}

func tracked() made {
	return one("办法修订稿.docx", "滨海区停车收费管理办法（修订稿）", []string{"tracked changes"}, func(w *parts.Word) {
		mark := func(kind, author, text string) string {
			run := parts.Run("", text)
			if kind == "del" {
				run = strings.NewReplacer("<w:t ", "<w:delText ", "</w:t>", "</w:delText>").Replace(run)
			}
			return fmt.Sprintf(`<w:%s w:id="%d" w:author="%s" w:date="2026-10-2%dT09:00:00Z">%s</w:%s>`, kind, len(text), author, len(text)%9, run, kind)
		}
		for i, change := range [][4]string{
			{"第三条　公共停车泊位前", "15", "30", "分钟免费，其后按时段计费。"}, {"第七条　收费单位应当在醒目位置公示", "价格", "收费标准、监督电话和计费规则", "。"},
			{"第十一条　违反本办法规定的，由", "区物价部门", "区市场监督管理局", "责令限期改正。"}, {"第十五条　本办法自2026年", "10月1日", "12月1日", "起施行，有效期五年。"}} {
			w.Add(parts.P(indent, parts.Run("", change[0]), mark("del", people[i], change[1]), mark("ins", people[i], change[2]), parts.Run("", change[3])))
		}
		w.Add(`<w:p><w:pPr><w:rPr><w:ins w:id="90" w:author="欧阳雪" w:date="2026-10-25T09:00:00Z"/></w:rPr></w:pPr>`+mark("ins", "欧阳雪", "第十六条　新能源汽车充电期间停车费减半收取。")+`</w:p>`,
			parts.P(`<w:pPrChange w:id="91" w:author="谭志强" w:date="2026-10-25T09:00:00Z"><w:pPr><w:jc w:val="left"/></w:pPr></w:pPrChange>`, parts.Run(`<w:b/><w:rPrChange w:id="92" w:author="谭志强" w:date="2026-10-25T09:00:00Z"><w:rPr/></w:rPrChange>`, "此段由正常改为加粗。")))
	}, also("doc", "办法修订稿.doc"), also("odt", "办法修订稿.odt"))
}

func commented() made {
	return one("讲话稿征求意见.docx", "在全区安全生产大会上的讲话（征求意见稿）", []string{"comments"}, func(w *parts.Word) {
		for i := range 5 {
			_, paragraphs := chapter(6 + i)
			w.Add(parts.P(indent, w.Comment(people[i], fmt.Sprintf("此处数据请与%s核对，建议统一到10月末口径。", bureaus[i]), parts.Run("", paragraphs[0]))))
		}
	}, also("rtf", "讲话稿征求意见.rtf"))
}
