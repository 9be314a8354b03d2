package corpus

import (
	"fmt"
	"slices"
	"strings"

	"xietong.dev/test/documents/parts"
)

// letter is an official document as GB/T 9704 lays it out.
type letter struct {
	name     string
	features []string
	head     string // in red
	number   string
	title    string
	to       string
	body     []string // "一、" begins a heading, "（一）" a lower one
	enclosed []string // names of the attachments
	signed   string
	date     string
	copies   string
	recipe   []recipe
}

const indent = `<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>`

// word lays a letter out.
func (l letter) word() *parts.Word {
	w := &parts.Word{Title: l.title}
	red := `<w:color w:val="FF0000"/>`
	w.Add(
		parts.P(`<w:spacing w:line="1200" w:lineRule="exact"/><w:jc w:val="center"/>`, parts.Run(parts.Font("方正小标宋简体", 72)+red, l.head)),
		parts.P(`<w:pBdr><w:bottom w:val="single" w:sz="24" w:space="4" w:color="FF0000"/></w:pBdr><w:jc w:val="center"/>`, parts.Run("", l.number)),
		parts.P("", parts.Run("", "")),
		parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", l.title)),
		parts.P("", parts.Run("", "")),
		parts.P("", parts.Run("", l.to+"：")))
	for _, text := range l.body {
		w.Add(paragraph(text))
	}
	for i, name := range l.enclosed {
		label := "附件："
		if i > 0 {
			label = "　　　"
		}
		w.Add(parts.P(`<w:ind w:left="640"/>`, parts.Run("", fmt.Sprintf("%s%d. %s", label, i+1, name))))
	}
	w.Add(parts.P("", parts.Run("", "")),
		parts.P(`<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>`, parts.Run("", l.signed)),
		parts.P(`<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>`, parts.Run("", l.date)),
		parts.P(`<w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/><w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>`, parts.Run(parts.Font("仿宋_GB2312", 28), "抄送："+l.copies+"。")))
	for i, name := range l.enclosed {
		w.Add(parts.P(`<w:pageBreakBefore/>`, parts.Run(parts.Font("黑体", 32), fmt.Sprintf("附件%d", i+1))),
			parts.P(`<w:pStyle w:val="Title"/>`, parts.Run("", name)), roster(i))
	}
	w.Settings = `<w:evenAndOddHeaders/>`
	w.Section(w.Furniture("footer", "default", pageNumber("right")) + w.Furniture("footer", "even", pageNumber("left")) + parts.A4 + l.grid())
	return w
}

// grid is that of lines, or that of 22 lines of 28 characters which some
// documents are set on.
func (l letter) grid() string {
	if slices.Contains(l.features, "character grid") {
		return `<w:docGrid w:type="linesAndChars" w:linePitch="579" w:charSpace="-849"/>`
	}
	return `<w:docGrid w:type="lines" w:linePitch="579"/>`
}

// pageNumber is the footer of official documents: — 1 —, at the outer edge.
func pageNumber(side string) string {
	return parts.P(`<w:pStyle w:val="Footer"/><w:jc w:val="`+side+`"/>`, parts.Run("", "— "), parts.Field("PAGE", "1"), parts.Run("", " —"))
}

func paragraph(text string) string {
	switch {
	case strings.HasPrefix(text, "（"):
		return parts.P(`<w:pStyle w:val="Heading2"/>`+indent, parts.Run("", text))
	case len(text) < 90 && strings.Contains(text, "、") && strings.IndexRune("一二三四五六七八九十", []rune(text)[0]) >= 0:
		return parts.P(`<w:pStyle w:val="Heading1"/>`+indent, parts.Run("", text))
	}
	return parts.P(indent, parts.Run("", text))
}

// roster is an attachment: a table of estates, their places and amounts.
func roster(n int) string {
	rows := [][]parts.Cell{cells("序号", "小区名称", "所在街道", "户数", "责任单位")}
	for i := range 8 {
		k := n*3 + i
		rows = append(rows, cells(fmt.Sprint(i+1), estates[k%len(estates)], streets[k%len(streets)], fmt.Sprint(96+k*37), bureaus[k%len(bureaus)]))
	}
	return parts.Table([]int{900, 2300, 2000, 1200, 2400}, 1, rows)
}

// cells are a table's row of plain texts.
func cells(texts ...string) []parts.Cell {
	row := make([]parts.Cell, len(texts))
	for i, text := range texts {
		row[i] = parts.Cell{Content: small(text)}
	}
	return row
}

func small(text string) string {
	return parts.P(`<w:pStyle w:val="Plain"/><w:jc w:val="center"/>`, parts.Run("", text))
}

// word finishes a text document.
func word(name string, w *parts.Word, features []string, recipes ...recipe) made {
	entries := w.Entries()
	var text strings.Builder
	for _, e := range entries {
		base := e.Name[strings.LastIndex(e.Name, "/")+1:]
		if base == "document.xml" || strings.HasPrefix(base, "footnotes") || strings.HasPrefix(base, "endnotes") || strings.HasPrefix(base, "header") {
			text.WriteString(parts.Text(e.Data, "t", "p"))
		}
	}
	return made{name: name, features: features, text: text.String(), data: parts.Zip(entries...), recipe: recipes}
}

// chapters are the paragraphs of some topics, as a letter's body.
func chapters(from, to int) (body []string) {
	for i := from; i < to; i++ {
		heading, paragraphs := chapter(i)
		body = append(body, numeral(i-from+1)+"、"+heading)
		body = append(body, paragraphs...)
	}
	return body
}

func official() []made {
	letters := []letter{
		{name: "通知-老旧小区改造.docx", features: []string{"attachments", "table"}, head: "滨海区人民政府办公室文件", number: "滨府办〔2026〕47号",
			title: "关于印发滨海区2026年老旧小区改造工作方案的通知", to: "各街道办事处、镇人民政府，区政府各部门、各直属单位",
			body:     append([]string{"《滨海区2026年老旧小区改造工作方案》已经区政府第38次常务会议审议通过，现印发给你们，请结合实际认真贯彻执行。"}, chapters(0, 3)...),
			enclosed: []string{"滨海区2026年老旧小区改造项目清单", "街道联系人名册"}, signed: "滨海区人民政府办公室", date: "2026年3月17日", copies: "区委办公室，区人大常委会办公室，区政协办公室",
			recipe: []recipe{also("doc", "通知-老旧小区改造.doc"), also("odt", "通知-老旧小区改造.odt"), also("rtf", "通知-老旧小区改造.rtf"), also("pdf", "通知-老旧小区改造.pdf")}},
		{name: "请示-海堤加固资金.docx", head: "滨海区水务局文件", number: "滨水〔2026〕112号　　签发人：吴振邦",
			title: "关于申请南堤海堤加固工程补助资金的请示", to: "区人民政府",
			body: []string{"南堤海堤始建于1974年，全长4.6公里，现状防洪标准为二十年一遇。受今年第9号台风影响，桩号K2+300至K2+780段护坡出现脱空，最大沉降13厘米。",
				"经市水利设计院复核，工程总投资3,862.5万元，其中申请省级补助1,900万元，区级配套1,162.5万元，拟请市级补助800万元。",
				"工程计划于2026年12月15日开工，2027年汛前完成主体工程。施工期间，南堤镇滨江路由双向四车道调整为双向两车道。", "妥否，请批示。"},
			signed: "滨海区水务局", date: "2026年11月5日", copies: "区财政局，区发展改革局，南堤镇人民政府",
			recipe: []recipe{also("doc", "请示-海堤加固资金.doc"), also("doc", "请示-海堤加固资金.wps")}},
		{name: "函-数据共享.docx", head: "滨海区数据资源管理局", number: "滨数函〔2026〕23号",
			title: "关于商请共享不动产登记数据的函", to: "市自然资源局滨海分局",
			body: []string{"为支撑“一件事”集成服务，我局拟在区政务数据共享平台归集不动产登记结果数据。依据《滨海区政务数据共享管理办法》第十二条，现商请贵局提供以下支持：",
				"一、共享字段包括权利人姓名（脱敏）、不动产单元号、坐落、面积、用途和登记时间，共计14项；", "二、更新频次为每日增量，首次全量约86万条；",
				"三、数据使用范围限于入学、落户和公积金提取三类事项，全程留痕，可追溯到人。", "请于11月20日前函复为盼。联系人：罗思远，电话：0000-6612345。"},
			signed: "滨海区数据资源管理局", date: "2026年11月9日", copies: "区政府办公室", recipe: []recipe{also("odt", "函-数据共享.odt")}},
		{name: "报告-前三季度经济运行.docx", features: []string{"long"}, head: "滨海区人民政府文件", number: "滨府〔2026〕81号",
			title: "关于2026年前三季度经济运行情况的报告", to: "区人大常委会",
			body:   append([]string{"前三季度，全区实现地区生产总值612.8亿元，同比增长5.7%；一般公共预算收入48.36亿元，同比增长4.1%；居民人均可支配收入41,205元，同比增长5.2%。现将有关情况报告如下："}, chapters(3, 8)...),
			signed: "滨海区人民政府", date: "2026年10月28日", copies: "区委，区政协"},
		{name: "批复-学校命名.docx", head: "滨海区人民政府", number: "滨府复〔2026〕9号", title: "关于同意海棠街道新建学校命名的批复", to: "区教育局",
			body:   []string{"《关于海棠街道新建九年一贯制学校命名的请示》（滨教〔2026〕66号）收悉。经研究，同意命名为“滨海区海棠实验学校”。", "请按规定办理事业单位登记和办学许可手续，并做好校名标识的规范使用。", "此复。"},
			signed: "滨海区人民政府", date: "2026年6月24日", copies: "区委编办，海棠街道办事处"},
		{name: "公告-道路封闭.docx", features: []string{"table"}, head: "滨海区交通运输局公告", number: "2026年第15号", title: "关于盐田路部分路段临时封闭施工的公告", to: "各有关单位和广大市民",
			body:     []string{"因地下综合管廊施工需要，自2026年11月18日零时起至2027年1月31日二十四时止，盐田路（双桥路至灯塔街段）实行全封闭施工。途经公交3路、17路、夜2路临时改线。", "封闭期间，社会车辆可绕行新垦大道、海棠路；行人和非机动车由北侧3.5米便道通行。", "施工给您带来不便，敬请谅解。"},
			enclosed: []string{"公交线路调整一览表"}, signed: "滨海区交通运输局", date: "2026年11月10日", copies: "区公安分局交警大队"},
		{name: "通报-督查情况.docx", features: []string{"character grid"}, head: "滨海区人民政府督查室", number: "滨督〔2026〕31号", title: "关于10月份重点工作督查情况的通报", to: "各有关单位",
			body: chapters(5, 9), signed: "滨海区人民政府督查室", date: "2026年11月2日", copies: "区纪委监委"},
	}
	var all []made
	for _, l := range letters {
		all = append(all, word(l.name, l.word(), append(l.features, "official", "red head", "page numbers"), l.recipe...))
	}
	return append(all, minutes())
}

// minutes is a 会议纪要: who was there, and what was decided.
func minutes() made {
	w := &parts.Word{Title: "区政府常务会议纪要"}
	w.Add(parts.P(`<w:jc w:val="center"/><w:spacing w:line="900" w:lineRule="exact"/>`, parts.Run(parts.Font("方正小标宋简体", 60)+`<w:color w:val="FF0000"/>`, "滨海区人民政府常务会议纪要")),
		parts.P(`<w:tabs><w:tab w:val="right" w:pos="8844"/></w:tabs><w:pBdr><w:bottom w:val="double" w:sz="6" w:space="1" w:color="FF0000"/></w:pBdr>`, parts.Run("", "第41次"), `<w:r><w:tab/></w:r>`, parts.Run("", "2026年11月12日")),
		parts.Table([]int{1800, 7000}, 0, [][]parts.Cell{
			cells("时　间", "2026年11月12日（星期四）上午9:00—11:40"), cells("地　点", "区政府第一会议室（望潮路8号）"),
			cells("主　持", people[0]), cells("出　席", strings.Join(people[1:7], "、")), cells("列　席", strings.Join(people[7:], "、")), cells("记　录", "办公室综合科")}))
	for i, text := range []string{"会议听取了区财政局关于2026年预算调整方案的汇报，原则同意调增一般公共预算支出1.28亿元，主要用于民生实事和海堤加固。",
		"会议强调，要坚决守住“三保”底线，严禁超预算、无预算安排支出。", "会议审议了《滨海区智慧停车建设运营方案》，要求由区交通运输局牵头，于12月10日前修改完善后再次上会。",
		"会议指出，公共停车泊位收费必须公示标准，前30分钟免费，不得变相涨价。", "会议研究了安全生产工作，决定自11月20日起开展为期四十天的冬季大检查。"} {
		w.Add(paragraph(fmt.Sprintf("%d．%s", i+1, text)))
	}
	w.Section(w.Furniture("footer", "default", pageNumber("center")) + parts.A4)
	return word("会议纪要-常务会议.docx", w, []string{"official", "minutes", "table", "right tab"}, also("doc", "会议纪要-常务会议.doc"))
}
