package library

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"xietong.dev/functions/library/feeds"
	"xietong.dev/functions/library/feeds/feedstest"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/shared/pg"
)

// TestOnlyATokenLetsIn: who has none, or a wrong or an old one, is told what to do.
func TestOnlyATokenLetsIn(t *testing.T) {
	s := openStand(t)
	id := s.put("灯", licensed(1, 1, ""))
	address := s.address("u1", feeds.V2)
	token := strings.Split(address, "/")[3]
	content := s.Content.Key
	for name, c := range map[string]struct {
		token string
		after time.Duration
	}{
		"none":                   {"v2", 0},
		"not ours":               {"YWFhYWFhYWFhYQ.YWFh", 0},
		"changed":                {token[:len(token)-1] + "_", 0},
		"of a book's parts":      {content.Sign(id, s.now.Add(time.Hour)), 0},
		"of parts, for a reader": {content.Sign("default u1", s.now.Add(time.Hour)), 0},
		"expired":                {token, s.FeedExpiry},
	} {
		s.now = s.now.Add(c.after)
		for _, path := range []string{"", "/v2", "/v1.2/books", "/v2/books/" + id + "/borrow", "/files/" + id + "/book.epub", "/covers/" + id + "/cover", "/nowhere"} {
			res := s.send(http.MethodGet, "/library/opds/"+c.token+path, "Authorization: Bearer secret", "X-Auth-Id: u1")
			text := body(t, res)
			if err := feedstest.Check(res.Header.Get("Content-Type"), []byte(text)); res.StatusCode != http.StatusUnauthorized || err != nil || res.Header.Get("WWW-Authenticate") == "" ||
				!strings.Contains(text, "重新获取") || !strings.Contains(text, "get your own feed address") {
				t.Errorf("%s, %s: %d %v %s", name, path, res.StatusCode, err, text)
			}
		}
		s.now = s.now.Add(-c.after)
	}
	if status, media, text := s.read("/library/opds/authentication"); status != http.StatusOK || feedstest.Check(media, []byte(text)) != nil {
		t.Errorf("the Authentication Document: %d %s %s", status, media, text)
	}
	if _, err := content.Open(token, s.now); err == nil {
		t.Error("a feed's token opens books' parts")
	}
	for name, headers := range map[string][]string{"without login": nil, "without account": {"Authorization: Bearer secret"}, "with a feed's token": {"Authorization: Bearer " + token, "X-Auth-Id: u1"}} {
		if status, _, text := s.read("/library/opds", headers...); status/100 != 4 || strings.Contains(text, "v2/") {
			t.Errorf("an address is given out %s: %d %s", name, status, text)
		}
	}
}

// TestWhatIsNotThere is told to whoever is let in, and no token is logged.
func TestWhatIsNotThere(t *testing.T) {
	s := openStand(t)
	id := s.put("灯")
	address := s.address("u1", feeds.V2)
	base := strings.TrimSuffix(address, "/v2")
	for path, want := range map[string]string{
		"/v3": "404 not_found", "/v2/nowhere": "404 not_found", "/v2/by/nothing": "404 not_found", "/v2/by/format": "404 not_found", "/v2/books/none": "404 not_found",
		"/v2/books/" + strings.Repeat("x", 129): "404 not_found", "/v2/books/none/borrow": "404 not_found", "/files/none/book.epub": "404 not_found", "/read/none": "404 not_found",
		"/files/" + id + "/book.pdf": "404 not_found", "/covers/" + id + "/cover": "404 not_found", "/covers/" + id + "/other": "404 not_found", "/licences/none": "404 not_found",
		"/v2/books?after=x": "400 invalid_field", "/v2/books?year=x": "400 invalid_field", "/v2/books?field=x": "400 invalid_field", "/v1.2/books?order=x": "400 invalid_field",
		"/v2/books?query=" + strings.Repeat("a", s.MaxQuery+1): "400 invalid_field", "/v2/books?query=" + strings.Repeat("a", s.MaxQuery): "200 ",
		"/v2/books?limit=x&places=x": "200 ", // an app has no say in them
		"/files/%00/book.epub":       "404 not_found", "/covers/%ff/cover": "404 not_found", "/read/%00": "404 not_found", "/v2/books/%00": "404 not_found", "/v2/by/%00": "404 not_found",
		"/v2/books?author=%00&subject=%ff&series=%00": "200 ", "/v2/books?query=%00%ff": "200 ", "/v2/books?class=%00&publisher=%00": "200 ", "/v2/books?title": "200 ",
	} {
		status, _, text := s.read(base + path)
		if got := fmt.Sprintf("%d %s", status, text); !strings.HasPrefix(got, want[:4]) || !strings.Contains(got, want[4:]) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	s.Shelf.DB.Close()
	if status, _, text := s.read(address + "/books"); status != http.StatusInternalServerError || strings.Contains(text, "closed") {
		t.Errorf("without a database: %d %s", status, text)
	}
	token := strings.Split(address, "/")[3]
	if log := s.log.String(); strings.Contains(log, token) || !strings.Contains(log, "/library/opds/{token}/v2") {
		t.Errorf("the log: %s", log)
	}
}

// TestAddressesOfFeeds: with an origin where one is set, and never on that of parts.
func TestAddressesOfFeeds(t *testing.T) {
	s := openStand(t)
	s.FeedURL, s.Content.Origin = "https://feeds.example", "https://parts.example"
	address := s.address("u1", feeds.V1)
	if !strings.HasPrefix(address, "https://feeds.example/library/opds/") {
		t.Error(address)
	}
	s.put("灯")
	_, _, text := s.read(address + "/search")
	if !strings.Contains(text, `template="`+address+`/books?q={searchTerms}"`) {
		t.Errorf("the search: %s", text)
	}
	for _, path := range []string{address, "/library/opds/authentication", "/library/opds/x/v2"} {
		status, _, text := s.read("https://parts.example" + strings.TrimPrefix(path, "https://feeds.example"))
		if status == http.StatusOK || strings.Contains(text, "authentication") {
			t.Errorf("on the origin of parts, %s: %d %s", path, status, text)
		}
	}
}

// TestLanguagesOfFeeds: Chinese first.
func TestLanguagesOfFeeds(t *testing.T) {
	s := openStand(t)
	s.put("灯")
	for language, want := range map[string]string{"": "书库 最新上架 按语言", "zh-TW": "书库 最新上架 按语言", "en-GB,zh;q=0.5": "Library Newest By language", "fr": "书库 最新上架 按语言"} {
		f := get[opdsFeed](s, s.address("u1", feeds.V2), "Accept-Language: "+language)
		if got := f.Metadata.Title + " " + f.Navigation[0].Title + " " + f.Navigation[4].Title; got != want {
			t.Errorf("%q: %s, want %s", language, got, want)
		}
	}
	f := get[opdsFeed](s, s.address("u1", feeds.V2)+"/by/language", "Accept-Language: en")
	if got := f.Navigation[0].Title; got != "Chinese" {
		t.Error(got)
	}
}

// TestLimitsOfFeeds crosses each limit.
func TestLimitsOfFeeds(t *testing.T) {
	s := openStand(t)
	s.FeedPage, s.FeedFacets = 2, 3
	base := s.address("u1", feeds.V2)
	for i := range 4 {
		s.put(fmt.Sprint("书", i), func(b *librarytest.Book) { b.Metadata.Subjects = []string{fmt.Sprint("主题", i)} })
	}
	f := get[opdsFeed](s, base+"/books?order=newest")
	if len(f.Publications) != 2 || to(f.Links, "next", "") == "" {
		t.Errorf("FEED_PAGE: %v", titlesOf(f))
	}
	for _, group := range f.Facets {
		if group.Metadata.Title == "主题" && len(group.Links) != 3 {
			t.Errorf("FEED_FACETS: %v", group)
		}
	}
	second := get[opdsFeed](s, to(f.Links, "next", ""))
	if len(second.Publications) != 2 || second.Facets != nil || to(second.Links, "next", "") != "" {
		t.Errorf("the second page: %+v", second)
	}
	s.FeedPage = 1000
	if f := get[opdsFeed](s, base+"/books"); len(f.Publications) != 4 {
		t.Errorf("a page of 1,000: %v", titlesOf(f))
	}
	for i := range maxOnShelf + 1 {
		e := edition(fmt.Sprintf("b%03d", i), i, "书", fmt.Sprint("作者", i))
		if err := s.Shelf.DB.InTx(t.Context(), func(tx pg.Tx) error { return PutEdition(t.Context(), tx, e) }); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		if _, err := s.Borrow(t.Context(), Reader{"default", "u1"}, e.Book); err != nil {
			t.Fatal(err)
		}
	}
	shelf := get[opdsFeed](s, base+"/shelf")
	if n := len(shelf.Publications); n != maxOnShelf || to(shelf.Publications[0].Links, "self", "b200") == "" {
		t.Errorf("the shelf: %d books", n)
	}
	if n := len(get[opdsFeed](s, base+"/by/author").Navigation); n != maxChoices {
		t.Errorf("a menu: %d lines", n)
	}
	if got := []rune(fileName(strings.Repeat("长", longestName+1))); len(got) != longestName {
		t.Errorf("a file's name: %d characters", len(got))
	}
}

// TestCountsAreKept for a minute, while the lists are always those of now.
func TestCountsAreKept(t *testing.T) {
	s := openStand(t)
	s.put("灯")
	base := s.address("u1", feeds.V2)
	see := func(want string) {
		t.Helper()
		start, list := get[opdsFeed](s, base), get[opdsFeed](s, base+"/books?order=newest")
		if got := fmt.Sprint(start.Navigation[0].Properties.NumberOfItems, list.Metadata.NumberOfItems, len(list.Publications)); got != want {
			t.Errorf("counted and listed: %s, want %s", got, want)
		}
	}
	see("1 1 1")
	s.take(librarytest.Book{Title: "河", Reading: []librarytest.File{{Name: "a.xhtml", MediaType: "application/xhtml+xml", Body: librarytest.Chapter("一", "水。")}}}.Put(t, s.store))
	see("1 1 2")
	s.now = s.now.Add(countsHold)
	see("2 2 2")
}

// TestFileNames: a title is nothing but a name.
func TestFileNames(t *testing.T) {
	for title, want := range map[string]string{"灯": "灯", "a/b\\c": "a_b_c", "../../etc/passwd": "_.._etc_passwd", "a\r\nSet-Cookie: b": "a__Set-Cookie_ b", ".": "book", "\xff": "_"} {
		if got := fileName(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
