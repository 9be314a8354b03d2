// Package records keeps what was deployed, so that a later deployment can be held
// against it and taken back.
//
//	in   what was applied, with its version, when, who and why
//	out  a file for each, numbered: <folder>/0001.yaml, 0002.yaml, …
//
// A record is the applied text itself under a header of comments: it can be read,
// and applied by hand. Records are only ever added.
package records

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Record is one deployment.
type Record struct {
	Number   int
	Version  string
	Time     time.Time
	Who, Why string
	Restores int // the record whose text was applied again; 0 for what was new
	Text     []byte
}

// Dir is the folder of one function's records on one platform.
type Dir string

var fileName = regexp.MustCompile(`^([0-9]{4,})\.yaml$`)

// All returns the records, the oldest first. There are none where there is no folder.
func (d Dir) All() ([]Record, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the records: %w", err)
	}
	var all []Record
	for _, e := range entries {
		if !fileName.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(string(d), e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the records: %w", err)
		}
		r, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("read the record %s: %w", filepath.Join(string(d), e.Name()), err)
		}
		r.Number, _ = strconv.Atoi(strings.TrimSuffix(e.Name(), ".yaml"))
		all = append(all, r)
	}
	return all, nil
}

// Add writes a record under the number that follows the last, and returns its
// file. Of two that are added at the same moment one fails.
func (d Dir) Add(r Record) (string, error) {
	all, err := d.All()
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		r.Number = all[len(all)-1].Number
	}
	r.Number++
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(string(d), fmt.Sprintf("%04d.yaml", r.Number))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = file.Write(format(r))
	return path, errors.Join(err, file.Close())
}

// Before returns the record that the newest one is taken back to: the last before
// it that applied something else. Taking back again goes on from there, further
// into the past, and never to what was taken back.
func Before(all []Record) (Record, error) {
	if len(all) == 0 {
		return Record{}, errors.New("there is no record")
	}
	newest := all[len(all)-1]
	from := newest.Number
	if newest.Restores != 0 {
		from = newest.Restores
	}
	for i := len(all) - 1; i >= 0; i-- {
		if r := all[i]; r.Number < from && !bytes.Equal(r.Text, newest.Text) {
			return r, nil
		}
	}
	return Record{}, fmt.Errorf("nothing else was deployed before record %d", from)
}

// Origin is the number of the record that first applied a record's text.
func (r Record) Origin() int {
	if r.Restores != 0 {
		return r.Restores
	}
	return r.Number
}

func format(r Record) []byte {
	var text bytes.Buffer
	for _, line := range [][2]string{{"version", r.Version}, {"time", r.Time.UTC().Format(time.RFC3339)}, {"who", r.Who}, {"why", r.Why}, {"restores", number(r.Restores)}} {
		if line[1] != "" {
			fmt.Fprintf(&text, "# %s: %s\n", line[0], strings.Join(strings.Fields(line[1]), " "))
		}
	}
	text.WriteString("\n")
	text.Write(r.Text)
	return text.Bytes()
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func parse(text []byte) (r Record, err error) {
	header, rest, found := strings.Cut(string(text), "\n\n")
	if !found {
		return r, errors.New("want a header of comments, an empty line and what was applied")
	}
	r.Text = []byte(rest)
	for line := range strings.SplitSeq(header, "\n") {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		switch name {
		case "version":
			r.Version = value
		case "who":
			r.Who = value
		case "why":
			r.Why = value
		case "time":
			r.Time, err = time.Parse(time.RFC3339, value)
		case "restores":
			r.Restores, err = strconv.Atoi(value)
		default:
			err = fmt.Errorf("%q is no line of a header", line)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}
