// Package pages looks into finished PDFs: how many pages, how large, what they
// say, in which fonts, and what they look like.
//
//	in   the bytes of a PDF that nobody trusts, and its password if it has one
//	out  page boxes, text, fonts, metadata, outline, pictures of pages (png, jpeg, webp)
//
// Refused, with a code: encrypted (needs a password), wrong_password,
// unreadable (broken, or more than the sandbox may hold), too_large (bytes),
// too_many_pages, page_too_large (a box or a picture over the limit).
//
// PDFium does the work, as WebAssembly in children of this program: its memory is a
// bounded block of its own, it sees no file but the fonts, and the child has no
// network. Every document gets an instance of its own (2 ms, measured), so that what
// one does to it is gone before the next. A crash is that document's error, and when
// the context ends, the child is killed, wherever it is. In this process WebAssembly
// could be stopped only by asking at each turn of each loop whether to stop, which
// takes as long again as drawing (measured, wazero 1.12), and would hold up Go's
// garbage collection until a page is drawn.
package pages

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"xietong.dev/shared/fault"
)

// Codes of the refusals.
const (
	CodeEncrypted     = "encrypted"
	CodeWrongPassword = "wrong_password"
	CodeUnreadable    = "unreadable"
	CodeTooLarge      = "too_large"
	CodeTooManyPages  = "too_many_pages"
	CodePageTooLarge  = "page_too_large"
)

// Config says what a Reader may use. Zero stands for the default of each.
type Config struct {
	Instances   int    // documents open at once; the default is the number of processors
	MemoryBytes int64  // of one instance, the file included; 512 MiB
	Cache       string // a directory for PDFium's machine code, 21 MB; empty compiles at every start. It holds code that will run: only who may change the program may write there
	Fonts       string // a directory of fonts for texts whose font is not embedded; empty for none
	Limits      Limits
}

// Limits bound what is taken in and given out. Zero stands for the default.
type Limits struct {
	FileBytes int64   // of a PDF; 256 MiB
	Pages     int     // of a document; 20,000
	Side      float64 // points, of a page; 14,400, which is 5 m and what PDF allows
	Pixels    int     // of a picture; 50 million
	Chars     int     // of a page's text; 2 million
	Objects   int     // on a page, when fonts are listed; 200,000
}

func (c Config) withDefaults() Config {
	fill(&c.Instances, runtime.GOMAXPROCS(0))
	fill(&c.MemoryBytes, 512<<20)
	fill(&c.Limits.FileBytes, 256<<20)
	fill(&c.Limits.Pages, 20_000)
	fill(&c.Limits.Side, 14_400)
	fill(&c.Limits.Pixels, 50_000_000)
	fill(&c.Limits.Chars, 2_000_000)
	fill(&c.Limits.Objects, 200_000)
	return c
}

func fill[T int | int64 | float64](value *T, standard T) {
	if *value == 0 {
		*value = standard
	}
}

// Reader reads PDFs, several at once. It is safe for use by many.
type Reader struct {
	config Config
	ctx    context.Context // ends with the Reader
	stop   context.CancelFunc
	all    sync.WaitGroup // whatever runs
	slots  chan struct{}  // one for each document that is open

	mu      sync.Mutex
	cache   string  // where the machine code is; empty until the first use
	private bool    // the cache is ours, and removed in the end
	idle    []*hand // between two documents
}

// Open returns a Reader that lasts until ctx ends or it is closed. It costs
// nothing: PDFium is compiled, or read from the cache, at the first use. The
// program's main must have called child.Serve with [Worker].
func Open(ctx context.Context, config Config) (*Reader, error) {
	c := config.withDefaults()
	if c.Instances < 1 || c.MemoryBytes < 32<<20 || c.MemoryBytes > 4<<30 {
		return nil, fmt.Errorf("open PDF reader: %d instances of %d bytes: want at least 1, of 32 MiB to 4 GiB", c.Instances, c.MemoryBytes)
	}
	ctx, stop := context.WithCancel(ctx)
	return &Reader{config: c, ctx: ctx, stop: stop, slots: make(chan struct{}, c.Instances)}, nil
}

// Warm compiles PDFium now (3.5 s, or 0.1 s with a cache), and has a child ready. An
// image's build runs it once to fill the cache. Code is kept by kind of processor:
// where the image runs on another, it is compiled again.
func (r *Reader) Warm() error {
	h, _, err := r.take()
	if err != nil {
		return err
	}
	r.put(h)
	return nil
}

// Close ends what is under way and frees all memory.
func (r *Reader) Close() error {
	r.stop()
	r.mu.Lock()
	idle := r.idle
	r.idle = nil
	r.mu.Unlock()
	for _, h := range idle {
		h.stop()
	}
	r.all.Wait()
	if !r.private {
		return nil
	}
	return os.RemoveAll(r.cache)
}

// With opens a PDF, hands it to use, and closes it. The document is use's alone
// and must not be kept. An error of use is returned as it is. When ctx ends
// first, the error is ctx's.
func (r *Reader) With(ctx context.Context, file []byte, password string, use func(*Document) error) error {
	if err := r.fits(int64(len(file))); err != nil {
		return err
	}
	return r.with(ctx, request{Do: doOpen, Password: password}, file, nil, use)
}

// WithFile is With for a PDF that is not held in memory: it is read as far as it is
// looked at. That takes the memory of a page, not of the file.
func (r *Reader) WithFile(ctx context.Context, file io.ReaderAt, size int64, password string, use func(*Document) error) error {
	if err := r.fits(size); err != nil {
		return err
	}
	if size == 0 {
		return r.With(ctx, nil, password, use)
	}
	from := &witness{file: file}
	err := r.with(ctx, request{Do: doOpen, Password: password, Size: size}, nil, from, use)
	if err != nil && from.failed != nil { // PDFium takes that for a broken document
		return fmt.Errorf("read the PDF: %w", from.failed)
	}
	return err
}

func (r *Reader) fits(size int64) error {
	if size > r.config.Limits.FileBytes {
		return fault.Refusef(CodeTooLarge, "the PDF has %d bytes; %d are allowed", size, r.config.Limits.FileBytes)
	}
	return nil
}

// witness remembers that a file could not be read.
type witness struct {
	file   io.ReaderAt
	failed error
}

func (w *witness) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.file.ReadAt(p, at)
	if err != nil && err != io.EOF {
		w.failed = err
	}
	return n, err
}
