package minutes

import "xietong.dev/functions/minutes/docx"

// The tables of minutes as Word documents.

// wide are the facts of a form that need a row of their own.
var wide = map[string]bool{"meeting_name": true, "present": true, "absent": true, "observers": true, "agenda": true}

// form is the facts as a table: two to a row, and one where it is long.
func (doc document) form() docx.Table {
	t := docx.Table{Shares: []int{15, 42, 15, 28}}
	var row []docx.Cell
	for _, f := range doc.facts {
		label, value := docx.Cell{Runs: []docx.Run{docx.Text(f.label)}, Heading: true}, docx.Cell{Runs: []docx.Run{doc.filled(f.key, f.value)}}
		if wide[f.key] {
			value.Span = 3
			t.Rows = append(t.Rows, []docx.Cell{label, value})
			continue
		}
		if row = append(row, label, value); len(row) == 4 {
			t.Rows, row = append(t.Rows, row), nil
		}
	}
	return t
}

// tasks are a table of what is to be done, by whom, and until when.
func (doc document) tasks(lines []line) docx.Table {
	t := docx.Table{Shares: []int{52, 20, 28}, Heading: []string{doc.say("matter"), doc.say("who"), doc.say("when")}}
	for _, l := range lines {
		what := runs(tasks, l, "")
		for _, other := range l.others {
			what = append(what, docx.Text(" / "+other))
		}
		t.Rows = append(t.Rows, []docx.Cell{{Runs: what}, {Runs: []docx.Run{docx.Text(l.owner)}}, {Runs: []docx.Run{docx.Text(l.due)}}})
	}
	return t
}

// sideBySide are sentences in two languages, one in each column.
func (doc document) sideBySide(lines []line) docx.Table {
	t := docx.Table{}
	for _, lang := range doc.langs {
		t.Shares = append(t.Shares, 1)
		t.Heading = append(t.Heading, doc.say("language_"+lang))
	}
	for _, l := range lines {
		row := []docx.Cell{{Runs: runs(points, l, "")}}
		for i := range doc.langs[1:] {
			text := ""
			if i < len(l.others) {
				text = l.others[i]
			}
			row = append(row, docx.Cell{Runs: []docx.Run{docx.Text(text)}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
