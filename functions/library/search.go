package library

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
)

// Field is where words are looked for.
type Field string

// The fields. Any is all of them, each word in whichever holds it: books whose
// metadata hold every word come first, then those whose text is needed.
const (
	Any      Field = ""
	Title    Field = "title"
	Author   Field = "author"
	ISBN     Field = "isbn"
	Subject  Field = "subject"
	FullText Field = "fulltext"
)

// Order is how a list is ordered.
type Order string

// The orders. Searches that look into texts know popularity alone.
const (
	ByPopularity Order = ""
	ByNewest     Order = "newest"
	ByTitle      Order = "title"
)

// Query is what a list of books is asked for.
type Query struct {
	Words  string // as a reader typed them; empty for all books
	Field  Field
	Filter Filter
	Order  Order
	After  string // Next of the page before
	Limit  int    // of books; 20 where it is 0, 100 at most
	Places int    // shown of each book whose text holds the words; 1 where it is 0
}

// Page is a part of a list.
type Page struct {
	Hits []Hit
	// Next asks for the page after this one; empty at the end. A page may hold
	// fewer books than asked for, even none, and have a next one: what may hold
	// the words was looked at for long enough.
	Next string
	// TooShort says that texts were not searched: they are for no less than two
	// Chinese characters or one word.
	TooShort bool
	// Unread are books that may hold the words but whose text could not be read.
	Unread []Unread
}

// Hit is one book of a page.
type Hit struct {
	Edition Edition
	Places  []text.Place // where the words stand in its text; none where its metadata hold them
}

// Unread is a book whose text could not be read, and why.
type Unread struct {
	Book string
	Err  error
}

// Texts reads the texts of books.
type Texts interface {
	// Parts calls yield for each part of the text that an object holds, in the
	// order of reading, until yield returns false.
	Parts(ctx context.Context, object events.Object, yield func(text.Part) bool) error
	// Read does the same with parts that are not prepared for searching.
	Read(ctx context.Context, object events.Object, yield func(booktext.Part) bool) error
}

// place is where a page ends: behind one book of an order.
type place struct {
	Order      Order     `json:"o,omitempty"`
	InTexts    bool      `json:"t,omitempty"` // the metadata are through
	Popularity int64     `json:"p,omitempty"`
	Added      time.Time `json:"a,omitzero"`
	Title      string    `json:"s,omitempty"`
	Book       string    `json:"b,omitempty"` // empty at the beginning
}

func (p place) String() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // nothing in it can fail
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// asked is a query that was checked.
type asked struct {
	Query
	words text.Query
	from  place
}

// The most of a page, and of the places shown of one book.
const (
	maxLimit  = 100
	maxPlaces = 20
)

var (
	fields = []Field{Title, Author, ISBN, Subject, FullText}
	orders = []Order{ByNewest, ByTitle}
)

// check reads a query, or refuses it.
func (q Query) check() (asked, error) {
	a := asked{Query: q}
	if utf8.RuneCountInString(q.Words) > text.MaxQuery {
		return a, refuse("reading_length", "q", 0, text.MaxQuery)
	}
	var err error
	if a.words, err = text.Parse(q.Words); err != nil {
		return a, refuse("list_words", "q", text.MaxWords)
	}
	switch {
	case q.Field != Any && !slices.Contains(fields, q.Field):
		return a, refuse("list_one_of", "field", joined(fields))
	case q.Order != ByPopularity && !slices.Contains(orders, q.Order):
		return a, refuse("list_one_of", "order", joined(orders))
	case q.Order != ByPopularity && a.inTexts():
		return a, refuse("list_order", "order", q.Order)
	case q.Limit < 0 || q.Limit > maxLimit:
		return a, refuse("reading_number", "limit", 0, maxLimit)
	case q.Places < 0 || q.Places > maxPlaces:
		return a, refuse("reading_number", "places", 0, maxPlaces)
	}
	a.Limit, a.Places = cmp.Or(q.Limit, 20), cmp.Or(q.Places, 1)
	a.from, err = readPlace(q.After, q.Order)
	return a, err
}

// refuse is [wrong], for whoever asks without a request too.
func refuse(text string, args ...any) error { return fault.Invalid(wrong(text, args...)) }

func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

func readPlace(s string, o Order) (place, error) {
	p := place{Order: o}
	if s == "" {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Order != o || strings.ContainsRune(p.Title+p.Book, 0) {
		return p, refuse("list_page", "after")
	}
	return p, nil
}

// inTexts reports whether the texts of books may be looked into.
func (a asked) inTexts() bool {
	return len(a.words.Words) > 0 && (a.Field == FullText || a.Field == Any)
}

// empty reports whether words were typed of which nothing is left to look for.
func (a asked) empty() bool {
	return len(a.words.Words) == 0 && (strings.TrimSpace(a.Words) != "" || a.Field == FullText)
}

// behind is the place behind an edition, in the order of the query.
func (a asked) behind(e found) place {
	p := place{Order: a.Order, InTexts: a.from.InTexts, Book: e.Book}
	switch a.Order {
	case ByNewest:
		p.Added = e.AddedAt
	case ByTitle:
		p.Title = e.sortTitle
	default:
		p.Popularity = e.Popularity
	}
	return p
}

// found is an edition with what it is found by.
type found struct {
	Edition
	lines
	sortTitle string
}

// known says of each word whether the metadata hold it.
func (e found) known(q text.Query) []bool {
	all := make([]bool, len(q.Words))
	for i, w := range q.Words {
		all[i] = w.In(e.title) || w.In(e.author) || w.In(e.subject) || w.In(e.other)
	}
	return all
}

// keyed reports whether keys narrow the list.
func (a asked) keyed() bool {
	return a.Field != ISBN && len(a.words.LineGrams())+len(a.Filter.keys()) > 0
}
