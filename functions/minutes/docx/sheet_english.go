package docx

// english sets the same paper, order and styles in a serif typeface of 12 pt, with
// margins of an inch and numbers as English documents have them.
func english() sheet {
	const line, size = 16.8, 12 // 140 % of the size
	level1 := level{"decimal", "%1.", Heading1, font{}, points(21, -21), "tab"}
	level2 := level{"decimal", "%1.%2", Heading2, font{}, points(28, -28), "tab"}
	level3 := level{"decimal", "%1.%2.%3", Heading3, font{}, points(36, -36), "tab"}
	level4 := level{"decimal", "%4.", Number, font{}, points(21, -21), "tab"}
	return sheet{
		language: "en-GB", top: mm(25.4), left: mm(25.4), right: mm(25.4), bottom: mm(25.4), footer: mm(12.7),
		fonts: []font{romanFont, songFont, heiFont},
		base:  romanFont, baseEast: songFont, baseSize: size,
		levels: []level{level1, level2, level3, level4},
		bullet: points(21, -14),
		styles: []style{
			{id: "Normal", name: "Normal", line: line, align: "left"},
			{id: Body, name: "Body Text", after: 6},
			{id: Title, name: "Title", next: Body, size: 22, bold: true, align: "center", line: 27, after: 14, keepNext: true},
			{id: Masthead, name: "Masthead", custom: true, next: Body, size: 26, bold: true, colour: "C00000", spacing: 1, align: "center", before: 24, after: 6, line: 32, keepNext: true},
			{id: Issue, name: "Issue", custom: true, next: Title, align: "center", after: 18, rule: "C00000", keepNext: true},
			{id: Heading1, name: "heading 1", next: Body, east: heiFont, size: 15, bold: true, outline: 1, level: 1, indent: points(21, -21), before: 16, after: 6, line: 19, keepNext: true},
			{id: Heading2, name: "heading 2", next: Body, east: heiFont, size: 13, bold: true, outline: 2, level: 2, indent: points(28, -28), before: 10, after: 4, keepNext: true},
			{id: Heading3, name: "heading 3", next: Body, east: heiFont, bold: true, outline: 3, level: 3, indent: points(36, -36), before: 8, after: 4, keepNext: true},
			{id: Bullet, name: "List Bullet", bulleted: true, indent: points(21, -14), after: 3},
			{id: Number, name: "List Number", level: 4, indent: points(21, -21), after: 3},
			{id: Fact, name: "Fact", custom: true, after: 2},
			{id: Attendance, name: "Attendance", custom: true, keepNext: true, after: 2},
			{id: Note, name: "Note", custom: true, size: 10.5, colour: "595959", before: 10},
			{id: Speech, name: "Speech", custom: true, after: 5},
			{id: Issuer, name: "Signature", align: "right", before: 18, keepNext: true},
			{id: Date, name: "Date", align: "right"},
			{id: cell, name: "Table Text", custom: true, size: 11, line: 14, before: 2, after: 2},
			{id: heading, name: "Table Heading", custom: true, size: 11, bold: true, line: 14, before: 2, after: 2},
			{id: imprint, name: "Imprint", custom: true, size: 11, line: 16},
			{id: "TableEnd", name: "Table End", custom: true, hidden: true, size: 1, line: 2},
			{id: "Footer", name: "footer", size: 10.5, line: 14, align: "center"},
			{id: "Strong", name: "Strong", character: true, bold: true},
			{id: "TimeMark", name: "Time Mark", custom: true, character: true, size: 9.5, colour: "595959"},
		},
	}
}
