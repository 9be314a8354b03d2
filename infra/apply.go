package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"xietong.dev/infra/render"
)

// apply gives a rendered text to the platform's own tool. The text lies at the
// root of the repository, since a SAM template names its code relative to itself;
// it stays there where the tool fails or is missing.
func (s *session) apply(sub subject, text, before []byte) error {
	if sub.To == render.ToLambda {
		if err := s.hasCode(text); err != nil {
			return err
		}
	}
	file := fmt.Sprintf(".deploy-%s-%s.yaml", sub.To, sub.Function)
	if err := os.WriteFile(s.at(file), text, 0o600); err != nil {
		return err
	}
	steps, err := steps(sub, file, text, before)
	if err != nil {
		return err
	}
	for i, step := range steps {
		if err := s.step(step); err != nil {
			return fmt.Errorf("%w\nnothing is recorded; what was rendered lies in %s. By hand, at the root of the repository:\n%s\nthen the same command with --by-hand records it",
				err, file, lines(steps[i:]))
		}
	}
	return os.Remove(s.at(file))
}

func (s *session) step(command []string) error {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return fmt.Errorf("%s is not to be found on this machine", command[0])
	}
	cmd := exec.CommandContext(s.ctx, path, command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.root, s.out, s.out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return nil
}

func lines(steps [][]string) string {
	var all []string
	for _, step := range steps {
		all = append(all, "  "+strings.Join(step, " "))
	}
	return strings.Join(all, "\n")
}

// steps are the commands that bring a text to its platform. Before is the text
// that was applied last.
func steps(sub subject, file string, text, before []byte) ([][]string, error) {
	switch sub.To {
	case render.ToKnative:
		gone, err := gone(text, before)
		return append([][]string{{"kubectl", "apply", "-f", file}}, gone...), err
	case render.ToOpenFaaS:
		return [][]string{{"faas-cli", "deploy", "-f", file}}, nil
	}
	sam := []string{"sam", "deploy", "--template-file", file, "--stack-name", sub.Function, "--resolve-s3",
		"--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"}
	if bytes.Contains(text, []byte("PackageType: Image")) {
		sam = append(sam, "--resolve-image-repos")
	}
	return [][]string{sam}, nil
}

// gone are the commands that delete the Triggers which the text no longer has:
// kubectl apply leaves them, and they would go on waking the function.
func gone(text, before []byte) ([][]string, error) {
	now, err := render.Triggers(text)
	if err != nil {
		return nil, err
	}
	then, err := render.Triggers(before)
	if err != nil {
		return nil, err
	}
	var commands [][]string
	for _, t := range then {
		if slices.ContainsFunc(now, func(n render.Trigger) bool { return n == t }) {
			continue
		}
		command := []string{"kubectl", "delete", "triggers.eventing.knative.dev", t.Name, "--ignore-not-found"}
		if t.Namespace != "" {
			command = append(command, "--namespace", t.Namespace)
		}
		commands = append(commands, command)
	}
	return commands, nil
}

// look is the command that shows what runs on a platform.
func look(to, word string) []string {
	switch to {
	case render.ToKnative:
		return []string{"kubectl", "get", "ksvc,trigger", "--output", "yaml"}
	case render.ToOpenFaaS:
		return []string{"faas-cli", "describe", word}
	}
	return []string{"aws", "cloudformation", "get-template", "--stack-name", word}
}

var codeLine = regexp.MustCompile(`(?m)^ *CodeUri: (bin/lambda/([a-z0-9]+)/([a-z0-9-]+)/(.+))$`)

// hasCode checks that the binary a template names is there, also that of an older
// version.
func (s *session) hasCode(text []byte) error {
	m := codeLine.FindSubmatch(text)
	if m == nil {
		return nil // an image
	}
	_, err := os.Stat(filepath.Join(s.root, string(m[1]), "bootstrap"))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s/bootstrap is missing; at the source of that version run: go run ./infra build %s --to lambda --arch %s --tag %s", m[1], m[3], m[2], m[4])
	}
	return err
}
