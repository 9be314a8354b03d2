package minutes

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

type glossaryView struct {
	Version int64         `json:"version"`
	Author  string        `json:"author,omitempty"`
	At      *time.Time    `json:"at,omitempty"`
	Terms   []events.Term `json:"terms"`
}

// glossary answers GET /minutes/glossary: the terms of the caller's unit.
func (c *call) glossary() error {
	g, err := readGlossary(c.r.Context(), c.DB, c.unit, "")
	if err != nil {
		return err
	}
	return c.replyGlossary(g)
}

func (c *call) replyGlossary(g Glossary) error {
	v := glossaryView{Version: g.Version, Author: g.Author, Terms: orEmpty(g.Terms)}
	if g.Version > 0 {
		v.At = &g.At
	}
	c.w.Header().Set("ETag", versionTag(g.Version))
	return c.reply(http.StatusOK, v)
}

func versionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// writeTerms answers PUT /minutes/glossary {terms}: all of them. It takes the way of an
// event, so that what is written and what is told of it are one; If-Match names the
// version that was edited.
func (c *call) writeTerms() error {
	match, err := c.ifMatch()
	if err != nil {
		return err
	}
	var want struct {
		Terms []events.Term `json:"terms"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxGlossary), &want); err != nil {
		return err
	}
	terms, err := tidy(want.Terms, c.MaxTerms)
	if err != nil {
		return err
	}
	over, err := strconv.ParseInt(strings.Trim(match, `"`), 10, 63)
	if err != nil || versionTag(over) != match {
		return c.staleGlossary()
	}
	text, err := json.Marshal(terms)
	if err != nil {
		return err
	}
	e, err := events.New(GlossaryWritten{Unit: c.unit, Over: over, Author: c.author, Terms: terms})
	if err != nil {
		return err
	}
	e.SetID("glossary-" + ce.ID(c.unit, c.author, match, string(text)))
	e.SetExtension(events.Unit, c.unit)
	if err := c.apply(c.r.Context(), e); err != nil {
		return wrap("write the glossary of", c.unit, err)
	}
	g, err := readGlossary(c.r.Context(), c.DB, c.unit, "")
	switch {
	case err != nil:
		return err
	case g.Version != over+1 || g.Request != e.ID():
		return c.staleGlossary()
	}
	return c.replyGlossary(g)
}

func (c *call) staleGlossary() error {
	g, err := readGlossary(c.r.Context(), c.DB, c.unit, "")
	if err != nil {
		return err
	}
	return &web.Problem{Status: http.StatusPreconditionFailed, Code: "if_match_stale", Text: "glossary_stale", Header: http.Header{"Etag": {versionTag(g.Version)}}}
}

// glossaryWritten replaces the terms of a unit, unless they have changed since they were
// read, and tells whoever hears recordings.
func (m *Minutes) glossaryWritten(e fn.Event, d GlossaryWritten) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		old, err := readGlossary(ctx, tx, d.Unit, ` FOR UPDATE`)
		if err != nil || old.Version != d.Over {
			return nil, err
		}
		next := Glossary{Version: d.Over + 1, Author: d.Author, At: m.at(e), Request: e.ID(), Terms: d.Terms}
		if err := writeGlossary(ctx, tx, d.Unit, next); err != nil {
			return nil, err
		}
		changed, err := events.New(events.GlossaryChanged{Unit: d.Unit, Version: next.Version, Terms: d.Terms})
		changed.SetExtension(events.Unit, d.Unit)
		return []fn.Event{changed}, err
	}, nil
}
