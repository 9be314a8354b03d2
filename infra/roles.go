package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/pg"
)

type rolesCommand struct {
	Functions []string `arg:"" optional:"" help:"The functions' words; all where none is named."`
	From      string   `help:"The file with the functions' Secrets, filled in." default:"infra/platform/toolbox.yaml" placeholder:"FILE"`
}

// Run prints the SQL that makes each function's account in the database. The
// addresses that the functions are given say what the accounts are, so that the
// two cannot differ.
func (c rolesCommand) Run(s *session) error {
	words, err := functions(s.root)
	if err != nil {
		return err
	}
	for _, word := range c.Functions {
		if err := known(word, words); err != nil {
			return err
		}
	}
	if len(c.Functions) > 0 {
		words = c.Functions
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
	for _, word := range words {
		text, err := roleSQL(word, secrets)
		if err != nil {
			return fmt.Errorf("%s: %w", c.From, err)
		}
		fmt.Fprintln(s.out, text)
	}
	return nil
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
