package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/infra/records"
	"xietong.dev/infra/render"
)

// reason is what a record says besides what was deployed.
type reason struct {
	Who string `help:"Who deploys; by default the user's name." placeholder:"NAME"`
	Why string `help:"Why." placeholder:"TEXT"`

	ByHand bool `help:"Only record: the rendered file was applied by hand."`
}

type deployCommand struct {
	subject
	choices
	reason
}

// Run renders, applies and records.
func (c deployCommand) Run(s *session) error {
	r, err := s.render(c.subject, c.choices)
	if err != nil {
		return err
	}
	if err := s.filled(c.To, r); err != nil {
		return err
	}
	record := records.Record{Version: render.Version(r.function, r.choice), Text: r.text}
	return s.put(c.subject, record, c.reason)
}

// filled refuses to deploy what would not start.
func (s *session) filled(to string, r rendered) error {
	if to == render.ToKnative {
		return nil // the cluster has its own config map
	}
	empty, err := render.Unfilled(r.function, r.choice.Settings)
	if err != nil {
		return err
	}
	if len(empty) > 0 {
		return fmt.Errorf("%s: these settings are empty: %s; fill them in, in a copy of infra/platform/toolbox.yaml, and name it with --settings",
			r.function.Word, strings.Join(empty, ", "))
	}
	return nil
}

type rollbackCommand struct {
	subject
	reason
	Record int `help:"The number of the record to apply again, as history shows it; by default the one before." placeholder:"N"`
}

// Run applies an older record, and records that.
func (c rollbackCommand) Run(s *session) error {
	if _, _, err := s.load(c.Function); err != nil {
		return err
	}
	all, err := s.records(c.subject).All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%s; deploy the older version instead: go run ./infra deploy %s --to %s --tag TAG, from the source as it was then", s.unknown(c.subject), c.Function, c.To)
	}
	old, err := c.choose(all)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "back to record %d: %s of %s\n", old.Number, old.Version, old.Time.Format(time.RFC3339))
	return s.put(c.subject, records.Record{Version: old.Version, Text: old.Text, Restores: old.Origin()}, c.reason)
}

func (c rollbackCommand) choose(all []records.Record) (records.Record, error) {
	if c.Record == 0 {
		return records.Before(all)
	}
	for _, r := range all {
		if r.Number == c.Record {
			return r, nil
		}
	}
	return records.Record{}, fmt.Errorf("no record %d of %s on %s; history lists them", c.Record, c.Function, c.To)
}

// unknown says that the records are not here.
func (s *session) unknown(sub subject) string {
	return fmt.Sprintf("no record of %s on %s in %s (another folder with --records); what runs there, its own tool tells: %s",
		sub.Function, sub.To, s.records(sub), strings.Join(look(sub.To, sub.Function), " "))
}

// put applies a text and records it.
func (s *session) put(sub subject, r records.Record, reason reason) error {
	dir := s.records(sub)
	all, err := dir.All()
	if err != nil {
		return err
	}
	var newest records.Record
	if len(all) > 0 {
		newest = all[len(all)-1]
	}
	if bytes.Equal(newest.Text, r.Text) {
		fmt.Fprintf(s.out, "nothing changes against record %d; applied all the same\n", newest.Number)
	}
	if !reason.ByHand {
		if err := s.apply(sub, r.Text, newest.Text); err != nil {
			return err
		}
	}
	r.Time, r.Who, r.Why = s.now(), cmp.Or(reason.Who, s.getenv("USER"), "unknown"), reason.Why
	path, err := dir.Add(r)
	if err != nil {
		return fmt.Errorf("%s was applied but not recorded: %w; mend that, and the same command with --by-hand records it", sub.Function, err)
	}
	fmt.Fprintf(s.out, "%s is on %s in version %s; recorded as %s\n", sub.Function, sub.To, r.Version, path)
	return nil
}

type diffCommand struct {
	subject
	choices
}

// Run prints what a deployment would change, as a unified diff.
func (c diffCommand) Run(s *session) error {
	r, err := s.render(c.subject, c.choices)
	if err != nil {
		return err
	}
	all, err := s.records(c.subject).All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(s.out, "%s\nthe next deploy begins the records\n", s.unknown(c.subject))
		return nil
	}
	newest := all[len(all)-1]
	if bytes.Equal(newest.Text, r.text) {
		fmt.Fprintf(s.out, "nothing would change against record %d, version %s\n", newest.Number, newest.Version)
		return nil
	}
	return s.diff(fmt.Sprintf("record %d, version %s", newest.Number, newest.Version), newest.Text,
		"version "+render.Version(r.function, r.choice), r.text)
}

// diff runs the program diff, which ends with 1 where the texts differ.
func (s *session) diff(oldName string, old []byte, newName string, new []byte) error {
	dir, err := os.MkdirTemp("", "infra-diff-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"old": old, "new": new} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(s.ctx, "diff", "-u", "--label", oldName, "--label", newName, "old", "new")
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err == nil || errors.As(err, &ended) && ended.ExitCode() == 1 {
		_, err = s.out.Write(text)
		return err
	}
	return fmt.Errorf("diff: %w: %s", err, text)
}

type historyCommand struct {
	subject
}

// Run lists the records, the newest last.
func (c historyCommand) Run(s *session) error {
	all, err := s.records(c.subject).All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(s.out, s.unknown(c.subject))
	}
	for _, r := range all {
		again := ""
		if r.Restores != 0 {
			again = fmt.Sprintf("(record %d again) ", r.Restores)
		}
		line := fmt.Sprintf("%4d  %s  %-12s %-12s %s%s", r.Number, r.Time.UTC().Format(time.RFC3339), r.Version, r.Who, again, r.Why)
		fmt.Fprintln(s.out, strings.TrimRight(line, " "))
	}
	return nil
}
