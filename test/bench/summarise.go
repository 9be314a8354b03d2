package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// summarise has the function's own command measure its embedded summariser: what
// it chooses beside the classical methods, where it cuts topics, and the time and
// memory of two hours of talk.
func summarise(b *bench) (figures, error) {
	if b.data == "" {
		return nil, errors.New("summarise: want --data, the folder with qmsum-dev.jsonl and vcsum-dev.jsonl")
	}
	data, err := filepath.Abs(b.data)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(b.ctx, "go", "run", "./cmd/measure", "--data", data, "--rounds", strconv.Itoa(b.rounds))
	cmd.Dir, cmd.Stderr = filepath.Join(b.root, "functions/summarise"), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("summarise: %w", err)
	}
	table, last := cutLast(string(bytes.TrimSpace(said)))
	fmt.Println(table)
	return parse(last)
}

// cutLast returns all lines but the last, and the last.
func cutLast(text string) (before, last string) {
	at := strings.LastIndexByte(text, '\n')
	return text[:max(at, 0)], text[at+1:]
}

// parse reads a line of name=value figures.
func parse(line string) (figures, error) {
	var all figures
	for _, pair := range strings.Fields(line) {
		name, text, _ := strings.Cut(pair, "=")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("figure %q: want name=value: %w", pair, err)
		}
		all = append(all, figure{name, value})
	}
	return all, nil
}
