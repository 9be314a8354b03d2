package pages

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tetratelabs/wazero"
)

// openCache opens the directory for machine code. One that may not be written,
// as in an image, is copied: wazero fails where it cannot add what it compiled.
// The function returned is called when all has been compiled. Without a usable
// directory the cache is nil.
func openCache(dir string) (wazero.CompilationCache, func()) {
	if dir == "" {
		return nil, func() {}
	}
	done := func() {}
	if !writable(dir) {
		private, err := os.MkdirTemp("", "pdfium-")
		if err != nil {
			return nil, done
		}
		done = func() { os.RemoveAll(private) }
		if os.CopyFS(private, os.DirFS(dir)) != nil {
			return nil, done
		}
		dir = private
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, done
	}
	return cache, done
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
