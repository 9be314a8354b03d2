// Package pdf makes PDFs out of PDFs and pictures.
//
//	in   PDFs and pictures that nobody trusts
//	out  a merged, split, smaller, turned, encrypted or described PDF; a PDF of pictures
//
// Refused, with a code: encrypted (needs a password, or forbids changes),
// unreadable, too_large (bytes in or out), too_many_pages, picture_too_large,
// and invalid_pages, invalid_picture and invalid_password for what was asked.
//
// pdfcpu does the work. Its limits hold for each stream that it inflates, and it
// reads no stream that it need not. It rewrites the whole file: signatures are
// broken by that, and the dates of the file become those of the writing.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"xietong.dev/shared/fault"
)

// Codes of the refusals.
const (
	CodeEncrypted       = "encrypted"
	CodeUnreadable      = "unreadable"
	CodeTooLarge        = "too_large"
	CodeTooManyPages    = "too_many_pages"
	CodePageTooLarge    = "page_too_large"
	CodePictureTooLarge = "picture_too_large"
	CodePicture         = "invalid_picture"
	CodePages           = "invalid_pages"
	CodePassword        = "invalid_password"
)

// Limits bound what is taken in and given out. Zero stands for the default.
type Limits struct {
	FileBytes   int64 // of one file that comes in; 256 MiB
	StreamBytes int64 // of one inflated stream; 128 MiB
	Objects     int   // of one PDF; 2 million
	Depth       int   // of objects within objects; 100
	Pages       int   // of what comes out; 20,000
	Pixels      int   // of one picture, before it is decoded; 100 million
	OutputBytes int64 // of what comes out; 512 MiB
}

func (l Limits) withDefaults() Limits {
	fill(&l.FileBytes, 256<<20)
	fill(&l.StreamBytes, 128<<20)
	fill(&l.Objects, 2_000_000)
	fill(&l.Depth, 100)
	fill(&l.Pages, 20_000)
	fill(&l.Pixels, 100_000_000)
	fill(&l.OutputBytes, 512<<20)
	return l
}

func fill[T int | int64](value *T, standard T) {
	if *value == 0 {
		*value = standard
	}
}

// withoutConfigDir keeps pdfcpu from writing to the home directory.
var withoutConfigDir = sync.OnceFunc(api.DisableConfigDir)

func (l Limits) configuration(command model.CommandMode) *model.Configuration {
	withoutConfigDir()
	l = l.withDefaults()
	c := model.NewDefaultConfiguration()
	c.Cmd = command
	c.Offline = true
	c.Optimize, c.OptimizeBeforeWriting = false, false
	c.Limits.MaxStreamBytes = l.FileBytes
	c.Limits.MaxDecodeBytes = l.StreamBytes
	c.Limits.MaxImagePixels = int64(l.Pixels)
	c.Limits.MaxImageBytes = 4 * int64(l.Pixels)
	c.Limits.MaxObjectCount = l.Objects
	c.Limits.MaxXRefEntries = l.Objects
	c.Limits.MaxObjectStreamCount = l.Objects
	c.Limits.MaxRecursionDepth = l.Depth
	return c
}

func (l Limits) read(ctx context.Context, file []byte, c *model.Configuration) (read *model.Context, err error) {
	if most := l.withDefaults().FileBytes; int64(len(file)) > most {
		return nil, fault.Refusef(CodeTooLarge, "the PDF has %d bytes; %d are allowed", len(file), most)
	}
	err = guarded(ctx, "read", func() error {
		read, err = pdfcpu.ReadWithContext(ctx, bytes.NewReader(file), c)
		if err != nil {
			return err
		}
		if err := api.ValidateContext(read); err != nil {
			return err
		}
		return read.EnsurePageCount()
	})
	if err != nil {
		return nil, err
	}
	if read.Encrypt != nil {
		// What is written would be encrypted again, by a key that nobody was told.
		return nil, fault.Refusef(CodeEncrypted, "the PDF is encrypted: send it without encryption")
	}
	// pdfcpu counts the objects of new tables only, not of old ones.
	if most := l.withDefaults().Objects; len(read.Table) > most {
		return nil, fault.Refusef(CodeTooLarge, "the PDF has %d objects; %d are allowed", len(read.Table), most)
	}
	return read, l.pages(read.PageCount)
}

func (l Limits) pages(count int) error {
	if most := l.withDefaults().Pages; count > most {
		return fault.Refusef(CodeTooManyPages, "the PDF has %d pages; %d are allowed", count, most)
	}
	if count < 1 {
		return fault.Refusef(CodeUnreadable, "the PDF has no pages")
	}
	return nil
}

func (l Limits) write(ctx context.Context, doc *model.Context) ([]byte, error) {
	out := l.output()
	err := guarded(ctx, "write", func() error { return api.WriteContext(doc, out) })
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// guarded turns what pdfcpu says, and what it falls over, into refusals: it has
// no state, so it fails on the same file again.
func guarded(ctx context.Context, doing string, work func() error) (err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fault.Refusef(CodeUnreadable, "the PDF is broken: %s: %v", doing, crash)
		}
	}()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s a PDF: %w", doing, err)
	}
	err = work()
	switch {
	case err == nil || fault.IsInvalid(err):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%s a PDF: %w", doing, ctx.Err())
	case errors.Is(err, pdfcpu.ErrWrongPassword) || errors.Is(err, pdfcpu.ErrOwnerPasswordRequired) || errors.Is(err, pdfcpu.ErrEncrypted):
		return fault.Refusef(CodeEncrypted, "the PDF is encrypted: send it without encryption")
	}
	return fault.Refusef(CodeUnreadable, "the PDF is broken: %s: %w", doing, err)
}

// bounded is a buffer that refuses to grow past its limit.
type bounded struct {
	bytes.Buffer
	most int64
}

func (l Limits) output() *bounded { return &bounded{most: l.withDefaults().OutputBytes} }

func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.Len()+len(p)) > b.most {
		return 0, fault.Refusef(CodeTooLarge, "the result has more than %d bytes", b.most)
	}
	return b.Buffer.Write(p)
}
