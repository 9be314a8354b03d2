package pages

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// startPDFium compiles PDFium (3.5 s), or reads it from the cache (0.1 s). One file
// is open at a time.
func startPDFium(ctx context.Context, c Config) (pdfium.Pool, error) {
	cache, err := wazero.NewCompilationCacheWithDir(c.Cache)
	if err != nil {
		return nil, fmt.Errorf("start PDFium: open the cache: %w", err)
	}
	const page = 64 << 10
	run := wazero.NewRuntimeConfig().
		// PDFium's error handling needs the latter, and panics without it.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(c.MemoryBytes / page)).
		WithCompilationCache(cache)
	// Without a file system of ours, the library would show it the whole disk.
	files := wazero.NewFSConfig()
	if c.Fonts != "" {
		files = files.WithFSMount(fontFiles{os.DirFS(c.Fonts)}, "/")
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context:       withMemory(ctx),
		MaxTotal:      1,
		RuntimeConfig: run,
		FSConfig:      files,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		RandomSource:  rand.Reader,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return pool, nil
}
