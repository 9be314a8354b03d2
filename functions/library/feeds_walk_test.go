package library

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed/atom"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds"
	"xietong.dev/functions/library/librarytest"
)

// TestAStrangeReaderWalks: a reader of feeds that is not ours (gofeed) goes through the
// newest books to their end, while books come and go. What was there and stayed it sees
// once; what is withdrawn it sees no more from then on.
func TestAStrangeReaderWalks(t *testing.T) {
	s := openStand(t)
	s.FeedPage = 7
	var ids []string
	for i := range 50 {
		ids = append(ids, s.put(fmt.Sprintf("第 %02d 本 <&>", i)))
	}
	withdraw := func(i int) {
		s.take(events.BookWithdrawn{Book: ids[i], Origin: events.Origin{Source: "test", ID: ids[i], Version: 9}, Reason: "权利到期"})
	}
	var want, got []string
	for i := 49; i >= 0; i-- {
		if i != 10 && i != 0 {
			want = append(want, fmt.Sprintf("第 %02d 本 <&>", i))
		}
	}
	pages := 0
	for address := s.address("u1", feeds.V1) + "/books?order=newest"; address != ""; pages++ {
		_, _, text := s.read(address)
		page, err := (&atom.Parser{}).Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			got = append(got, e.Title)
		}
		address = ""
		for _, l := range page.Links {
			if l.Rel == "next" {
				address = l.Href
			}
		}
		switch pages {
		case 1:
			s.put("新书")  // is on the first page, which is through
			withdraw(10) // is on a page to come
			withdraw(45) // was seen
		case 3:
			withdraw(0)
			withdraw(28) // the last that was seen: the next page begins behind it all the same
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 7 {
		t.Errorf("%d pages (-want +got)\n%s", pages, diff)
	}
	for _, i := range []int{0, 10, 28, 45} {
		if status, _, _ := s.read(s.address("u1", feeds.V1) + "/books/" + ids[i]); status != 404 {
			t.Errorf("withdrawn book %d: %d", i, status)
		}
	}
}

// TestAWithdrawnBookLeavesEveryFeed at once, also the shelf of those who have it.
func TestAWithdrawnBookLeavesEveryFeed(t *testing.T) {
	s := openStand(t)
	id := s.put("灯", licensed(1, 7, ""))
	base := s.address("u1", feeds.V2)
	get[opdsBook](s, base+"/books/"+id+"/borrow")
	s.take(events.BookWithdrawn{Book: id, Origin: events.Origin{Source: "test", ID: "灯", Version: 2}, Reason: "权利到期"})
	for _, path := range []string{"/books", "/books?order=newest", "/books?query=%E7%81%AF", "/shelf"} {
		if f := get[opdsFeed](s, base+path); len(f.Publications) > 0 {
			t.Errorf("%s: %v", path, titlesOf(f))
		}
	}
	for _, path := range []string{"/v2/books/" + id, "/v2/books/" + id + "/borrow", "/files/" + id + "/book.epub", "/read/" + id, "/licences/" + id} {
		if status, _, _ := s.read(strings.TrimSuffix(base, "/v2") + path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestASearchGoesOn where texts look like the phrase for long and do not hold it: up to
// a limit, behind which the reader turns an empty page.
func TestASearchGoesOn(t *testing.T) {
	s := openStand(t)
	s.FeedPage = 1
	// One page looks into 16 texts: Looks of them, in steps of fewest.
	const looks = longestSearch * 2 * fewest
	for i := range looks + 1 {
		s.put(fmt.Sprint("甲", i), func(b *librarytest.Book) { b.Reading[0].Body = librarytest.Chapter("一", "白鹭飞，鹭飞翔。") })
	}
	id := s.put("乙", func(b *librarytest.Book) { b.Reading[0].Body = librarytest.Chapter("一", "白鹭飞翔。") })
	for _, table := range []string{"edition", "book_grams"} { // it is looked into last
		if _, err := s.Shelf.DB.Exec(t.Context(), `UPDATE `+table+` SET popularity = -1 WHERE book = $1`, id); err != nil {
			t.Fatal(err)
		}
	}
	first := get[opdsFeed](s, s.address("u1", feeds.V2)+"/books?field=fulltext&query="+url.QueryEscape("白鹭飞翔"))
	if len(first.Publications) > 0 || to(first.Links, "next", "") == "" {
		t.Fatalf("after %d texts: %v", looks, titlesOf(first))
	}
	if second := get[opdsFeed](s, to(first.Links, "next", "")); len(second.Publications) != 1 || second.Publications[0].Metadata.Title != "乙" {
		t.Errorf("the next page: %v", titlesOf(second))
	}
}
