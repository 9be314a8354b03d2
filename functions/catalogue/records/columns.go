package records

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/width"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/isbn"
)

//go:embed columns.tsv
var listedColumns string

// columnNames says what columns mean, by what they are called.
var columnNames = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for l := range strings.Lines(listedColumns) {
		column, names, _ := strings.Cut(strings.TrimSpace(l), "\t")
		for _, name := range strings.Fields(names) {
			m[name] = column
		}
	}
	return m
})

// columnsOf finds what parts the names of columns, what the columns are, and which
// names mean nothing. The first of two columns with one meaning counts.
func columnsOf(names string) (comma rune, columns, ignored []string) {
	most := -1
	for _, c := range []rune{',', '\t', ';', '|'} {
		fields, err := split(names, c)
		if err != nil {
			continue
		}
		meant, unknown := meanings(fields)
		if known := len(fields) - len(unknown); known > most {
			most, comma, columns, ignored = known, c, meant, unknown
		}
	}
	return comma, columns, ignored
}

func meanings(fields []string) (columns, unknown []string) {
	for _, field := range fields {
		column := columnNames()[plainName(field)]
		if column == "" || slices.Contains(columns, column) {
			unknown = append(unknown, line(field))
			column = ""
		}
		columns = append(columns, column)
	}
	return columns, unknown
}

// plainName is a column's name without what people adorn it with: 出版日期（年）*.
func plainName(name string) string {
	name, _, _ = strings.Cut(width.Narrow.String(name), "(")
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// usable reports whether columns tell books apart and say something of them.
func usable(columns []string) bool {
	named := slices.ContainsFunc(columns, func(c string) bool { return c == "source_id" || c == "isbn" || c == "object" })
	return named && slices.ContainsFunc(columns, func(c string) bool { return c == "title" || c == "object" || c == "op" })
}

// operations are what people write for what is to be done.
var operations = map[string]string{"新增": Upsert, "添加": Upsert, "上传": Upsert, "更新": Upsert, "修改": Upsert, "add": Upsert, "update": Upsert,
	"元数据": Metadata, "下架": Withdraw, "撤回": Withdraw, "停用": Withdraw, "删除": Withdraw, "delete": Withdraw, "remove": Withdraw,
	"恢复": Restore, "重新上架": Restore}

// rowOf makes a row of the values of known columns.
func rowOf(columns, values []string) (Row, error) {
	v := map[string]string{}
	for i, column := range columns {
		if column != "" {
			v[column] = strings.TrimSpace(values[i])
		}
	}
	row := Row{Object: v["object"], SHA256: v["sha256"], Format: v["format"], Reason: v["reason"], Metadata: bookOf(v)}
	row.SourceID = cmp.Or(v["source_id"], row.Metadata.ISBN, v["object"])
	op := strings.ToLower(v["op"])
	row.Op = cmp.Or(operations[op], op)
	if row.Op == "" || row.Op == Upsert && row.Object == "" { // people write 更新 where only the table has changed
		row.Op = opOf(row.Object)
	}
	var err error
	if row.Licence, err = licenceOf(v); err != nil {
		return Row{}, err
	}
	if row.Version, err = whole("version", v["version"]); err != nil {
		return Row{}, err
	}
	row.Size, err = whole("size", v["size"])
	return row, err
}

// opOf is what to do with a book whose row does not say it.
func opOf(object string) string {
	if object != "" {
		return Upsert
	}
	return Metadata
}

func bookOf(v map[string]string) *events.BookMetadata {
	m := &events.BookMetadata{Title: v["title"], Subtitle: v["subtitle"], Publisher: v["publisher"], Published: v["published"],
		Language: v["language"], ISBN: leadingISBN(v["isbn"]), Series: v["series"], Position: position(v["position"]),
		Subjects: listOf(v["subjects"]), CLC: first(listOf(v["clc"])), Summary: v["summary"]}
	for _, c := range []struct{ column, role string }{{"author", "aut"}, {"editor", "edt"}, {"translator", "trl"}, {"illustrator", "ill"}} {
		m.Contributors = append(m.Contributors, people(v[c.column], c.role)...)
	}
	return m
}

func licenceOf(v map[string]string) (*events.Licence, error) {
	if v["copies"] == "" && v["lending_days"] == "" && v["ends"] == "" {
		return nil, nil
	}
	copies, err := whole("copies", v["copies"])
	if err != nil {
		return nil, err
	}
	days, err := whole("lending_days", v["lending_days"])
	if err != nil {
		return nil, err
	}
	ends := cmp.Or(date(v["ends"]), v["ends"]) // what is no date is refused later
	return &events.Licence{Copies: int(copies), LendingDays: int(days), Ends: ends}, nil
}

// whole is a whole number, 0 where there is none.
func whole(column, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, badf(CodeField, "%s %q must be a whole number", column, short(text))
	}
	return n, nil
}

// listOf parts a list in one field.
func listOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";；|、，,\n", r) })
}

// leadingISBN is a number without the binding and price behind it: 7020002207（平装）.
// It is normalised if it is an ISBN.
func leadingISBN(text string) string {
	if i := strings.IndexAny(text, "(（;；,，"); i >= 0 {
		text = text[:i]
	}
	if number, ok := isbn.Normalise(text); ok {
		return number
	}
	return strings.TrimSpace(text)
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
