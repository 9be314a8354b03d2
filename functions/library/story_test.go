package library

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// house is a library with a real database, and books in a store.
type house struct {
	*testing.T
	*Library
	store *blob.Memory
	serve http.Handler
}

func build(t *testing.T, environment ...string) *house {
	t.Helper()
	settings := map[string]string{"API_TOKEN": "secret", "CONTENT_KEY": "a key of the tests"}
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		settings[name] = value
	}
	var config Config
	var read ReadingConfig
	var limits reading.Limits
	for _, part := range []any{&config, &read, &limits} {
		if err := conf.Read(func(name string) string { return settings[name] }, part); err != nil {
			t.Fatal(err)
		}
	}
	h := &house{T: t, store: &blob.Memory{}}
	h.Library = New(config, read, limits, pgtest.Open(t, Word, Migrations()), h.store)
	h.Readers.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	h.serve = h.HTTP(nil)
	return h
}

// take delivers an event as its runtime does.
func (h *house) take(data events.Data) {
	h.Helper()
	e, err := events.New(data)
	if err != nil {
		h.Fatal(err)
	}
	outcome, err := h.Handle(h.Context(), fn.Event(e))
	if err != nil {
		h.Fatalf("%s: %v", data.EventType(), err)
	}
	err = h.Shelf.DB.InTx(h.Context(), func(tx pg.Tx) error { _, err := outcome(h.Context(), tx); return err })
	if err != nil {
		h.Fatalf("%s: %v", data.EventType(), err)
	}
}

// ask sends a request and returns status and body.
func (h *house) ask(path string) string { h.Helper(); return h.askIn("zh-CN", path) }

// askIn is ask by somebody who reads a language.
func (h *house) askIn(language, path string) string {
	h.Helper()
	req := httptest.NewRequestWithContext(h.Context(), http.MethodGet, path, nil)
	req.Header.Set("Authorization", "Bearer secret")
	req.Header.Set("X-Auth-Id", "u-1")
	req.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	h.serve.ServeHTTP(w, req)
	return fmt.Sprintf("%d %s", w.Code, strings.TrimSpace(w.Body.String()))
}

// found are the titles that a search finds.
func (h *house) found(q string) (titles []string) {
	h.Helper()
	text := h.ask("/library/editions?" + q)
	var page struct {
		Editions []struct{ Edition Edition }
	}
	if !strings.HasPrefix(text, "200 ") || json.Unmarshal([]byte(text[4:]), &page) != nil {
		h.Fatalf("list %s: %s", q, text)
	}
	for _, e := range page.Editions {
		titles = append(titles, e.Edition.Metadata.Title)
	}
	return titles
}

// river is a book in two versions, with a cover.
func river(h *house) (first, second events.BookCatalogued, cover events.BookCovered) {
	first = librarytest.Book{Title: "河", Reading: []librarytest.File{
		{Name: "a.xhtml", MediaType: "application/xhtml+xml", Title: "一", Body: librarytest.Chapter("一", "白鷺在岸邊。")}}}.Put(h.T, h.store)
	first.Book, first.Upload, first.Origin = "b00000001", "u00000001", events.Origin{Source: "zhonghua", ID: "1", Version: 1}
	second = first
	second.Origin.Version, second.Metadata.Title, second.Upload = 2, "呼兰河传", "u00000002"
	picture, err := h.store.Put(h.Context(), "artifacts", "cover.jpg", strings.NewReader("jpeg"), blob.Put{Size: 4})
	if err != nil {
		h.Fatal(err)
	}
	o := events.Object{Bucket: "artifacts", Key: "cover.jpg", Version: picture.Version, ETag: picture.ETag, Size: 4}
	return first, second, events.BookCovered{Book: first.Book, Upload: first.Upload, SHA256: first.SHA256, Cover: o, Thumbnail: o}
}

// Whatever order the news of a book comes in, and each piece twice, it comes to the
// same shelf.
func TestEveryOrderLeadsToTheSameShelf(t *testing.T) {
	h := build(t)
	first, second, cover := river(h)
	origin := func(version int64) events.Origin { return events.Origin{Source: "zhonghua", ID: "1", Version: version} }
	told := []events.Data{first, second, cover,
		events.BookWithdrawn{Book: first.Book, Origin: origin(3), Reason: "权利到期"}, events.BookRestored{Book: first.Book, Origin: origin(4), Reason: "续约"}}
	for _, order := range permutations(len(told)) {
		if _, err := h.Shelf.DB.Exec(t.Context(), `DELETE FROM book; DELETE FROM edition; DELETE FROM book_grams; DELETE FROM cover`); err != nil {
			t.Fatal(err)
		}
		for _, i := range order {
			h.take(told[i])
			h.take(told[i])
		}
		for q, want := range lists(t) {
			if got := strings.Join(h.found(q), " "); got != want {
				t.Fatalf("in order %v the list %q has %q, want %q", order, q, got, want)
			}
		}
		if got := h.ask("/library/editions/" + first.Book + "/cover"); got != "200 jpeg" {
			t.Fatalf("in order %v the cover is %s", order, got)
		}
	}
}

// A book of pictures has no text; one that had a text loses it with its next version.
func TestABookWithoutATextIsOnTheShelf(t *testing.T) {
	h := build(t)
	first, second, _ := river(h)
	second.Text, second.Letters = nil, 0
	for _, d := range []events.Data{second, first, second} {
		h.take(d)
		if got := h.found("q=呼兰河传&field=title"); len(got) != 1 {
			t.Errorf("by its title are found %v", got)
		}
		if got := h.found("q=白鹭&field=fulltext"); len(got) > 0 {
			t.Errorf("by a text that it has not, are found %v", got)
		}
	}
	h = build(t)
	first, second, _ = river(h)
	second.Text = nil
	h.take(first)
	if got := h.found("q=白鹭&field=fulltext"); len(got) != 1 {
		t.Errorf("by the text of its first version are found %v", got)
	}
	h.take(second)
	if got := h.found("q=白鹭&field=fulltext"); len(got) > 0 {
		t.Errorf("by the text of its first version are still found %v", got)
	}
}

// A book is on the shelf before its text is read. Whatever order it is said in without
// and with its text, each twice, also around a withdrawal, it is found by it in the end.
func TestATextComesLater(t *testing.T) {
	h := build(t)
	whole, _, _ := river(h)
	bare := whole
	bare.Text, bare.Letters = nil, 0
	origin := func(version int64) events.Origin { return events.Origin{Source: "zhonghua", ID: "1", Version: version} }
	told := []events.Data{bare, whole,
		events.BookWithdrawn{Book: whole.Book, Origin: origin(3), Reason: "权利到期"}, events.BookRestored{Book: whole.Book, Origin: origin(4), Reason: "续约"}}
	h.take(bare)
	if titles, inside := h.found("q=河"), h.found("q=白鹭&field=fulltext"); len(titles) != 1 || len(inside) != 0 {
		t.Errorf("before its text is read are found %v, and by its text %v", titles, inside)
	}
	if got := h.ask("/library/editions/" + whole.Book + "/inside?q=白鹭"); !strings.HasPrefix(got, "200 ") || strings.Contains(got, "白鷺") {
		t.Errorf("in a book whose text is not read yet is found %s", got)
	}
	for _, order := range permutations(len(told)) {
		for _, i := range order {
			h.take(told[i])
			h.take(told[i])
		}
		if got := h.found("q=白鹭&field=fulltext"); len(got) != 1 {
			t.Fatalf("in order %v by its text are found %v", order, got)
		}
		if got := h.ask("/library/editions/" + whole.Book + "/inside?q=白鹭"); !strings.Contains(got, "白鷺") {
			t.Fatalf("in order %v in the book is found %s", order, got)
		}
		if _, err := h.Shelf.DB.Exec(t.Context(), `DELETE FROM book; DELETE FROM edition; DELETE FROM book_grams`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWithdrawnBookIsNowhere(t *testing.T) {
	h := build(t)
	first, second, cover := river(h)
	for _, d := range []events.Data{first, cover, events.BookWithdrawn{Book: first.Book, Origin: events.Origin{Source: "zhonghua", ID: "1", Version: 3}, Reason: "权利到期"}, second} {
		h.take(d)
	}
	for _, q := range []string{"", "q=河", "q=白鹭&field=fulltext"} {
		if got := h.found(q); len(got) > 0 {
			t.Errorf("the list %q has %v", q, got)
		}
	}
	for _, path := range []string{"", "/cover", "/open", "/inside?q=白鹭"} {
		if got := h.ask("/library/editions/" + first.Book + path); !strings.HasPrefix(got, "404 ") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestABookIsOpenedAndSearched(t *testing.T) {
	h := build(t)
	first, _, _ := river(h)
	h.take(first)
	var opened struct{ Manifest string }
	text := h.ask("/library/editions/" + first.Book + "/open")
	if json.Unmarshal([]byte(text[4:]), &opened) != nil || !strings.HasPrefix(text, "200 ") {
		t.Fatal(text)
	}
	if got := h.ask(opened.Manifest); !strings.Contains(got, `"readingOrder"`) {
		t.Errorf("the manifest: %s", got)
	}
	if got := h.ask("/library/editions/" + first.Book + "/inside?q=白鹭"); !strings.Contains(got, "白鷺") {
		t.Errorf("a search inside, in simplified characters: %s", got)
	}
	for path, want := range map[string]string{"?field=colour": "400 ", "?limit=x": "400 ", "?after=x": "400 ", "?q=" + strings.Repeat("a", 101): "400 ", "/nobody": "404 "} {
		if got := h.ask("/library/editions" + path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestRefusedLists: each refusal is said in the reader's language.
func TestRefusedLists(t *testing.T) {
	h := build(t)
	h.MaxQuery = 1000
	words := strings.Join(strings.Split("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午", ""), "+")
	for query, want := range map[string][2]string{
		"q=" + strings.Repeat("长", 201): {"q 应为 0 到 200 个字符", "q: want 0 to 200 characters"},
		"q=" + words:                    {"q 最多 16 个词", "q: want at most 16 words"},
		"field=colour":                  {"field 应为其中之一，或不填：title, author, isbn, subject, fulltext", "field: want one of title, author, isbn, subject, fulltext, or none"},
		"order=random":                  {"order 应为其中之一，或不填：newest, title", "order: want one of newest, title, or none"},
		"q=数据&order=newest":             {"检索正文时不能按 newest 排序：请用 field 指定书名、作者等，或不填 order", "order: texts are searched without newest: name a field such as title, or no order"},
		"limit=101":                     {"limit 应为 0 到 100 的整数", "limit: want a whole number from 0 to 100"},
		"places=21":                     {"places 应为 0 到 20 的整数", "places: want a whole number from 0 to 20"},
		"after=x":                       {"after 不是这个列表的一页：请从第一页开始", "after: no page of this list: start from its first"},
	} {
		for i, language := range []string{"zh-CN", "en"} {
			refusal := fmt.Sprintf(`400 {"error":{"code":"invalid_field","message":%q}}`, want[i])
			for _, path := range []string{"/library/editions?", "/library/facets?"} {
				if got := h.askIn(language, path+query); got != refusal {
					t.Errorf("%s%.30s in %s\ngot  %s\nwant %s", path, query, language, got, refusal)
				}
			}
		}
	}
}

// TestShelfPage: the page on which books are looked for, where books' parts are not.
func TestShelfPage(t *testing.T) {
	h := build(t, "CONTENT_URL=https://books.example", "PAGE_URL=https://office.example", "MAX_QUERY=77")
	for path, want := range map[string]string{"/library": "200 ", "/library/": "200 ", "/library?q=河": "200 ", "/library/page/shelf.js": "200 ", "/library/nothing": "404 ",
		"https://office.example/library": "200 ", "https://books.example/library": "404 ", "https://books.example/library/page/shelf.js": "404 "} {
		if got := h.ask(path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %.80s, want %s", path, got, want)
		}
	}
	for language, word := range map[string]string{"zh-CN": "全部图书", "en-GB": "All books"} {
		if got := h.askIn(language, "/library"); !strings.Contains(got, word) || !strings.Contains(got, "&#34;most&#34;:77") {
			t.Errorf("in %s: %s", language, got)
		}
	}
}

// TestNamesInAnswers: lists, counts and books name everything in lower case, and
// classes in the reader's language.
func TestNamesInAnswers(t *testing.T) {
	h := build(t)
	first, _, _ := river(h)
	first.Metadata = events.BookMetadata{Title: "河", Language: "zh-CN", Published: "1942", Publisher: "上海杂志公司", CLC: "I246.5", Subjects: []string{"小说"},
		Contributors: []events.Contributor{{Name: "萧红", Role: "aut"}}}
	h.take(first)
	counts := func(classes, within string) string {
		return `200 {"counted":1,"more":false,"languages":[{"value":"zh","books":1}],"formats":[{"value":"epub","books":1}],"years":[{"value":"1942","books":1}],` +
			`"authors":[{"value":"萧红","books":1}],"subjects":[{"value":"小说","books":1}],"publishers":[{"value":"上海杂志公司","books":1}],"classes":` + classes + `,"within":` + within + `}`
	}
	const chinese, english = `"classes":[{"value":"I","name":"文学"},{"value":"I2","name":"中国文学"}]}`, `"classes":[{"value":"I","name":"Literature"},{"value":"I2","name":"Chinese literature"}]}`
	for _, c := range []struct{ language, path, begins, ends string }{
		{"zh", "/library/facets", counts(`[{"value":"I","name":"文学","books":1}]`, `[]`), ""},
		{"en", "/library/facets?class=I", counts(`[{"value":"I2","name":"Chinese literature","books":1}]`, `[{"value":"I","name":"Literature"}]`), ""},
		{"en", "/library/facets?class=I24", counts(`[]`, `[{"value":"I","name":"Literature"},{"value":"I2","name":"Chinese literature"}]`), ""},
		{"zh", "/library/editions/b00000001", `200 {"book":"b00000001",`, chinese},
		{"en", "/library/editions?q=萧红", `200 {"editions":[{"edition":{"book":"b00000001",`, english + `}],"next":"","too_short":false}`},
		{"zh", "/library/editions?q=白鹭", `200 {"editions":[{"edition":{"book":"b00000001",`, chinese + `,"places":[{"href":"a.xhtml","offset":2,"length":2,"text":"白鷺在岸邊。","marks":[{"start":0,"end":2}]}]}],"next":"","too_short":false}`},
	} {
		if got := h.askIn(c.language, c.path); !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.ends) {
			t.Errorf("%s in %s\ngot  %s\nwant %s…%s", c.path, c.language, got, c.begins, c.ends)
		}
	}
}

// lists are those of testdata/lists.txt: queries, and the titles that they find.
func lists(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/lists.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if query, titles, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok && !strings.HasPrefix(line, "#") {
			all[query] = titles
		}
	}
	return all
}

// permutations are all orders of n things.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{{}}
	}
	for _, p := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(p), at, n-1))
		}
	}
	return all
}

// TestWhatNoDatabaseTakes is left out of what is asked for, or is not there.
func TestWhatNoDatabaseTakes(t *testing.T) {
	h := build(t)
	for path, want := range map[string]string{
		"/library/editions?q=%00&author=%00&subject=%ff":        "200",
		"/library/editions?q=%ffa%00&class=%00&after=%00":       "200",
		"/library/facets?publisher=%00&series=%ff&language=%00": "200",
		"/library/editions/%00":                                 "404",
		"/library/editions/%ff/cover":                           "404",
		"/library/editions/%00/read":                            "404",
		"/library/editions?field=ti%00":                         "400",
		"/library/editions?order=title%00":                      "200",
	} {
		if got, _, _ := strings.Cut(h.ask(path), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
