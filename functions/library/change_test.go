package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

func TestWithdrawnBooksAreInNoList(t *testing.T) {
	d := open(t)
	for i, title := range []string{"数据治理", "数据平台"} {
		d.add(edition(fmt.Sprint("b", i), i, title), "政务数据在此。")
	}
	queries := []Query{{}, {Words: "数据"}, {Words: "数据", Field: Title}, {Words: "政务", Field: FullText}, {Words: "shuju"}, {Filter: Filter{Language: "zh"}}, {Words: "政务", Filter: Filter{Language: "zh"}}}
	want := func(when, want string) {
		t.Helper()
		for _, q := range queries {
			if got := books(d.search(q)); got != want {
				t.Errorf("%s: %+v: %q, want %q", when, q, got, want)
			}
			f, err := d.Facets(t.Context(), q, 5)
			if n := len(strings.Fields(want)); err != nil || f.Counted != n {
				t.Errorf("%s: %+v: %d are counted, want %d (%v)", when, q, f.Counted, n, err)
			}
		}
	}
	want("both there", "b1 b0")
	for range 2 {
		d.tx(func(tx pg.Tx) error { return Withdraw(t.Context(), tx, "b1") })
		want("withdrawn", "b0")
	}
	// The text comes late, and so does a newer version of the metadata.
	d.add(edition("b1", 9, "数据平台二"), "政务数据在此。")
	want("withdrawn, then written and indexed again", "b0")
	d.tx(func(tx pg.Tx) error {
		if err := Restore(t.Context(), tx, "b1"); err != nil {
			return err
		}
		return Index(t.Context(), tx, "b1", text.Index(bookOf([]string{"政务数据在此。"})))
	})
	want("restored", "b1 b0")
}

func TestPagesHaveNoGapsAndNoDoublesWhileBooksAreAdded(t *testing.T) {
	for q, want := range map[Query]int{{}: 40, {Order: ByNewest}: 40, {Order: ByTitle}: 40, {Words: "数据"}: 40, {Words: "数据", Field: Title, Order: ByTitle}: 20, {Words: "平台", Field: FullText}: 40, {Words: "书"}: 20} {
		d := open(t)
		for i := range 40 {
			e := edition(fmt.Sprintf("old%02d", i), i, []string{"数据", "书"}[i%2])
			e.Popularity = int64(i % 3)
			d.add(e, "平台上的数据。")
		}
		seen := map[string]int{}
		q.Limit = 3
		for i := 0; ; i++ {
			page, err := d.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Hits {
				seen[h.Edition.Book]++
			}
			if q.After = page.Next; q.After == "" {
				break
			}
			e := edition(fmt.Sprintf("new%02d", i), -i, []string{"数据", "书"}[i%2])
			e.Popularity = int64(i % 4)
			d.add(e, "平台上的数据。")
		}
		old := 0
		for book, n := range seen {
			if n > 1 {
				t.Errorf("%+v: %s is on %d pages", q, book, n)
			}
			if strings.HasPrefix(book, "old") {
				old++
			}
		}
		if old != want {
			t.Errorf("%+v: %d of the books that were there are seen, want %d", q, old, want)
		}
	}
}

func TestReadsOrderListsWhenTheyAreTakenOver(t *testing.T) {
	d := open(t)
	for i := range 3 {
		d.add(edition(fmt.Sprint("b", i), i, "数据"), "平台")
	}
	if _, err := d.DB.Exec(t.Context(), `UPDATE edition SET reads = CASE book WHEN 'b0' THEN 9 WHEN 'b1' THEN 7 ELSE 0 END`); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"b2 b1 b0", "b0 b2 b1", "b0 b1 b2"} {
		for _, q := range []Query{{}, {Words: "平台", Field: FullText}} {
			if got := books(d.search(q)); got != want {
				t.Errorf("%+v: %s, want %s", q, got, want)
			}
		}
		if _, err := TakeOverReads(t.Context(), d.DB, 1); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := TakeOverReads(t.Context(), d.DB, 1); err != nil || n != 0 {
		t.Errorf("%d books change again, %v", n, err)
	}
}

func TestWhatDescribesABookIsSearchedAnewWhenItChanges(t *testing.T) {
	d := open(t)
	d.add(edition("b", 0, "旧名", "张三"), "平台上的数据。")
	e := edition("b", 5, "新名\x00", "李四")
	e.Text = &events.Object{Bucket: "artifacts", Key: "texts/b/text.zst"}
	d.tx(func(tx pg.Tx) error { return PutEdition(t.Context(), tx, e) })
	for words, want := range map[string]string{"新名": "b", "旧名": "", "李四 数据": "b", "张三 数据": "", "数据": "b"} {
		if got := books(d.search(Query{Words: words})); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
	if e := d.search(Query{})[0].Edition; e.Metadata.Title != "新名" || !e.AddedAt.Equal(began) {
		t.Errorf("the title is %q and the book came at %v", e.Metadata.Title, e.AddedAt)
	}
}

// Books with all the grams of a phrase, but without it, do not keep a reader waiting
// for ever.
func TestAPageLooksIntoSoManyBooksAndNoMore(t *testing.T) {
	d := open(t)
	for i := range 45 {
		d.add(edition(fmt.Sprintf("b%02d", i), 0, "书"), "甲乙。乙丙。")
	}
	d.add(edition("a", 0, "书"), "甲乙丙。")
	q := Query{Words: "甲乙丙", Field: FullText, Limit: 2}
	pages := 0
	for ; ; pages++ {
		page, err := d.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if q.After = page.Next; q.After == "" {
			if got := books(page.Hits); got != "a" || pages == 0 {
				t.Errorf("page %d is the last and holds %q", pages, got)
			}
			return
		}
		if len(page.Hits) > 0 {
			t.Errorf("page %d holds %s", pages, books(page.Hits))
		}
	}
}

func TestATextThatIsGoneIsTold(t *testing.T) {
	d := open(t)
	for i := range 3 {
		d.add(edition(fmt.Sprint("b", i), 0, "书"), "平台。")
	}
	if err := d.store.Delete(t.Context(), "artifacts", "texts/b1/text.zst"); err != nil {
		t.Fatal(err)
	}
	page, err := d.Search(t.Context(), Query{Words: "平台"})
	if err != nil || books(page.Hits) != "b2 b0" || len(page.Unread) != 1 || page.Unread[0].Book != "b1" || !errors.Is(page.Unread[0].Err, blob.ErrNotFound) {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestFacets(t *testing.T) {
	d := open(t)
	for i, class := range []string{"TP312", "TP393", "I242", ""} {
		e := edition(fmt.Sprint("b", i), 0, "数据", []string{"甲", "乙"}[i%2])
		e.Metadata.CLC, e.Metadata.Subjects, e.Metadata.Published = class, []string{"计算机", fmt.Sprint(i)}, "2024"
		d.add(e, []string{"平台", "网络"}[i/2])
	}
	got, err := d.Facets(t.Context(), Query{}, 2)
	want := Facets{Counted: 4, Classes: []Count{{"I", 1}, {"T", 2}}, Languages: []Count{{"zh", 4}}, Formats: []Count{{"epub", 4}}, Years: []Count{{"2024", 4}},
		Authors: []Count{{"乙", 2}, {"甲", 2}}, Subjects: []Count{{"计算机", 4}, {"0", 1}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("-want +got\n%s%v", diff, err)
	}
	for _, c := range []struct {
		q    Query
		want int
	}{{Query{Words: "数据"}, 4}, {Query{Words: "平台"}, 2}, {Query{Words: "平台", Filter: Filter{Class: "TP3", Author: "甲"}}, 1}, {Query{Words: "数据 网络"}, 2}, {Query{Words: "平", Field: FullText}, 0}, {Query{Words: "、"}, 0}} {
		if got, err := d.Facets(t.Context(), c.q, 2); err != nil || got.Counted != c.want {
			t.Errorf("%+v: %d are counted, want %d (%v)", c.q, got.Counted, c.want, err)
		}
	}
}

// A list that is narrowed to a class is counted by the classes right below it.
func TestFacetsBelowAClass(t *testing.T) {
	d := open(t)
	for i, class := range []string{"TP312", "TP393.08", "TN92", "T-65", "K825.6", "K81", "K2", "A49", "A4", "D920", "DF36", "F592.7", "F53"} {
		e := edition(fmt.Sprintf("b%02d", i), 0, "数据")
		e.Metadata.CLC = class
		d.add(e)
	}
	for class, want := range map[string][]Count{
		"": {{"A", 2}, {"D", 2}, {"F", 2}, {"K", 3}, {"T", 4}}, "T": {{"TN", 1}, {"TP", 2}}, "K": {{"K2", 1}, {"K81", 1}, {"K82", 1}}, "A": {{"A4", 2}, {"A49", 1}},
		"D": {{"D9", 1}, {"DF", 1}}, "F": {{"F5", 2}, {"F59", 1}}, "TP": nil, "TP312": nil, "X": nil, "?": nil,
	} {
		got, err := d.Facets(t.Context(), Query{Filter: Filter{Class: class}}, 1)
		if diff := cmp.Diff(want, got.Classes); diff != "" || err != nil {
			t.Errorf("%q: -want +got\n%s%v", class, diff, err)
		}
		for _, c := range got.Classes { // what is counted is what the list then holds
			if n := len(d.search(Query{Filter: Filter{Class: c.Value}})); n != c.Books {
				t.Errorf("%s: %d are counted, %d are there", c.Value, c.Books, n)
			}
		}
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	d := open(t)
	for _, q := range []Query{{Words: strings.Repeat("长", text.MaxQuery+1)}, {Field: "body"}, {Order: "random"}, {Words: "数据", Order: ByNewest}, {Limit: 101}, {Limit: -1}, {Places: 21},
		{After: "x"}, {After: place{Order: ByTitle}.String()}, {After: place{Book: "\x00"}.String()}} {
		if _, err := d.Search(t.Context(), q); !fault.IsInvalid(err) {
			t.Errorf("%+.60v: %v, want a refusal", q, err)
		}
	}
}

func TestTexts(t *testing.T) {
	d := open(t)
	b := bookOf([]string{"一", "二", "三"})
	object := *d.put("texts/a/text.zst", b)
	read := func(o *Objects, object events.Object, enough int) (hrefs []string, err error) {
		err = o.Parts(t.Context(), object, func(p text.Part) bool {
			hrefs = append(hrefs, p.Href)
			return len(hrefs) < enough
		})
		return hrefs, err
	}
	whole := []string{"c1.xhtml", "c2.xhtml", "c3.xhtml"}
	o := &Objects{Store: d.store, MaxPacked: object.Size, MaxText: 200, Keep: object.Size + 24}
	for _, enough := range []int{1, 2, 4, 2} { // the first fetches it, the next read on in what is kept
		if got, err := read(o, object, enough); err != nil || !slices.Equal(got, whole[:min(enough, 3)]) {
			t.Errorf("%v, %v", got, err)
		}
		if err := d.store.Delete(t.Context(), "artifacts", object.Key); err != nil {
			t.Fatal(err)
		}
	}
	if o.size != 24 {
		t.Errorf("%d bytes are kept of three parts of 3 bytes, folded 5", o.size)
	}
	if _, err := read(o, *d.put("texts/b/text.zst", b), 1); err != nil || len(o.kept) != 1 || o.size > o.Keep {
		t.Errorf("%d texts of %d bytes are kept, %v: the next drives it out", len(o.kept), o.size, err)
	}
	if _, err := read(o, object, 4); err == nil || len(o.kept) != 1 {
		t.Errorf("%d texts are kept, one of which cannot be read: %v", len(o.kept), err)
	}
	object = *d.put(object.Key, b)
	o = &Objects{Store: d.store, MaxPacked: object.Size, MaxText: 200, Keep: 1000}
	var all sync.WaitGroup
	for i := range 40 { // each reads on where another has stopped
		all.Go(func() {
			if got, err := read(o, object, 1+i%4); err != nil || !slices.Equal(got, whole[:min(1+i%4, 3)]) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
	for name, o := range map[string]*Objects{"packed": {Store: d.store, MaxPacked: object.Size - 1, MaxText: 200}, "unpacked": {Store: d.store, MaxPacked: object.Size, MaxText: 100}} {
		if _, err := read(o, object, 9); err == nil {
			t.Errorf("a text that is too large %s is read", name)
		}
	}
}
