package book

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
)

// three is a small EPUB 3 with other metadata.
func three(metadata string) []byte {
	return booktest.Replaced(booktest.EPUB3(booktest.Small()), booktest.Package, "</metadata>", metadata+"</metadata>")
}

// bare is an EPUB that says only this of itself.
func bare(metadata string) []byte {
	return booktest.With(booktest.EPUB3(booktest.Small()), booktest.Package, `<?xml version="1.1" encoding="utf-8"?><package><metadata>`+metadata+
		`</metadata><manifest><item id=" c1 " href="text/c1.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="
	c1 "/></spine></package>`)
}

func TestMetadataAsBooksWriteIt(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want events.BookMetadata
	}{
		"an entity without a declaration, spaces, and a control": {"<dc:title>\n 红楼梦&nbsp;&#x2028; 上册\u0007\u202e &amp; 下册 </dc:title>", events.BookMetadata{Title: "红楼梦 上册 & 下册"}},
		"a meta without an end":                                  {`<meta name="calibre:series" content="丛书"><dc:title>书</dc:title><meta name=cover content=x><dc:language>zh_CN</dc:language>`, events.BookMetadata{Title: "书", Series: "丛书", Language: "zh-CN"}},
		"letters and marks apart":                                {"<dc:title>Cafe\u0301</dc:title>", events.BookMetadata{Title: "Café"}},
		"a title that says it is not the main one": {`<dc:title id="a">第一辑</dc:title><meta refines="#a" property="title-type">collection</meta><dc:title id="b">书</dc:title>`,
			events.BookMetadata{Title: "书"}},
		"roles behind names": {"<dc:title>书</dc:title><dc:creator>（美）海明威 著；吴劳 译</dc:creator><dc:creator>张三、李四</dc:creator>", events.BookMetadata{Title: "书", Contributors: []events.Contributor{
			{Name: "（美）海明威", Role: "aut"}, {Name: "吴劳", Role: "trl"}, {Name: "张三", Role: "aut"}, {Name: "李四", Role: "aut"}}}},
		"two roles of one": {`<dc:title>书</dc:title><dc:creator id="a">王</dc:creator><meta refines="#a" property="role">aut</meta><meta refines="#a" property="role">ill</meta>`,
			events.BookMetadata{Title: "书", Contributors: []events.Contributor{{Name: "王", Role: "aut"}, {Name: "王", Role: "ill"}}}},
		"a role in words, and the program": {`<dc:title>书</dc:title><dc:contributor opf:role="Translator">王</dc:contributor><dc:contributor opf:role="bkp">calibre (7.0)</dc:contributor>`,
			events.BookMetadata{Title: "书", Contributors: []events.Contributor{{Name: "王", Role: "trl"}}}},
		"a wrong ISBN, and a right one":        {"<dc:title>书</dc:title><dc:identifier>urn:isbn:9787020002200</dc:identifier><dc:identifier>ISBN 7-02-000220-X</dc:identifier>", events.BookMetadata{Title: "书", ISBN: "9787020002207"}},
		"no ISBN but a number":                 {"<dc:title>书</dc:title><dc:identifier>1234567890</dc:identifier>", events.BookMetadata{Title: "书"}},
		"the date of publication":              {`<dc:title>书</dc:title><dc:date opf:event="modification">2020-01-01</dc:date><dc:date>2019</dc:date><dc:date opf:event="publication">2018年5月</dc:date>`, events.BookMetadata{Title: "书", Published: "2018-05"}},
		"a date with a time":                   {"<dc:title>书</dc:title><dc:date>2018-05-06T00:00:00+08:00</dc:date>", events.BookMetadata{Title: "书", Published: "2018-05-06"}},
		"a date that nobody knows":             {"<dc:title>书</dc:title><dc:date>0101-01-01T00:00:00+00:00</dc:date>", events.BookMetadata{Title: "书"}},
		"a day that is not":                    {"<dc:title>书</dc:title><dc:date>2023-02-30</dc:date>", events.BookMetadata{Title: "书", Published: "2023-02"}},
		"languages of three letters":           {"<dc:title>书</dc:title><dc:language>chi</dc:language>", events.BookMetadata{Title: "书", Language: "zh"}},
		"no language":                          {"<dc:title>书</dc:title><dc:language>und</dc:language>", events.BookMetadata{Title: "书"}},
		"a collection that is no series":       {`<dc:title>书</dc:title><meta property="belongs-to-collection" id="a">全集</meta><meta refines="#a" property="collection-type">set</meta>`, events.BookMetadata{Title: "书"}},
		"a class of the 中图法":                   {"<dc:title>书</dc:title><dc:subject>中图分类号：I247.5</dc:subject><dc:subject>小说</dc:subject><dc:subject>小说</dc:subject>", events.BookMetadata{Title: "书", CLC: "I247.5", Subjects: []string{"小说"}}},
		"a class by its authority":             {`<dc:title>书</dc:title><dc:subject id="s">计算机</dc:subject><meta refines="#s" property="authority">CLC</meta><meta refines="#s" property="term">TP312</meta>`, events.BookMetadata{Title: "书", CLC: "TP312", Subjects: []string{"计算机"}}},
		"a summary that is a page":             {"<dc:title>书</dc:title><dc:description>&lt;p&gt;一段。&lt;/p&gt;&lt;p&gt;又一段&amp;nbsp;。&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;</dc:description>", events.BookMetadata{Title: "书", Summary: "一段。\n又一段 。"}},
		"accessibility":                        {`<dc:title>书</dc:title><meta name="schema:accessibilityFeature" content="alternativeText"/><meta property="schema:accessibilityFeature">MathML</meta>`, events.BookMetadata{Title: "书", Accessibility: []string{"alternativeText", "MathML"}}},
		"a collection of the package's own":    {"<dc:title>书</dc:title></metadata><collection role='x'><metadata><dc:title>别的</dc:title></metadata></collection><metadata>", events.BookMetadata{Title: "书"}},
		"no title, and a name that is a title": {"", events.BookMetadata{Title: "我的 书"}},
	} {
		b := opened(t, bare(c.in), "C:\\books\\我的_书.epub")
		if diff := cmp.Diff(c.want, b.Metadata); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(b.Contents.Reading) != 1 {
			t.Errorf("%s: %d parts", name, len(b.Contents.Reading))
		}
	}
}

func TestContentsOfAnEPUB(t *testing.T) {
	b := opened(t, three(`<meta property="rendition:layout">pre-paginated</meta>`), "a")
	exact := cmpopts.IgnoreFields(events.BookPart{}, "Offset", "Packed", "Size", "CRC32")
	page := func(n string, title string) events.BookPart {
		return events.BookPart{Href: "OEBPS/text/c" + n + ".xhtml", MediaType: "application/xhtml+xml", Title: title, Deflated: true}
	}
	want := events.BookContents{
		DocumentVersion: 1, Fixed: true, Identifier: "urn:uuid:5f3c2a10-0000-4000-8000-000000000001",
		Reading: []events.BookPart{page("1", "第一章 开馆"), page("2", "第二章 找书"), page("3", "第三章 Reading on")},
		Resources: []events.BookPart{
			{Href: "OEBPS/style.css", MediaType: "text/css", Deflated: true},
			{Href: "OEBPS/nav.xhtml", MediaType: "application/xhtml+xml", Deflated: true, Properties: []string{"nav"}},
			{Href: "OEBPS/images/cover.jpg", MediaType: "image/jpeg", Properties: []string{"cover-image"}},
		},
		TOC: []events.BookHeading{
			{Title: "第一章 开馆", Href: "OEBPS/text/c1.xhtml"}, {Title: "第二章 找书", Href: "OEBPS/text/c2.xhtml"}, {Title: "第三章 Reading on", Href: "OEBPS/text/c3.xhtml"},
		},
	}
	if diff := cmp.Diff(want, b.Contents, exact, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	two := opened(t, booktest.EPUB2(booktest.Small()), "a")
	if diff := cmp.Diff(want.TOC, two.Contents.TOC); diff != "" {
		t.Error(diff)
	}
}

// TestRangesOfBytes reads a part by what Contents say of it, as a server does.
func TestRangesOfBytes(t *testing.T) {
	file := booktest.EPUB3(booktest.Small())
	b := opened(t, file, "a")
	for _, part := range append(b.Contents.Reading, b.Contents.Resources...) {
		packed := file[part.Offset : part.Offset+part.Packed]
		if got := inflated(t, packed, part.Deflated); int64(len(got)) != part.Size || int64(crc(got)) != part.CRC32 {
			t.Errorf("%s: %d bytes", part.Href, len(got))
		}
	}
}

func TestNamesThatDiffer(t *testing.T) {
	small := booktest.Small()
	for name, c := range map[string]struct{ href, entry string }{
		"escaped":            {"text/%E7%AC%AC%201.xhtml", "OEBPS/text/第 1.xhtml"},
		"escaped in the zip": {"text/a%20b.xhtml", "OEBPS/text/a%20b.xhtml"},
		"decomposed":         {"text/Cafe\u0301.xhtml", "OEBPS/text/Caf\u00e9.xhtml"},
		"composed":           {"text/Caf\u00e9.xhtml", "OEBPS/text/Cafe\u0301.xhtml"},
		"capitals":           {"Text/C1.XHTML", "OEBPS/text/c1.xhtml"},
		"upwards":            {"../OEBPS/text/../text/c1.xhtml", "OEBPS/text/c1.xhtml"},
		"from the root":      {"/OEBPS/text/c1.xhtml", "OEBPS/text/c1.xhtml"},
		"the other slash":    {`text\c1.xhtml`, "OEBPS/text/c1.xhtml"},
		"a question":         {"text/c1.xhtml?x=1", "OEBPS/text/c1.xhtml"},
		"GBK in the zip":     {"text/\u7b2c\u4e00\u7ae0\u7684\u6587\u7ae0.xhtml", "OEBPS/text/\xb5\xda\xd2\xbb\xd5\xc2\xb5\xc4\xce\xc4\xd5\xc2.xhtml"},
	} {
		file := booktest.EPUB3(small)
		files := booktest.Unzip(file)
		for i := range files {
			if files[i].Name == booktest.ChapterFile(1) {
				files[i].Name = c.entry
			}
		}
		b := opened(t, booktest.Replaced(booktest.Zip(files...), booktest.Package, "text/c1.xhtml", c.href), "a")
		if len(b.Contents.Reading) != 3 {
			t.Errorf("%s: %q", name, b.Warnings)
			continue
		}
		if got := texts(t, b)[0].Text; got != small.Chapters[0].Text() {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTablesOfContents(t *testing.T) {
	h := func(title, href string, children ...events.BookHeading) events.BookHeading {
		return events.BookHeading{Title: title, Href: "OEBPS/text/" + href, Children: children}
	}
	for name, c := range map[string]struct {
		nav  string
		want []events.BookHeading
	}{
		"levels, a text over others, a fragment": {`<nav epub:type="page-list"><ol><li><a href="text/c1.xhtml">1</a></li></ol></nav><nav epub:type="toc"><ol>
			<li><span>上<b>部</b></span><ol><li><a href="text/c1.xhtml">一</a></li><li><a href="text/c2.xhtml#s%201"><span>二</span></a><ol><li><a href="text/c2.xhtml#x">三</a></li></ol></li></ol></li><li><a href="text/c3.xhtml">下部</a></li></ol></nav>`,
			[]events.BookHeading{h("上部", "c1.xhtml", h("一", "c1.xhtml"), h("二", "c2.xhtml#s%201", h("三", "c2.xhtml#x"))), h("下部", "c3.xhtml")}},
		"without a type":                 {`<nav><ol><li><a href="text/c1.xhtml">一</a></ol></nav>`, []events.BookHeading{h("一", "c1.xhtml")}},
		"a line that leads nowhere":      {`<nav epub:type="toc"><ol><li><a href="text/no.xhtml">无</a></li><li><a href="https://example.org/">远</a></li><li><a href="text/c1.xhtml">一</a></li></ol></nav>`, []events.BookHeading{h("一", "c1.xhtml")}},
		"a line without a title":         {`<nav epub:type="toc"><ol><li><a href="text/c1.xhtml"> </a></li></ol></nav>`, []events.BookHeading{h("…", "c1.xhtml")}},
		"an NCX where a nav is expected": {`<ncx><navMap><navPoint><navLabel><text>一</text></navLabel><content src="text/c1.xhtml"/><navPoint><content src="text/c2.xhtml"/><navLabel><text>二</text></navLabel></navPoint></navPoint></navMap></ncx>`, []events.BookHeading{h("一", "c1.xhtml", h("二", "c2.xhtml"))}},
	} {
		b := opened(t, booktest.With(booktest.EPUB3(booktest.Small()), booktest.Nav, c.nav), "a")
		if diff := cmp.Diff(c.want, b.Contents.TOC); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestABrokenNavFallsBackToTheNCX(t *testing.T) {
	file := booktest.EPUB3(booktest.Small())
	file = booktest.With(file, "OEBPS/toc.ncx", `<ncx><navMap><navPoint><navLabel><text>一</text></navLabel><content src="text/c1.xhtml"/></navPoint></navMap></ncx>`)
	file = booktest.Replaced(file, booktest.Package, "</manifest>", `<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>`)
	b := opened(t, booktest.With(file, booktest.Nav, "<nav"), "a")
	if want := []events.BookHeading{{Title: "一", Href: "OEBPS/text/c1.xhtml"}}; !cmp.Equal(want, b.Contents.TOC) || len(b.Warnings) != 1 {
		t.Errorf("%v %q", b.Contents.TOC, b.Warnings)
	}
}

func TestDirectionAndNotes(t *testing.T) {
	small := booktest.Small()
	small.RightToLeft = true
	file := booktest.Replaced(booktest.EPUB3(small), booktest.Package, `<itemref idref="c3"/>`, `<itemref idref="c3" linear="no"/>`)
	b := opened(t, file, "a")
	inResources := slices.ContainsFunc(b.Contents.Resources, func(p events.BookPart) bool { return p.Href == booktest.ChapterFile(3) })
	if b.Contents.Direction != "rtl" || len(b.Contents.Reading) != 2 || !inResources {
		t.Errorf("%+v", b.Contents)
	}
}

func TestObfuscatedFontsAreNoDRM(t *testing.T) {
	for algorithm, want := range map[string]string{"http://www.idpf.org/2008/embedding": "idpf", "http://ns.adobe.com/pdf/enc#RC": "adobe"} {
		file := booktest.With(booktest.EPUB3(booktest.Small()), "OEBPS/font.otf", "scrambled")
		file = booktest.With(file, "META-INF/encryption.xml", booktest.Encryption(algorithm, "OEBPS/font.otf", ""))
		file = booktest.Replaced(file, booktest.Package, "</manifest>", `<item id="f" href="font.otf" media-type="font/otf"/></manifest>`)
		b := opened(t, file, "a")
		at := slices.IndexFunc(b.Contents.Resources, func(p events.BookPart) bool { return strings.HasSuffix(p.Href, ".otf") })
		if at < 0 || b.Contents.Resources[at].Scrambled != want || b.Contents.Identifier == "" {
			t.Errorf("%s: %+v", algorithm, b.Contents.Resources)
		}
	}
}
