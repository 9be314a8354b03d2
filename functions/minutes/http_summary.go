package minutes

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// summary answers GET /minutes/{id}/summary.
func (c *call) summary() error {
	s, err := c.load(c.DB)
	switch {
	case err != nil:
		return err
	case s.summary == nil:
		return web.Refuse(http.StatusConflict, "no_summary")
	}
	return c.replySummary(s)
}

func (c *call) replySummary(s story) error {
	c.w.Header().Set("ETag", etag(*s.summary))
	return c.reply(http.StatusOK, summaryView(s.summary, s.current()))
}

// edit answers PUT /minutes/{id}/summary?base=: the whole summary as a person left
// it. If-Match names the revision that was edited, so that of two people who
// edit at once the second learns of the first. Base names the automatic revision
// that the person took over or has looked through; it is not offered again.
func (c *call) edit() error {
	match, err := c.ifMatch()
	if err != nil {
		return err
	}
	var document events.Summary
	if err := web.Body(c.w, c.r, int64(c.MaxSummary), &document); err != nil {
		return err
	}
	var edited story
	err = c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) (err error) {
		edited, err = c.revise(ctx, tx, s, revising{match: match, base: c.r.URL.Query().Get("base"), document: document})
		return err
	})
	if err != nil {
		return err
	}
	return c.replySummary(edited)
}

// revising is what a person makes of a summary.
type revising struct {
	match    string // the tag of the revision that was edited
	base     string // the automatic revision that was taken over or looked through, where one was
	restores string // the older revision that counts again, where one does
	document events.Summary
}

// revise writes a new revision over the current one.
func (c *call) revise(ctx context.Context, tx pg.Tx, s story, r revising) (story, error) {
	if s.summary == nil {
		return s, web.Refuse(http.StatusConflict, "no_summary")
	}
	old := *s.summary
	document, err := amend(old.Document, s.names().summary(r.document), c.MaxPoints)
	if err != nil {
		return s, err
	}
	if repeated := old.Origin == ByPerson && r.match == `"`+old.Parent+`"` && old.Author == c.author && reflect.DeepEqual(old.Document, document); repeated {
		return s, nil // the same request again, after its answer was lost
	}
	if r.match != etag(old) {
		return s, &web.Problem{Status: http.StatusPreconditionFailed, Code: "if_match_stale", Header: http.Header{"Etag": {etag(old)}}}
	}
	next := Revision{Recording: s.id, Upload: old.Upload, Origin: ByPerson, Number: old.Number + 1, Parent: old.ID, Base: old.Base, Restores: r.restores, Author: c.author, Document: document}
	next.ID = "edit-" + strconv.Itoa(next.Number)
	if old.Origin == ByMachine {
		next.Base = old.ID
	}
	if next.Base, err = automatic(ctx, tx, s.id, r.base, next.Base); err != nil {
		return s, err
	}
	var now time.Time
	if err := tx.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return s, err
	}
	next.At, s.summary = now.UTC(), &next
	if err := writeRevision(ctx, tx, next); err != nil {
		return s, err
	}
	if err := prune(ctx, tx, s.id, next.Number, c.MaxRevisions); err != nil {
		return s, err
	}
	return s, c.index(ctx, tx, s.id)
}

// automatic is the automatic revision that an edit goes back to: the one that is named,
// else the one given.
func automatic(ctx context.Context, tx pg.Tx, recording, named, otherwise string) (string, error) {
	if named == "" {
		return otherwise, nil
	}
	if !web.Visible(named) {
		return "", web.Field("field_base", "base")
	}
	r, found, err := readRevision(ctx, tx, recording, named)
	if err == nil && (!found || r.Origin != ByMachine) {
		err = web.Field("field_base", "base")
	}
	return named, err
}

// history answers GET /minutes/{id}/revisions.
func (c *call) history() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	history, err := readHistory(c.r.Context(), c.DB, s.id)
	if err != nil {
		return err
	}
	answer := struct {
		Revisions []SummaryView `json:"revisions"`
	}{[]SummaryView{}}
	for _, r := range history {
		answer.Revisions = append(answer.Revisions, revisionView(r))
	}
	return c.reply(http.StatusOK, answer)
}

// revision answers GET /minutes/{id}/revisions/{revision}.
func (c *call) revision() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	r, err := revisionOf(c.r.Context(), c.DB, s, c.r.PathValue("revision"))
	if err != nil {
		return err
	}
	v := revisionView(r)
	v.Document = &r.Document
	return c.reply(http.StatusOK, v)
}
