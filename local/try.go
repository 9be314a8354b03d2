package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/local/machine"
	"xietong.dev/local/samples"
	"xietong.dev/shared/blob"
)

type tryCommand struct {
	settings
	Limit time.Duration `help:"How long one sample may take." default:"10m"`
}

// Run sends each sample the way an upstream app does, prints its story, and
// fails unless every story completes.
func (c tryCommand) Run(s *session) error {
	m, release, err := s.start(c.settings)
	if err != nil {
		return err
	}
	defer release()
	began, completed := time.Now(), 0
	for _, sample := range samples.All() {
		s.say("try sample", sample.Title, sample.File)
		one := c.recording
		if sample.Document {
			one = c.document
		}
		if err := one(s, m, sample); err != nil {
			s.say("try failed", err.Error())
			continue
		}
		completed++
	}
	if all := len(samples.All()); completed < all {
		return errors.New(messages.Say(s.language, "try not all", all, completed, m.State.Logs()))
	}
	s.say("try all", completed, time.Since(began).Round(100*time.Millisecond))
	return nil
}

// recording takes a recording or a transcript through: create, upload, follow,
// read.
func (c tryCommand) recording(s *session, m *machine.Machine, sample samples.Sample) error {
	ctx, cancel := context.WithTimeout(s.ctx, c.Limit)
	defer cancel()
	app := upstream{ctx: ctx, front: m.Running.Front, token: m.Credentials.APIToken, language: s.language}
	var created struct {
		ID     string
		Upload blob.Upload
	}
	ask := map[string]string{"title": sample.Title, "language": sample.Language, "name": sample.File}
	if err := app.json(http.MethodPost, "/minutes", ask, &created); err != nil {
		return err
	}
	text, err := samples.Files.ReadFile(sample.File)
	if err != nil {
		return err
	}
	if err := app.upload(created.Upload, text); err != nil {
		return err
	}
	if err := c.follow(ctx, s, m.Broker, created.ID, func([]events.Event) (bool, error) { return app.summarised(created.ID) }); err != nil {
		return err
	}
	return s.keep(m, app, created.ID, sample.File)
}

// follow prints the story of a recording or a document as it happens, until
// ended, which is shown what is new, says that it has come to its end.
func (c tryCommand) follow(ctx context.Context, s *session, b *broker.Broker, id string, ended func(news []events.Event) (bool, error)) error {
	began, seen := time.Now(), int64(0)
	for {
		records, err := b.Events(ctx, broker.Query{Subject: id, After: seen})
		if err != nil {
			return err
		}
		var news []events.Event
		for _, r := range records {
			seen, news = r.Seq, append(news, r.Event)
			s.say("try event", time.Since(began).Seconds(), narrate(s.language, r.Event))
		}
		if done, err := ended(news); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New(messages.Say(s.language, "try too late", c.Limit, id))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// summarised reports whether minutes are complete; it is an error where they
// never will be.
func (u upstream) summarised(id string) (bool, error) {
	var minutes struct {
		State   string
		Refusal struct{ Message, Reason string }
	}
	if err := u.json(http.MethodGet, "/minutes/"+id, nil, &minutes); err != nil {
		return false, err
	}
	switch minutes.State {
	case "failed", "waiting":
		return false, fmt.Errorf("%s (%s)", minutes.Refusal.Message, minutes.Refusal.Reason)
	}
	return minutes.State == "summarised", nil
}

// keep writes the minutes to a file, so that they can be read when nothing runs
// any more.
func (s *session) keep(m *machine.Machine, app upstream, id, name string) error {
	text, err := app.call(http.MethodGet, "/minutes/"+id+"/export?format=md&lang="+s.language, nil)
	if err != nil {
		return err
	}
	path := filepath.Join(m.State.Results(), strings.TrimSuffix(name, filepath.Ext(name))+".md")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	s.say("try done", path, m.Running.Front+"/minutes/"+id)
	return nil
}

// upstream is what an app of the office platform does.
type upstream struct {
	ctx          context.Context
	front, token string
	language     string
}

func (u upstream) call(method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(u.ctx, method, u.front+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+u.token)
	req.Header.Set("Accept-Language", u.language)
	req.Header.Set("Content-Type", "application/json")
	return answer(http.DefaultClient.Do(req))
}

func (u upstream) json(method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		text = nil
	}
	text, err = u.call(method, path, text)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (u upstream) upload(to blob.Upload, body []byte) error {
	req, err := http.NewRequestWithContext(u.ctx, to.Method, to.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range to.Headers {
		req.Header[name] = values
	}
	_, err = answer(http.DefaultClient.Do(req))
	return err
}

// answer reads an answer, and makes an error of one that is no success.
func answer(res *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", res.Request.Method, res.Request.URL.Path, res.Status, bytes.TrimSpace(text))
	}
	return text, err
}
