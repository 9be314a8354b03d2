package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// defaults are the limits that apply where nothing is configured.
func defaults(t testing.TB) (l Limits) {
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// batch makes the bytes of a case's file. Its name says how: in.mrk is written out
// field by field and becomes ISO 2709, in.gbk.csv is encoded as GBK, and the header
// of JSON Lines gets its sum.
func batch(t testing.TB, name, text string) []byte {
	parts := strings.Split(name, ".")
	encode := func(text string) string { return text }
	if len(parts) == 3 {
		enc, err := htmlindex.Get(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		encode = func(text string) string {
			encoded, err := enc.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			return encoded
		}
	}
	switch filepath.Ext(name) {
	case ".mrk":
		return iso2709(text, encode)
	case ".jsonl":
		head, rest, _ := strings.Cut(text, "\n")
		return []byte(strings.Replace(head, "$SHA256", fmt.Sprintf("%x", sha256.Sum256([]byte(rest))), 1) + "\n" + rest)
	}
	return []byte(encode(text))
}

var mrk = regexp.MustCompile(`^=(LDR|[0-9]{3})  (.*)$`)

// iso2709 makes records of lines such as =245  10$aPride and prejudice; a blank line
// parts two.
func iso2709(text string, encode func(string) string) []byte {
	var all []byte
	for record := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		leader, directory, data := "", "", ""
		for l := range strings.Lines(record) {
			parts := mrk.FindStringSubmatch(strings.TrimSuffix(l, "\n"))
			if parts == nil {
				continue
			}
			if parts[1] == "LDR" {
				leader = parts[2]
				continue
			}
			value := encode(strings.ReplaceAll(parts[2], "$", "\x1f")) + "\x1e"
			directory += fmt.Sprintf("%s%04d%05d", parts[1], len(value), len(data))
			data += value
		}
		base := leaderBytes + len(directory) + 1
		record := leader[5:12] + fmt.Sprintf("%05d", base) + leader[17:] + directory + "\x1e" + data + "\x1d"
		all = fmt.Appendf(all, "%05d%s", 5+len(record), record)
	}
	return all
}

// shown is a row as the cases write it.
type shown struct {
	Row      int                  `json:"row,omitempty"`
	Op       string               `json:"op,omitempty"`
	SourceID string               `json:"source_id,omitempty"`
	Version  int64                `json:"version,omitempty"`
	Object   string               `json:"object,omitempty"`
	SHA256   string               `json:"sha256,omitempty"`
	Size     int64                `json:"size,omitempty"`
	Format   string               `json:"format,omitempty"`
	Metadata *events.BookMetadata `json:"metadata,omitempty"`
	Licence  *events.Licence      `json:"licence,omitempty"`
	Reason   string               `json:"reason,omitempty"`
	Warnings []string             `json:"warnings,omitempty"`
	Error    string               `json:"error,omitempty"`
}

func show(row Row) shown {
	return shown{Row: row.Number, Op: row.Op, SourceID: row.SourceID, Version: row.Version, Object: row.Object, SHA256: row.SHA256,
		Size: row.Size, Format: row.Format, Metadata: row.Metadata, Licence: row.Licence, Reason: row.Reason, Warnings: row.Warnings}
}

// read returns all that comes of a batch: its header, its rows and bad rows, and the
// refusal that ended it.
func read(t testing.TB, content []byte, limits Limits) (Header, []shown, error) {
	r, err := Open(context.Background(), bytes.NewReader(content), "in", limits)
	if err != nil {
		return Header{}, nil, err
	}
	var all []shown
	for {
		row, err := r.Next()
		var bad *RowError
		switch {
		case err == io.EOF:
			return r.Header(), all, nil
		case errors.As(err, &bad):
			all = append(all, shown{Row: bad.Row, SourceID: bad.SourceID, Error: bad.Code + ": " + bad.Reason})
		case err != nil:
			if _, again := r.Next(); again != err {
				t.Errorf("after %v there is %v", err, again)
			}
			return r.Header(), all, err
		default:
			all = append(all, show(row))
		}
	}
}

// written is what comes of a batch, as text.
func written(h Header, rows []shown, err error) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if h.Form == "" {
		return fmt.Sprintf("refused %s: %v\n", fault.Code(err), err)
	}
	fmt.Fprintf(&b, "form %s", h.Form)
	for _, part := range []struct {
		name  string
		value any
	}{{"source", h.Source}, {"batch", h.Batch}, {"seq", h.Seq}, {"mode", h.Mode}, {"ignored", strings.Join(h.Ignored, " ")}} {
		if v := fmt.Sprint(part.value); v != "" && v != "0" && v != Delta {
			fmt.Fprintf(&b, " %s %s", part.name, v)
		}
	}
	b.WriteString("\n")
	for _, row := range rows {
		e.Encode(row)
	}
	if err != nil {
		fmt.Fprintf(&b, "refused %s: %v\n", fault.Code(err), err)
	}
	return b.String()
}
