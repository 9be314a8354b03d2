package corpus

import (
	"fmt"

	"xietong.dev/test/documents/parts"
)

func decks() []made {
	return []made{briefing(), tables(), drawn(), gallery(), noticed(), oldShape(), bilingual(), training(), show(), deckTemplate(), deckMacros(), dps()}
}

var wholeSlide = parts.Box{X: 25, Y: 45, Width: 250, Height: 120}

func deck(name string, d *parts.Deck, features []string, recipes ...recipe) made {
	data := d.Bytes()
	return made{name: name, features: features, text: d.Says(), data: data, recipe: recipes}
}

func bulleted(b parts.Box, size int, lines ...string) string {
	return parts.Shape("rect", "", b, parts.Bullets(size, lines...))
}

func briefing() made {
	d := &parts.Deck{Title: "老旧小区改造汇报"}
	d.Slide("", parts.Shape("rect", "1F3864", parts.Box{X: 0, Y: 55, Width: 338, Height: 60}, parts.Lines(4000, "滨海区老旧小区改造工作汇报")), parts.Shape("rect", "", parts.Box{X: 60, Y: 125, Width: 200, Height: 20}, parts.Lines(1800, "区住房城乡建设局　2026年11月")))
	for i := range 5 {
		heading, paragraphs := chapter(i)
		d.Slide("", parts.Heading(heading), bulleted(wholeSlide, 1800, paragraphs...))
	}
	return deck("老旧小区改造汇报.pptx", d, []string{"titles", "bullets"}, also("ppt", "老旧小区改造汇报.ppt"), also("odp", "老旧小区改造汇报.odp"))
}

func tables() made {
	d := &parts.Deck{Title: "重点项目进度"}
	rows := [][]string{{"项目", "总投资（亿元）", "完成率", "责任单位"}}
	for i := range 7 {
		rows = append(rows, []string{estates[i], fmt.Sprintf("%.2f", 0.8+float64(i)*0.37), fmt.Sprintf("%d%%", 35+i*9), bureaus[i]})
	}
	d.Slide("", parts.Heading("重点项目进度一览"), parts.Grid(wholeSlide, rows))
	d.Slide("", parts.Heading("各街道办件量对比"), d.Chart(parts.Box{X: 25, Y: 45, Width: 150, Height: 100}, performance("bar")), d.Chart(parts.Box{X: 185, Y: 45, Width: 120, Height: 100}, performance("line")))
	return deck("重点项目进度.pptx", d, []string{"table", "charts"}, also("ppt", "重点项目进度.ppt"), also("odp", "重点项目进度.odp"))
}

// drawn has arrows, a group and a slope of colour.
func drawn() made {
	d := &parts.Deck{Title: "办理流程"}
	shapes := []string{parts.Heading("“一件事”办理流程")}
	for i, step := range []string{"线上申请", "后台分办", "并联审批", "统一出件"} {
		shapes = append(shapes, parts.Shape("roundRect", "2E75B6", parts.Box{X: 15 + i*80, Y: 70, Width: 50, Height: 30}, parts.Lines(1600, step)))
		if i < 3 {
			shapes = append(shapes, parts.Shape("rightArrow", "FFC000", parts.Box{X: 67 + i*80, Y: 78, Width: 24, Height: 14}, `<a:p/>`))
		}
	}
	shapes = append(shapes, `<p:grpSp><p:nvGrpSpPr><p:cNvPr id="30" name="组"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="1000000" y="4300000"/><a:ext cx="4000000" cy="1500000"/><a:chOff x="0" y="0"/><a:chExt cx="4000000" cy="1500000"/></a:xfrm></p:grpSpPr>`+
		parts.Shape("ellipse", "70AD47", parts.Box{X: 0, Y: 0, Width: 50, Height: 40}, parts.Lines(1400, "数据共享"))+parts.Shape("star5", "C00000", parts.Box{X: 60, Y: 0, Width: 40, Height: 40}, `<a:p/>`)+`</p:grpSp>`)
	d.Slide("", shapes...)
	return deck("办理流程图.pptx", d, []string{"shapes", "groups"}, also("ppt", "办理流程图.ppt"))
}

func gallery() made {
	d := &parts.Deck{Title: "海岸线修复"}
	for i := range 3 {
		d.Slide("", parts.Heading(fmt.Sprintf("海岸线修复前后对比（%s）", numeral(i+1))), d.Image("png", parts.PNG(parts.Drawing(400, 260, uint32(20+i)))))
	}
	return deck("海岸线修复.pptx", d, []string{"images"})
}

func noticed() made {
	d := &parts.Deck{Title: "防汛培训"}
	for i := range 4 {
		heading, paragraphs := chapter(1 + i*8)
		d.Slide(fmt.Sprintf("讲解提示：第%d页用时三分钟，强调%s的职责。", i+1, bureaus[i]), parts.Heading(heading), bulleted(wholeSlide, 1600, paragraphs...))
	}
	return deck("防汛培训.pptx", d, []string{"notes"}, also("odp", "防汛培训.odp"))
}

func oldShape() made {
	d := &parts.Deck{Title: "党课", Old: true}
	d.Slide("", parts.Heading("专题学习提纲"), bulleted(parts.Box{X: 20, Y: 45, Width: 200, Height: 110}, 2000, "学原文、悟原理", "查问题、找差距", "抓整改、见实效"))
	return deck("专题学习提纲.pptx", d, []string{"4:3"})
}

func bilingual() made {
	d := &parts.Deck{Title: "Sister City Programme"}
	d.Slide("", parts.Heading("Sister City Programme 2027"), bulleted(wholeSlide, 2000, "Youth exchange: 24 students, two weeks in July", "Port technology forum, hosted by Shiomi City", "Budget: ¥1.6 million, shared equally"))
	d.Slide("", parts.Heading("交流事業の概要"), bulleted(wholeSlide, 2000, "青少年派遣：二十四名", "港湾技術フォーラム：潮見市で開催", "総事業費：約三千三百万円"))
	return deck("Sister City Programme.pptx", d, []string{"English", "Japanese"})
}

// training is long.
func training() made {
	d := &parts.Deck{Title: "新任干部培训"}
	for i := range 30 {
		heading, paragraphs := chapter(i)
		d.Slide("", parts.Heading(fmt.Sprintf("%d　%s", i+1, heading)), bulleted(wholeSlide, 1400, paragraphs...))
	}
	return deck("新任干部培训.pptx", d, []string{"long"})
}

func short(kind, title string, lines ...string) *parts.Deck {
	d := &parts.Deck{Title: title, Kind: kind}
	d.Slide("", parts.Heading(title), bulleted(wholeSlide, 2000, lines...))
	return d
}

func show() made {
	return deck("大厅滚动播放.ppsx", short(parts.OfficeXML+"presentationml.slideshow.main+xml", "大厅滚动播放", "取号请到一号机", "请保管好随身物品"), []string{"show"})
}

func deckTemplate() made {
	return deck("汇报模板.potx", short(parts.OfficeXML+"presentationml.template.main+xml", "汇报模板", "一、基本情况", "二、存在问题", "三、下步打算"), []string{"template"})
}

func deckMacros() made {
	return deck("知识竞赛.pptm", short("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml", "知识竞赛", "第一题：滨海区共有几个街道和镇？", "答案：八个"), []string{"macro-enabled"})
}

func dps() made {
	return deck("招商推介.dps", short("", "滨海区招商推介", "万吨级泊位七个", "标准厂房即租即用"), []string{"renamed"}, also("ppt", "招商推介（旧版）.dps"))
}
