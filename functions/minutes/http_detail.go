package minutes

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// detail answers GET /minutes/{id}.
func (c *call) detail() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	d := detail(s, c.lang)
	if d.Audio, err = c.audio(s); err != nil {
		return err
	}
	if d.Access, err = c.access(c.DB, s); err != nil {
		return err
	}
	return c.reply(http.StatusOK, d)
}

func (c *call) audio(s story) (*Audio, error) {
	a := s.audio()
	if a == nil {
		return nil, nil
	}
	expiry := c.hearing()
	url, err := c.Store.SignGet(c.r.Context(), a.Object.Bucket, a.Object.Key, a.Object.Version, expiry)
	if err != nil {
		return nil, wrap("sign the address of", a.Object.Key, err)
	}
	return &Audio{URL: url, Expires: c.Now().Add(expiry).UTC().Truncate(time.Second), Name: a.Name, MediaType: a.MediaType, Size: a.Object.Size}, nil
}

// describe answers PATCH /minutes/{id}: title, kind, participants; what is left out
// stays as it is.
func (c *call) describe() error {
	var want struct {
		Title *string `json:"title"`
		occasion
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if want.Title == nil && want.isEmpty() {
		return web.Field("field_length", "title", 1, c.MaxTitle)
	}
	if err := c.checkTitle(want.Title); err != nil {
		return err
	}
	if err := want.occasion.check(c.MaxParticipants); err != nil {
		return err
	}
	err := c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		if want.Title != nil {
			s.given.Title = *want.Title
		}
		want.into(&s.given)
		if err := writeGiven(ctx, tx, s.id, s.given, s.own); err != nil {
			return err
		}
		return c.index(ctx, tx, s.id)
	})
	if err != nil {
		return err
	}
	return c.detail()
}

// checkTitle checks a title that a person gives; nil is none.
func (c *call) checkTitle(title *string) error {
	if title == nil {
		return nil
	}
	switch n := utf8.RuneCountInString(*title); {
	case n < 1 || n > c.MaxTitle:
		return web.Field("field_length", "title", 1, c.MaxTitle)
	case strings.ContainsFunc(*title, unicode.IsControl):
		return web.Field("field_control", "title")
	}
	return nil
}

// delete answers DELETE /minutes/{id}. It takes the way of an event, so that
// asking again sends the same event again and deletes nothing twice.
func (c *call) delete() error {
	s, err := c.load(c.DB)
	if err == nil {
		err = held(c.r.Context(), c.DB, s.id)
	}
	if p, ok := err.(*web.Problem); err != nil && !(ok && p.Status == http.StatusGone) {
		return err
	}
	e, err := events.New(DeletionRequested{Recording: s.id})
	if err != nil {
		return web.NotFound
	}
	e.SetID("delete-" + s.id)
	e.SetExtension(events.Unit, c.unit)
	if c.author != "" {
		e.SetExtension(events.AuthType, "user")
		e.SetExtension(events.AuthID, c.author)
	}
	if err := c.apply(c.r.Context(), e); err != nil {
		return wrap("delete minutes", s.id, err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

type transcriptPage struct {
	Revision   int              `json:"revision"`
	Language   string           `json:"language"`
	DurationMS int64            `json:"duration_ms"`
	Engine     events.Engine    `json:"engine"`
	Speakers   []events.Speaker `json:"speakers"`
	Gaps       []events.Gap     `json:"gaps,omitempty"`
	Segments   []Line           `json:"segments"`
	Next       *int             `json:"next,omitempty"` // what from= takes; absent on the last page
}

// transcript answers GET /minutes/{id}/transcript?from=&limit=&words=1.
func (c *call) transcript() error {
	if err := web.Params(c.r, "from", "limit", "words"); err != nil {
		return err
	}
	from, err := web.Number(c.r, "from", 0, c.MaxSegments, 0)
	if err != nil {
		return err
	}
	limit, err := web.Number(c.r, "limit", 1, c.MaxSegmentPage, c.MaxSegmentPage)
	if err != nil {
		return err
	}
	words, err := web.Number(c.r, "words", 0, 1, 0)
	if err != nil {
		return err
	}
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	t := s.current().Transcript
	if t == nil {
		return web.Refuse(http.StatusConflict, "no_transcript")
	}
	segments, err := c.segments(s, from, limit, words == 1)
	if err != nil {
		return err
	}
	p := transcriptPage{Revision: t.Revision, Language: t.Language, DurationMS: t.DurationMS, Engine: t.Engine, Gaps: t.Gaps,
		Speakers: c.speakersShown(t.Speakers), Segments: segments}
	if next := from + len(segments); next < t.Segments {
		p.Next = &next
	}
	return c.reply(http.StatusOK, p)
}

// segments returns a part of the current transcript as people left it. Words stand
// only in the transcript's object: they are many, and few ask for them. They are what
// was heard.
func (c *call) segments(s story, from, limit int, words bool) ([]Line, error) {
	current := s.current()
	if !words {
		return readSome(c.r.Context(), c.DB, s, from, limit)
	}
	t := current.Transcript
	whole, err := c.readTranscript(c.r.Context(), events.RecordingTranscribed{Recording: s.id, Upload: current.ID, Transcript: t.Object})
	if err != nil {
		return nil, err
	}
	from = min(from, len(whole.Segments))
	return linesOf(c.r.Context(), c.DB, s, whole.Segments[from:min(from+limit, len(whole.Segments))])
}
