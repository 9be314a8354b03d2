// Command local runs the whole toolbox on one machine, without containers, a
// cluster or the internet.
//
//	go run ./local            start everything and serve until Ctrl-C
//	go run ./local --watch    the same, and replace a function when its sources change
//	go run ./local try        send the bundled samples and watch their stories
//	go run ./local --help     everything else
//
// Everything it keeps lies in one state directory, and it listens on loopback
// only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"xietong.dev/local/state"
	"xietong.dev/shared/say"
)

// cli is the command line.
type cli struct {
	State string `help:"Directory that keeps everything." default:".state" placeholder:"DIR" env:"TOOLBOX_STATE"`
	Lang  string `help:"Language of what is printed: zh or en. By default that of the locale, else Chinese." enum:"zh,en," default:""`

	Up     upCommand     `cmd:"" default:"withargs" help:"Start everything and serve until Ctrl-C."`
	Try    tryCommand    `cmd:"" help:"Send the bundled samples and print their stories as they happen."`
	Send   sendCommand   `cmd:"" help:"Send an event to the broker."`
	Events eventsCommand `cmd:"" help:"List events, or one story."`
	Dead   deadCommand   `cmd:"" help:"Work with the dead letters."`
	Env    envCommand    `cmd:"" help:"Print how to reach the running toolbox, for a shell to evaluate."`
	Setup  setupCommand  `cmd:"" help:"Install what Debian must provide."`
	Test   testCommand   `cmd:"" help:"Run every test of the repository."`
	Reset  resetCommand  `cmd:"" help:"Remove everything that the state directory holds."`
}

// session is what every command is given.
type session struct {
	ctx      context.Context
	root     string
	statedir string
	language string
	getenv   func(string) string
	out      io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, for main and for tests.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("local"), kong.UsageOnError(), kong.Writers(out, out), kong.Exit(func(int) { exited = true }),
		kong.Description("The whole toolbox on one machine. / 一台机器上的整套工具箱。"))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return err
	}
	root, err := repository()
	if err != nil {
		return err
	}
	statedir, err := filepath.Abs(c.State)
	if err != nil {
		return err
	}
	return parsed.Run(&session{ctx: ctx, root: root, statedir: statedir, language: language(c.Lang, getenv), getenv: getenv, out: out})
}

// language is what is asked for, else that of the locale, else Chinese.
func language(asked string, getenv func(string) string) string {
	for _, wanted := range []string{asked, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if wanted != "" {
			return say.Pick(wanted)
		}
	}
	return say.Chinese
}

// repository finds the root of the repository from the current directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("no go.work here or above: run this inside the repository")
		}
	}
}

func (s *session) say(key string, args ...any) {
	fmt.Fprintln(s.out, s.word(key, args...))
}

// fail is an error that people read in their language.
func (s *session) fail(key string, args ...any) error {
	return errors.New(s.word(key, args...))
}

func (s *session) word(key string, args ...any) string {
	return messages.Say(s.language, key, args...)
}

func (s *session) state() (state.Dir, error) { return state.Open(s.statedir) }

type resetCommand struct{}

func (resetCommand) Run(s *session) error {
	dir, err := s.state()
	if err != nil {
		return err
	}
	if err := dir.Reset(); err != nil {
		return err
	}
	s.say("reset", dir)
	return nil
}
