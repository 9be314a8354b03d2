package book

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/child"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// pdf is warm: PDFium is compiled once for all tests.
var pdf *pages.Reader

func TestMain(m *testing.M) {
	child.Serve(pages.Worker)
	dir, err := os.MkdirTemp("", "book-test-")
	if err == nil {
		pdf, err = pages.Open(context.Background(), pages.Config{Cache: filepath.Join(dir, "cache"), Instances: 2})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	pdf.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

// standard are the limits of an environment that sets none.
func standard(t testing.TB) (l Limits) {
	t.Helper()
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func open(t testing.TB, file []byte, name string, limits Limits) (*Book, error) {
	t.Helper()
	r := Reader{Limits: limits, PDF: pdf}
	return r.Open(t.Context(), bytes.NewReader(file), int64(len(file)), name)
}

// opened is a book that must open.
func opened(t testing.TB, file []byte, name string) *Book {
	t.Helper()
	b, err := open(t, file, name, standard(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func texts(t testing.TB, b *Book) (all []booktext.Part) {
	t.Helper()
	if err := b.Text(t.Context(), func(p booktext.Part) error { all = append(all, p); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// full is what all of booktest.Small says of itself, where a format can say it.
func full() events.BookMetadata {
	return events.BookMetadata{
		Title: "读书馆的故事", Subtitle: "二十万册书", Publisher: "人民出版社", Published: "2024-05-17", Language: "zh-CN", ISBN: "9787020002207",
		Contributors: []events.Contributor{{Name: "王小明", Role: "aut"}, {Name: "李华", Role: "trl"}},
		Series:       "政务读书丛书", Position: 3, Subjects: []string{"小说", "图书馆"}, Summary: "一座城市的读书馆，二十万册书。",
		Accessibility: []string{"tableOfContents", "readingOrder"},
	}
}

func TestMetadataOfEachFormat(t *testing.T) {
	small := booktest.Small()
	mobi := func(m *events.BookMetadata) {
		m.Subtitle, m.Series, m.Position, m.Accessibility, m.Contributors = "", "", 0, nil, m.Contributors[:1]
	}
	none := func(*events.BookMetadata) {}
	without := func(m *events.BookMetadata) { m.Subtitle, m.Accessibility = "", nil }
	named := func(m *events.BookMetadata) {
		*m = events.BookMetadata{Title: m.Title, Contributors: m.Contributors[:1], Language: "zh"}
	}
	for name, c := range map[string]struct {
		file   []byte
		format string
		change func(*events.BookMetadata)
	}{
		"EPUB 3":        {booktest.EPUB3(small), events.BookEPUB, none},
		"EPUB 2":        {booktest.EPUB2(small), events.BookEPUB, without},
		"FB2":           {booktest.FB2(small), events.BookFB2, func(m *events.BookMetadata) { without(m); m.Published = "2024" }},
		"FB2 in zip":    {booktest.Zip(booktest.File{Name: "a.fb2", Body: booktest.FB2(small)}), events.BookFB2, func(m *events.BookMetadata) { without(m); m.Published = "2024" }},
		"CBZ":           {booktest.CBZ(small, 12), events.BookCBZ, func(m *events.BookMetadata) { without(m); m.ISBN = "" }},
		"MOBI":          {booktest.MOBI{Packed: 1}.Make(small), events.BookMOBI, mobi},
		"MOBI, PalmDOC": {booktest.MOBI{Packed: 2}.Make(small), events.BookMOBI, mobi},
		"MOBI, HUFF":    {booktest.MOBI{Packed: 17480}.Make(small), events.BookMOBI, mobi},
		"AZW3":          {booktest.MOBI{Packed: 2, KF8: true}.Make(small), events.BookMOBI, mobi},
		"TXT":           {booktest.TXT(small, nil), events.BookTXT, named},
		"PDF":           {booktest.PDF(small.Title, small.Author, "一页"), events.BookPDF, func(m *events.BookMetadata) { named(m); m.Language = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			b := opened(t, c.file, "《读书馆的故事》作者：王小明.txt")
			want := full()
			c.change(&want)
			if diff := cmp.Diff(want, b.Metadata); diff != "" {
				t.Error(diff)
			}
			if b.Format != c.format || len(b.Warnings) > 0 {
				t.Errorf("format %s, warnings %q", b.Format, b.Warnings)
			}
		})
	}
}

func TestTextOfEachFormat(t *testing.T) {
	small := booktest.Small()
	var want []string
	for _, c := range small.Chapters {
		want = append(want, c.Text())
	}
	// The PDF's letters are of the first plane.
	first := func(text string) string { return strings.ReplaceAll(text, "𠮷", "吉") }
	for name, file := range map[string][]byte{
		"EPUB 3":        booktest.EPUB3(small),
		"EPUB 2":        booktest.EPUB2(small),
		"MOBI":          booktest.MOBI{Packed: 1}.Make(small),
		"MOBI, PalmDOC": booktest.MOBI{Packed: 2}.Make(small),
		"MOBI, HUFF":    booktest.MOBI{Packed: 17480}.Make(small),
		"AZW3":          booktest.MOBI{Packed: 2, KF8: true}.Make(small),
		"FB2":           booktest.FB2(small),
		"TXT":           booktest.TXT(small, nil),
		"PDF":           booktest.PDF("", "", first(want[0]), first(want[1]), first(want[2])),
	} {
		t.Run(name, func(t *testing.T) {
			b := opened(t, file, "a")
			var got, titles []string
			for i, p := range texts(t, b) {
				// A text and a FictionBook have more at their beginnings and ends.
				if strings.HasPrefix(p.Text, "《") || strings.HasPrefix(p.Text, "注释") || p.Text == small.Title {
					continue
				}
				if name == "PDF" {
					p.Text = strings.ReplaceAll(p.Text, "吉野家", "𠮷野家")
				}
				got = append(got, p.Text)
				titles = append(titles, b.Contents.Reading[i].Title)
				if n := b.Contents.Reading[i].Letters; n != len([]rune(p.Text)) {
					t.Errorf("%s has %d letters", p.Href, n)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if name != "PDF" && titles[1] != small.Chapters[1].Title {
				t.Errorf("titles %q", titles)
			}
		})
	}
}

func TestATextInEachEncoding(t *testing.T) {
	small := booktest.Small()
	for name, as := range map[string]encoding.Encoding{
		"utf-8": nil, "gbk": simplifiedchinese.GBK, "gb18030": simplifiedchinese.GB18030, "big5": traditionalchinese.Big5,
		"utf-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be without a mark": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		b := opened(t, booktest.TXT(small, as), "a.txt")
		titles := []string{}
		for _, h := range b.Contents.TOC {
			titles = append(titles, h.Title)
		}
		want := []string{"第一章 开馆", "第二章 找书", "第三章 Reading on"}
		if name == "big5" {
			continue // simplified letters are not in it: what is left is still a text
		}
		if diff := cmp.Diff(want, titles); diff != "" || b.Metadata.Title != "读书馆的故事" && b.Metadata.Title != "a" {
			t.Errorf("%s: %q %s", name, b.Metadata.Title, diff)
		}
	}
}

func TestCovers(t *testing.T) {
	small := booktest.Small()
	three := booktest.EPUB3(small)
	plain := booktest.Replaced(three, booktest.Package, ` properties="cover-image"`, "")
	unnamed := booktest.Replaced(plain, booktest.Package, `id="cover-picture" href="images/cover.jpg"`, `id="p" href="images/p.jpg"`)
	unnamed = booktest.With(unnamed, "OEBPS/images/p.jpg", string(small.Cover))
	comic := booktest.CBZ(small, 12)
	for name, c := range map[string]struct{ file, want []byte }{
		"EPUB 3":                {three, small.Cover},
		"EPUB 2":                {booktest.EPUB2(small), small.Cover},
		"by its name":           {plain, small.Cover},
		"by the guide":          {booktest.Replaced(unnamed, booktest.Package, "</package>", `<guide><reference type="cover" href="images/p.jpg"/></guide></package>`), small.Cover},
		"on the first page":     {booktest.With(unnamed, booktest.ChapterFile(1), `<html><body><svg><image xlink:href="../images/p.jpg"/></svg></body></html>`), small.Cover},
		"none":                  {unnamed, nil},
		"FB2":                   {booktest.FB2(small), small.Cover},
		"MOBI":                  {booktest.MOBI{Packed: 2}.Make(small), small.Cover},
		"CBZ":                   {comic, booktest.JPEG(60, 80, 0)},
		"CBZ that says which":   {booktest.Replaced(comic, "ComicInfo.xml", "<Title>", `<Pages><Page Image="2" Type="FrontCover"/></Pages><Title>`), booktest.JPEG(60, 80, 2)},
		"CBZ that says nothing": {booktest.Without(comic, "ComicInfo.xml"), booktest.JPEG(60, 80, 0)},
	} {
		b := opened(t, c.file, "a")
		r, ok := b.Cover()
		if !ok {
			r = bytes.NewReader(nil)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%s: got %d bytes, %v, want %d", name, len(got), err, len(c.want))
		}
	}
}

// TestHostile opens what means harm, and reads all of it.
func TestHostile(t *testing.T) {
	for _, h := range booktest.Hostiles() {
		t.Run(h.Name, func(t *testing.T) {
			b, err := open(t, h.File, "book", standard(t))
			if err == nil {
				err = b.Text(t.Context(), func(booktext.Part) error { return nil })
			}
			if fault.Code(err) != h.Code || err != nil && h.Code == "" {
				t.Fatalf("got %q (%v), want %q", fault.Code(err), err, h.Code)
			}
			if err == nil {
				t.Logf("%q %q", b.Metadata.Title, b.Warnings)
				return
			}
			t.Log(err)
		})
	}
}

func TestAnErrorOfTheReaderIsNoRefusal(t *testing.T) {
	away := errors.New("connection reset")
	r := Reader{Limits: standard(t)}
	for _, c := range []string{"PK\x03\x04", "%PDF-1.7", "通知"} {
		_, err := r.Open(t.Context(), brokenFile{c, away}, 10_000, "a")
		if err == nil || fault.IsInvalid(err) && c != "%PDF-1.7" {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// brokenFile can be read at its beginning, and then no more.
type brokenFile struct {
	head string
	err  error
}

func (f brokenFile) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 || len(p) > headBytes {
		return 0, f.err
	}
	return copy(p, f.head+strings.Repeat(" ", len(p))), nil
}

func TestTextEndsWhereItMust(t *testing.T) {
	enough := errors.New("enough")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, file := range map[string][]byte{
		"EPUB": booktest.EPUB3(booktest.Small()), "TXT": booktest.TXT(booktest.Small(), nil), "PDF": booktest.PDF("", "", "1", "2"),
	} {
		b := opened(t, file, "a")
		n := 0
		err := b.Text(t.Context(), func(booktext.Part) error { n++; return enough })
		if !errors.Is(err, enough) || n != 1 {
			t.Errorf("%s: %v after %d", name, err, n)
		}
		err = b.Text(ended, func(booktext.Part) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
