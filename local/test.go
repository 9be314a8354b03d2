package main

import (
	"os"
	"os/exec"

	"xietong.dev/local/setup"
)

type setupCommand struct {
	Test bool `help:"Also what only the tests need."`
}

func (c setupCommand) Run(s *session) error {
	purpose := setup.ToRun
	if c.Test {
		purpose = setup.ToTest
	}
	if err := setup.Ensure(purpose, s.root, s.out); err != nil {
		return err
	}
	s.say("setup")
	return nil
}

type testCommand struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"Arguments for go test; by default every package, uncached."`
}

// Run runs the tests of every module. They are never taken from the cache: some
// read files of other modules, which the cache does not see.
func (c testCommand) Run(s *session) error {
	if err := setup.Ensure(setup.ToTest, s.root, s.out); err != nil {
		return err
	}
	args := c.Args
	if len(args) == 0 {
		args = []string{"work"}
	}
	for _, step := range [][]string{{"vet", "work"}, append([]string{"test", "-count=1", "-timeout=20m"}, args...)} {
		cmd := exec.CommandContext(s.ctx, "go", step...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = s.root, s.out, os.Stderr
		if err := cmd.Run(); err != nil {
			return err
		}
	}
	return nil
}
