package pdf

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"xietong.dev/shared/fault"
)

// Validate refuses what does not keep to the PDF standard, as far as readers
// insist on it.
func Validate(ctx context.Context, l Limits, file []byte) error {
	_, err := l.read(ctx, file, l.configuration(model.VALIDATE))
	return err
}

// Merge puts PDFs one after the other.
func Merge(ctx context.Context, l Limits, files ...[]byte) ([]byte, error) {
	if len(files) == 0 {
		return nil, fault.Refusef(CodeUnreadable, "there is no PDF to merge")
	}
	// What is encrypted, or too much, is refused before anything is joined.
	pages := 0
	readers := make([]io.ReadSeeker, len(files))
	for i, file := range files {
		read, err := l.read(ctx, file, l.configuration(model.MERGECREATE))
		if err != nil {
			return nil, err
		}
		if pages += read.PageCount; l.pages(pages) != nil {
			return nil, l.pages(pages)
		}
		readers[i] = bytes.NewReader(file)
	}
	out := l.output()
	err := guarded(ctx, "merge", func() error {
		return api.MergeRaw(readers, out, false, l.configuration(model.MERGECREATE))
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Extract returns a PDF of the pages of the given numbers, in their order.
func Extract(ctx context.Context, l Limits, file []byte, numbers []int) ([]byte, error) {
	read, err := l.read(ctx, file, l.configuration(model.TRIM))
	if err != nil {
		return nil, err
	}
	return l.extract(ctx, read, numbers)
}

// Split cuts a PDF into PDFs of so many pages; the last may have fewer.
func Split(ctx context.Context, l Limits, file []byte, span int) ([][]byte, error) {
	read, err := l.read(ctx, file, l.configuration(model.SPLIT))
	if err != nil {
		return nil, err
	}
	if span < 1 {
		return nil, fault.Refusef(CodePages, "a PDF is split into parts of 1 page at least, not of %d", span)
	}
	var parts [][]byte
	total := int64(0)
	for first := 1; first <= read.PageCount; first += span {
		var numbers []int
		for n := first; n < first+span && n <= read.PageCount; n++ {
			numbers = append(numbers, n)
		}
		part, err := l.extract(ctx, read, numbers)
		if err != nil {
			return nil, err
		}
		// What pages share stands in each part.
		if total += int64(len(part)); total > l.withDefaults().OutputBytes {
			return nil, fault.Refusef(CodeTooLarge, "the parts have more than %d bytes", l.withDefaults().OutputBytes)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (l Limits) extract(ctx context.Context, read *model.Context, numbers []int) ([]byte, error) {
	if len(numbers) == 0 {
		return nil, fault.Refusef(CodePages, "no pages are named")
	}
	for _, n := range numbers {
		if n < 1 || n > read.PageCount {
			return nil, fault.Refusef(CodePages, "page %d: there are %d pages", n, read.PageCount)
		}
	}
	var part *model.Context
	err := guarded(ctx, "take pages from", func() (err error) {
		part, err = pdfcpu.ExtractPages(read, numbers, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.write(ctx, part)
}

// Optimise makes a PDF smaller: what stands there twice is kept once, and what
// nothing points to is left out.
func Optimise(ctx context.Context, l Limits, file []byte) ([]byte, error) {
	return Change(ctx, l, file, func(d *Doc) error { return api.OptimizeContext(d.Context) })
}

// Rotate turns all pages clockwise, by a multiple of 90 degrees.
func Rotate(ctx context.Context, l Limits, file []byte, degrees int) ([]byte, error) {
	if degrees%90 != 0 {
		return nil, fault.Refusef(CodePages, "pages are turned by 90, 180 or 270 degrees, not by %d", degrees)
	}
	return Change(ctx, l, file, func(d *Doc) error {
		return d.EachPage(ctx, func(p *Page) error {
			p.Dict["Rotate"] = types.Integer(((p.Rotate+degrees)%360 + 360) % 360)
			return nil
		})
	})
}

// Passwords open an encrypted PDF: the user's to read it, the owner's to change it.
type Passwords struct{ User, Owner string }

// Encrypt encrypts a PDF with AES-256. With the user's password alone it may be
// read and printed.
func Encrypt(ctx context.Context, l Limits, file []byte, p Passwords) ([]byte, error) {
	for _, word := range []string{p.User, p.Owner} {
		// Longer ones would be cut off silently (ISO 32000-2, 7.6.4.3.3).
		if len(word) > 127 || strings.ContainsRune(word, 0) {
			return nil, fault.Refusef(CodePassword, "a password has 127 bytes at most, and no zero")
		}
	}
	if p.User == "" || p.Owner == "" || p.User == p.Owner {
		return nil, fault.Refusef(CodePassword, "both passwords are needed, and they must differ")
	}
	c := l.configuration(model.ENCRYPT)
	c.UserPW, c.OwnerPW = p.User, p.Owner
	c.EncryptUsingAES, c.EncryptKeyLength = true, 256
	read, err := l.read(ctx, file, c)
	if err != nil {
		return nil, err
	}
	// PDF 2.0 encrypts by revision 6. Before it, pdfcpu takes revision 5, which the
	// standard has withdrawn.
	version := model.V20
	read.RootVersion = &version
	return l.write(ctx, read)
}

// Info is what a PDF says about itself. Empty fields are left as they are.
type Info struct{ Title, Author, Subject, Keywords string }

// Describe writes what a PDF says about itself.
func Describe(ctx context.Context, l Limits, file []byte, info Info) ([]byte, error) {
	return Change(ctx, l, file, func(d *Doc) error {
		if d.Info == nil {
			ref, err := d.IndRefForNewObject(types.Dict{})
			if err != nil {
				return err
			}
			d.Info = ref
		}
		entries, err := d.DereferenceDict(*d.Info)
		if err != nil || entries == nil {
			return fault.Refusef(CodeUnreadable, "the PDF's information cannot be read: %w", err)
		}
		for key, text := range map[string]string{"Title": info.Title, "Author": info.Author, "Subject": info.Subject, "Keywords": info.Keywords} {
			if text == "" {
				continue
			}
			encoded, err := types.EscapedUTF16String(text)
			if err != nil {
				return fault.Refusef(CodeUnreadable, "the text of %s is not UTF-8", key)
			}
			entries[key] = types.StringLiteral(*encoded)
		}
		return nil
	})
}
