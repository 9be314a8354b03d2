package pages

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// first settles where PDFium's machine code is, and starts the first worker: the
// directory that was configured, where it holds code that fits or can be filled, and
// otherwise one of our own. A cache that is full, broken or missing costs time, not
// the document.
func (r *Reader) first() (*hand, error) {
	if r.config.Cache != "" {
		if h, err := r.startFrom(r.config.Cache); err == nil {
			r.cache = r.config.Cache
			return h, nil
		}
	}
	private, err := os.MkdirTemp("", "pdfium-")
	if err != nil {
		return nil, err
	}
	h, err := r.startFrom(private)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(private))
	}
	r.cache, r.private = private, true
	return h, nil
}

// startFrom starts a worker with the code in a directory. Where there is none that
// fits, another fills it first, which never sees a document: workers that do may not
// write there.
func (r *Reader) startFrom(dir string) (*hand, error) {
	if code, _ := filepath.Glob(filepath.Join(dir, "wazero-*", "*")); len(code) > 0 {
		if h, err := r.start(r.setup(dir)); err == nil {
			return h, nil
		}
	}
	if !writable(dir) {
		return nil, fmt.Errorf("start PDFium: nothing can be written to its cache %s", dir)
	}
	s := r.setup(dir)
	s.Fill = true
	h, err := r.start(s)
	if err != nil {
		return nil, err
	}
	h.stop()
	return r.start(r.setup(dir))
}

// writable reports whether files can be made in dir and in what is already
// there; a directory that is missing is made.
func writable(dir string) bool {
	if os.MkdirAll(dir, 0o755) != nil {
		return false
	}
	all, _ := filepath.Glob(filepath.Join(dir, "wazero-*"))
	for _, d := range append(all, dir) {
		f, err := os.CreateTemp(d, "writable-")
		if err != nil {
			return false
		}
		f.Close()
		os.Remove(f.Name())
	}
	return true
}

// fontFiles shows a directory where PDFium looks for fonts, and nothing else.
// Mounted there directly it is not found: PDFium opens paths from the root, and
// wants the parents of a directory too.
type fontFiles struct{ dir fs.FS }

func (f fontFiles) Open(name string) (fs.File, error) {
	const place = "usr/share/fonts"
	if name == "." || name == "usr" || name == "usr/share" || name == place {
		return f.dir.Open(".")
	}
	inside, ok := strings.CutPrefix(name, place+"/")
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.dir.Open(inside)
}
