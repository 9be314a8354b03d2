package library

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"xietong.dev/functions/library/librarytest"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/han"
	"xietong.dev/shared/pg"
)

// The benchmark's size. The default only shows that it works:
//
//	go test -run '^$' -bench Shelf -benchtime 200x -books 2000 -bytes 100000 .
var (
	benchBooks = flag.Int("books", 40, "books of the benchmark")
	benchBytes = flag.Int("bytes", 20_000, "bytes of the text of each")
	benchLists = flag.Int("editions", 500, "books of the benchmark that have no text")
)

func BenchmarkShelf(b *testing.B) {
	for name, keys := range map[string]func([]booktext.Part) text.Keys{"filtered": text.Index, "triples as grams": tripled} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			d.Texts = &Objects{Store: d.store, MaxPacked: 1 << 26, MaxText: 1 << 28, Keep: 1 << 27}
			all := d.load(*benchBooks, *benchBytes, keys)
			for kind, queries := range benchQueries(all) {
				b.Run(kind, func(b *testing.B) { d.time(b, queries) })
			}
		})
	}
}

// tripled are keys that have the triples among the grams, where no filter is needed:
// what [text.Filter] is measured against. Its queries do not use them, so that only
// the sizes and the making are to be compared.
func tripled(parts []booktext.Part) text.Keys {
	keys := text.Index(parts)
	for _, p := range parts {
		for run := range strings.FieldsSeq(text.Fold(p.Text)) {
			letters := []rune(run)
			for i := range max(0, len(letters)-2) {
				if unicode.Is(unicode.Han, letters[i]) {
					h := fnv.New32a()
					h.Write([]byte(string(letters[i : i+3])))
					keys.Grams = append(keys.Grams, int32(h.Sum32()))
				}
			}
		}
	}
	slices.Sort(keys.Grams)
	return text.Keys{Grams: slices.Compact(keys.Grams)}
}

// BenchmarkLists is about what describes books: one title of some words each, authors
// and publishers as they are common, classes of four levels.
func BenchmarkLists(b *testing.B) {
	d := open(b)
	p := librarytest.NewPrinter(1)
	began := time.Now()
	var titles []string
	for first := 0; first < *benchLists; first += 500 {
		d.tx(func(tx pg.Tx) error {
			for i := first; i < min(first+500, *benchLists); i++ {
				e := edition(fmt.Sprintf("b%06d", i), i, p.Word(p.Chinese, i)+p.Word(p.Chinese, i+1)+p.Word(p.Chinese, i+2), p.Chinese[p.Often.Uint64()]+"明")
				e.Metadata.Publisher, e.Metadata.Subjects = p.Chinese[p.Often.Uint64()%500]+"出版社", []string{p.Chinese[p.Often.Uint64()%3000]}
				e.Metadata.Published, e.Popularity = fmt.Sprint(1980+p.IntN(45)), int64(p.Often.Uint64())
				e.Metadata.CLC = fmt.Sprintf("%c%d%d%d", 'A'+rune(p.Often.Uint64()%22), p.IntN(10), p.IntN(10), p.IntN(10))
				e.Metadata.Language = []string{"zh", "zh", "zh", "en"}[p.IntN(4)]
				if titles = append(titles, e.Metadata.Title); PutEdition(d.Context(), tx, e) != nil {
					return fmt.Errorf("book %d", i)
				}
			}
			return nil
		})
	}
	took := time.Since(began)
	if _, err := d.DB.Exec(b.Context(), `VACUUM ANALYZE edition`); err != nil {
		b.Fatal(err)
	}
	var rows, indexes, keys int64
	if err := d.DB.QueryRow(b.Context(), `SELECT pg_table_size('edition'), pg_indexes_size('edition'), pg_table_size('edition_k')`).Scan(&rows, &indexes, &keys); err != nil {
		b.Fatal(err)
	}
	fmt.Printf("%d books in %v: %.0f books/s; rows %.1f MB, indexes %.1f MB, %.1f MB of them keys\n", *benchLists, took.Round(time.Millisecond),
		float64(*benchLists)/took.Seconds(), float64(rows)/1e6, float64(indexes)/1e6, float64(keys)/1e6)
	queries := map[string][]Query{}
	for range 100 {
		title := []rune(titles[p.IntN(len(titles))])
		class := fmt.Sprintf("%c%d%d", 'A'+rune(p.Often.Uint64()%22), p.IntN(10), p.IntN(10))
		for kind, q := range map[string]Query{
			"title of 1": {Words: string(title[:1]), Field: Title}, "title of 2": {Words: string(title[:2]), Field: Title}, "title": {Words: string(title), Field: Title},
			"author": {Words: p.Chinese[p.Often.Uint64()] + "明", Field: Author}, "pinyin": {Words: text.SortKey(string(title))[:4], Field: Title},
			"class of 1": {Filter: Filter{Class: class[:1]}}, "class of 3 newest": {Filter: Filter{Class: class}, Order: ByNewest}, "class in a year by title": {Filter: Filter{Class: class[:2], Year: 2001}, Order: ByTitle},
			"language": {Filter: Filter{Language: "en"}, Order: ByTitle}, "popular": {}, "publisher newest": {Filter: Filter{Publisher: p.Chinese[p.Often.Uint64()%500] + "出版社"}, Order: ByNewest},
			"deep": {Order: ByNewest, After: place{Order: ByNewest, Added: edition("", *benchLists/2, "").AddedAt, Book: "b"}.String()},
		} {
			queries[kind] = append(queries[kind], q)
		}
	}
	for kind, some := range queries {
		b.Run(kind, func(b *testing.B) { d.time(b, some) })
	}
	for kind, q := range map[string]Query{"all": {}, "of 2 characters": {Words: titles[0][:6], Field: Title}} {
		b.Run("facets "+kind, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Facets(b.Context(), q, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// load prints books, puts them on the shelf eight to a transaction, two at a time,
// and prints what that took.
func (d *desk) load(count, size int, keys func([]booktext.Part) text.Keys) []volume {
	p := librarytest.NewPrinter(1)
	all := make([]volume, count)
	bytes, making := 0, time.Duration(0)
	shelve := make(chan []volume)
	var loaders sync.WaitGroup
	var mu sync.Mutex
	began := time.Now()
	printing := time.Duration(0)
	for range 2 {
		loaders.Go(func() {
			for some := range shelve {
				took := d.shelve(some, keys)
				mu.Lock()
				making += took
				mu.Unlock()
			}
		})
	}
	for i := range all {
		start := time.Now()
		v := volume{book: fmt.Sprintf("b%06d", i), title: p.Word(p.Chinese, i) + p.Word(p.Chinese, i+1)}
		for range 10 {
			v.written = append(v.written, p.Chapter(i, size/10, i%5 != 0))
			bytes += len(v.written[len(v.written)-1])
		}
		all[i] = v
		printing += time.Since(start)
		if i%8 == 7 || i == count-1 {
			shelve <- all[i/8*8 : i+1]
		}
	}
	close(shelve)
	loaders.Wait()
	took := time.Since(began)
	for _, sql := range []string{`VACUUM ANALYZE edition`, `VACUUM ANALYZE book_grams`} {
		if _, err := d.DB.Exec(d.Context(), sql); err != nil {
			d.Fatal(err)
		}
	}
	var heap, gin, grams, filters int64
	err := d.DB.QueryRow(d.Context(), `SELECT sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid)), (SELECT sum(cardinality(grams)) FROM book_grams), (SELECT sum(octet_length(phrases) + octet_length(fours)) FROM book_grams) FROM pg_class c WHERE relkind = 'r' AND relname LIKE 'book\_grams\_%'`).Scan(&heap, &gin, &grams, &filters)
	if err != nil {
		d.Fatal(err)
	}
	text := float64(bytes)
	fmt.Printf("%d books, %.1f MB of text in %v (%v of it printing, beside): %.1f books/s, %.2f MB/s; keys %v of one core\n", count, text/1e6, took.Round(time.Millisecond), printing.Round(time.Millisecond),
		float64(count)/took.Seconds(), text/1e6/took.Seconds(), making.Round(time.Millisecond))
	fmt.Printf("%d grams a book; index %.2f of the text, rows %.2f of which filters %.2f, all %.2f\n", grams/int64(count), float64(gin)/text, float64(heap)/text, float64(filters)/text, float64(gin+heap)/text)
	return all
}

// shelve puts books on the shelf in one transaction, and returns how long the keys
// took.
func (d *desk) shelve(some []volume, keys func([]booktext.Part) text.Keys) (making time.Duration) {
	made := make([]text.Keys, len(some))
	editions := make([]Edition, len(some))
	for i, v := range some {
		b := bookOf(v.written)
		start := time.Now()
		made[i] = keys(b)
		making += time.Since(start)
		editions[i] = edition(v.book, 0, v.title, v.title[:6])
		editions[i].Popularity = int64(len(v.written[0]) * 7919 % 1000)
		editions[i].Text = d.put("texts/"+v.book+"/text.zst", b)
	}
	err := d.DB.InTx(context.Background(), func(tx pg.Tx) error {
		for i, v := range some {
			if err := PutEdition(d.Context(), tx, editions[i]); err != nil {
				return err
			}
			if err := Index(d.Context(), tx, v.book, made[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.Error(err)
	}
	return making
}

func benchQueries(all []volume) map[string][]Query {
	r := rand.New(rand.NewPCG(3, 3))
	queries := map[string][]Query{}
	glyphs := regexp.MustCompile(`^\p{Han}+$`)
	two := stretches(r, all, 2, 100, glyphs)
	add := func(kind string, words []string, f Field) {
		for _, w := range words {
			queries[kind] = append(queries[kind], Query{Words: w, Field: f, Limit: 20})
		}
	}
	add("text/2 characters", two, FullText)
	add("text/4 characters", stretches(r, all, 4, 100, glyphs), FullText)
	add("text/8 characters", stretches(r, all, 8, 100, glyphs), FullText)
	add("text/mixed", stretches(r, all, 6, 50, regexp.MustCompile(`^\p{Han}+(AI|GPT4|Web|2026)\p{Han}+$`)), FullText)
	add("text/letters", stretches(r, all, 7, 100, regexp.MustCompile(`^[a-z]{7}$`)), FullText)
	for i := range len(two) - 1 {
		add("text/2 words", []string{two[i] + " " + two[i+1]}, FullText)
	}
	for range 100 {
		title := []rune(all[r.IntN(len(all))].title)
		add("title/1 character", []string{string(title[:1])}, Title)
		add("title/whole", []string{string(title)}, Title)
		add("title/pinyin", []string{han.Pinyin(string(title))[:3]}, Any)
		add("author", []string{string(title[:2])}, Author)
		queries["list/popular"] = append(queries["list/popular"], Query{Limit: 20})
		queries["list/newest"] = append(queries["list/newest"], Query{Limit: 20, Order: ByNewest, Filter: Filter{Language: "zh"}})
	}
	return queries
}

// BenchmarkLook is how long one book takes to be looked through in vain, from its
// packed text and from what is kept.
func BenchmarkLook(b *testing.B) {
	d := open(b)
	v := d.printed(2, *benchBytes)[1]
	e := d.search(Query{Words: v.title})[0].Edition
	a, err := Query{Words: "不在其中的话", Field: FullText}.check()
	if err != nil {
		b.Fatal(err)
	}
	for name, keep := range map[string]int64{"packed": 0, "kept": 1 << 30} {
		d.Texts = &Objects{Store: d.store, MaxPacked: 1 << 26, MaxText: 1 << 28, Keep: keep}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if l := d.lookIntoOne(b.Context(), a, found{Edition: e}); l.holds || l.err != nil {
					b.Fatal("it is there, or not to be read:", l.err)
				}
			}
		})
	}
}

// time runs queries by turns and reports how long they take.
func (d *desk) time(b *testing.B, queries []Query) {
	var took []time.Duration
	hits := 0
	for b.Loop() {
		start := time.Now()
		page, err := d.Search(b.Context(), queries[len(took)%len(queries)])
		took = append(took, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		hits += len(page.Hits)
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	for _, percent := range []int{50, 95, 99} {
		b.ReportMetric(took[(len(took)-1)*percent/100].Seconds()*1e3, fmt.Sprintf("p%d-ms", percent))
	}
	b.ReportMetric(float64(hits)/float64(len(took)), "hits/op")
}
