// Command infra brings one function at a time to Knative, OpenFaaS or AWS Lambda,
// from a machine that needs no internet.
//
//	go run ./infra build transcribe                        one static binary for each CPU
//	go run ./infra image summarise --save summarise.tar    its image, from the one Dockerfile
//	go run ./infra render summarise --to knative           the platform's file
//	go run ./infra diff summarise --to knative --tag v2    what would change
//	go run ./infra deploy summarise --to knative --tag v2  applied by the platform's own tool, and recorded
//	go run ./infra rollback summarise --to knative         what was deployed before, again
//	go run ./infra history summarise --to knative
//	go run ./infra roles --from toolbox.yaml               the functions' accounts, as SQL
//
//	in   functions/<word>/knative.yaml, the only source of how a function runs; the
//	     settings that it refers to (platform/*.yaml, or the operator's own copy)
//	out  files; a run of kubectl, faas-cli or sam; a record of it
//
// Where a platform's tool is missing, or a platform cannot do what the source
// says, the error says what to do by hand. platform/ holds what the functions
// share on a cluster.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Build    buildCommand    `cmd:"" help:"Build a function, or all, as static Linux binaries."`
	Image    imageCommand    `cmd:"" help:"Build a function's image."`
	Render   renderCommand   `cmd:"" help:"Print what a platform needs to run a function."`
	Diff     diffCommand     `cmd:"" help:"Print what a deployment would change."`
	Deploy   deployCommand   `cmd:"" help:"Apply a function to a platform, and record it."`
	Rollback rollbackCommand `cmd:"" help:"Apply again what was deployed before."`
	History  historyCommand  `cmd:"" help:"List what was deployed."`
	Roles    rolesCommand    `cmd:"" help:"Print the SQL that makes the functions' accounts in the database."`
}

// session is what every command is given.
type session struct {
	ctx    context.Context
	root   string // of the repository
	getenv func(string) string
	now    func() time.Time
	out    io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := &session{ctx: ctx, root: ".", getenv: os.Getenv, now: time.Now, out: os.Stdout}
	if err := s.run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, for main and for tests.
func (s *session) run(args []string) error {
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("infra"), kong.UsageOnError(), kong.Writers(s.out, s.out), kong.Exit(func(int) { exited = true }),
		kong.Description("Brings one function at a time to Knative, OpenFaaS or AWS Lambda."))
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
	return parsed.Run(s)
}
