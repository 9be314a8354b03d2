package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/local/machine"
	"xietong.dev/local/setup"
	"xietong.dev/local/state"
	"xietong.dev/local/watch"
)

// settings are what up and try can be told about the machine.
type settings struct {
	Port      int           `help:"Port of the front door; the object store takes the next. 0 takes free ones." default:"7400" env:"TOOLBOX_PORT"`
	Workers   int           `help:"At most so many processes for each function; 0 leaves it to the manifests." default:"0"`
	Idle      time.Duration `help:"Stop a function's process that had no work for so long." default:"1m"`
	MaxQueued int           `help:"Slow down uploads and events while so many deliveries are on their way." default:"10000"`
	Keep      time.Duration `help:"Keep an event for so long after all its deliveries are done." default:"168h"`
	KeepDead  time.Duration `help:"Keep a dead letter for so long." default:"720h"`
	Also      []string      `help:"Also deliver to a Service that runs elsewhere on this machine, as its manifest says: local/console/knative.yaml=http://127.0.0.1:8080" placeholder:"FILE=ADDRESS" sep:"none"`
	Set       []string      `help:"A function's setting, over its manifest: transcribe.TRANSCRIBE_URL=http://127.0.0.1:9000" placeholder:"WORD.NAME=VALUE" sep:"none"`
}

type upCommand struct {
	settings
	Watch bool `help:"Rebuild and replace a function when its sources change; nothing is lost."`
}

// Run starts everything and serves until it is told to stop.
func (c upCommand) Run(s *session) error {
	sources := &watch.Watcher{Root: s.root, Folders: machine.Sources(), Every: 150 * time.Millisecond, Quiet: 200 * time.Millisecond}
	if c.Watch {
		sources.Start() // before the build, lest a change during it goes unseen
	}
	m, release, err := s.start(c.settings)
	if err != nil {
		return err
	}
	defer release()
	s.say("ready", m.Running.Front, m.Running.Store, m.Credentials.AccessKey, m.Credentials.SecretKey, m.Credentials.APIToken, string(m.State), m.Running.Console)
	if c.Watch {
		s.say("watching")
		sources.Run(s.ctx, func(files []string) { s.reload(m, files) })
	}
	<-s.ctx.Done()
	s.say("stopping")
	return nil
}

// reload brings what runs up to date with the sources, and says so.
func (s *session) reload(m *machine.Machine, files []string) {
	s.say("changed", shorten(files))
	m.Reload(s.ctx, files, func(r machine.Reloaded) {
		words := strings.Join(r.Words, ", ")
		switch round := 10 * time.Millisecond; {
		case r.Err != nil:
			s.say("reload "+string(r.Outcome), words, r.Err.Error())
		case r.Outcome == machine.Restart:
			s.say("reload restart", words)
		case r.Outcome == machine.Replaced, !r.Triggers:
			s.say("reload "+string(r.Outcome), words, r.Built.Round(round), r.Took.Round(round))
		}
		if r.Triggers {
			s.say("reload triggers", words)
		}
	})
}

// shorten names the first files of a list, which may hold a whole checkout.
func shorten(files []string) string {
	const most = 3
	if len(files) > most {
		return strings.Join(files[:most], ", ") + " …"
	}
	return strings.Join(files, ", ")
}

// start starts the machine on the session's state. Release stops it and lets
// the state go.
func (s *session) start(c settings) (*machine.Machine, func(), error) {
	began := time.Now()
	if err := setup.Ensure(setup.ToRun, s.root, s.out); err != nil {
		return nil, nil, err
	}
	dir, err := s.state()
	if err != nil {
		return nil, nil, err
	}
	release, err := dir.Hold()
	if err != nil {
		return nil, nil, err
	}
	log, err := runtimeLog(dir)
	if err != nil {
		release()
		return nil, nil, err
	}
	m, err := machine.Start(s.ctx, machine.Config{Root: s.root, State: dir, Port: c.Port, Workers: c.Workers, Idle: c.Idle, MaxQueued: c.MaxQueued,
		Keep: c.Keep, KeepDead: c.KeepDead, Variables: c.Set, Also: c.Also,
		Getenv: s.getenv, Log: slog.New(slog.NewJSONHandler(log, nil)), Progress: s.progress})
	if err != nil {
		log.Close()
		release()
		return nil, nil, err
	}
	s.say("started", time.Since(began).Round(10*time.Millisecond))
	return m, func() { m.Stop(); log.Close(); release() }, nil
}

func (s *session) progress(step string, took time.Duration) {
	s.say("step "+step, took.Round(10*time.Millisecond))
}

func runtimeLog(dir state.Dir) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir.Logs(), "runtime.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
