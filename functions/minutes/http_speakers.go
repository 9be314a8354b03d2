package minutes

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// called applies what people call the speakers to everything that is shown.
func (s *story) called() {
	s.heard = map[string][]events.Speaker{}
	for i, u := range s.own {
		if u.Transcript == nil {
			continue
		}
		t := *u.Transcript
		t.Speakers = s.naming.Names.name(u.ID, t.Speakers).speakers
		s.own[i].Transcript, s.heard[u.ID] = &t, u.Transcript.Speakers
	}
	if s.summary != nil {
		s.summary.Document = s.names().summary(s.summary.Document)
	}
}

// names are the speakers of what is shown.
func (s story) names() named {
	current := s.current()
	return s.naming.Names.name(current.ID, s.heard[current.ID])
}

// speakerView is a speaker, what the transcript calls it, and whom it was said to be.
type speakerView struct {
	events.Speaker
	Heard string `json:"heard"`
	Into  string `json:"into,omitempty"`
}

type namingView struct {
	Number int               `json:"number"`
	Author string            `json:"author,omitempty"`
	At     time.Time         `json:"at"`
	Labels map[string]string `json:"labels"`
}

// speakers answers GET /minutes/{id}/speakers: who speaks, and every change of names.
func (c *call) speakers() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	return c.replySpeakers(s)
}

func (c *call) replySpeakers(s story) error {
	answer := struct {
		Speakers []speakerView `json:"speakers"`
		History  []namingView  `json:"history"` // newest first
	}{[]speakerView{}, []namingView{}}
	current := s.current()
	for _, heard := range s.heard[current.ID] {
		name, has := s.naming.Names.of(current.ID, heard)
		v := speakerView{Speaker: heard, Heard: heard.Label, Into: name.Into}
		if has && name.Label != "" {
			v.Label = name.Label
		}
		if has && name.Account != "" {
			v.Account = name.Account
		}
		answer.Speakers = append(answer.Speakers, v)
	}
	history, err := readNamings(c.r.Context(), c.DB, s.id)
	if err != nil {
		return err
	}
	for _, n := range history {
		v := namingView{n.Number, n.Author, n.At, map[string]string{}}
		for id, name := range n.Names {
			v.Labels[id] = name.Label
			if name.Into != "" {
				v.Labels[id] = "→ " + name.Into
			}
		}
		answer.History = append(answer.History, v)
	}
	return c.reply(http.StatusOK, answer)
}

type naming struct {
	Label   *string `json:"label"`
	Account *string `json:"account"`
	Into    *string `json:"into"` // another speaker, who this one is; empty undoes that
}

// nameSpeaker answers PATCH /minutes/{id}/speakers/{speaker}. What is left out stays.
func (c *call) nameSpeaker() error {
	var want naming
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{"label", want.Label}, {"account", want.Account}, {"into", want.Into}} {
		if f.value == nil {
			continue
		}
		if err := oneLineField(f.name, *f.value, maxLabel); err != nil {
			return err
		}
	}
	return c.changeNames(func(s story) (Names, error) {
		current := s.current()
		at := slices.IndexFunc(s.heard[current.ID], func(one events.Speaker) bool { return one.ID == c.r.PathValue("speaker") })
		if at < 0 {
			return nil, web.NotFound
		}
		heard := s.heard[current.ID][at]
		name, _ := s.naming.Names.of(current.ID, heard)
		for to, from := range map[*string]*string{&name.Label: want.Label, &name.Account: want.Account, &name.Into: want.Into} {
			if from != nil {
				*to = strings.TrimSpace(*from)
			}
		}
		if name.Into != "" && !slices.ContainsFunc(current.Transcript.Speakers, func(one events.Speaker) bool { return one.ID == name.Into && one.ID != heard.ID }) {
			return nil, web.Field("field_speaker", "into")
		}
		return s.naming.Names.rename(current.ID, heard, name.Label, name.Account, name.Into), nil
	})
}

// restoreNames answers POST /minutes/{id}/speakers/restore {number}: the names as they
// were after a change; 0 is as they were heard.
func (c *call) restoreNames() error {
	var want struct {
		Number int `json:"number"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	history := []Naming{{Names: Names{}}}
	return c.changeNames(func(s story) (Names, error) {
		all, err := readNamings(c.r.Context(), c.DB, s.id)
		if err != nil {
			return nil, err
		}
		history = append(history, all...)
		at := slices.IndexFunc(history, func(n Naming) bool { return n.Number == want.Number })
		if at < 0 {
			return nil, web.Field("field_number", "number", 0, s.naming.Number)
		}
		return s.naming.Names.restore(history[at].Names), nil
	})
}

// changeNames writes other names, and answers with all of them.
func (c *call) changeNames(next func(story) (Names, error)) error {
	err := c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		if s.current().Transcript == nil {
			return web.Refuse(http.StatusConflict, "no_transcript")
		}
		names, err := next(s)
		if err != nil {
			return err
		}
		n := Naming{Number: s.naming.Number + 1, Author: c.author, Names: names}
		if err := writeNaming(ctx, tx, s.id, n, c.MaxRevisions); err != nil {
			return err
		}
		return c.index(ctx, tx, s.id)
	})
	if err != nil {
		return err
	}
	return c.speakers()
}

// oneLineField refuses a text that is too long or holds control characters.
func oneLineField(name, value string, most int) error {
	if err := length(name, value, 0, most); err != nil {
		return err
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return web.Field("field_control", name)
	}
	return nil
}
