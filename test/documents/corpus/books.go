package corpus

import (
	"fmt"
	"strings"

	"xietong.dev/test/documents/parts"
)

// serial is a day as spreadsheets count it; 46023 is 1 January 2026.
const serial = 46023

func books() []made {
	return []made{budget(), duty(), several(), register(), printed(), wide(), lights(), noted(), invoice(), holdings(), bookTemplate(), bookMacros(), sparse()}
}

func book(name string, b *parts.Book, features []string, recipes ...recipe) made {
	data := b.Bytes()
	return made{name: name, features: features, text: b.Says(), data: data, recipe: recipes}
}

func style(n int, v any) parts.Styled { return parts.Styled{Style: n, Value: v} }

func heads(texts ...string) []any {
	row := make([]any, len(texts))
	for i, text := range texts {
		row[i] = style(parts.Head, text)
	}
	return row
}

func merge(areas ...string) string {
	return `<mergeCells><mergeCell ref="` + strings.Join(areas, `"/><mergeCell ref="`) + `"/></mergeCells>`
}

func widths(each ...int) string {
	var out strings.Builder
	for i, w := range each {
		fmt.Fprintf(&out, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, w)
	}
	return `<cols>` + out.String() + `</cols>`
}

// budget has formulas, money, shares, and a title over all columns.
func budget() made {
	b := &parts.Book{Title: "2026年部门预算执行表"}
	s := b.Sheet("预算执行")
	s.Before = widths(18, 15, 15, 9, 12)
	s.Row(style(parts.Big, "2026年部门预算执行情况表"))
	s.Row("单位：元", nil, nil, nil, style(parts.Month, serial+304))
	s.Row(heads("部门", "预算数", "执行数", "执行率", "截止日")...)
	var planned, spent float64
	for i, bureau := range bureaus {
		plan := float64(12_500_000 + i*3_750_000)
		done := plan * (0.61 + float64(i)*0.03)
		planned, spent = planned+plan, spent+done
		s.Row(style(parts.Bordered, bureau), style(parts.Yuan, plan), style(parts.Yuan, done), style(parts.Percent, parts.Formula{Text: fmt.Sprintf("C%d/B%d", i+4, i+4), Value: done / plan}), style(parts.Date, serial+303))
	}
	s.Row(style(parts.Bordered, "合计"), style(parts.Yuan, parts.Formula{Text: "SUM(B4:B13)", Value: planned}), style(parts.Yuan, parts.Formula{Text: "SUM(C4:C13)", Value: spent}), style(parts.Percent, parts.Formula{Text: "C14/B14", Value: spent / planned}), style(parts.Bordered, nil))
	s.After = merge("A1:E1")
	return book("部门预算执行.xlsx", b, []string{"formulas", "money", "percent", "dates", "merged cells"}, also("xls", "部门预算执行.xls"), also("ods", "部门预算执行.ods"), also("xls", "部门预算执行.et"), also("fods", "部门预算执行.fods"))
}

func duty() made {
	b := &parts.Book{Title: "值班表"}
	s := b.Sheet("11月值班")
	s.Before = widths(10, 16, 12, 12, 26)
	s.Row(style(parts.Big, "区政府总值班室2026年11月值班表"))
	s.Row(heads("周次", "日期", "带班领导", "值班员", "备注")...)
	var areas []string
	for i := range 28 {
		week := any(style(parts.Bordered, nil))
		if i%7 == 0 {
			week = style(parts.Steep, "第"+numeral(i/7+1)+"周")
			areas = append(areas, fmt.Sprintf("A%d:A%d", i+3, i+9))
		}
		s.Row(week, style(parts.Date, serial+304+i), style(parts.Bordered, people[i%5]), style(parts.Bordered, people[5+i%7]), style(parts.Wrapped, "夜间电话0000-66"+fmt.Sprint(10000+i*37)))
	}
	s.After = merge(append(areas, "A1:E1")...)
	return book("值班表.xlsx", b, []string{"merged cells", "rotated text"}, also("xls", "值班表.xls"))
}

// several has a hidden sheet, and one that refers to another.
func several() made {
	b := &parts.Book{Title: "街道人口"}
	total := b.Sheet("汇总")
	total.Row(heads("项目", "数值")...)
	total.Row("常住人口合计", style(parts.Thousands, parts.Formula{Text: "SUM('分街道'!B2:B9)", Value: 1_007_108}))
	total.Row("大写街道数", style(parts.Chinese, 8))
	each := b.Sheet("分街道")
	each.Row(heads("街道", "常住人口", "户数")...)
	for i, street := range streets {
		each.Row(street, style(parts.Thousands, 98_000+i*7961), style(parts.Thousands, 31_200+i*1733))
	}
	hidden := b.Sheet("参数（隐藏）")
	hidden.State = "hidden"
	hidden.Row("折算系数", 1.0837)
	m := book("街道人口.xlsx", b, []string{"several sheets", "hidden sheet", "references"}, also("ods", "街道人口.ods"))
	m.text = strings.ReplaceAll(m.text, "折算系数", "") // nobody sees it
	return m
}

// register has two thousand rows, a frozen head, and it again on every page.
func register() made {
	b := &parts.Book{Title: "固定资产登记簿", Names: `<definedName name="_xlnm.Print_Titles" localSheetId="0">资产!$1:$1</definedName><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">资产!$A$1:$G$2001</definedName>`}
	s := b.Sheet("资产")
	s.Before = `<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>` + widths(16, 20, 18, 12, 14, 10, 16)
	s.Row(heads("资产编号", "名称", "使用单位", "数量", "原值", "折旧率", "购置日期")...)
	names := []string{"台式计算机", "激光打印机", "会议桌", "执法记录仪", "空气调节器", "档案密集架", "便携式扫描仪"}
	for i := range 2000 {
		s.Row(fmt.Sprintf("BH%06d", 100001+i*3), names[i%7], bureaus[i*7%10], 1+i%9, style(parts.Yuan, 1299+float64(i%97)*113.5), style(parts.Percent, float64(i%40)/100), style(parts.Date, serial-i%1400))
	}
	s.After = `<autoFilter ref="A1:G2001"/><pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="portrait"/><headerFooter><oddHeader>&amp;C固定资产登记簿</oddHeader><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>`
	return book("固定资产登记簿.xlsx", b, []string{"2,000 rows", "frozen panes", "print titles", "filter", "headers"}, also("xls", "固定资产登记簿.xls"), also("ods", "固定资产登记簿.ods"))
}

// printed shows one area only, on a page that it is fitted to.
func printed() made {
	b := &parts.Book{Title: "票据", Names: `<definedName name="_xlnm.Print_Area" localSheetId="0">收据!$A$1:$D$8</definedName>`}
	s := b.Sheet("收据")
	s.Before = `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` + widths(18, 14, 14, 20)
	s.Row(style(parts.Big, "非税收入缴款书"))
	s.Row(heads("项目", "标准", "数量", "金额")...)
	for i := range 5 {
		s.Row(style(parts.Bordered, []string{"占道费", "绿化补偿", "档案查询", "停车费", "场地费"}[i]), style(parts.Yuan, 15+i*20), style(parts.Bordered, 3+i), style(parts.Yuan, parts.Formula{Text: fmt.Sprintf("B%d*C%d", i+3, i+3), Value: float64((15 + i*20) * (3 + i))}))
	}
	s.Row("收款人：黄启明")
	for range 12 {
		s.Row("", "", "", "", "", 17)
	}
	s.After = merge("A1:D1") + `<pageSetup paperSize="11" orientation="landscape" fitToHeight="1" fitToWidth="1"/>`
	return book("缴款书.xlsx", b, []string{"print area", "fit to page", "A5"})
}

func wide() made {
	b := &parts.Book{Title: "年度监测"}
	s := b.Sheet("海水水质")
	row := heads("站位")
	for c := range 47 {
		row = append(row, style(parts.Head, fmt.Sprintf("第%d周", c+1)))
	}
	s.Row(row...)
	for i, street := range streets {
		values := []any{street + "近岸"}
		for c := range 47 {
			values = append(values, 6.5+float64((i*c)%30)/10)
		}
		s.Row(values...)
	}
	return book("海水水质监测.xlsx", b, []string{"wide table"}, also("ods", "海水水质监测.ods"))
}

// lights has colours that depend on values.
func lights() made {
	b := &parts.Book{Title: "督办红黄绿灯"}
	s := b.Sheet("督办")
	s.Row(heads("事项", "进度", "超期天数", "得分")...)
	for i := range 24 {
		topic, _ := chapter(i)
		s.Row(fmt.Sprintf("%s（%d）", topic, i/8+1), style(parts.Percent, float64(i*4)/100), i*3-20, 60+i*13%40)
	}
	s.After = `<conditionalFormatting sqref="B2:B25"><cfRule type="dataBar" priority="1"><dataBar><cfvo type="min"/><cfvo type="max"/><color rgb="FF638EC6"/></dataBar></cfRule></conditionalFormatting><conditionalFormatting sqref="C2:C25"><cfRule type="cellIs" dxfId="0" priority="2" operator="greaterThan"><formula>0</formula></cfRule><cfRule type="cellIs" dxfId="1" priority="3" operator="lessThan"><formula>-10</formula></cfRule></conditionalFormatting><conditionalFormatting sqref="D2:D25"><cfRule type="colorScale" priority="4"><colorScale><cfvo type="min"/><cfvo type="max"/><color rgb="FFF8696B"/><color rgb="FF63BE7B"/></colorScale></cfRule></conditionalFormatting>`
	return book("督办事项.xlsx", b, []string{"conditional formats", "data bars"}, also("xls", "督办事项.xls"))
}

// noted has links and lists of allowed values.
func noted() made {
	b := &parts.Book{Title: "服务事项清单"}
	s := b.Sheet("清单")
	s.Row(heads("事项", "状态", "办事地址")...)
	for i := range 6 {
		s.Row([]string{"企业开办", "出生一件事", "公积金提取", "残疾人补贴", "户外广告审批", "渔船年检"}[i], "已上线", "网上办理"+fmt.Sprint(i+1))
	}
	id := s.RelateExternal("hyperlink", "https://service.binhai.example/list")
	s.After = `<dataValidations count="1"><dataValidation type="list" allowBlank="1" sqref="B2:B7"><formula1>"已上线,建设中,已下线"</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="C2" r:id="` + id + `"/></hyperlinks>`
	return book("服务事项清单.xlsx", b, []string{"hyperlinks", "validation"})
}

func invoice() made {
	b := &parts.Book{Title: "Invoice"}
	s := b.Sheet("Invoice 2026-118")
	s.Before = widths(34, 10, 14, 16)
	s.Row(style(parts.Big, "Northgate Marine Supplies Ltd."))
	s.Row(heads("Description", "Qty", "Unit price", "Amount")...)
	total := 0.0
	for i, item := range []string{"Navigation buoy, 1.8 m, solar", "Mooring rope, 64 mm (per 100 m)", "Fender, cylindrical", "Freight to Binhai Port"} {
		price, n := []float64{4250, 812.5, 1990, 6400}[i], []int{6, 4, 12, 1}[i]
		total += price * float64(n)
		s.Row(style(parts.Bordered, item), style(parts.Bordered, n), style(parts.Dollar, price), style(parts.Dollar, parts.Formula{Text: fmt.Sprintf("B%d*C%d", i+3, i+3), Value: price * float64(n)}))
	}
	s.Row("Total due", nil, nil, style(parts.Dollar, parts.Formula{Text: "SUM(D3:D6)", Value: total}))
	s.Row("Payment within 30 days of", nil, nil, style(parts.Moment, serial+310.604))
	return book("Invoice 2026-118.xlsx", b, []string{"English", "formulas", "money"})
}

func holdings() made {
	b := &parts.Book{Title: "库存"}
	s := b.Sheet("防汛物资")
	s.Row(heads("物资", "库存", "预警线", "状态")...)
	for i, item := range []string{"编织袋", "救生衣", "移动泵车", "应急灯", "橡皮艇", "发电机"} {
		stock, least := 40+i*55, 100
		verdict := 0.0
		if stock >= least {
			verdict = 1
		}
		s.Row(item, stock, least, parts.Formula{Text: fmt.Sprintf("IF(B%d>=C%d,1,0)", i+2, i+2), Value: verdict})
	}
	return book("防汛物资.et", b, []string{"formulas", "renamed"})
}

func bookTemplate() made {
	b := &parts.Book{Title: "报销单", Kind: parts.OfficeXML + "spreadsheetml.template.main+xml"}
	s := b.Sheet("报销单")
	s.Row(style(parts.Big, "差旅费报销单"))
	s.Row(heads("出发地", "到达地", "交通费", "住宿费")...)
	return book("差旅费报销单.xltx", b, []string{"template"})
}

func bookMacros() made {
	b := &parts.Book{Title: "考勤", Kind: "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}
	s := b.Sheet("考勤")
	s.Row(heads("姓名", "出勤天数")...)
	for i, name := range people {
		s.Row(name, 18+i%5)
	}
	return book("考勤统计.xlsm", b, []string{"macro-enabled"})
}

// sparse has one value far away from the others, and texts in the cells
// themselves.
func sparse() made {
	b := &parts.Book{Title: "便笺"}
	s := b.Sheet("便笺")
	s.Raw(`<row r="1"><c r="A1" t="inlineStr"><is><r><t>左上角</t></r><r><rPr><b/></rPr><t>加粗部分</t></r></is></c></row><row r="120"><c r="M120" t="inlineStr"><is><t>右下角的便笺</t></is></c></row>`)
	m := book("便笺.xlsx", b, []string{"inline texts", "rich text", "sparse"})
	m.text = "左上角加粗部分\n右下角的便笺"
	return m
}

// charts are workbooks that draw.
func charts() []made {
	b := &parts.Book{Title: "办件量分析"}
	s := b.Sheet("Sheet1")
	c := performance("bar")
	s.Row("街道", "2025年", "2026年")
	for i, name := range c.Categories {
		s.Row(name, c.Series[0].Values[i], c.Series[1].Values[i])
	}
	pie := performance("pie")
	pie.Series = pie.Series[1:]
	s.Show(8, []parts.Chart{c, performance("line"), pie}, nil)
	p := &parts.Book{Title: "巡查照片"}
	t := p.Sheet("巡查")
	t.Row("巡查点位", "南堤K2+460")
	t.Show(3, nil, [][]byte{parts.PNG(parts.Drawing(240, 160, 11)), parts.PNG(parts.Drawing(240, 160, 12))})
	return []made{
		book("办件量分析.xlsx", b, []string{"charts"}, also("xls", "办件量分析.xls"), also("ods", "办件量分析.ods")),
		book("巡查照片.xlsx", p, []string{"images"}),
	}
}
