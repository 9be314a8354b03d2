package library

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/web"
)

// position answers GET …/position.
func (c *reader) position() error {
	p, known, err := c.ReadPosition(c.r.Context(), c.who, c.edition)
	switch {
	case err != nil:
		return err
	case !known:
		return web.NotFound
	}
	return c.reply(p)
}

// move answers PUT …/position with the position that is kept, which is another where
// a write by a later clock was here before.
func (c *reader) move() error {
	var p Position
	if err := c.take(&p); err != nil {
		return err
	}
	l, err := c.locator(p.Locator)
	switch {
	case err != nil:
		return err
	case !idents.MatchString(p.ID):
		return wrong("reading_ascii", "id", 128)
	case !short(p.Device, 100):
		return wrong("reading_length", "device", 0, 100)
	}
	if _, _, err := c.book(); err != nil {
		return err
	}
	p.Total = l.Locations.TotalProgression
	kept, err := c.WritePosition(c.r.Context(), c.who, c.edition, p)
	if err != nil {
		return err
	}
	return c.reply(kept)
}

// locator wants a place such as Readium's; what else it holds is kept as it is.
func (c *reader) locator(raw json.RawMessage) (l reading.Locator, err error) {
	switch {
	case len(raw) > int(c.MaxLocator):
		return l, wrong("reading_bytes", "locator", int64(c.MaxLocator))
	case json.Unmarshal(raw, &l) != nil, bytes.Contains(raw, []byte(`\u0000`)), !utf8.Valid(raw), l.Href == "", l.Type == "",
		!share(l.Locations.Progression), !share(l.Locations.TotalProgression):
		return l, wrong("reading_locator", "locator")
	}
	return l, nil
}

func share(n float64) bool { return n >= 0 && n <= 1 }

// short reports whether a text is one for the database, and no longer than so many
// characters.
func short(text string, most int) bool {
	return utf8.RuneCountInString(text) <= most && !strings.Contains(text, "\x00")
}

// marks answers GET …/marks.
func (c *reader) marks() error {
	all, err := c.Marks(c.r.Context(), c.who, c.edition)
	if err != nil {
		return err
	}
	return c.reply(map[string][]Mark{"marks": all})
}

// mark answers PUT …/marks/{id}.
func (c *reader) mark() error {
	var m Mark
	if err := c.take(&m); err != nil {
		return err
	}
	m.ID = c.r.PathValue("id")
	_, err := c.locator(m.Locator)
	switch {
	case err != nil:
		return err
	case !idents.MatchString(m.ID):
		return wrong("reading_ascii", "id", 128)
	case !slices.Contains(markKinds, m.Kind):
		return wrong("reading_one_of", "kind", strings.Join(markKinds, ", "))
	case !short(m.Note, c.MaxNote):
		return wrong("reading_length", "note", 0, c.MaxNote)
	case !short(m.Colour, 30):
		return wrong("reading_length", "colour", 0, 30)
	}
	if _, _, err := c.book(); err != nil {
		return err
	}
	err = c.WriteMark(c.r.Context(), c.who, c.edition, m)
	if errors.Is(err, errTooMany) {
		return web.Refuse(http.StatusConflict, "too_many_marks", c.MaxMarks)
	}
	return c.done(err)
}

// unmark answers DELETE …/marks/{id}.
func (c *reader) unmark() error {
	id := c.r.PathValue("id")
	if !idents.MatchString(id) {
		return web.NotFound
	}
	return c.done(c.DeleteMark(c.r.Context(), c.who, c.edition, id))
}

// done says that there is no more to say.
func (c *reader) done(err error) error {
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// longest is how long one session may be.
const longest = 12 * time.Hour

// session answers PUT …/sessions/{id}. A page tells again and again how many seconds
// it has been read since it was opened; the last word counts, once.
func (c *reader) session() error {
	var want struct {
		Seconds int `json:"seconds"`
	}
	if err := c.take(&want); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	switch most := int(longest / time.Second); {
	case !idents.MatchString(id):
		return web.NotFound
	case want.Seconds < 0 || want.Seconds > most:
		return wrong("reading_number", "seconds", 0, most)
	}
	if _, _, err := c.book(); err != nil {
		return err
	}
	y, m, d := c.Now().In(c.Zone).Date()
	return c.done(c.WriteSession(c.r.Context(), c.who, Session{ID: id, Edition: c.edition, Day: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Seconds: want.Seconds}))
}

// recent answers GET /library/reading?days=: what was read last, and how much.
func (c *reader) recent() error {
	days, err := c.number("days", 1, 366, 30)
	if err != nil {
		return err
	}
	var answer struct {
		Recent []Recent `json:"recent"`
		Days   []Day    `json:"days"`
	}
	if answer.Recent, err = c.Recently(c.r.Context(), c.who, 50); err != nil {
		return err
	}
	if answer.Days, err = c.Days(c.r.Context(), c.who, c.Now().In(c.Zone).AddDate(0, 0, 1-days)); err != nil {
		return err
	}
	return c.reply(answer)
}

// lent is what a reader is told of a loan.
type lent struct {
	Loan   *Loan  `json:"loan,omitempty"`
	Copies Copies `json:"copies"`
}

// loan answers GET …/loan.
func (c *reader) loan() error {
	l, has, err := c.Loan(c.r.Context(), c.who, c.edition)
	if err != nil {
		return err
	}
	copies, err := c.Copies(c.r.Context(), c.edition)
	if err != nil {
		return err
	}
	answer := lent{Copies: copies}
	if has {
		answer.Loan = &l
	}
	return c.reply(answer)
}

// borrow answers POST …/loan.
func (c *reader) borrow() error {
	_, err := c.Content.Shelf.Book(c.r.Context(), c.edition)
	if errors.Is(err, reading.ErrNoBook) {
		return web.NotFound
	}
	if err != nil {
		return err
	}
	_, err = c.Borrow(c.r.Context(), c.who, c.edition)
	switch {
	case errors.Is(err, errAllLent):
		return web.Refuse(http.StatusConflict, "all_lent")
	case errors.Is(err, errLicenceEnded):
		return web.Refuse(http.StatusForbidden, "licence_ended")
	case err != nil:
		return err
	}
	return c.loan()
}

// giveBack answers DELETE …/loan.
func (c *reader) giveBack() error { return c.done(c.Return(c.r.Context(), c.who, c.edition)) }

// loans answers GET /library/loans.
func (c *reader) loans() error {
	all, err := c.Loans(c.r.Context(), c.who)
	if err != nil {
		return err
	}
	return c.reply(map[string][]Loan{"loans": all})
}
