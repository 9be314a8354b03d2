package book

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

func inflated(t *testing.T, packed []byte, deflated bool) []byte {
	t.Helper()
	if !deflated {
		return packed
	}
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

func TestTextOfAPage(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"paragraphs":                    {"<p>一</p><p> 二 </p>\n<p></p>三", "一\n二\n三"},
		"spaces":                        {"<p>a  b\n\t c&nbsp;d　e</p>", "a b c d e"},
		"a line end between characters": {"<p>读书\n  馆，\n中 文\nabc\n中</p>", "读书馆，中 文 abc 中"},
		"elements within a word":        {"<p>读<b>书</b><i>馆</i> a<span>b</span>c</p>", "读书馆 abc"},
		"ruby":                          {"<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>は</p>", "漢字は"},
		"ruby without ends":             {"<p><ruby>漢<rp>(<rt>かん<rp>)</ruby>字</p>", "漢字"},
		"what is not shown":             {"<head><title>x</title><meta charset='utf-8'></head><body>a<script>if (a<b) alert('</p>')</script><style>p{}</style><svg><text>s</text></svg>b<!-- c --></body>", "ab"},
		"XHTML's empty elements":        {`<head><title/><script src="x"/><style/></head><body><p/><p>一</p><a id="x"/>二<textarea/>三<iframe/>四</body>`, "一\n二三四"},
		"a head without an end":         {"<head><title>x</title><body>一", "一"},
		"entities":                      {"<p>&lt;&amp;&hellip;&#x4e2d;&#20013;&unknown;&copy</p>", "<&…中中&unknown;©"},
		"CDATA":                         {"<p><![CDATA[a<b]]></p>", "a<b"},
		"lists":                         {"<ul><li>一<ol><li>一之一</li><li>一之二</li></ol></li><li>二</li></ul>", "一\n一之一\n一之二\n二"},
		"a table":                       {"<table><tr><th>甲</th><th>乙</th></tr>\n<tr><td>1</td>\n<td>2</td></tr></table>", "甲\t乙\n1\t2"},
		"lines of a poem":               {"<p>床前明月光<br/>疑是地上霜</p>", "床前明月光\n疑是地上霜"},
		"code":                          {"<pre>a\n  b</pre><p>c\nd</p>", "a\nb\nc d"},
		"marks that are not seen":       {"<p>读\u200b书\u00ad\ufeff馆\u202e</p>", "读书馆"},
		"nothing":                       {"", ""},
		"nothing but a picture":         {"<p><img src='a.jpg'/></p>", ""},
		"never closed":                  {"<p>一<b>二", "一二"},
		"GBK that says so":              {"<?xml version='1.0' encoding='gbk'?><p>\xd6\xd0\xce\xc4</p>", "中文"},
		"UTF-16":                        {"\xff\xfe<\x00p\x00>\x00\x2d\x4e\x87\x65", "中文"},
	} {
		got, _, err := textOf([]byte(c.in))
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestHeadings(t *testing.T) {
	for line, want := range map[string]int{
		"第一章": chapter, "第1章 开始": chapter, "第１２章　全角": chapter, "第一百二十三回 宋江": chapter, "正文 第三章 路": chapter, "第十章：雨": chapter, "第一章风起云涌": chapter,
		"序": chapter, "序言": chapter, "前言": chapter, "楔子": chapter, "番外": chapter, "番外一 旧事": chapter, "番外篇：旧事": chapter, "后记": chapter, "尾聲": chapter, "附录一": chapter,
		"【第五章 雪】": chapter, "Chapter 1": chapter, "CHAPTER XII.": chapter, "Chapter One: Start": chapter, "Prologue": chapter, "Ｃｈａｐｔｅｒ　３": chapter,
		"第一卷 风": volume, "卷二": volume, "卷之三 雅": volume, "第二部": volume, "PART II": volume, "Book One": volume,
		"第三节 小结": section, "第一節": section,
		"第一部分内容是这样的": noHeading, "第二章节里说过": noHeading, "第一回合他输了": noHeading, "第三节课开始了": noHeading, "第一集团": noHeading, "他说第一章": noHeading,
		"第一章里有一句话，他一直记得。": noHeading, "序幕拉开了": noHeading, "番外的话": noHeading, "前言不搭后语": noHeading, "附录里": noHeading, "chapter and verse": noHeading, "Part of it": noHeading,
		"第一次见面": noHeading, "Chapter 1 was the one that he read again and again, and then he put the book away for the night, tired": noHeading,
	} {
		if got := rankOf(line); got != want && (line != "chapter and verse") {
			t.Errorf("%s: got %d, want %d", line, got, want)
		}
	}
}

func chapters(t *testing.T, text string) (parts, toc []string) {
	b := opened(t, []byte(text), "a.txt")
	for i, p := range texts(t, b) {
		parts = append(parts, b.Contents.Reading[i].Title+"|"+strings.ReplaceAll(p.Text, "\n", "/"))
	}
	var list func(string, []events.BookHeading)
	list = func(indent string, all []events.BookHeading) {
		for _, h := range all {
			toc = append(toc, indent+h.Title+h.Href)
			list(indent+">", h.Children)
		}
	}
	list("", b.Contents.TOC)
	return parts, toc
}

func TestChaptersOfAText(t *testing.T) {
	for name, c := range map[string]struct {
		in         string
		parts, toc []string
	}{
		"chapters":          {"书名\n第一章 甲\n　　一。\r\n\r\n第二章 乙\n二。", []string{"|书名", "第一章 甲|第一章 甲/一。", "第二章 乙|第二章 乙/二。"}, []string{"第一章 甲#c2", "第二章 乙#c3"}},
		"volumes":           {"第一卷 风\n第一章 甲\n一。\n第一节 子\n节。\n第二卷 雨\n第二章 乙\n二。", []string{"第一章 甲|第一卷 风/第一章 甲/一。", "第一节 子|第一节 子/节。", "第二章 乙|第二卷 雨/第二章 乙/二。"}, []string{"第一卷 风#c1", ">第一章 甲#c1", ">>第一节 子#c2", "第二卷 雨#c3", ">第二章 乙#c3"}},
		"a list of its own": {"目录\n第一章\n第二章\n第三章\n第四章\n第五章\n第一章\n一。\n第二章\n二。", []string{"|目录/第一章/第二章/第三章/第四章/第五章", "第一章|第一章/一。", "第二章|第二章/二。"}, []string{"第一章#c2", "第二章#c3"}},
		"brackets":          {"【一】\n甲。\n【二】\n乙。", []string{"一|【一】/甲。", "二|【二】/乙。"}, []string{"一#c1", "二#c2"}},
		"brackets within":   {"第一章\n【系统提示】\n甲。", []string{"第一章|第一章/【系统提示】/甲。"}, []string{"第一章#c1"}},
		"no headings":       {"甲。\n乙。", []string{"|甲。/乙。"}, nil},
		"only a heading":    {"第一章", []string{"第一章|第一章"}, []string{"第一章#c1"}},
	} {
		parts, toc := chapters(t, c.in)
		if diff := cmp.Diff([][]string{c.parts, c.toc}, [][]string{parts, toc}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestStretches(t *testing.T) {
	paragraph := strings.Repeat("天地玄黄宇宙洪荒。", 100) // 900 letters
	for name, c := range map[string]struct {
		text    string
		letters []int
	}{
		"paragraphs":           {strings.Repeat(paragraph+"\n", 50), []int{20_700, 20_700, 3_600}},
		"one paragraph":        {strings.Repeat(paragraph, 50), []int{19_998, 19_998, 5_004}},
		"one without an end":   {strings.Repeat("天", 45_000), []int{20_000, 20_000, 5_000}},
		"a chapter":            {"第一章\n" + strings.Repeat(paragraph+"\n", 40), []int{36_003}},
		"a chapter too long":   {"第一章\n" + strings.Repeat(paragraph+"\n", 50), []int{40_503, 4_500}},
		"a heading at its end": {strings.Repeat(paragraph+"\n", 50) + "第一章", []int{20_700, 20_700, 3_600, 3}},
	} {
		b := opened(t, []byte(c.text), "a")
		var got []int
		for _, p := range b.Contents.Reading {
			got = append(got, p.Letters)
		}
		if diff := cmp.Diff(c.letters, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		all := ""
		for _, p := range texts(t, b) {
			all += strings.ReplaceAll(p.Text, "\n", "")
		}
		if all != strings.ReplaceAll(c.text, "\n", "") {
			t.Errorf("%s: text is lost", name)
		}
	}
}

func TestWhatATextSaysOfItself(t *testing.T) {
	b := opened(t, []byte("Title: Pride and Prejudice\nAuthor: Jane Austen\nLanguage: English\nISBN: 978-7-02-000220-7\n\nChapter 1\nIt is a truth."), "1342.txt")
	want := events.BookMetadata{Title: "Pride and Prejudice", Contributors: []events.Contributor{{Name: "Jane Austen", Role: "aut"}}, Language: "en", ISBN: "9787020002207"}
	if diff := cmp.Diff(want, b.Metadata); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string][2]string{
		"《三体》作者：刘慈欣.txt": {"三体", "刘慈欣"}, "三体 作者：刘慈欣.txt": {"三体", "刘慈欣"}, "《三体》.txt": {"三体", ""}, "a_b.fb2.zip": {"a b", ""}, "../../etc/passwd": {"passwd", ""}, "1.5度.txt": {"1.5度", ""}, "": {"", ""},
	} {
		title, author := fromName(name)
		if got := [2]string{title, author}; got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestReflow(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"Chinese":         {"关于召开会议的通知\n各处室定于二〇二六年三月五日上午九\n时在三楼会议室召开会议，请准时参加\n特此通知。\n办公室", "关于召开会议的通知\n各处室定于二〇二六年三月五日上午九时在三楼会议室召开会议，请准时参加特此通知。\n办公室"},
		"English":         {"It is a truth universally acknowledged that a single man\nin possession of a good fortune must be in want.\nHowever.", "It is a truth universally acknowledged that a single man in possession of a good fortune must be in want.\nHowever."},
		"nothing":         {"", ""},
		"nothing but air": {" \n \n", ""},
	} {
		if got := reflow(c.in); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestManyPagesOfAPDF(t *testing.T) {
	for count, want := range map[int][3]int{1: {1, 1, 1}, 2000: {1, 2000, 2000}, 2001: {10, 201, 1991 + 10}, 10_000: {10, 1000, 9991}, 30_000: {100, 300, 29_901}} {
		each := pagesPerPart(count)
		if each != want[0] || (count+each-1)/each != want[1] {
			t.Errorf("%d pages: %d a part", count, each)
		}
	}
	if got, want := pagePart(11, 20), (events.BookPart{Href: "#page=11", MediaType: "application/pdf", Title: "11–20"}); !cmp.Equal(got, want) {
		t.Error(got)
	}
}

func TestNaturalOrder(t *testing.T) {
	for _, c := range [][2]string{{"a2", "a10"}, {"A2", "a10"}, {"第1话/1", "第2话/0"}, {"a", "b"}, {"a", "a1"}, {"1.jpg", "01a.jpg"}, {"99999999999999999999", "100000000000000000000"}} {
		if natural(c[0], c[1]) >= 0 || natural(c[1], c[0]) <= 0 || natural(c[0], c[0]) != 0 {
			t.Errorf("%s, %s: %d", c[0], c[1], natural(c[0], c[1]))
		}
	}
}
