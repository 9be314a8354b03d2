package feeds

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds/feedstest"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// night may be read at once; river is lent, and this reader has it.
var (
	night = Book{ID: ID("0123456789abcdef0123456789abcdef"), Updated: noon.Add(-time.Hour), Self: "/o/night", Cover: "/c/night/cover", Small: "/c/night/thumbnail",
		Metadata: events.BookMetadata{Title: "长夜 & 灯", Subtitle: "一部小说", Language: "zh-CN", ISBN: "9787302511854", Publisher: "清江出版社", Published: "2024-05-17", Series: "灯火", Position: 2,
			Contributors: []events.Contributor{{Name: "林一", Role: "aut"}, {Name: "John Doe", Role: "trl"}}, Subjects: []string{"小说"}, CLC: "I247.57", Summary: "一个城市的夜。\n灯在远处亮着。"},
		Links: []Link{{Rel: RelOpen, Href: "/f/night/book.epub", Type: "application/epub+zip", Title: "下载"}, {Rel: RelOpen, Href: "/r/night", Type: ManifestType, Title: "在线阅读"}}}
	river = Book{ID: ID("b7"), Updated: noon, Self: "/o/river", Cover: "/blank.jpg", Metadata: events.BookMetadata{Title: "呼兰河传", Published: "1942"},
		Links:    []Link{{Rel: RelBorrow, Href: "/o/river/borrow", Kind: Item, Title: "借阅（可借 1 本，共 3 本）", Formats: []string{"application/pdf"}, Availability: &Availability{Available: true, Total: 3, Free: 1}}},
		Licences: []Licence{{ID: Name("licence", "b7"), Format: "application/pdf", Created: noon, Copies: 3, Length: 14 * 24 * time.Hour, Expires: noon.AddDate(1, 0, 0), Info: "/l/river", Borrow: "/o/river/borrow"}}}
)

func menu(search string) Feed {
	return Feed{Kind: Menu, ID: Name("menu", "start"), Title: "书库", Library: "书库", Language: "zh", Updated: noon,
		Links: []Link{{Rel: "self", Href: "/o", Kind: Menu}, {Rel: "start", Href: "/o", Kind: Menu, Title: "首页"}, {Rel: "search", Href: search, Kind: Search}},
		Choices: []Choice{
			{ID: Name("menu", "newest"), About: "最近加入书库的书", Link: Link{Rel: RelNewest, Href: "/o/books?order=newest", Kind: List, Title: "最新上架", Books: 2}},
			{ID: Name("menu", "by_class"), About: "大类", Link: Link{Rel: "subsection", Href: "/o/by/class", Kind: Menu, Title: "按中图法分类"}}}}
}

func list() Feed {
	return Feed{Kind: List, ID: Name("books", "order=newest"), Title: "最新上架", Library: "书库", Language: "zh", Updated: noon, Total: 12, PerPage: 2,
		Links: []Link{{Rel: "self", Href: "/o/books?order=newest", Kind: List}, {Rel: "start", Href: "/o", Kind: Menu}, {Rel: "next", Href: "/o/books?after=abc&order=newest", Kind: List}},
		Books: []Book{night, river},
		Facets: []Facet{{Title: "语言", Links: []Link{{Href: "/o/books?order=newest", Kind: List, Title: "全部"},
			{Href: "/o/books?language=zh&order=newest", Kind: List, Title: "中文", Books: 12, Active: true}}}}}
}

// documents are all kinds of documents, by the names of the files in testdata.
func documents() map[string]func() (string, []byte) {
	borrowed := river
	borrowed.Links = []Link{{Rel: RelHave, Href: "/f/river/book.pdf", Type: "application/pdf", Availability: &Availability{Available: true, Since: noon, Until: noon.AddDate(0, 0, 14), Total: 3}},
		{Rel: RelReturn, Href: "/o/river/return", Kind: Item, Title: "归还"}}
	all := map[string]func() (string, []byte){
		"search":         Description{Name: "书库", About: "搜索书名", Template: "/o/books?q={searchTerms}"}.Write,
		"authentication": Door{ID: "https://books.example/library/opds/authentication", Title: "书库", Description: "请重新获取地址。", Way: "https://books.example/library/opds"}.Write,
		"licence": func() (string, []byte) {
			return InfoType, river.Licences[0].InfoOf(Availability{Available: true, Total: 3, Free: 1}, &Loan{ID: "l1", Reader: "u1", Href: "/o/river", Expires: noon.AddDate(0, 0, 14)})
		},
	}
	for _, v := range []Version{V1, V2} {
		all["menu "+string(v)] = func() (string, []byte) {
			return menu(map[Version]string{V1: "/o/search", V2: "/o/books{?query}"}[v]).Write(v)
		}
		all["list "+string(v)] = func() (string, []byte) { return list().Write(v) }
		all["book "+string(v)] = func() (string, []byte) { return night.Write(v, "书库", "zh") }
		all["lent "+string(v)] = func() (string, []byte) { return river.Write(v, "书库", "zh") }
		all["borrowed "+string(v)] = func() (string, []byte) { return borrowed.Write(v, "书库", "zh") }
	}
	return all
}

// TestDocuments: what each document looks like, and that its rules hold.
func TestDocuments(t *testing.T) {
	all := documents()
	archive, err := txtar.ParseFile("testdata/documents.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		write := all[file.Name]
		if write == nil {
			t.Errorf("testdata has %q, which nothing writes", file.Name)
			continue
		}
		delete(all, file.Name)
		media, text := write()
		if diff := cmp.Diff(string(file.Data), string(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", file.Name, diff)
		}
		if err := feedstest.Check(media, text); err != nil {
			t.Errorf("%s: %v", file.Name, err)
		}
	}
	for name := range all {
		t.Errorf("testdata lacks %q", name)
	}
}
