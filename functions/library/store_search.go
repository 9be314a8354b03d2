package library

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xietong.dev/functions/library/text"
	"xietong.dev/shared/pg"
)

// Shelf lists and searches books.
type Shelf struct {
	DB     *pg.DB
	Texts  Texts
	Counts Counts

	common commonKeys
}

// Search returns one page of a list: of all books, or of those that hold words.
// Withdrawn books are in none.
func (s *Shelf) Search(ctx context.Context, q Query) (Page, error) {
	var page Page
	a, err := q.check()
	if err != nil || a.empty() {
		return page, err
	}
	if a.Field != FullText && !a.from.InTexts {
		if err := s.inMetadata(ctx, a, &page); err != nil || page.Next != "" || !a.inTexts() {
			return page, failed("search", fmt.Sprintf("%q", q.Words), err)
		}
		a.from = place{}
		if len(page.Hits) == a.Limit {
			a.from.InTexts = true
			page.Next = a.from.String()
			return page, nil
		}
	}
	return page, failed("search", fmt.Sprintf("%q", q.Words), s.inTexts(ctx, a, &page))
}

// tuned runs one reading transaction with a planner that suits searches. Arrays of
// grams lie beside their table, so that reading it from end to end looks cheap and
// is not; the words decide what is the best plan, so that one for all words is
// none; and compiling it takes longer than the search.
func (s *Shelf) tuned(ctx context.Context, work func(pg.Tx) error) error {
	return s.DB.InTx(ctx, func(tx pg.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off`); err != nil {
			return err
		}
		return work(tx)
	})
}

// condition is a WHERE clause that grows.
type condition struct {
	parts []string
	args  []any
}

// arg adds an argument and returns how it is written.
func (c *condition) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *condition) and(format string, args ...any) {
	c.parts = append(c.parts, fmt.Sprintf(format, args...))
}

func (c *condition) String() string { return strings.Join(c.parts, ` AND `) }

// pass wants what a filter asks for. Keys find it, and the columns confirm it; they are
// looked at first where no index is asked, for that takes less time.
func (c *condition) pass(f Filter) {
	if f.Class != "" {
		c.and(`starts_with(clc, %s)`, c.arg(f.Class))
	}
	for _, equal := range []struct{ column, value string }{{"language", f.Language}, {"format", f.Format}} {
		if equal.value != "" {
			c.and(`%s = %s`, equal.column, c.arg(equal.value))
		}
	}
	if f.Year != 0 {
		c.and(`year = %s`, c.arg(f.Year))
	}
	for _, in := range []struct{ lines, value string }{{"by_author", f.Author}, {"by_subject", f.Subject}, {"by_other", f.Publisher}, {"by_title", f.Series}} {
		if in.value != "" {
			c.and(`strpos(%s, %s) > 0`, in.lines, c.arg(text.Fold(in.value)))
		}
	}
	if keys := f.keys(); len(keys) > 0 {
		c.and(`k @> %s`, c.arg(keys))
	}
}

// linesOf are the columns that a field's words are looked for in.
var linesOf = map[Field][]string{Any: {"by_title", "by_author", "by_subject", "by_other"}, Title: {"by_title"}, Author: {"by_author"}, Subject: {"by_subject"}}

// hold wants every word in the metadata.
func (c *condition) hold(a asked) {
	if a.Field == ISBN {
		for _, w := range a.words.Words {
			c.and(`isbn = %s`, c.arg(strings.TrimSpace(w.Pattern())))
		}
		return
	}
	if keys := a.words.LineGrams(); len(keys) > 0 {
		c.and(`k @> %s`, c.arg(keys))
	}
	c.words(a)
}

// words wants every word in a line, without its keys.
func (c *condition) words(a asked) {
	for _, w := range a.words.Words {
		c.and(`%s`, c.within(w, a.Field))
	}
}

// within wants a word in one of a field's lines.
func (c *condition) within(w text.Word, f Field) string {
	pattern := c.arg(w.Pattern())
	var ways []string
	for _, column := range linesOf[f] {
		ways = append(ways, fmt.Sprintf(`strpos(%s, %s) > 0`, column, pattern))
	}
	return `(` + strings.Join(ways, ` OR `) + `)`
}

// phrases wants that the filters of a text let every word pass, as their Passes does, or that the metadata hold the word.
func (c *condition) phrases(a asked) string {
	wanted := []string{`true`}
	for _, w := range a.words.Words {
		pass := c.passes(w)
		if pass == "" {
			continue
		}
		if a.Field == Any && len(a.words.Words) > 1 { // one that the metadata hold is found by them
			pass += ` OR EXISTS (SELECT FROM edition WHERE edition.book = filtered.book AND ` + c.within(w, a.Field) + `)`
		}
		wanted = append(wanted, `(`+pass+`)`)
	}
	return strings.Join(wanted, ` AND `)
}

// passes wants that the filters let a word pass; empty where they say nothing of it. A
// book that was indexed before there was a filter has an empty one, of which no byte
// is asked. The xor filter denies most, and so comes first.
func (c *condition) passes(w text.Word) string {
	var bits, prints, all []string
	for _, p := range w.Prints() {
		prints = append(prints, fmt.Sprintf(print, c.arg(p.At[0]), c.arg(p.At[1]), c.arg(p.At[2]), p.Xor, c.arg(p.Page)))
	}
	for _, p := range w.Phrases() {
		bits = append(bits, fmt.Sprintf(`get_byte(substring(phrases FROM (%s::bigint %% nullif(octet_length(phrases), 0))::int + 1 FOR 1), 0) & %[2]d = %[2]d`, c.arg(p.Hash), p.Mask))
	}
	for _, asked := range [][]string{prints, bits} {
		if len(asked) > 0 {
			all = append(all, `coalesce(`+strings.Join(asked, ` AND `)+`, true)`)
		}
	}
	return strings.Join(all, ` AND `)
}

// print is what [text.XorFilter.Passes] does with one print, in a page that is read once.
const print = `(SELECT get_byte(page, (%s::bigint %% third)::int) # get_byte(page, (third + %s::bigint %% third)::int) # get_byte(page, (2 * third + %s::bigint %% third)::int) = %d FROM (
	SELECT substring(fours FROM (%s::bigint %% greatest(octet_length(fours) / 1996, 1))::int * 1996 + 1 FOR 1996) AS page, nullif(least(octet_length(fours), 1996) / 3, 0) AS third OFFSET 0) AS read)`

// after begins behind a place, and returns the order that goes with it.
func (c *condition) after(p place) string {
	column, value, than, way := "popularity", any(p.Popularity), "<", "DESC"
	switch p.Order {
	case ByNewest:
		column, value = "added_at", p.Added
	case ByTitle:
		column, value, than, way = "sort_title", p.Title, ">", "ASC"
	}
	if p.Book != "" {
		c.and(`(%s, book) %s (%s, %s)`, column, than, c.arg(value), c.arg(p.Book))
	}
	return fmt.Sprintf(`%s %s, book %s`, column, way, way)
}

const selectFound = `SELECT book, metadata, format, letters, file, contents, text, cover, thumbnail, licence, added_at, reads, popularity,
	sort_title, by_title, by_author, by_subject, by_other FROM edition WHERE `

func scanFound(row pg.Row) (f found, err error) {
	err = row.Scan(&f.Book, &f.Metadata, &f.Format, &f.Letters, &f.File, &f.Contents, &f.Text, &f.Cover, &f.Thumbnail, &f.Licence, &f.AddedAt, &f.Reads, &f.Popularity,
		&f.sortTitle, &f.title, &f.author, &f.subject, &f.other)
	f.AddedAt = f.AddedAt.UTC()
	return f, err
}

// firstBooks is how many books of an order are looked through before keys are asked:
// what one book in a hundred holds fills a page with them. fewBooks are found by their
// keys at once: that many take no longer, and of what is rarer a walk would be in vain
// (measured with 200,000 books).
const (
	firstBooks = 2000
	fewBooks   = 4000
)

// inMetadata fills a page with the books whose metadata hold every word. One more
// is read than is shown, to know whether there is another page.
//
// What many books hold is found soonest along the order, what few hold by its keys. The
// planner cannot tell them apart: it takes it that a word stands in a third of the books
// that have its grams, and has walked along 150,000 books for the 21 that there were.
func (s *Shelf) inMetadata(ctx context.Context, a asked, page *Page) error {
	var all []found
	err := s.tuned(ctx, func(tx pg.Tx) (err error) {
		along, err := s.along(ctx, tx, a)
		if err != nil {
			return err
		}
		if along {
			if all, err = a.read(ctx, tx, a.alongOrder); err != nil || len(all) > a.Limit {
				return err
			}
		}
		if a.keyed() {
			if _, err := tx.Exec(ctx, `SET LOCAL enable_indexscan = off`); err != nil {
				return err
			}
		}
		all, err = a.read(ctx, tx, a.byKeys)
		return err
	})
	if err != nil {
		return err
	}
	for i, f := range all {
		if i == a.Limit {
			page.Next = a.behind(all[i-1]).String()
			break
		}
		page.Hits = append(page.Hits, Hit{Edition: f.Edition})
	}
	return nil
}

// along reports whether a page is looked for along the order first: where words are
// short, and many books may hold them.
func (s *Shelf) along(ctx context.Context, tx pg.Tx, a asked) (bool, error) {
	if !a.keyed() || len(a.words.LineGrams()) > 2 {
		return false, nil
	}
	most, err := s.common.most(ctx, tx, slices.Concat(a.words.LineGrams(), a.Filter.keys()))
	return most > fewBooks, err
}

// read reads the books that a statement finds.
func (a asked) read(ctx context.Context, tx pg.Tx, by func() (sql string, args []any)) ([]found, error) {
	sql, args := by()
	rows, err := tx.Query(ctx, sql, args...)
	return each(rows, err, scanFound)
}

// byKeys finds books by their keys and sorts them: by their places in the table alone,
// for to sort whole rows copies each of them.
func (a asked) byKeys() (string, []any) {
	c := &condition{parts: []string{`NOT withdrawn`}}
	c.pass(a.Filter)
	c.hold(a)
	order := c.after(a.from)
	best := `SELECT ctid FROM edition WHERE ` + c.String() + ` ORDER BY ` + order + ` LIMIT ` + c.arg(a.Limit+1)
	return selectFound + `ctid = ANY(ARRAY(` + best + `)) ORDER BY ` + order, c.args
}

// alongOrder looks through the next books of the order.
func (a asked) alongOrder() (string, []any) {
	next := &condition{parts: []string{`NOT withdrawn`}}
	order := next.after(a.from)
	from := `FROM (SELECT * FROM edition WHERE ` + next.String() + ` ORDER BY ` + order + ` LIMIT ` + next.arg(firstBooks) + `) AS edition`
	c := &condition{args: next.args}
	c.pass(a.Filter)
	c.words(a)
	return strings.Replace(selectFound, `FROM edition`, from, 1) + c.String() + ` ORDER BY ` + order + ` LIMIT ` + c.arg(a.Limit+1), c.args
}

// candidate is a book whose grams hold the words, and its edition, unless that is
// withdrawn or does not pass the filter.
type candidate struct {
	book       string
	popularity int64
	edition    *found
}

func (c candidate) behind() place {
	return place{InTexts: true, Popularity: c.popularity, Book: c.book}
}

// candidates returns the next books that may hold the words, most popular first.
func (s *Shelf) candidates(ctx context.Context, a asked, grams []int32, limit int) ([]candidate, error) {
	c := &condition{}
	c.and(`grams @> %s`, c.arg(slices.Concat(grams, a.Filter.keys())))
	order := c.after(a.from)
	// The filters of the best alone are read, for it takes longer than all the rest.
	best := `SELECT book, popularity, phrases, fours FROM book_grams WHERE ` + c.String() + ` ORDER BY ` + order + ` OFFSET 0`
	sql := `SELECT book, popularity FROM (` + best + `) AS filtered WHERE ` + c.phrases(a) + ` ORDER BY ` + order + ` LIMIT ` + c.arg(limit)
	var all []candidate
	err := s.tuned(ctx, func(tx pg.Tx) error {
		rows, err := tx.Query(ctx, sql, c.args...)
		all, err = each(rows, err, func(row pg.Row) (v candidate, err error) {
			err = row.Scan(&v.book, &v.popularity)
			return v, err
		})
		if err != nil || len(all) == 0 {
			return err
		}
		return readEditions(ctx, tx, a.Filter, all)
	})
	return all, err
}

// readEditions adds the editions of candidates.
func readEditions(ctx context.Context, tx pg.Tx, f Filter, all []candidate) error {
	at, books := map[string]int{}, make([]string, len(all))
	for i, v := range all {
		at[v.book], books[i] = i, v.book
	}
	c := &condition{parts: []string{`NOT withdrawn`}}
	c.and(`book = ANY(%s)`, c.arg(books))
	c.pass(f)
	rows, err := tx.Query(ctx, selectFound+c.String(), c.args...)
	editions, err := each(rows, err, scanFound)
	for _, e := range editions {
		all[at[e.Book]].edition = &e
	}
	return err
}
