package library

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	tongue "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"xietong.dev/functions/library/feeds"
)

// dimension is one way to narrow a list.
type dimension struct {
	name  string // in addresses and in messages
	value func(*Filter) *string
	count func(*Facets) []Count
}

// dimensions are those that menus and lists offer, in their order. The year is apart:
// it is a number.
func dimensions() []dimension {
	return []dimension{
		{"class", func(f *Filter) *string { return &f.Class }, func(c *Facets) []Count { return c.Classes }},
		{"language", func(f *Filter) *string { return &f.Language }, func(c *Facets) []Count { return c.Languages }},
		{"subject", func(f *Filter) *string { return &f.Subject }, func(c *Facets) []Count { return c.Subjects }},
		{"author", func(f *Filter) *string { return &f.Author }, func(c *Facets) []Count { return c.Authors }},
		{"publisher", func(f *Filter) *string { return &f.Publisher }, func(c *Facets) []Count { return c.Publishers }},
		{"format", func(f *Filter) *string { return &f.Format }, func(c *Facets) []Count { return c.Formats }},
	}
}

// inMenu is how many of them have a menu of their own.
const inMenu = 5

// countsHold is how long the counts of the whole library are kept: to count takes
// longer than all else that a start page needs, and a new book is on the lists at once.
const countsHold = time.Minute

// keptCounts are those of the whole library that were counted last.
type keptCounts struct {
	mu    sync.Mutex
	at    time.Time
	known Facets
}

// whole counts the whole library. Who comes while somebody counts waits for that.
func (a *app) whole() (Facets, error) {
	a.counts.mu.Lock()
	defer a.counts.mu.Unlock()
	if now := a.Now(); now.Sub(a.counts.at) >= countsHold {
		known, err := a.Facets(a.r.Context(), Query{}, maxChoices)
		if err != nil {
			return Facets{}, err
		}
		a.counts.at, a.counts.known = now, known
	}
	return a.counts.known, nil
}

// label is a value as people read it.
func (a *app) label(name, value string) string {
	switch name {
	case "class":
		if chain := classes(value, a.language); len(chain) > 0 {
			return value + " " + chain[len(chain)-1].Name
		}
	case "language":
		tag, err := tongue.Parse(value)
		if err != nil {
			return value
		}
		return cmp.Or(display.Languages(tongue.Make(a.language)).Name(tag), value)
	case "format":
		return strings.ToUpper(value)
	}
	return value
}

// title is what a list is called.
func (a *app) title(q Query) string {
	var parts []string
	if q.Words != "" {
		parts = append(parts, a.say("found", q.Words))
	}
	for _, d := range dimensions() {
		if value := *d.value(&q.Filter); value != "" {
			parts = append(parts, a.label(d.name, value))
		}
	}
	if q.Filter.Series != "" {
		parts = append(parts, q.Filter.Series)
	}
	if q.Filter.Year != 0 {
		parts = append(parts, strconv.Itoa(q.Filter.Year))
	}
	if len(parts) == 0 {
		return a.say(orderNames[q.Order])
	}
	return strings.Join(parts, " · ")
}

// orderNames are the messages of the orders of lists.
var orderNames = map[Order]string{ByNewest: "newest", ByPopularity: "popular", ByTitle: "titles"}

// narrow adds the facets of a list, and how many books it has.
func (a *app) narrow(f *feeds.Feed, q Query) error {
	count := a.whole
	if q.Words != "" || q.Filter != (Filter{}) {
		count = func() (Facets, error) { return a.Facets(a.r.Context(), q, a.FeedFacets) }
	}
	counts, err := count()
	if err != nil {
		return err
	}
	if !counts.More && q.Words == "" { // of words in texts the count is a guess
		f.Total = counts.Counted
	}
	if q.Words == "" || q.Field != Any && q.Field != FullText {
		f.Facets = append(f.Facets, a.reorder(q))
	}
	for _, d := range dimensions() {
		set := func(q *Query, value string) { *d.value(&q.Filter) = value }
		f.Facets = a.facet(f.Facets, q, d.name, *d.value(&q.Filter), d.count(&counts), set)
	}
	year := ""
	if q.Filter.Year != 0 {
		year = strconv.Itoa(q.Filter.Year)
	}
	f.Facets = a.facet(f.Facets, q, "year", year, counts.Years, func(q *Query, value string) { q.Filter.Year, _ = strconv.Atoi(value) })
	return nil
}

// reorder offers the orders of a list.
func (a *app) reorder(q Query) feeds.Facet {
	f := feeds.Facet{Title: a.say("order")}
	for _, o := range []Order{ByNewest, ByPopularity, ByTitle} {
		other := q
		other.Order = o
		f.Links = append(f.Links, feeds.Link{Href: a.books(other), Kind: feeds.List, Title: a.say(orderNames[o]), Active: o == q.Order})
	}
	return f
}

// facet adds one way to narrow a list, unless all its books are alike in it. Where it
// is narrowed already, the way back stands first.
func (a *app) facet(all []feeds.Facet, q Query, name, chosen string, counts []Count, set func(*Query, string)) []feeds.Facet {
	f := feeds.Facet{Title: a.say("facet_" + name)}
	link := func(value, title string, books int) {
		other := q
		set(&other, value)
		f.Links = append(f.Links, feeds.Link{Href: a.books(other), Kind: feeds.List, Title: title, Books: books, Active: value != "" && value == chosen})
	}
	if chosen != "" {
		link("", a.say("all"), 0)
		if !slices.ContainsFunc(counts, func(c Count) bool { return c.Value == chosen }) {
			link(chosen, a.label(name, chosen), 0) // of classes, those below it are counted
		}
	}
	for _, c := range counts[:min(len(counts), a.FeedFacets)] {
		link(c.Value, a.label(name, c.Value), c.Books)
	}
	if len(f.Links) < 2 {
		return all
	}
	return append(all, f)
}
