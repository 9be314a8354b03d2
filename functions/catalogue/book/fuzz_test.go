package book

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
)

// FuzzOPF reads package documents, tables of contents and chapters.
func FuzzOPF(f *testing.F) {
	small := booktest.Small()
	file := booktest.EPUB3(small)
	f.Fuzz(func(t *testing.T, opf, nav, page []byte) {
		files := booktest.Unzip(file)
		for i := range files {
			switch files[i].Name {
			case booktest.Package:
				files[i].Body = opf
			case booktest.Nav:
				files[i].Body = nav
			case booktest.ChapterFile(1):
				files[i].Body = page
			}
		}
		readAll(t, booktest.Zip(files...))
	})
}

// FuzzMOBI reads MOBIs, header and all.
func FuzzMOBI(f *testing.F) {
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 68 {
			copy(file[60:], "BOOKMOBI")
			readAll(t, file)
		}
	})
}

// FuzzTXT reads texts in whatever encoding they are taken for.
func FuzzTXT(f *testing.F) {
	f.Fuzz(readAll)
}

// readAll reads a file, and wants a book or a refusal: nothing of it can be a
// failure that time would cure.
func readAll(t *testing.T, file []byte) {
	limits := standard(t)
	limits.Archive.Inflated, limits.Whole = 16<<20, 16<<20
	r := Reader{Limits: limits} // PDFium has tests of its own
	b, err := r.Open(t.Context(), bytes.NewReader(file), int64(len(file)), "name")
	if err == nil {
		err = b.Text(t.Context(), func(p booktext.Part) error { return checkText(t, p) })
	}
	if err != nil {
		if !fault.IsInvalid(err) {
			t.Fatal(err)
		}
		return
	}
	if b.Metadata.Title == "" || !utf8.ValidString(b.Metadata.Title) || strings.ContainsFunc(b.Metadata.Title, unseen) {
		t.Errorf("title %q", b.Metadata.Title)
	}
	for _, p := range b.Contents.Reading {
		if p.Href == "" || p.Offset < 0 || p.Packed < 0 || p.Offset+p.Packed > int64(len(file)) {
			t.Errorf("part %+v", p)
		}
	}
}

func checkText(t *testing.T, p booktext.Part) error {
	if !utf8.ValidString(p.Text) || strings.TrimSpace(p.Text) == "" || strings.HasSuffix(p.Text, "\n") {
		t.Errorf("text %q", p.Text)
	}
	return nil
}
