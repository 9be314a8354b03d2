package docx

// The fonts of official documents, and those that Windows has in their place.
var (
	titleFont = font{"方正小标宋简体", "宋体", true}
	bodyFont  = font{"仿宋_GB2312", "仿宋", true}
	heiFont   = font{"黑体", "SimHei", true}
	kaiFont   = font{"楷体_GB2312", "楷体", true}
	songFont  = font{"宋体", "SimSun", true}
	romanFont = font{"Times New Roman", "Liberation Serif", false}
)

// Sizes of Chinese type in points. GB/T 9704-2012 names them by number: the text is
// set in 3号 (5.2.2), the title in 2号 (7.3.1), the page number and the imprint in 4号
// (7.5, 7.4.2).
const (
	size2      = 22
	size3      = 16
	size4      = 14
	sizeSmall4 = 12
	sizeMast   = 42 // 初号: the standard leaves the size to the issuer (7.2.4)
)

// chinese is GB/T 9704-2012: A4, upper margin 37 mm, left margin 28 mm, a text area of
// 156 by 225 mm (5.2.1) with 22 lines of 28 characters (5.2.3). A line so has 28.99 pt,
// and a character 15.79 pt: 3号 is 16, so each gives up a quarter of a point.
func chinese() sheet {
	const line, squeeze = 28.95, -0.25
	two := characters(size3, 0, 2, 0) // each paragraph begins two characters in (7.3.3)
	level1 := level{"chineseCountingThousand", "%1、", Heading1, heiFont, two, "nothing"}
	level2 := level{"chineseCountingThousand", "（%2）", Heading2, kaiFont, two, "nothing"}
	level3 := level{"decimal", "%3.", Heading3, bodyFont, two, "nothing"}
	level4 := level{"decimal", "%4.", Number, bodyFont, two, "nothing"}
	return sheet{
		language: "zh-CN", top: mm(37), left: mm(28), right: mm(210 - 28 - 156), bottom: mm(297 - 37 - 225),
		// The rules beside the page number lie 7 mm below the text area (7.5).
		footer: mm(297-37-225-7) - pt(size4), line: pt(line),
		fonts: []font{titleFont, bodyFont, heiFont, kaiFont, songFont, romanFont},
		base:  romanFont, baseEast: bodyFont, baseSize: size3,
		// 一、 in 黑体, （一） in 楷体, what lies below in the text's own 仿宋 (7.3.3).
		levels: []level{level1, level2, level3, level4},
		bullet: points(3*size3, -size3),
		styles: []style{
			{id: "Normal", name: "Normal", line: line, spacing: squeeze, align: "both"},
			{id: Body, name: "Body Text", indent: two},
			{id: Title, name: "Title", next: Body, east: titleFont, size: size2, align: "center", line: 35, before: line, after: line, keepNext: true},
			// Its upper edge stands 35 mm below that of the text area, in red (10.3).
			{id: Masthead, name: "Masthead", custom: true, next: Body, east: titleFont, size: sizeMast, colour: "FF0000", spacing: 6, align: "center", before: 35 * 72 / 25.4, after: 10, line: 52, keepNext: true},
			{id: Issue, name: "Issue", custom: true, next: Title, align: "center", after: 4, rule: "FF0000", keepNext: true},
			{id: Heading1, name: "heading 1", next: Body, east: heiFont, outline: 1, level: 1, indent: two, keepNext: true},
			{id: Heading2, name: "heading 2", next: Body, east: kaiFont, outline: 2, level: 2, indent: two, keepNext: true},
			{id: Heading3, name: "heading 3", next: Body, east: bodyFont, outline: 3, level: 3, indent: two, keepNext: true},
			{id: Bullet, name: "List Bullet", bulleted: true, indent: points(3*size3, -size3)},
			{id: Number, name: "List Number", level: 4, indent: two},
			{id: Fact, name: "Fact", custom: true, indent: characters(size3, 2, 0, 0)},
			// The names go on below the first of them (10.3): 出席： has three characters.
			{id: Attendance, name: "Attendance", custom: true, keepNext: true, indent: characters(size3, 5, -3, 0)},
			{id: Note, name: "Note", custom: true, size: size4, colour: "595959", indent: characters(size4, 2, 0, 0)},
			{id: Speech, name: "Speech", custom: true, indent: two},
			// Right with two characters left free, the date with four (7.3.5.2).
			{id: Issuer, name: "Signature", align: "right", indent: characters(size3, 0, 0, 2), before: line, keepNext: true},
			{id: Date, name: "Date", align: "right", indent: characters(size3, 0, 0, 4)},
			{id: cell, name: "Table Text", custom: true, size: size4, line: 22, before: 2, after: 2, align: "left"},
			{id: heading, name: "Table Heading", custom: true, east: heiFont, size: size4, line: 22, before: 2, after: 2, align: "center"},
			// 抄送： stands one character in, and what follows goes on below its end (7.4.2).
			{id: imprint, name: "Imprint", custom: true, size: size4, line: 24, align: "left", indent: characters(size4, 4, -4, 0)},
			{id: "TableEnd", name: "Table End", custom: true, hidden: true, size: 1, line: 2},
			{id: "Footer", name: "footer", west: songFont, east: songFont, size: size4, line: size4, align: "center"},
			{id: "Strong", name: "Strong", character: true, east: heiFont},
			{id: "TimeMark", name: "Time Mark", custom: true, character: true, size: sizeSmall4, colour: "595959"},
		},
	}
}
