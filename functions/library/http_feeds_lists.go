package library

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xietong.dev/functions/library/feeds"
)

// values is a query as its address holds it.
func (q Query) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Words, "field": string(q.Field), "order": string(q.Order), "after": q.After, "series": q.Filter.Series} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, d := range dimensions() {
		if value := *d.value(&q.Filter); value != "" {
			v.Set(d.name, value)
		}
	}
	if q.Filter.Year != 0 {
		v.Set("year", strconv.Itoa(q.Filter.Year))
	}
	return v
}

// books is the address of a list.
func (a *app) books(q Query) string {
	if v := q.values().Encode(); v != "" {
		return a.at("/books?" + v)
	}
	return a.at("/books")
}

// feed begins a feed with the links that every feed has.
func (a *app) feed(k feeds.Kind, id, title, self string) feeds.Feed {
	search := a.at("/search")
	if a.version == feeds.V2 {
		search = a.at("/books{?query}")
	}
	f := feeds.Feed{Kind: k, ID: id, Title: title, Library: a.say("library"), Language: a.language, Updated: a.Now().Truncate(time.Minute), Links: []feeds.Link{
		{Rel: "self", Href: self, Kind: k},
		{Rel: "start", Href: a.at(""), Kind: feeds.Menu, Title: a.say("start")},
		{Rel: "search", Href: search, Kind: feeds.Search, Title: a.say("search")},
		{Rel: feeds.RelShelf, Href: a.at("/shelf"), Kind: feeds.List, Title: a.say("shelf")},
	}}
	if self != a.at("") {
		f.Links = append(f.Links, feeds.Link{Rel: "up", Href: a.at(""), Kind: feeds.Menu, Title: a.say("start")})
	}
	return f
}

// start answers GET of the feeds' own address.
func (a *app) start() error {
	counts, err := a.whole()
	if err != nil {
		return err
	}
	f := a.feed(feeds.Menu, feeds.Name("menu", "start"), a.say("library"), a.at(""))
	choose := func(name, rel, href string, k feeds.Kind, books int) {
		f.Choices = append(f.Choices, feeds.Choice{ID: feeds.Name("menu", name), About: a.say(name + "_about"), Link: feeds.Link{Rel: rel, Href: href, Kind: k, Title: a.say(name), Books: books}})
	}
	all := counts.Counted
	if counts.More {
		all = 0 // nobody counts that far
	}
	choose("newest", feeds.RelNewest, a.books(Query{Order: ByNewest}), feeds.List, all)
	choose("popular", feeds.RelPopular, a.books(Query{}), feeds.List, all)
	choose("shelf", feeds.RelShelf, a.at("/shelf"), feeds.List, 0)
	for _, d := range dimensions()[:inMenu] {
		if len(d.count(&counts)) > 0 {
			choose("by_"+d.name, "subsection", a.at("/by/"+d.name), feeds.Menu, 0)
		}
	}
	return a.give(f.Write(a.version))
}

// maxChoices bounds the lines of a menu: the commonest values. Menus have one page,
// for apps that read on do so in lists alone.
const maxChoices = 100

// menu answers GET by/{facet}.
func (a *app) menu() error {
	name := a.r.PathValue("facet")
	i := slices.IndexFunc(dimensions()[:inMenu], func(d dimension) bool { return d.name == name })
	if i < 0 {
		return a.nothing()
	}
	counts, err := a.whole()
	if err != nil {
		return err
	}
	d := dimensions()[i]
	f := a.feed(feeds.Menu, feeds.Name("menu", name), a.say("by_"+name), a.at("/by/"+name))
	for _, c := range d.count(&counts) {
		var q Query
		*d.value(&q.Filter) = c.Value
		f.Choices = append(f.Choices, feeds.Choice{ID: feeds.Name(name, c.Value), About: a.say("books", c.Books),
			Link: feeds.Link{Rel: "subsection", Href: a.books(q), Kind: feeds.List, Title: a.label(name, c.Value), Books: c.Books}})
	}
	return a.give(f.Write(a.version))
}

// list answers GET books?…: every list of books, and the search.
func (a *app) list() error {
	v := a.r.URL.Query()
	if words := v.Get("query"); words != "" { // as OPDS 2.0 calls it
		v.Set("q", words)
	}
	for name, values := range v {
		v.Set(name, strings.ToValidUTF8(strings.ReplaceAll(values[0], "\x00", ""), "\ufffd")) // as a database takes it
	}
	for _, ours := range []string{"limit", "places"} {
		v.Del(ours)
	}
	a.r.URL.RawQuery = v.Encode()
	q, err := a.query(a.r)
	if err != nil {
		return err
	}
	q.Limit = min(a.FeedPage, 100) // more is refused
	page, err := a.some(q)
	if err != nil {
		return err
	}
	first := q
	first.After = ""
	f := a.feed(feeds.List, feeds.Name("books", first.values().Encode()), a.title(q), a.books(q))
	f.PerPage = q.Limit
	f.Links = append(f.Links, feeds.Link{Rel: "first", Href: a.books(first), Kind: feeds.List})
	if page.Next != "" {
		next := q
		next.After = page.Next
		f.Links = append(f.Links, feeds.Link{Rel: "next", Href: a.books(next), Kind: feeds.List, Title: a.say("next")})
	}
	editions := make([]Edition, len(page.Hits))
	for i, h := range page.Hits {
		editions[i] = h.Edition
	}
	if f.Books, err = a.shown(editions); err != nil {
		return err
	}
	if q.After == "" { // apps keep the first page's; to count takes longer than to list
		if err := a.narrow(&f, q); err != nil {
			return err
		}
	}
	return a.give(f.Write(a.version))
}

// longestSearch is how often a search goes on that has found nothing yet, before its
// reader gets an empty page that has a next one.
const longestSearch = 5

// some is a page with at least one book on it, where there is one to be found soon:
// apps take an empty page for the end.
func (a *app) some(q Query) (page Page, err error) {
	for range longestSearch {
		if page, err = a.Search(a.r.Context(), q); err != nil || len(page.Hits) > 0 || page.Next == "" {
			break
		}
		q.After = page.Next
	}
	for _, u := range page.Unread {
		a.Readers.Log.Error("text not searched", "book", u.Book, "error", u.Err)
	}
	return page, err
}
