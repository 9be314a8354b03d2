package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/local/machine"
	"xietong.dev/shared/ce"
)

// reach returns the broker's records: those of the runtime that serves on the
// state, or of the state's own database, started for as long as it takes.
func (s *session) reach() (*broker.Broker, func(), error) {
	dir, err := s.state()
	if err != nil {
		return nil, nil, err
	}
	running, runs, err := dir.Running()
	if err != nil {
		return nil, nil, err
	}
	stop := func() {}
	if !runs {
		release, err := dir.Hold()
		if err != nil {
			return nil, nil, err
		}
		server, err := machine.OpenServer(s.ctx, dir, s.getenv)
		if err != nil {
			release()
			return nil, nil, err
		}
		running.Database, stop = server.URL(machine.Database), func() { server.Stop(); release() }
	}
	db, err := machine.OpenBroker(s.ctx, running.Database)
	if err != nil {
		stop()
		return nil, nil, err
	}
	b, err := broker.Open(broker.Config{DB: db})
	return b, func() { db.Close(); stop() }, err
}

type sendCommand struct {
	File string `arg:"" help:"An event as JSON (structured mode), or - for standard input." type:"existingfile"`
}

// Run posts one event to the broker of the runtime that serves.
func (c sendCommand) Run(s *session) error {
	dir, err := s.state()
	if err != nil {
		return err
	}
	running, runs, err := dir.Running()
	if err != nil {
		return err
	}
	if !runs {
		return s.fail("not running")
	}
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	e, err := ce.Read(s.ctx, http.Header{"Content-Type": {"application/cloudevents+json"}}, text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	req, err := ce.NewRequest(s.ctx, running.Front+"/broker", e)
	if err != nil {
		return err
	}
	if err := ce.Send(&http.Client{Timeout: time.Minute, CheckRedirect: ce.NoRedirect}, req); err != nil {
		return err
	}
	s.say("sent", e.Type(), e.ID())
	return nil
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

type eventsCommand struct {
	Story   string `help:"Only the story of this event: all that it caused, and where each went." placeholder:"ID"`
	Type    string `help:"Only events of this type."`
	Subject string `help:"Only events about this."`
	Limit   int    `help:"The newest so many." default:"50"`
	JSON    bool   `help:"Whole events, one a line."`
}

func (c eventsCommand) Run(s *session) error {
	b, done, err := s.reach()
	if err != nil {
		return err
	}
	defer done()
	if c.Story != "" {
		return s.story(b, c.Story)
	}
	records, err := b.Events(s.ctx, broker.Query{Type: c.Type, Subject: c.Subject, Newest: true, Limit: c.Limit})
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := c.print(s, r); err != nil {
			return err
		}
	}
	return nil
}

func (c eventsCommand) print(s *session, r broker.Record) error {
	if c.JSON {
		text, err := json.Marshal(r.Event)
		if err == nil {
			fmt.Fprintf(s.out, "%s\n", text)
		}
		return err
	}
	fmt.Fprintf(s.out, "%6d  %s  %-42s %s  %s\n", r.Seq, r.ReceivedAt.Format("15:04:05.000"), r.Event.Type(), r.Event.ID(), oneLine(r.Event.Subject()))
	return nil
}

// story prints every event of a story, each with its deliveries below it.
func (s *session) story(b *broker.Broker, correlation string) error {
	told, err := b.Story(s.ctx, correlation)
	if err != nil {
		return err
	}
	for _, t := range told {
		if err := (eventsCommand{}).print(s, t.Record); err != nil {
			return err
		}
		for _, d := range t.Deliveries {
			s.say("delivery", d.Trigger, d.State, d.Attempts, d.Code, oneLine(d.Reason))
		}
	}
	return nil
}

// oneLine keeps what somebody sent from moving the cursor.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
