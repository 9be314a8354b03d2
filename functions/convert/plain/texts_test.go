package plain

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/functions/convert/formats"
)

func TestEncodings(t *testing.T) {
	gbk := func(s string) string { b, _ := simplifiedchinese.GBK.NewEncoder().String(s); return b }
	big5 := func(s string) string { b, _ := traditionalchinese.Big5.NewEncoder().String(s); return b }
	wide := func(s string) string {
		b, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		return b
	}
	ascii := strings.Repeat("2026-03-12,ok\n", 10_000)
	for name, c := range map[string]struct {
		content, format, want, encoding string
	}{
		"txt in GBK":                {gbk("关于会议的通知\r\n请准时"), "txt", "关于会议的通知\n请准时", "gb18030"},
		"txt in Big5":               {big5("關於會議的通知"), "txt", "關於會議的通知", "big5"},
		"txt in UTF-16":             {wide("关于会议的通知"), "txt", "关于会议的通知", "utf-16le"},
		"txt with a mark":           {"\ufeff通知", "txt", "通知", "utf-8"},
		"csv in GBK":                {gbk("项目,金额\n道路,3\n"), "csv", "项目\t金额\n道路\t3\n", "gb18030"},
		"csv that is Chinese late":  {ascii + gbk("项目,金额\n"), "csv", strings.ReplaceAll(ascii, ",", "\t") + "项目\t金额\n", "gb18030"},
		"csv with tabs":             {wide("项目\t金额,元\n"), "csv", "项目\t金额,元\n", "utf-16le"},
		"a page that says GBK":      {gbk(`<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>通知`), "html", "通知\n", "gb18030"},
		"a page that says Big5":     {big5(`<meta charset=big5><p>通知公告`), "html", "通知公告\n", "big5"},
		"a page that lies":          {gbk(`<meta charset="utf-8"><p>关于会议的通知`), "html", "关于会议的通知\n", "gb18030"},
		"a page that lies in UTF-8": {`<meta charset="gbk"><p>关于会议的通知`, "html", "关于会议的通知\n", "utf-8"},
		"a page that says Latin":    {gbk(`<meta charset="iso-8859-1"><p>关于会议的通知`), "html", "关于会议的通知\n", "gb18030"},
		"a page that says nothing":  {gbk(`<p>关于会议的通知`), "html", "关于会议的通知\n", "gb18030"},
	} {
		got, notes, err := textOf([]byte(c.content), formats.Format(c.format), defaults(t))
		if got != c.want || notes.Encoding != c.encoding || err != nil {
			t.Errorf("%s: got %.40q in %q, %v", name, got, notes.Encoding, err)
		}
	}
}

func TestHTML(t *testing.T) {
	for name, c := range map[string]struct{ md, has, hasNot string }{
		"a heading":        {"# 通知", "<h1>通知</h1>", ""},
		"a table":          {"| 甲 | 乙 |\n| - | - |\n| 1 | 2 |", "<td>1</td>", ""},
		"raw HTML":         {"<script>alert(1)</script>\n\n甲 <iframe src=x> 乙", "甲", "<iframe"},
		"a script address": {"[甲](javascript:alert(1))", "甲", "javascript"},
		"a picture":        {"![图](http://192.0.2.1/a.png)", "图", "192.0.2.1"},
		"a picture inline": {"甲![图](file:///etc/passwd)乙", "甲图乙", "passwd"},
	} {
		var page bytes.Buffer
		err := HTML(&page, strings.NewReader(c.md), int64(len(c.md)), defaults(t))
		if err != nil || !strings.Contains(page.String(), c.has) || c.hasNot != "" && strings.Contains(page.String(), c.hasNot) {
			t.Errorf("%s: %v\n%s", name, err, page.String())
		}
	}
}

// What is written as Markdown is read back as the same text, whatever is in it.
func TestMarkdownKeepsTheText(t *testing.T) {
	for _, text := range []string{"# 不是标题", "1. 不是列表", "- 不是", "a*b*c_d_", "<b>&amp;", "[a](b) ![c](d)", "`x` ~~y~~", "a | b", `\\ \*`, "---", "===", "+ x", "> y", "10) z", "*重要*：请", "\t代码", "http://example.org/a_b_c"} {
		body := "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>" + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text) + "</w:t></w:r><w:r><w:t>后文</w:t></w:r></w:p>"
		for _, content := range []string{body, "<w:p/><w:tbl><w:tr><w:tc>" + body + "</w:tc></w:tr></w:tbl>"} {
			md, err := markdownOf(word(t, content), formats.Docx, defaults(t))
			if err != nil {
				t.Fatal(err)
			}
			back, _, err := textOf([]byte(md), formats.Md, defaults(t))
			if err != nil || strings.TrimSpace(back) != strings.TrimSpace(text)+"后文" {
				t.Errorf("%q became %q, %v, by %q", text, back, err, md)
			}
		}
	}
}

func TestNumbersAsShown(t *testing.T) {
	for _, c := range []struct {
		code string
		n    float64
		want string
	}{
		{"General", 1234567.891, "1234567.891"}, {"", 0.1 + 0.2, "0.3"}, {"", 1e20, "1E+20"}, {"", -5, "-5"}, {"", 1.0 / 3, "0.333333333"}, {"", 123456789012, "1.23456789012E+11"},
		{"0", 2.5, "2"}, {"0.00", -1.005, "-1.00"}, {"#,##0", 1234567, "1,234,567"}, {"#,##0.00_);(#,##0.00)", -1234.5, "(1,234.50)"},
		{"0.0%", 0.4567, "45.7%"}, {"000000", 42, "000042"}, {"0.##", 2.5, "2.5"}, {"0.##", 2, "2"}, {"#", 0, ""},
		{`"第"0"号"`, 7, "第7号"}, {`0.00"元"`, 3, "3.00元"}, {"[$￥-804]#,##0", 1200, "￥1,200"}, {"#,##0,", 1234567, "1,235"}, {`0;-0;"无"`, 0, "无"},
		{"0.00E+00", 12345, "1.23E+04"}, {"# ?/?", 0.5, "0.5"}, {"[Red]0", 3, "3"}, {"@", 5, "5"},
		{"yyyy/m/d", 46093, "2026/3/12"}, {"yyyy-mm-dd hh:mm:ss", 46093.5, "2026-03-12 12:00:00"}, {`yyyy"年"mm"月"dd"日"`, 46093, "2026年03月12日"},
		{"d-mmm-yy", 46093, "12-Mar-26"}, {"h:mm AM/PM", 0.75, "6:00 PM"}, {"[h]:mm", 1.5, "36:00"}, {"mm:ss", 0.0006944, "01:00"}, {"yyyy/m/d", 1, "1900/1/1"},
		{"yyyy/m/d", 61, "1900/3/1"}, {"yyyy/m/d", -1, "-1"}, {"yyyy/m/d", 1e300, "1E+300"}, {"[$-804]yyyy\"年\"m\"月\"", 46093, "2026年3月"},
	} {
		if got := parseFormat(c.code).show(c.n, false); got != c.want {
			t.Errorf("%v as %s: got %q, want %q", c.n, c.code, got, c.want)
		}
	}
	if got := parseFormat("yyyy/m/d").show(44631, true); got != "2026/3/12" {
		t.Errorf("by the Macintosh: got %s", got)
	}
}

func TestRecall(t *testing.T) {
	for _, c := range []struct {
		source, result string
		ratio          float64
		missing        string
	}{
		{"", "任何", 1, ""}, {"……", "", 1, ""},
		{"关于会议的通知，请参加。", "请参加 关于会议\n的通知", 1, ""},
		{"ﬁnance Ｆｕｌｌ ㈱", "finance full (株)", 1, ""}, {"⼈⺠", "人⺠", 1, ""}, {"co\u00adoperate", "co-\noperate", 1, ""}, {"ABC", "abc", 1, ""},
		{"甲乙丙丁", "甲丁", 0.5, "乙丙"}, {"甲1乙2", "1甲", 0.5, "乙2"}, {"甲1乙1", "甲乙", 0.5, "1…1"},
		{"通通通知", "通知", 0.5, "通通"}, {strings.Repeat("通", 100), "", 0, strings.Repeat("通", maxMissing)},
	} {
		ratio, missing := Recall(c.source, c.result)
		if ratio != c.ratio || missing != c.missing {
			t.Errorf("%q in %q: got %v %q, want %v %q", c.source, c.result, ratio, missing, c.ratio, c.missing)
		}
	}
}
