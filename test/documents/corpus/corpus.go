// Package corpus makes the office documents that the converter is measured with.
//
//	in   a directory that keeps them
//	out  more than a hundred documents of an invented district, in every format
//	     that the converter takes: official documents, spreadsheets, slides, text
//	     in old encodings, pictures
//
// What Office would write is put together by hand (package parts), so that there
// are tracked changes, charts and merged cells that no LibreOffice has smoothed.
// The old binary formats, and OpenDocument in zip files, are written by
// LibreOffice. All texts are our own.
package corpus

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xietong.dev/test/documents/parts"
)

// Document is one document of the corpus.
type Document struct {
	Path     string // where it lies
	Name     string // the file's name, which tells one from another
	Format   string // the name's extension; wps, et and dps hold Office's formats
	Features []string
	Text     string // what it says, a line for each paragraph; of some formats not known
}

// made is a document before it is written. The recipe says what LibreOffice
// makes of it besides.
type made struct {
	name     string
	features []string
	text     string
	data     []byte
	recipe   []recipe
}

// recipe has LibreOffice write a document once more.
type recipe struct{ to, name string }

func also(to, name string) recipe { return recipe{to, name} }

//go:embed *.go
var source embed.FS

// Version names what this package writes: another source, other documents.
func Version() string {
	sum := sha256.New()
	for _, from := range []embed.FS{source, parts.Source} {
		files, _ := fs.Glob(from, "*.go") // the pattern is a constant
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, _ := from.ReadFile(name) // it was found there
			sum.Write(text)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

const index = "index.json"

// Write returns the documents, which it makes where they are not yet in the
// directory. Tests of several packages may share one: what is under way is
// finished beside it, and then moved there.
func Write(ctx context.Context, dir string) ([]Document, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("write the corpus: %w", err)
	}
	done := filepath.Join(dir, "corpus-"+Version())
	if all, err := read(done); err == nil {
		return all, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write the corpus: %w", err)
	}
	work, err := os.MkdirTemp(dir, "corpus-under-way-")
	if err != nil {
		return nil, fmt.Errorf("write the corpus: %w", err)
	}
	defer os.RemoveAll(work)
	if err := write(ctx, work); err != nil {
		return nil, fmt.Errorf("write the corpus: %w", err)
	}
	// Where another test was faster, the directory is there and this one is not
	// needed.
	if err := os.Rename(work, done); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("write the corpus: %w", err)
	}
	return read(done)
}

func read(dir string) ([]Document, error) {
	text, err := os.ReadFile(filepath.Join(dir, index))
	if err != nil {
		return nil, err
	}
	var all []Document
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read %s: %w", index, err)
	}
	for i := range all {
		all[i].Path = filepath.Join(dir, all[i].Name)
	}
	return all, nil
}

func write(ctx context.Context, dir string) error {
	all := everything()
	for _, m := range all {
		if err := os.WriteFile(filepath.Join(dir, m.name), m.data, 0o644); err != nil {
			return err
		}
	}
	if err := rewrite(ctx, dir, all); err != nil {
		return err
	}
	text, err := json.MarshalIndent(describe(all), "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, index), text, 0o644)
}

func everything() []made {
	var all []made
	for _, some := range [][]made{official(), prose(), layouts(), languages(), books(), charts(), decks(), flats(), texts(), pages(), pictures()} {
		all = append(all, some...)
	}
	return all
}

// describe lists what was made by hand and by LibreOffice.
func describe(all []made) []Document {
	var list []Document
	add := func(m made, name string, features ...string) {
		list = append(list, Document{Name: name, Format: filepath.Ext(name)[1:], Features: append(features, m.features...), Text: m.text})
	}
	for _, m := range all {
		add(m, m.name)
		for _, r := range m.recipe {
			add(m, r.name, "written by LibreOffice")
		}
	}
	return list
}
