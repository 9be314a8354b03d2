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
// PDFium does the work as WebAssembly: its memory is a bounded block of its own,
// and it sees no file but the fonts. Every document gets an instance of its own
// (2 ms, measured), so that what one does to it is gone before the next.
// A crash is that document's error, and when the context ends, so does the
// instance, wherever it is.
package pages

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

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
	ctx    context.Context
	stop   context.CancelFunc

	mu   sync.Mutex
	pool pdfium.Pool // nil until the first use
}

// Open returns a Reader that lasts until ctx ends or it is closed. It costs
// nothing: PDFium is compiled, or read from the cache, at the first use.
func Open(ctx context.Context, config Config) (*Reader, error) {
	c := config.withDefaults()
	if c.Instances < 1 || c.MemoryBytes < 32<<20 || c.MemoryBytes > 4<<30 {
		return nil, fmt.Errorf("open PDF reader: %d instances of %d bytes: want at least 1, of 32 MiB to 4 GiB", c.Instances, c.MemoryBytes)
	}
	ctx, stop := context.WithCancel(ctx)
	return &Reader{config: c, ctx: ctx, stop: stop}, nil
}

// Warm compiles PDFium now (3.5 s, or 0.1 s with a cache). An image's build runs
// it once to fill the cache. Code is kept by kind of processor: where the image
// runs on another, it is compiled again.
func (r *Reader) Warm() error {
	_, err := r.started()
	return err
}

// Close ends what is under way and frees all memory.
func (r *Reader) Close() error {
	r.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool == nil {
		return nil
	}
	err := r.pool.Close()
	r.pool = nil
	return err
}

// With opens a PDF, hands it to use, and closes it. The document is use's alone
// and must not be kept. An error of use is returned as it is. When ctx ends
// first, the error is ctx's.
func (r *Reader) With(ctx context.Context, file []byte, password string, use func(*Document) error) error {
	return r.with(ctx, requests.OpenDocument{File: &file}, int64(len(file)), password, use)
}

// WithFile is With for a PDF that is not held in memory: it is read as far as it is
// looked at. That takes the memory of a page, not of the file.
func (r *Reader) WithFile(ctx context.Context, file io.ReaderAt, size int64, password string, use func(*Document) error) error {
	from := &witness{file: file}
	err := r.with(ctx, requests.OpenDocument{FileReader: io.NewSectionReader(from, 0, size), FileReaderSize: size}, size, password, use)
	if err != nil && from.failed != nil { // PDFium takes that for a broken document
		return fmt.Errorf("read the PDF: %w", from.failed)
	}
	return err
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

func (r *Reader) with(ctx context.Context, request requests.OpenDocument, size int64, password string, use func(*Document) error) error {
	if size > r.config.Limits.FileBytes {
		return fault.Refusef(CodeTooLarge, "the PDF has %d bytes; %d are allowed", size, r.config.Limits.FileBytes)
	}
	pool, err := r.started()
	if err != nil {
		return err
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return fmt.Errorf("wait for a PDF instance: %w", errors.Join(ctx.Err(), err))
	}
	killed := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(killed)
		instance.Kill()
	})
	defer func() {
		if !unwatch() {
			<-killed
			return
		}
		// It fails where the instance has crashed, and is thrown away in any case.
		instance.Close()
	}()
	d, err := open(ctx, instance, r.config.Limits, request, password)
	if err != nil {
		return err
	}
	return use(d)
}

// started returns the pool, and starts it at the first use.
func (r *Reader) started() (pdfium.Pool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ctx.Err(); err != nil {
		return nil, fmt.Errorf("the PDF reader is closed: %w", err)
	}
	if r.pool != nil {
		return r.pool, nil
	}
	cache, done := openCache(r.config.Cache)
	defer done()
	pool, err := r.start(cache)
	if err != nil && cache != nil {
		// A cache that is full or broken costs time, not the document.
		pool, err = r.start(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	r.pool = pool
	return pool, nil
}

func (r *Reader) start(cache wazero.CompilationCache) (pdfium.Pool, error) {
	const page = 64 << 10
	run := wazero.NewRuntimeConfig().
		// PDFium's error handling needs the latter, and panics without it.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(r.config.MemoryBytes / page)).
		// Rendering takes twice the time, and ends when it must.
		WithCloseOnContextDone(true)
	if cache != nil {
		run = run.WithCompilationCache(cache)
	}
	// Without a file system of ours, the library would show it the whole disk.
	files := wazero.NewFSConfig()
	if r.config.Fonts != "" {
		files = files.WithFSMount(fontFiles{os.DirFS(r.config.Fonts)}, "/")
	}
	return webassembly.Init(webassembly.Config{
		Context:       r.ctx,
		MaxTotal:      r.config.Instances,
		RuntimeConfig: run,
		FSConfig:      files,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		RandomSource:  rand.Reader,
	})
}
