// Package hostile makes files that mean harm, or that went wrong on their way.
//
//	in   a directory, a seed, documents to damage (package corpus), the address of
//	     a listener and the directory of a canary
//	out  more than five hundred files, the same ones for the same input
//
// Whatever a document can refer to leads to the listener, by a path that tells
// the file and the way ([Slug] of its kind), or to the canary: a converter that
// follows it is seen by the listener, or shows the canary's token or colour.
// Bombs are small on disk. Nothing here does harm by lying there.
package hostile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"xietong.dev/test/documents/corpus"
)

// File is one hostile file.
type File struct {
	Path  string // where it lies, under a name that file systems take
	Name  string // as an uploader would call it
	Group string // what it is about
	Kind  string // what it does; no other file's is the same
	// MayConvert says that a result is no fault, as long as nothing was reached.
	// Where it is false, only a refusal is right.
	MayConvert bool
	Password   string // that opens it, of encrypted documents
}

// maker makes the files of one run.
type maker struct {
	rand     *rand.Rand
	base     map[string][]byte // documents of the corpus by name
	listener string
	canary   string
	dir      string

	group string
	files []File
	kinds map[string]bool
	err   error
}

// groups in the order in which they are made.
var groups = []struct {
	name string
	make func(*maker)
}{
	{"truncated", (*maker).truncated}, {"damaged", (*maker).damaged}, {"zip bomb", (*maker).zipBombs}, {"zip", (*maker).zips},
	{"xml bomb", (*maker).xmlBombs}, {"xml", (*maker).oddXML}, {"entity", (*maker).entities},
	{"reference of a text document", (*maker).wordReferences}, {"reference of a workbook", (*maker).bookReferences}, {"reference of slides", (*maker).deckReferences},
	{"reference of OpenDocument", (*maker).openReferences}, {"reference of a page", (*maker).pageReferences}, {"reference by other ways", (*maker).otherWays},
	{"macro", (*maker).macros}, {"wrong name", (*maker).wrongNames}, {"encrypted", (*maker).encrypted}, {"huge sheet", (*maker).hugeSheets},
	{"endless layout", (*maker).layouts}, {"picture", (*maker).pictures}, {"pdf", (*maker).pdfs}, {"compound file", (*maker).compounds},
	{"file name", (*maker).names}, {"empty", (*maker).empties}, {"no document", (*maker).others},
}

// Write makes the files in a directory. The listener is an address (see
// [Listen]); canary is the directory that [NewCanary] was given.
func Write(dir string, seed uint64, base []corpus.Document, listener, canary string) ([]File, error) {
	m := &maker{rand: rand.New(rand.NewPCG(seed, 0)), base: map[string][]byte{}, listener: listener, canary: canary, dir: dir, kinds: map[string]bool{}}
	for _, d := range base {
		data, err := os.ReadFile(d.Path)
		if err != nil {
			return nil, fmt.Errorf("write hostile files: %w", err)
		}
		m.base[d.Name] = data
	}
	for _, g := range groups {
		m.group = g.name
		if g.make(m); m.err != nil {
			return nil, fmt.Errorf("write hostile files: %s: %w", g.name, m.err)
		}
	}
	return m.files, nil
}

// may writes a file that may be converted; refuse one that must not be.
func (m *maker) may(kind, extension string, data []byte) {
	m.add(File{Kind: kind, Name: Slug(kind) + "." + extension, MayConvert: true}, data)
}

func (m *maker) refuse(kind, extension string, data []byte) {
	m.add(File{Kind: kind, Name: Slug(kind) + "." + extension}, data)
}

func (m *maker) add(f File, data []byte) {
	f.Group = m.group
	f.Kind = m.group + ": " + f.Kind
	if m.kinds[f.Kind] && m.err == nil {
		m.err = fmt.Errorf("two files are %q", f.Kind)
	}
	m.kinds[f.Kind] = true
	// A directory for each, because names repeat and some are as long as can be.
	folder := filepath.Join(m.dir, fmt.Sprintf("%04d", len(m.files)))
	f.Path = filepath.Join(folder, onDisk(f.Name))
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = os.WriteFile(f.Path, data, 0o644)
	}
	if err != nil && m.err == nil {
		m.err = err
	}
	m.files = append(m.files, f)
}

// onDisk is a name that every file system takes, and the same where it can be.
func onDisk(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == 0 || r == '/' {
			return '_'
		}
		return r
	}, name)
	for len(name) > 255 {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if name == "" || name == "." || name == ".." {
		return "unnamed"
	}
	return name
}

// document is one of the corpus.
func (m *maker) document(name string) []byte {
	data, there := m.base[name]
	if !there && m.err == nil {
		m.err = fmt.Errorf("the corpus has no %s", name)
	}
	return data
}

// Slug is a kind as it stands in a path.
func Slug(kind string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(kind), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}), "-")
}
