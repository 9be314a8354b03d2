package library

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"xietong.dev/functions/library/feeds"
	"xietong.dev/shared/web"
)

// borrow answers books/{edition}/borrow with the book as it is had now. Apps ask by
// GET, which is no harm: whoever has the book goes on having it. A HEAD lends nothing.
func (a *app) borrow() error {
	e, err := a.lending()
	if err != nil {
		return err
	}
	if _, err := a.Borrow(a.r.Context(), a.who, e.Book); err != nil {
		return lendingError(err)
	}
	return a.book()
}

// giveBack answers books/{edition}/return.
func (a *app) giveBack() error {
	e, err := a.lending()
	if err != nil {
		return err
	}
	if err := a.Return(a.r.Context(), a.who, e.Book); err != nil {
		return err
	}
	return a.book()
}

// lending is the edition that is lent or returned.
func (a *app) lending() (Edition, error) {
	if methods := []string{http.MethodGet, http.MethodPost, http.MethodPut}; !slices.Contains(methods, a.r.Method) {
		allowed := strings.Join(methods, ", ")
		return Edition{}, &web.Problem{Status: http.StatusMethodNotAllowed, Code: "not_allowed", Args: []any{allowed}, Header: http.Header{"Allow": {allowed}}}
	}
	return a.edition()
}

// maxOnShelf bounds the shelf, which has one page: what was borrowed last.
const maxOnShelf = 200

// shelf answers GET shelf: what the reader has borrowed, the newest first.
func (a *app) shelf() error {
	loans, err := a.Loans(a.r.Context(), a.who)
	if err != nil {
		return err
	}
	slices.Reverse(loans)
	at := map[string]int{}
	for i, l := range loans[:min(len(loans), maxOnShelf)] {
		at[l.Edition] = i
	}
	ids := make([]string, 0, len(at))
	for id := range at {
		ids = append(ids, id)
	}
	editions, err := findEditions(a.r.Context(), a.Shelf.DB, ids)
	if err != nil {
		return err
	}
	slices.SortFunc(editions, func(x, y Edition) int { return at[x.Book] - at[y.Book] })
	f := a.feed(feeds.List, feeds.Name("list", "shelf"), a.say("shelf"), a.at("/shelf"))
	if f.Books, err = a.shown(editions); err != nil {
		return err
	}
	return a.give(f.Write(a.version))
}

// lendingError turns why nothing is lent into what a caller is told.
func lendingError(err error) error {
	switch {
	case errors.Is(err, errAllLent):
		return web.Refuse(http.StatusConflict, "all_lent")
	case errors.Is(err, errLicenceEnded):
		return web.Refuse(http.StatusForbidden, "licence_ended")
	}
	return err
}

// licence answers GET licences/{edition}.
func (a *app) licence() error {
	e, err := a.edition()
	if err != nil {
		return err
	}
	if e.Licence == nil {
		return web.NotFound
	}
	lent, err := lentCopies(a.r.Context(), a.Shelf.DB, []string{e.Book}, a.Now())
	if err != nil {
		return err
	}
	loan, has, err := a.Loan(a.r.Context(), a.who, e.Book)
	if err != nil {
		return err
	}
	var own *feeds.Loan
	if has {
		own = &feeds.Loan{ID: loan.ID, Reader: a.who.Account, Href: a.base + "/" + string(feeds.V2) + "/books/" + e.Book}
		if loan.DueAt != nil {
			own.Expires = *loan.DueAt
		}
	}
	t := termsOf(e.Licence, nil, lent[e.Book], a.Now(), a.Zone)
	return a.give(feeds.InfoType, a.licenceOf(e).InfoOf(t.Availability, own))
}
