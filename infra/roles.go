package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/pg"
)

type rolesCommand struct {
	Functions []string `arg:"" optional:"" help:"The functions' words, or console; all where none is named."`
	From      string   `help:"The file with the functions' Secrets, filled in." default:"infra/platform/toolbox.yaml" placeholder:"FILE"`
}

// Run prints the SQL that makes each function's account in the database, and the console's. The
// addresses that the functions are given say what the accounts are, so that the
// two cannot differ.
func (c rolesCommand) Run(s *session) error {
	words, err := functions(s.root)
	if err != nil {
		return err
	}
	all := append(words, console)
	for _, word := range c.Functions {
		if err := known(word, words); err != nil {
			return err
		}
	}
	if len(c.Functions) > 0 {
		all = c.Functions
	}
	file, err := os.Open(s.at(c.From))
	if err != nil {
		return err
	}
	defer file.Close()
	secrets, err := resources(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.From, err)
	}
	for _, word := range all {
		text, err := roleSQL(word, secrets)
		if err != nil {
			return fmt.Errorf("%s: %w", c.From, err)
		}
		if word == console {
			text += ledgersSQL(words)
		}
		fmt.Fprintln(s.out, text)
	}
	return nil
}

// ledgersSQL lets the console read of each ledger how the work on events stands, and
// nothing else of any function: not what was sent, nor any other table. Where a function
// has not made its ledger yet there is nothing to read, so it is to be run again then.
func ledgersSQL(words []string) string {
	var text strings.Builder
	text.WriteString("\n-- What the console may read of the functions. A function makes its ledger when it first\n-- starts: run this again after that.\n")
	for _, word := range words {
		fmt.Fprintf(&text, `DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = '%[1]s' AND tablename = 'ledger') THEN
    GRANT USAGE ON SCHEMA "%[1]s" TO "%[2]s";
    GRANT SELECT (source, id, state, lease_until, failures, reason, received_at, ended_at) ON "%[1]s".ledger TO "%[2]s";
  ELSE
    RAISE NOTICE 'function %[1]s has no ledger yet';
  END IF;
END $$;
`, word, console)
	}
	return text.String()
}

// roleSQL is the SQL of the account that a function's Secret names.
func roleSQL(word string, all []resource) (string, error) {
	name := "postgres-" + word
	i := slices.IndexFunc(all, func(r resource) bool { return r.Kind == "Secret" && r.Metadata.Name == name })
	if i < 0 {
		return "", fmt.Errorf("there is no Secret %s", name)
	}
	role, database, err := pg.ParseRole(word, all[i].StringData["DATABASE_URL"])
	if err != nil {
		return "", fmt.Errorf("Secret %s: DATABASE_URL: %w", name, err)
	}
	return role.SQL(database)
}

// resource is what we look at in a Kubernetes manifest.
type resource struct {
	Kind     string
	Metadata struct{ Name, Namespace string }
	// Data is a ConfigMap's, StringData a Secret's.
	Data       map[string]string
	StringData map[string]string `yaml:"stringData"`
	Spec       yaml.Node
}

// resources reads the documents of a manifest.
func resources(from io.Reader) (all []resource, err error) {
	for d := yaml.NewDecoder(from); ; {
		var r resource
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, r)
	}
}
