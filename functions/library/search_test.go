package library

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/shared/pg"
)

// volume is a book of the test as it was before some characters of it were printed
// in their traditional form.
type volume struct {
	book, title string
	written     []string // by part
	printed     []string
}

// printed makes books, every third of them English and every fifth traditional,
// and puts them on the shelf.
func (d *desk) printed(count, size int) []volume {
	p := librarytest.NewPrinter(1)
	var all []volume
	for i := range count {
		v := volume{book: fmt.Sprintf("b%04d", i), title: p.Word(p.Chinese, i) + p.Word(p.Chinese, i+1)}
		for range 3 {
			part := p.Chapter(i, size/3, i%3 != 0)
			v.written = append(v.written, part)
			if i%5 == 0 {
				part = librarytest.Traditional.Replace(part)
			}
			v.printed = append(v.printed, part)
		}
		e := edition(v.book, i, v.title)
		e.Popularity = int64(i * 7919 % 50)
		d.add(e, v.printed...)
		all = append(all, v)
	}
	return all
}

// truth counts by looking: a word stands where its characters do. Letters and digits
// have to begin a word there; few letters, and digits, have to be all of it.
func truth(all []volume, words ...string) []string {
	var want []string
	for _, v := range all {
		whole := strings.Join(v.written, "\n")
		if !slices.ContainsFunc(words, func(w string) bool { return !counts(w).MatchString(whole) }) {
			want = append(want, v.book)
		}
	}
	return want
}

var latin = regexp.MustCompile(`[A-Za-z0-9]+`)

func counts(word string) *regexp.Regexp {
	word = strings.ReplaceAll(word, " ", "") // there are none but beside letters
	var b strings.Builder
	b.WriteString("(?i)")
	last := 0
	for _, at := range latin.FindAllStringIndex(word, -1) {
		run := word[at[0]:at[1]]
		b.WriteString(regexp.QuoteMeta(word[last:at[0]]))
		if at[0] > 0 && word[at[0]-1] >= 0x80 {
			b.WriteString(" ?") // AI时代 and AI 时代
		}
		b.WriteString(`\b` + run)
		if len(run) < 3 || strings.Trim(run, "0123456789") == "" {
			b.WriteString(`\b`)
		}
		if at[1] < len(word) && word[at[1]] >= 0x80 {
			b.WriteString(" ?")
		}
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(word[last:]))
	return regexp.MustCompile(b.String())
}

// stretches are stretches of n characters that stand somewhere in the books.
func stretches(r *rand.Rand, all []volume, n, count int, of *regexp.Regexp) []string {
	var out []string
	for tries := 0; len(out) < count && tries < 200_000; tries++ {
		v := all[r.IntN(len(all))]
		runes := []rune(v.written[r.IntN(len(v.written))])
		at := r.IntN(len(runes) - n)
		if s := string(runes[at : at+n]); of.MatchString(s) {
			out = append(out, s)
		}
	}
	return out
}

func TestEveryBookThatHoldsTheWordsIsFoundAndNoOther(t *testing.T) {
	d := open(t)
	all := d.printed(300, 9000)
	r := rand.New(rand.NewPCG(2, 2))
	han, mixed := regexp.MustCompile(`^\p{Han}+$`), regexp.MustCompile(`^\p{Han}*(AI|GPT4|Web|2026) ?\p{Han}+$|^\p{Han}+3\p{Han}+$`)
	two, four := stretches(r, all, 2, 30, han), stretches(r, all, 4, 30, han)
	queries := map[string][][]string{}
	for kind, list := range map[string][]string{"2 characters": two, "4 characters": four, "8 characters": stretches(r, all, 8, 30, han),
		"mixed": stretches(r, all, 6, 30, mixed), "letters": stretches(r, all, 7, 30, regexp.MustCompile(`^[a-z]{7}$`)), "short": {"AI", "in", "3", "13", "GPT4", "web", "3月", "AI人"}} {
		for _, w := range list {
			queries[kind] = append(queries[kind], []string{w})
		}
	}
	for i := range 29 {
		queries["2 words"] = append(queries["2 words"], []string{two[i], two[i+1]})
		queries["2 phrases"] = append(queries["2 phrases"], []string{four[i], two[i+1]})
	}
	for kind, list := range queries {
		found := 0
		for _, words := range list {
			hits := d.search(Query{Words: quoted(words), Field: FullText, Limit: 25, Places: 2})
			got, want := strings.Fields(books(hits)), truth(all, words...)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q is found in %d books, and stands in %d: %v, %v", kind, words, len(got), len(want), got, want)
			}
			found += len(got)
			for _, h := range hits {
				seen(t, all, h, words)
			}
		}
		if found < 10 {
			t.Errorf("%s: %d queries find %d books: the books are too poor for a test", kind, len(list), found)
		}
		t.Logf("%s: %d queries find %d books", kind, len(list), found)
	}
}

// A phrase of a title and another of the text find the book, although no filter knows
// titles; what has the grams of a phrase, or even every three characters of it, and not
// the phrase, is not looked into, unless it was indexed before there were filters.
func TestPhrasesOfTitlesPassTheFilter(t *testing.T) {
	d := open(t)
	d.add(edition("a", 0, "呼兰河传"), "严冬一封锁了大地的时候，用AI写诗。")
	d.add(edition("b", 1, "河传呼兰"), "严冬一封。封锁了大。大地的时候。用AI。会写诗。")
	d.add(edition("c", 2, "呼河兰传"), "严冬一，冬一封，一封锁。用AI，AI写，写诗。春眠不觉晓，处处闻啼鸟。")
	for words, want := range map[string]string{"呼兰河传 严冬一封锁": "a", "严冬一封锁": "a", "呼兰河 严冬一": "a", "河传呼兰 严冬一封": "b", "大地的时候": "b a", "呼兰河传 用AI写诗": "a", "“用 AI 写诗”": "a"} {
		if got := books(d.search(Query{Words: words})); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
	for _, filled := range []struct {
		with       string
		candidates int
	}{{`phrases = phrases`, 1}, {`fours = ''`, 2}, {`phrases = ''`, 3}} {
		if _, err := d.DB.Exec(t.Context(), `UPDATE book_grams SET `+filled.with); err != nil {
			t.Fatal(err)
		}
		q := Query{Words: "严冬一封锁", Field: FullText}
		a, err := q.check()
		if err != nil {
			t.Fatal(err)
		}
		all, err := d.candidates(t.Context(), a, a.words.Grams(), 9)
		if err != nil || len(all) != filled.candidates {
			t.Errorf("%s: %d books may hold the phrase, %v: want %d of the 3 that have its grams", filled.with, len(all), err, filled.candidates)
		}
		if got := books(d.search(q)); got != "a" {
			t.Errorf("%s: %q, want a", filled.with, got)
		}
	}
}

// A page is the same whether the order is walked along or keys are asked.
func TestBothWaysFindTheSame(t *testing.T) {
	d := open(t)
	all := d.printed(300, 60)
	for i, v := range all[:40] {
		title := []rune(v.title)
		for _, q := range []Query{{Words: string(title[:1])}, {Words: string(title[:2]), Field: Title}, {Words: string(title[:2]), Field: Title, Order: ByTitle}, {Words: string(title[:1]), Field: Title, Order: ByNewest, Filter: Filter{Language: "zh"}}} {
			q.Limit = 1 + i%7
			a, err := q.check()
			if err != nil || !a.keyed() {
				t.Fatalf("%+v: %v, want keys", q, err)
			}
			for pages := 0; pages < 3; pages++ {
				along, keys := d.found(a, a.alongOrder), d.found(a, a.byKeys)
				if diff := cmp.Diff(ids(keys), ids(along)); diff != "" {
					t.Fatalf("%+v: (-by keys +along the order)\n%s", q, diff)
				}
				if len(keys) == 0 {
					break
				}
				a.from = a.behind(keys[len(keys)-1])
			}
		}
	}
}

// What statistics say decides the way: without any, the order is walked along; what
// they know to be few is found by its keys.
func TestCommonKeys(t *testing.T) {
	d := open(t)
	zh, rare := Filter{Language: "zh"}.keys()[0], Filter{Publisher: "nobody"}.keys()[0]
	most := func(keys ...int32) (n float64) {
		t.Helper()
		var fresh commonKeys
		d.tx(func(tx pg.Tx) (err error) {
			n, err = fresh.most(t.Context(), tx, keys)
			return err
		})
		return n
	}
	along := func() (is bool) {
		t.Helper()
		a, err := Query{Filter: Filter{Language: "zh"}}.check()
		if err != nil {
			t.Fatal(err)
		}
		d.tx(func(tx pg.Tx) (err error) {
			is, err = (&Shelf{DB: d.DB}).along(t.Context(), tx, a)
			return err
		})
		return is
	}
	d.printed(300, 60)
	if !along() {
		t.Error("without statistics the order is not walked along")
	}
	if got := most(zh); !math.IsInf(got, 1) {
		t.Errorf("without statistics %v editions are in Chinese at most, want any number", got)
	}
	if _, err := d.DB.Exec(t.Context(), `ANALYZE edition`); err != nil {
		t.Fatal(err)
	}
	if along() {
		t.Error("300 editions are looked for along the order")
	}
	if got := most(zh); got != 300 {
		t.Errorf("%v editions are in Chinese at most, want 300", got)
	}
	if got := most(zh, rare); got >= 300 {
		t.Errorf("%v editions are of a publisher that has none, want fewer than there are", got)
	}
}

func ids(all []found) (books []string) {
	for _, f := range all {
		books = append(books, f.Book)
	}
	return books
}

func (d *desk) found(a asked, by func() (string, []any)) (all []found) {
	d.Helper()
	err := d.tuned(d.Context(), func(tx pg.Tx) (err error) { all, err = a.read(d.Context(), tx, by); return err })
	if err != nil {
		d.Fatal(err)
	}
	return all
}

// quoted is a query for words, each of which may hold spaces.
func quoted(words []string) string { return `"` + strings.Join(words, `" "`) + `"` }

// seen wants what is shown of a book to be in it, where it is said to be, with every
// word marked somewhere.
func seen(t *testing.T, all []volume, h Hit, words []string) {
	t.Helper()
	v := all[slices.IndexFunc(all, func(v volume) bool { return v.book == h.Edition.Book })]
	unseen := slices.Clone(words)
	for _, p := range h.Places {
		part := slices.Index([]string{"c1.xhtml", "c2.xhtml", "c3.xhtml"}, p.Href)
		if !strings.Contains(v.printed[part], p.Text) || strings.Contains(p.Text, "\n") {
			t.Fatalf("%s: %q is not in %s", h.Edition.Book, p.Text, p.Href)
		}
		written := []rune(v.written[part])
		at := strings.Index(v.printed[part], p.Text)
		from := utf8.RuneCountInString(v.printed[part][:at])
		shown := string(written[p.Offset : p.Offset+p.Length])
		for _, m := range p.Marks {
			shown += "\n" + string(written[from+m.Start:from+m.End])
		}
		unseen = slices.DeleteFunc(unseen, func(w string) bool { return counts(w).MatchString(shown) })
	}
	if len(h.Places) == 0 || len(unseen) > 0 {
		t.Fatalf("%s: nothing shows %v: %+v", h.Edition.Book, unseen, h.Places)
	}
}

func TestTitlesByOneCharacterAndMore(t *testing.T) {
	d := open(t)
	all := d.printed(300, 300)
	for _, c := range "国数经的人学" {
		got := strings.Fields(books(d.search(Query{Words: string(c), Field: Title, Limit: 9})))
		slices.Sort(got)
		var want []string
		for _, v := range all {
			if strings.ContainsRune(v.title, c) {
				want = append(want, v.book)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%c is in the titles of %v, want %v", c, got, want)
		}
	}
	page, err := d.Search(t.Context(), Query{Words: "国", Field: FullText})
	if err != nil || !page.TooShort || len(page.Hits) > 0 {
		t.Errorf("texts are searched for one character: %+v, %v", page, err)
	}
}

func TestBooksAreFoundByWhatDescribesThem(t *testing.T) {
	d := open(t)
	dream := edition("dream", 1, "紅樓夢", "曹雪芹", "高鶚")
	dream.Metadata.ISBN, dream.Metadata.Publisher, dream.Metadata.Subjects, dream.Metadata.CLC, dream.Metadata.Published = "9787020002207", "人民文学出版社", []string{"古典小说", "Novel"}, "I242.4", "1996-12"
	dream.Popularity = 5
	d.add(dream, "甄士隐梦幻识通灵，贾雨村风尘怀闺秀。", "林黛玉进贾府。")
	primer := edition("primer", 2, "C++ Primer", "Stanley Lippman")
	primer.Metadata.Language, primer.Metadata.CLC, primer.Metadata.Published, primer.Format, primer.Popularity = "en", "TP312", "2012", events.BookPDF, 9
	d.add(primer, "A dream of red mansions is not in this book. Templates are.")
	d.add(edition("study", 3, "红楼梦研究", "俞平伯"), "林黛玉与薛宝钗。")
	for _, c := range []struct {
		query Query
		want  string
	}{
		{Query{Words: "红楼梦"}, "dream study"},
		{Query{Words: "紅樓夢", Field: Title, Order: ByNewest}, "study dream"},
		{Query{Words: "《红楼》", Field: Title, Order: ByTitle}, "dream study"},
		{Query{Words: "honglou"}, "dream study"},
		{Query{Words: "hong lou meng"}, "dream study"},
		{Query{Words: "hlm", Field: Title}, "dream study"},
		{Query{Words: "caoxueqin", Field: Author}, "dream"},
		{Query{Words: "cxq"}, "dream"},
		{Query{Words: "高鹗", Field: Author}, "dream"},
		{Query{Words: "红楼", Field: Author}, ""},
		{Query{Words: "7-02-000220-X"}, "dream"},
		{Query{Words: "978-7-02-000220-7", Field: ISBN}, "dream"},
		{Query{Words: "人民", Field: ISBN}, ""},
		{Query{Words: "古典小说", Field: Subject}, "dream"},
		{Query{Words: "人民文学", Field: Subject}, ""},
		{Query{Words: "文学出版"}, "dream"},
		{Query{Words: "c++"}, "primer"},
		{Query{Words: "红楼梦 曹雪芹"}, "dream"},
		{Query{Words: "曹雪芹 林黛玉"}, "dream"}, // one in the metadata, one in the text
		{Query{Words: "林黛玉"}, "dream study"},
		{Query{Words: "曹雪芹 林黛玉", Field: FullText}, ""},
		{Query{Words: "dream mansions"}, "primer"},
		{Query{Words: "林黛玉", Filter: Filter{Class: "I2"}}, "dream"},
		{Query{Words: "林黛玉", Filter: Filter{Class: "I3"}}, ""},
		{Query{Filter: Filter{Class: "I242.4"}}, "dream"},
		{Query{Filter: Filter{Class: "TP"}}, "primer"},
		{Query{Filter: Filter{Class: "P"}}, ""},
		{Query{Filter: Filter{Author: "曹雪芹"}}, "dream"},
		{Query{Filter: Filter{Author: "曹雪"}}, ""},
		{Query{Filter: Filter{Subject: "Novel"}}, "dream"},
		{Query{Filter: Filter{Publisher: "人民文学出版社", Year: 1996}}, "dream"},
		{Query{Filter: Filter{Year: 1997}}, ""},
		{Query{Filter: Filter{Language: "en"}}, "primer"},
		{Query{Filter: Filter{Format: events.BookPDF}}, "primer"},
		{Query{}, "primer dream study"},
		{Query{Order: ByNewest}, "study primer dream"},
		{Query{Order: ByTitle}, "primer dream study"},
		{Query{Words: "——"}, ""},
	} {
		for _, limit := range []int{1, 20} {
			c.query.Limit = limit
			if got := books(d.search(c.query)); got != c.want {
				t.Errorf("%+v: %q, want %q", c.query, got, c.want)
			}
		}
	}
}
