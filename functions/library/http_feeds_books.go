package library

import (
	"time"

	"xietong.dev/functions/library/feeds"
	"xietong.dev/shared/web"
)

// shown are editions as a feed shows them to its reader.
func (a *app) shown(editions []Edition) ([]feeds.Book, error) {
	var counted []string
	for _, e := range editions {
		if e.Licence != nil {
			counted = append(counted, e.Book)
		}
	}
	loans, lent := map[string]*Loan{}, map[string]int{}
	if len(counted) > 0 {
		all, err := a.Loans(a.r.Context(), a.who)
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			loans[l.Edition] = &l
		}
		if lent, err = lentCopies(a.r.Context(), a.Shelf.DB, counted, a.Now()); err != nil {
			return nil, err
		}
	}
	books := make([]feeds.Book, len(editions))
	for i, e := range editions {
		books[i] = a.bookOf(e, termsOf(e.Licence, loans[e.Book], lent[e.Book], a.Now(), a.Zone))
	}
	return books, nil
}

// bookOf is an edition on its terms.
func (a *app) bookOf(e Edition, t terms) feeds.Book {
	b := feeds.Book{ID: feeds.ID(e.Book), Metadata: e.Metadata, Updated: e.AddedAt, Self: a.at("/books/" + e.Book), Links: a.links(e, t)}
	covers := a.base + "/covers/" + e.Book
	switch {
	case e.Cover != nil && e.Thumbnail != nil:
		b.Cover, b.Small = covers+"/cover", covers+"/thumbnail"
	case a.version == feeds.V2: // where one picture is a must
		b.Cover = a.base + "/blank.jpg"
	}
	if !t.Open && e.Licence != nil {
		b.Licences = []feeds.Licence{a.licenceOf(e)}
	}
	return b
}

// links are the ways to have an edition: at once, or what is lent to the reader, or a
// loan.
func (a *app) links(e Edition, t terms) []feeds.Link {
	own, file := a.at("/books/"+e.Book), feeds.FileType(e.Format)
	if !t.Open && t.Loan == nil {
		return []feeds.Link{{Rel: feeds.RelBorrow, Href: own + "/borrow", Kind: feeds.Item, Title: a.lendingTitle(t),
			Formats: []string{file, feeds.ManifestType}, Availability: &t.Availability}}
	}
	have := feeds.Link{Rel: feeds.RelOpen, Href: a.base + "/files/" + e.Book + "/book." + e.Format, Type: file, Title: a.say("file")}
	read := feeds.Link{Rel: feeds.RelOpen, Href: a.base + "/read/" + e.Book, Type: feeds.ManifestType, Title: a.say("read")}
	if t.Loan == nil {
		return []feeds.Link{have, read}
	}
	have.Rel, read.Rel = feeds.RelHave, feeds.RelHave
	have.Availability, read.Availability = &t.Availability, &t.Availability
	return []feeds.Link{have, read, {Rel: feeds.RelReturn, Href: own + "/return", Kind: feeds.Item, Title: a.say("return")}}
}

// lendingTitle says how many copies there are: OPDS 1.2 has no other place for it.
func (a *app) lendingTitle(t terms) string {
	switch {
	case !t.Available:
		return a.say("unavailable")
	case t.Total > 0:
		return a.say("copies", t.Free, t.Total)
	}
	return a.say("borrow")
}

func (a *app) licenceOf(e Edition) feeds.Licence {
	return feeds.Licence{ID: feeds.Name("licence", e.Book), Format: feeds.FileType(e.Format), Created: e.AddedAt, Copies: e.Licence.Copies,
		Length: time.Duration(e.Licence.LendingDays) * 24 * time.Hour, Expires: licenceEnd(e.Licence.Ends, a.Zone),
		Info: a.base + "/licences/" + e.Book, Borrow: a.base + "/" + string(feeds.V2) + "/books/" + e.Book + "/borrow"}
}

// edition is the one that the address names.
func (a *app) edition() (Edition, error) {
	id := a.r.PathValue("edition")
	if !idents.MatchString(id) {
		return Edition{}, web.NotFound
	}
	e, there, err := findEdition(a.r.Context(), a.Shelf.DB, id)
	if err == nil && !there {
		err = web.NotFound
	}
	return e, err
}

// book answers GET books/{edition}.
func (a *app) book() error {
	e, err := a.edition()
	if err != nil {
		return err
	}
	books, err := a.shown([]Edition{e})
	if err != nil {
		return err
	}
	return a.give(books[0].Write(a.version, a.say("library"), a.language))
}
