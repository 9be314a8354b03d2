package minutes

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// SummaryAsked asks for another summary of a recording. It is what an HTTP POST amounts
// to, and never leaves this function.
type SummaryAsked struct {
	Recording string   `json:"recording"`
	Kind      string   `json:"kind,omitempty"`
	Languages []string `json:"languages,omitempty"`
}

// EventType is the CloudEvents type.
func (SummaryAsked) EventType() string { return "dev.xietong.summary.asked.v1" }

// EventSubject is the recording's id.
func (d SummaryAsked) EventSubject() string { return d.Recording }

// Validate returns an error where the recording's id is not one.
func (d SummaryAsked) Validate() error {
	if events.IsID(d.Recording) {
		return nil
	}
	return fmt.Errorf("field recording is %q, want the id of a recording", d.Recording)
}

// maxLanguages is how many languages a summary can be asked for in, as events take them.
const maxLanguages = 3

// summariseAgain answers POST /minutes/{id}/summary {kind, languages}: another summary
// is asked for, which stands beside what people wrote. The same Idempotency-Key asks
// once.
func (c *call) summariseAgain() error {
	want := SummaryAsked{Recording: c.r.PathValue("id")}
	body := struct {
		Kind      *string   `json:"kind"`
		Languages *[]string `json:"languages"`
	}{&want.Kind, &want.Languages}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &body); err != nil {
		return err
	}
	if err := want.check(); err != nil {
		return err
	}
	s, err := c.load(c.DB)
	switch {
	case err != nil:
		return err
	case s.current().Transcript == nil:
		return web.Refuse(http.StatusConflict, "no_transcript")
	}
	id, err := c.requestID("summary")
	if err != nil {
		return err
	}
	e, err := events.New(want)
	if err != nil {
		return err
	}
	e.SetID("summary-" + ce.ID(s.id, id))
	e.SetExtension(events.Unit, c.unit)
	if err := c.apply(c.r.Context(), e); err != nil {
		return wrap("ask for a summary of", s.id, err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d SummaryAsked) check() error {
	if d.Kind != "" && !slices.Contains(events.Kinds(), d.Kind) {
		return web.Field("field_one_of", "kind", strings.Join(events.Kinds(), ", "))
	}
	if len(d.Languages) > maxLanguages {
		return web.Field("field_count", "languages", len(d.Languages), maxLanguages)
	}
	for i, l := range d.Languages {
		if !events.IsLanguage(l) {
			return web.Field("field_language", fmt.Sprintf("languages[%d]", i))
		}
	}
	return nil
}

// requestID tells one request from another: those with the same Idempotency-Key are
// one.
func (c *call) requestID(word string) (string, error) {
	keys := c.r.Header.Values("Idempotency-Key")
	switch {
	case len(keys) == 0:
		return c.NewID(), nil
	case !web.Visible(keys[0]):
		return "", web.Field("field_ascii", "Idempotency-Key", 128)
	}
	return ce.ID(word, c.unit, c.author, keys[0]), nil
}

// summaryAsked asks whoever summarises, with the speakers and the day as people
// said them. Minutes that were deleted meanwhile are not summarised.
func (m *Minutes) summaryAsked(_ fn.Event, d SummaryAsked) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		s, err := readStory(ctx, tx, d.Recording)
		if err != nil {
			return nil, err
		}
		current := s.current()
		t := current.Transcript
		if s.given.DeletedAt != nil || t == nil {
			return nil, nil
		}
		r := events.SummaryRequested{Recording: s.id, Upload: current.ID, Revision: t.Revision, Transcript: t.Object,
			Kind: d.Kind, Languages: d.Languages, Speakers: s.asked()}
		if at := recordedAt(s.given, Upload{}); at != nil {
			r.RecordedAt = events.Moment(*at)
		}
		e, err := events.New(r)
		return []fn.Event{e}, err
	}, nil
}

// asked are all speakers of the transcript by the names that people gave them: one who
// is another has that one's.
func (s story) asked() []events.Speaker {
	names := s.names()
	by := map[string]events.Speaker{}
	for _, one := range names.speakers {
		by[one.ID] = one
	}
	all := slices.Clone(s.heard[s.current().ID])
	for i, one := range all {
		named, has := by[one.ID]
		if into, is := names.into[one.ID]; is {
			named, has = by[into]
		}
		if has {
			all[i].Label, all[i].Account = named.Label, named.Account
		}
	}
	return all
}
