package minutes

import (
	"context"
	"net/http"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// revisionOf returns a revision of the caller's minutes, with speakers as they are
// called now.
func revisionOf(ctx context.Context, db reader, s story, id string) (Revision, error) {
	if !web.Visible(id) {
		return Revision{}, web.NotFound
	}
	r, found, err := readRevision(ctx, db, s.id, id)
	if err == nil && !found {
		err = web.NotFound
	}
	r.Document = s.names().summary(r.Document)
	return r, err
}

// compared answers GET /minutes/{id}/revisions/{revision}/compare?with=: both sentence
// by sentence.
func (c *call) compared() error {
	if err := web.Params(c.r, "with"); err != nil {
		return err
	}
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	a, err := revisionOf(c.r.Context(), c.DB, s, c.r.PathValue("revision"))
	if err != nil {
		return err
	}
	b, err := revisionOf(c.r.Context(), c.DB, s, c.r.URL.Query().Get("with"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, struct {
		A         SummaryView `json:"a"`
		B         SummaryView `json:"b"`
		Sentences []Compared  `json:"sentences"`
	}{revisionView(a), revisionView(b), compare(a.Document, b.Document)})
}

// restore answers POST /minutes/{id}/revisions/{revision}/restore: an older revision
// counts again, as a new one, so that nothing is lost. If-Match names the one that
// counts now.
func (c *call) restore() error {
	match, err := c.ifMatch()
	if err != nil {
		return err
	}
	var restored story
	err = c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		old, err := revisionOf(ctx, tx, s, c.r.PathValue("revision"))
		if err != nil {
			return err
		}
		r := revising{match: match, restores: old.ID, document: movable(old.Document)}
		if old.Origin == ByMachine {
			r.base = old.ID
		}
		restored, err = c.revise(ctx, tx, s, r)
		return err
	})
	if err != nil {
		return err
	}
	return c.replySummary(restored)
}

// movable is a summary without what it comes from, so that it can stand over another.
func movable(s events.Summary) events.Summary {
	s.Revision, s.Upload, s.Language, s.Engine = 0, "", "", events.Engine{}
	s.Questions, s.Risks, s.Numbers = orEmpty(s.Questions), orEmpty(s.Risks), orEmpty(s.Numbers)
	return s
}
