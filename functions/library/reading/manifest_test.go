package reading

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
)

// night is a book with something of everything.
var night = librarytest.Book{
	Title: "长夜 & 灯", Identifier: "urn:uuid:7f3a1d52-0d2b-4c53-9d5c-1f6f4f3a2b1c", Direction: "ltr",
	Metadata: events.BookMetadata{Subtitle: "一部小说", Language: "zh-CN", ISBN: "9787302511854", Publisher: "清江出版社", Published: "2024-05-17", Series: "灯火", Position: 2,
		Contributors:  []events.Contributor{{Name: "林一", Role: "aut"}, {Name: "John Doe", Role: "trl"}, {Name: "王二", Role: "bkp"}},
		Subjects:      []string{"小说"},
		CLC:           "I247.57",
		Summary:       "一个城市的夜。",
		Accessibility: []string{"tableOfContents", "somethingNew"}},
	Reading: []librarytest.File{
		{Name: "OEBPS/text/第 1 章.xhtml", MediaType: typeXHTML, Title: "第一章", Body: librarytest.Chapter("第一章", "夜色很长。", "灯在远处亮着。")},
		{Name: "OEBPS/text/c2.xhtml", MediaType: typeXHTML, Title: "第二章", Body: librarytest.Chapter("第二章", "天亮了，夜色退去。Ｄawn <b>came</b> & 灯灭。")},
	},
	Resources: []librarytest.File{
		{Name: "OEBPS/css/style.css", MediaType: typeCSS, Body: "p{text-indent:2em}@import url(https://evil.example/a.css);"},
		{Name: "OEBPS/img/cover.png", MediaType: "image/png", Stored: true, Body: "\x89PNG stored bytes of a picture", Properties: []string{"cover-image"}},
		{Name: "OEBPS/img/map.svg", MediaType: "image/svg+xml", Body: `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`},
		{Name: "OEBPS/js/run.js", MediaType: "text/javascript", Body: "alert(1)"},
		{Name: "OEBPS/fonts/a.otf", MediaType: "application/vnd.ms-opentype", Scrambled: "idpf", Body: scrambled("idpf")},
		{Name: "OEBPS/fonts/b.otf", MediaType: "font/otf", Scrambled: "adobe", Body: scrambled("adobe")},
	},
	TOC: []events.BookHeading{{Title: "第一章", Href: "OEBPS/text/第 1 章.xhtml#top"}, {Title: "下", Href: "", Children: []events.BookHeading{{Title: "第二章", Href: "OEBPS/text/c2.xhtml"}}},
		{Title: "nowhere", Href: "OEBPS/text/c9.xhtml"}},
}

var (
	plainText = librarytest.Book{Format: events.BookTXT, Title: "杂记", Reading: []librarytest.File{
		{Name: "#c1", MediaType: "text/plain", Title: "第一章 风起", Body: "第一章 风起\n　　风<起>了。\n云涌。"}, {Name: "#c2", MediaType: "text/plain", Body: "没有标题。"}}, TOC: []events.BookHeading{{Title: "第一章 风起", Href: "#c1"}}}
	pdf = librarytest.Book{Format: events.BookPDF, Title: "报告", Whole: []byte("%PDF-1.7 0123456789"), Reading: []librarytest.File{
		{Name: "#page=1", MediaType: typePDF, Body: "第一页"}, {Name: "#page=2", MediaType: typePDF, Body: "第二页 结论"}}, TOC: []events.BookHeading{{Title: "结论", Href: "#page=2"}}}
	comic = librarytest.Book{Format: events.BookCBZ, Title: "漫画", Direction: "rtl", Reading: []librarytest.File{{Name: "p/001.png", MediaType: "image/png", Stored: true, Body: "one"}, {Name: "p/002.png", MediaType: "image/png", Body: "two"}}}
)

func TestManifest(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	m := ManifestOf(r.book("night"), "/base/")
	want := Manifest{
		Context: "https://readium.org/webpub-manifest/context.jsonld",
		Metadata: Metadata{Type: "http://schema.org/Book", ConformsTo: "https://readium.org/webpub-manifest/profiles/epub", Identifier: "urn:isbn:9787302511854",
			Title: "长夜 & 灯", Subtitle: "一部小说", Language: "zh-CN", Author: []Name{{Name: "林一"}}, Translator: []Name{{Name: "John Doe"}},
			Contributor: []Name{{Name: "王二", Role: "bkp"}}, Publisher: "清江出版社", Published: "2024-05-17", Description: "一个城市的夜。",
			Subject:   []Subject{{Name: "小说"}, {Name: "I247.57", Code: "I247.57", Scheme: "http://id.loc.gov/vocabulary/classSchemes/clc"}},
			BelongsTo: &BelongsTo{Name{Name: "灯火", Position: 2}}, ReadingProgression: "ltr", Accessibility: &Accessibility{[]string{"tableOfContents"}},
			Presentation: &Presentation{"reflowable"}},
		Links: []Link{{Rel: "self", Href: "/base/manifest.json", Type: ManifestType}, {Rel: "http://readium.org/position-list", Href: "/base/positions.json", Type: PositionsType}},
		ReadingOrder: []Link{{Href: "OEBPS/text/%E7%AC%AC%201%20%E7%AB%A0.xhtml", Type: typeXHTML, Title: "第一章"},
			{Href: "OEBPS/text/c2.xhtml", Type: typeXHTML, Title: "第二章"}},
		Resources: []Link{{Href: "OEBPS/css/style.css", Type: typeCSS}, {Href: "OEBPS/img/cover.png", Type: "image/png", Rel: "cover"}, {Href: "OEBPS/img/map.svg", Type: "image/svg+xml"},
			{Href: "OEBPS/fonts/a.otf", Type: "font/otf"}, {Href: "OEBPS/fonts/b.otf", Type: "font/otf"}},
		TOC: []Link{{Href: "OEBPS/text/%E7%AC%AC%201%20%E7%AB%A0.xhtml#top", Title: "第一章"}, {Title: "下", Children: []Link{{Href: "OEBPS/text/c2.xhtml", Title: "第二章"}}}},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestManifestsAreValid holds the manifest of each format against the schema.
func TestManifestsAreValid(t *testing.T) {
	schema := compiled(t, "testdata/manifest.schema.json")
	all := map[string]librarytest.Book{"epub": night, "txt": plainText, "pdf": pdf, "cbz": comic}
	r := enter(t, all)
	for name := range all {
		res := r.get(name, ManifestName)
		if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || got != ManifestType {
			t.Errorf("%s: %d %s", name, res.StatusCode, got)
		}
		document, err := jsonschema.UnmarshalJSON(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaSees: the schema refuses what is no manifest.
func TestSchemaSees(t *testing.T) {
	schema := compiled(t, "testdata/manifest.schema.json")
	r := enter(t, map[string]librarytest.Book{"night": night})
	for name, spoil := range map[string]func(*Manifest){
		"no title":        func(m *Manifest) { m.Metadata.Title = "" },
		"no self link":    func(m *Manifest) { m.Links = m.Links[1:] },
		"a year":          func(m *Manifest) { m.Metadata.Published = "2024" },
		"no type":         func(m *Manifest) { m.ReadingOrder[0].Type = "" },
		"an address":      func(m *Manifest) { m.ReadingOrder[0].Href = "a b" },
		"a part twice":    func(m *Manifest) { m.ReadingOrder[1] = m.ReadingOrder[0] },
		"a wild language": func(m *Manifest) { m.Metadata.Language = "中文" },
	} {
		m := ManifestOf(r.book("night"), "/base/")
		spoil(&m)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(encode(m)))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(document) == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}

func compiled(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("manifest.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("manifest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestHeadings: where the lines of a table of contents lead, by format.
func TestHeadings(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"txt": plainText, "pdf": pdf})
	for edition, want := range map[string][]Link{"txt": {{Href: "%23c1", Title: "第一章 风起"}}, "pdf": {{Href: "book.pdf#page=2", Title: "结论"}}} {
		if diff := cmp.Diff(want, ManifestOf(r.book(edition), "/").TOC); diff != "" {
			t.Errorf("%s (-want +got)\n%s", edition, diff)
		}
	}
}

func TestPositions(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "pdf": pdf, "txt": plainText})
	p := PositionsOf(r.book("pdf"))
	want := Positions{Total: 2, Positions: []Locator{
		{Href: "book.pdf", Type: typePDF, Locations: Locations{Fragments: []string{"page=1"}, Position: 1}},
		{Href: "book.pdf", Type: typePDF, Locations: Locations{Fragments: []string{"page=2"}, Position: 2, TotalProgression: 0.5}},
	}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	b := *r.book("night")
	b.Contents.Reading = []events.BookPart{{Href: "a", MediaType: typeXHTML, Packed: 2049}, {Href: "b", MediaType: typeXHTML, Packed: 1}, {Href: "c", MediaType: typeXHTML, Packed: 1024}}
	p = PositionsOf(&b)
	if p.Total != 5 || p.Positions[1].Locations.Progression != 1.0/3 || p.Positions[4].Href != "c" || p.Positions[4].Locations.TotalProgression != 0.8 {
		t.Errorf("%+v", p)
	}
	b.Contents.Reading[0].Packed = 1 << 40
	if p = PositionsOf(&b); p.Total > maxPositions+10 {
		t.Errorf("%d positions", p.Total)
	}
}

func TestFind(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "pdf": pdf})
	look := func(edition, query string, limit int, fold func(rune) rune) Found {
		b := r.book(edition)
		text, err := r.Server.Text(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		return Find(b, text, query, limit, fold)
	}
	got := look("night", "dawn CAME", 10, nil)
	want := Found{Locators: []Locator{{Href: "OEBPS/text/c2.xhtml", Type: typeXHTML, Title: "第二章", Locations: Locations{Progression: 13.0 / 28, TotalProgression: 30.0 / 45},
		Text: &Context{Before: "天亮了，夜色退去。", Highlight: "Ｄawn came", After: " & 灯灭。"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := look("night", "夜色", 1, nil); len(got.Locators) != 1 || !got.More {
		t.Errorf("%+v", got)
	}
	if got := look("night", "遠處", 9, func(r rune) rune {
		return map[rune]rune{'遠': '远', '處': '处'}[r] + r*b2r(r != '遠' && r != '處')
	}); len(got.Locators) != 1 {
		t.Errorf("%+v", got)
	}
	if got := look("pdf", "结论", 9, nil); len(got.Locators) != 1 || got.Locators[0].Href != PDF || got.Locators[0].Locations.Fragments[0] != "page=2" {
		t.Errorf("%+v", got)
	}
	if got := look("night", "没有的字", 9, nil); len(got.Locators) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestStretch: what is found by an offset is what stands there, as a search finds it.
func TestStretch(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "pdf": pdf})
	for _, c := range []struct {
		edition, href  string
		offset, length int
		want           string
	}{
		{"night", "OEBPS/text/c2.xhtml", 13, 9, "OEBPS/text/c2.xhtml 天亮了，夜色退去。|Ｄawn came| & 灯灭。"},
		{"night", "OEBPS/text/c2.xhtml", 0, 28, "OEBPS/text/c2.xhtml |第二章\n天亮了，夜色退去。Ｄawn came & 灯灭。|"},
		{"night", "OEBPS/text/c2.xhtml", 13, 16, ""},
		{"night", "OEBPS/text/c2.xhtml", -1, 2, ""},
		{"night", "OEBPS/text/c2.xhtml", 1 << 62, 1 << 62, ""},
		{"night", "OEBPS/text/c2.xhtml", 3, 0, ""},
		{"night", "../c2.xhtml", 0, 1, ""},
	} {
		b := r.book(c.edition)
		text, err := r.Server.Text(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		l, there := Stretch(b, text, c.href, c.offset, c.length)
		got := ""
		if there {
			got = l.Href + " " + l.Text.Before + "|" + l.Text.Highlight + "|" + l.Text.After
		}
		if got != c.want {
			t.Errorf("%s %d+%d: got %q, want %q", c.href, c.offset, c.length, got, c.want)
		}
	}
	b := r.book("night")
	text, err := r.Server.Text(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := Stretch(b, text, "OEBPS/text/c2.xhtml", 13, 9)
	if diff := cmp.Diff(Find(b, text, "dawn came", 1, nil).Locators[0], l); diff != "" {
		t.Errorf("-a search +an offset\n%s", diff)
	}
}

func b2r(b bool) rune {
	if b {
		return 1
	}
	return 0
}
