package library

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds"
	"xietong.dev/functions/library/feeds/feedstest"
	"xietong.dev/functions/library/librarytest"
)

// stand is a library whose feeds somebody reads in an app.
type stand struct {
	*house
	now time.Time
	log bytes.Buffer
}

func openStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{house: build(t), now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	s.Readers.Now = func() time.Time { return s.now }
	s.Content.Now = s.Readers.Now
	s.Readers.Log = slog.New(slog.NewTextHandler(&s.log, nil))
	s.serve = s.HTTP(nil)
	return s
}

// address is where an account's feeds are, in a version.
func (s *stand) address(account string, v feeds.Version) string {
	s.Helper()
	res := s.send(http.MethodGet, "/library/opds", "Authorization: Bearer secret", "X-Auth-Id: "+account)
	var given struct{ V1, V2 string }
	if err := json.NewDecoder(res.Body).Decode(&given); err != nil || res.StatusCode != http.StatusOK {
		s.Fatalf("%d %v", res.StatusCode, err)
	}
	return map[feeds.Version]string{feeds.V1: given.V1, feeds.V2: given.V2}[v]
}

// send sends a request as an app does: with no header of the upstream app's.
func (s *stand) send(method, address string, headers ...string) *http.Response {
	s.Helper()
	req := httptest.NewRequestWithContext(s.Context(), method, address, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.serve.ServeHTTP(w, req)
	return w.Result()
}

// read is the answer to GET, in a word: status, media type and text.
func (s *stand) read(address string, headers ...string) (int, string, string) {
	s.Helper()
	res := s.send(http.MethodGet, address, headers...)
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(text)
}

// put takes a book in, and says under which id.
func (s *stand) put(title string, change ...func(*librarytest.Book)) string {
	s.Helper()
	b := librarytest.Book{Title: title, Metadata: events.BookMetadata{Language: "zh-CN", CLC: "I247", Subjects: []string{"小说"}},
		Reading: []librarytest.File{{Name: "a.xhtml", MediaType: "application/xhtml+xml", Title: "一", Body: librarytest.Chapter("一", title+"的正文。")}}}
	for _, c := range change {
		c(&b)
	}
	d := b.Put(s.T, s.store)
	s.now = s.now.Add(time.Minute) // no two books are equally new
	s.take(d)
	return d.Book
}

func licensed(copies, days int, ends string) func(*librarytest.Book) {
	return func(b *librarytest.Book) { b.Licence = &events.Licence{Copies: copies, LendingDays: days, Ends: ends} }
}

// opdsFeed and opdsBook are what a test looks at of OPDS 2.0.
type (
	opdsFeed struct {
		Metadata struct {
			Title         string
			NumberOfItems int
		}
		Links        []opdsLink
		Navigation   []opdsLink
		Publications []opdsBook
		Facets       []struct {
			Metadata struct{ Title string }
			Links    []opdsLink
		}
	}
	opdsBook struct {
		Metadata struct{ Title string }
		Links    []opdsLink
		Images   []opdsLink
		Licenses []struct{ Links []opdsLink }
	}
	opdsLink struct {
		Rel, Href, Type, Title string
		Properties             struct {
			NumberOfItems int
			Availability  struct{ State, Until string }
			Copies        *struct{ Total, Available int }
		}
	}
)

// get reads a document of OPDS 2.0, which must be valid.
func get[T any](s *stand, address string, headers ...string) (document T) {
	s.Helper()
	status, media, text := s.read(address, headers...)
	if err := feedstest.Check(media, []byte(text)); status != http.StatusOK || err != nil {
		s.Fatalf("%s: %d %v\n%s", address, status, err, text)
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		s.Fatal(err)
	}
	return document
}

// to is the address of the link of a relation, which ends so.
func to(links []opdsLink, rel, end string) string {
	for _, l := range links {
		if l.Rel == rel && strings.HasSuffix(l.Href, end) {
			return l.Href
		}
	}
	return ""
}

func titlesOf(f opdsFeed) (all []string) {
	for _, b := range f.Publications {
		all = append(all, b.Metadata.Title)
	}
	return all
}

// TestAnAppReadsABook: from the address that the upstream app gives out to the file,
// its parts and its cover, by links alone.
func TestAnAppReadsABook(t *testing.T) {
	s := openStand(t)
	id := s.put("灯", licensed(0, 0, "2027-12-31"))
	s.put("河")
	start := get[opdsFeed](s, s.address("u1", feeds.V2))
	newest := get[opdsFeed](s, to(start.Navigation, feeds.RelNewest, ""))
	if diff := cmp.Diff([]string{"河", "灯"}, titlesOf(newest)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	found := get[opdsFeed](s, strings.Replace(to(newest.Links, "search", ""), "{?query}", "?query=%E7%81%AF", 1))
	if diff := cmp.Diff([]string{"灯"}, titlesOf(found)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	book := get[opdsBook](s, to(found.Publications[0].Links, "self", ""))
	file := to(book.Links, feeds.RelOpen, "/book.epub")
	res := s.send(http.MethodGet, file, "Range: bytes=0-1")
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusPartialContent || string(text) != "PK" {
		t.Errorf("the file: %d %q", res.StatusCode, text)
	}
	if got, want := res.Header.Get("Content-Disposition"), "attachment; filename*=utf-8''%E7%81%AF.epub"; got != want {
		t.Errorf("the file's name: %s, want %s", got, want)
	}
	whole := s.send(http.MethodGet, file)
	if n, _ := io.Copy(io.Discard, whole.Body); n != whole.ContentLength && fmt.Sprint(n) != whole.Header.Get("Content-Length") || whole.Header.Get("Content-Type") != "application/epub+zip" {
		t.Errorf("the whole file: %d bytes of %s", n, whole.Header.Get("Content-Type"))
	}
	res = s.send(http.MethodGet, to(book.Links, feeds.RelOpen, "/read/"+id))
	if status, media, text := s.read(res.Header.Get("Location")); res.StatusCode != http.StatusTemporaryRedirect || status != 200 || media != "application/webpub+json" || !strings.Contains(text, `"readingOrder"`) {
		t.Errorf("the manifest: %d, %d %s %s", res.StatusCode, status, media, text)
	}
	if status, media, _ := s.read(book.Images[0].Href); status != http.StatusOK || media != "image/jpeg" {
		t.Errorf("the cover of a book without one: %d %s", status, media)
	}
	first, _, cover := river(s.house)
	s.take(first)
	s.take(cover)
	covered := get[opdsBook](s, strings.Replace(to(book.Links, "self", ""), id, first.Book, 1))
	for _, image := range covered.Images {
		if status, media, text := s.read(image.Href); status != http.StatusOK || media != "image/jpeg" || text != "jpeg" {
			t.Errorf("%s: %d %s %s", image.Href, status, media, text)
		}
	}
}

// TestEveryLinkLeadsSomewhere goes through both catalogues, those links first that are
// the nearest to their start: each leads to a document of the media type that the link
// says, and of its rules.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	s := openStand(t)
	for i, format := range events.BookFormats() {
		s.put("书"+format, func(b *librarytest.Book) {
			b.Format, b.Whole = format, []byte("file of "+format)
			b.Metadata = events.BookMetadata{Language: []string{"zh", "en"}[i%2], CLC: []string{"I247", "TP312"}[i%2], Publisher: "出版社 & " + format, Published: fmt.Sprint(2020 + i),
				Subjects: []string{"主题 " + format}, Contributors: []events.Contributor{{Name: "作者/" + format, Role: "aut"}}}
		})
	}
	s.put("借来的书", licensed(2, 7, ""))
	s.put("过期的书", licensed(1, 0, "2026-01-31"))
	for _, v := range []feeds.Version{feeds.V1, feeds.V2} {
		s.FeedPage = 3
		waiting, seen, kinds := []string{s.address("u1", v)}, map[string]bool{}, map[string]int{}
		said := map[string]string{} // media types, by address
		for len(waiting) > 0 {
			address := waiting[0]
			waiting = waiting[1:]
			if seen[address] || len(seen) > 150 || strings.HasSuffix(address, "/return") {
				continue
			}
			seen[address] = true
			res := s.send(http.MethodGet, address)
			media := res.Header.Get("Content-Type")
			text, _ := io.ReadAll(res.Body)
			if res.StatusCode == http.StatusTemporaryRedirect {
				media = feeds.ManifestType
			} else if res.StatusCode != http.StatusOK && !strings.HasSuffix(address, "/borrow") {
				t.Errorf("%s %s: %d", v, address, res.StatusCode)
			}
			if want := said[address]; want != "" && want != media && res.StatusCode == http.StatusOK {
				t.Errorf("%s: %s, want %s", address, media, want)
			}
			kinds[media]++
			if strings.Contains(media, "opds") || strings.Contains(media, "opensearch") {
				if err := feedstest.Check(media, text); err != nil {
					t.Errorf("%s: %v", address, err)
				}
				for href, media := range hrefs(t, v, text) {
					if strings.HasPrefix(href, "/library/opds/") && !strings.Contains(href, "{") {
						waiting, said[href] = append(waiting, href), media
					}
				}
			}
		}
		for _, media := range []string{v.Type(feeds.Menu), v.Type(feeds.List), v.Type(feeds.Item), feeds.ManifestType, "application/epub+zip", "application/pdf"} {
			if kinds[media] == 0 {
				t.Errorf("%s: nothing of the media type %s was found: %v", v, media, kinds)
			}
		}
	}
}

// TestFacets narrow and order a list, and lead back.
func TestFacetsOfFeeds(t *testing.T) {
	s := openStand(t)
	with := func(language, class string) func(*librarytest.Book) {
		return func(b *librarytest.Book) {
			b.Metadata.Language, b.Metadata.CLC, b.Metadata.Published = language, class, "2024"
		}
	}
	s.put("甲", with("zh-CN", "I247"))
	s.put("乙", with("zh-CN", "TP312"))
	s.put("丙", with("en", "TP3"))
	list := s.address("u1", feeds.V2) + "/books"
	describe := func(f opdsFeed) (all []string) {
		for _, group := range f.Facets {
			line := group.Metadata.Title + ":"
			for _, l := range group.Links {
				line += " " + l.Title
				if l.Properties.NumberOfItems > 0 {
					line += fmt.Sprintf("=%d", l.Properties.NumberOfItems)
				}
				if l.Rel == "self" {
					line += "*"
				}
			}
			all = append(all, line)
		}
		return all
	}
	for query, want := range map[string][]string{
		"":                                   {"阅读最多, 3: 丙 乙 甲", "排序: 最新上架 阅读最多* 按书名", "分类: I 文学=1 T 工业技术=2", "语言: 中文=2 英语=1"},
		"?class=T&order=newest":              {"T 工业技术, 2: 丙 乙", "排序: 最新上架* 阅读最多 按书名", "分类: 全部 T 工业技术* TP 自动化技术、计算机技术=2", "语言: 英语=1 中文=1"},
		"?class=TP312":                       {"TP312 自动化技术、计算机技术, 1: 乙", "排序: 最新上架 阅读最多* 按书名", "分类: 全部 TP312 自动化技术、计算机技术*"},
		"?language=zh&order=title&year=2024": {"中文 · 2024, 2: 甲 乙", "排序: 最新上架 阅读最多 按书名*", "分类: I 文学=1 T 工业技术=1", "语言: 全部 中文=2*", "年份: 全部 2024=2*"},
		"?q=正文":                              {"搜索：正文, 0: 丙 乙 甲", "分类: I 文学=1 T 工业技术=2", "语言: 中文=2 英语=1"},
	} {
		f := get[opdsFeed](s, list+strings.ReplaceAll(query, "正文", url.QueryEscape("正文")))
		shown := titlesOf(f)
		if !strings.Contains(query, "order=") {
			slices.Sort(shown) // of one popularity
			slices.SortFunc(shown, func(a, b string) int { return strings.Index("丙乙甲", a) - strings.Index("丙乙甲", b) })
		}
		got := append([]string{fmt.Sprintf("%s, %d: %s", f.Metadata.Title, f.Metadata.NumberOfItems, strings.Join(shown, " "))}, describe(f)...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
	english := get[opdsFeed](s, list+"?class=T", "Accept-Language: en")
	if got := describe(english); english.Metadata.Title != "T Industrial technology" || got[0] != "Order: Newest Most read* By title" {
		t.Errorf("in English: %s %v", english.Metadata.Title, got)
	}
	chosen := get[opdsFeed](s, get[opdsFeed](s, list+"?class=T").Facets[1].Links[0].Href)
	if len(chosen.Publications) != 3 {
		t.Errorf("the way back leads to %v", titlesOf(chosen))
	}
}

// hrefs are the addresses in a document, with the media types that it says of them.
func hrefs(t *testing.T, v feeds.Version, text []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	if v == feeds.V1 {
		d := xml.NewDecoder(bytes.NewReader(text))
		for token, err := d.Token(); err == nil; token, err = d.Token() {
			if e, is := token.(xml.StartElement); is && e.Name.Local == "link" {
				named := map[string]string{}
				for _, a := range e.Attr {
					named[a.Name.Local] = a.Value
				}
				all[named["href"]] = named["type"]
			}
		}
		return all
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				look(one)
			}
		case map[string]any:
			if href, is := v["href"].(string); is {
				all[href], _ = v["type"].(string)
			}
			for _, one := range v {
				look(one)
			}
		}
	}
	look(document)
	return all
}
