package book

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// TestLimitsThatRefuse crosses each by one, and stays under it by nothing.
func TestLimitsThatRefuse(t *testing.T) {
	small := booktest.Small()
	epub, txt, fb2, mobi, cbz := booktest.EPUB3(small), booktest.TXT(small, nil), booktest.FB2(small), booktest.MOBI{Packed: 2}.Make(small), booktest.CBZ(small, 12)
	pdf := booktest.PDF("", "", "1", "2")
	sizeOf := func(name string) int {
		for _, f := range booktest.Unzip(epub) {
			if f.Name == name {
				return len(f.Body)
			}
		}
		t.Fatal(name)
		return 0
	}
	all := strings.Join([]string{small.Chapters[0].Text(), small.Chapters[1].Text(), small.Chapters[2].Text()}, "")
	mobiText := len(raw(t, mobi))
	for name, c := range map[string]struct {
		file   []byte
		enough int
		set    func(*Limits, int)
		code   string
	}{
		"MAX_BOOK":                 {epub, len(epub), func(l *Limits, n int) { l.File = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_WHOLE, TXT":      {txt, len(txt), func(l *Limits, n int) { l.Whole = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_WHOLE, FB2":      {fb2, len(fb2), func(l *Limits, n int) { l.Whole = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_WHOLE, FB2.ZIP":  {booktest.Zip(booktest.File{Name: "a.fb2", Body: fb2}), len(fb2), func(l *Limits, n int) { l.Whole = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_WHOLE, MOBI":     {mobi, mobiText, func(l *Limits, n int) { l.Whole = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_PDF":             {pdf, len(pdf), func(l *Limits, n int) { l.PDF = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_PACKAGE":         {epub, max(sizeOf(booktest.Package), sizeOf(booktest.Nav)), func(l *Limits, n int) { l.Package = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_PART":            {epub, max(sizeOf(booktest.ChapterFile(1)), sizeOf(booktest.ChapterFile(2)), sizeOf(booktest.ChapterFile(3))), func(l *Limits, n int) { l.Part = bytesOf(n) }, CodeTooLarge},
		"MAX_BOOK_LETTERS":         {epub, utf8.RuneCountInString(all), func(l *Limits, n int) { l.Letters = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, metadata": {epub, fieldsOf(t, epub), func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, TXT":      {txt, 4, func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, FB2":      {fb2, 5, func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, MOBI":     {mobi, 3, func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, CBZ":      {cbz, 12, func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_BOOK_PARTS, PDF":      {pdf, 2, func(l *Limits, n int) { l.Parts = n }, CodeTooLarge},
		"MAX_ARCHIVE_ENTRIES":      {epub, len(booktest.Unzip(epub)), func(l *Limits, n int) { l.Archive.Entries = n }, CodeBomb},
	} {
		for n, code := range map[int]string{c.enough: "", c.enough - 1: c.code} {
			limits := standard(t)
			c.set(&limits, n)
			b, err := open(t, c.file, "a", limits)
			if err == nil {
				err = b.Text(t.Context(), func(booktext.Part) error { return nil })
			}
			if fault.Code(err) != code || err != nil && code == "" {
				t.Errorf("%s is %d: got %v, want %q", name, n, err, code)
			}
		}
	}
}

// fieldsOf counts what a book says of itself.
func fieldsOf(t *testing.T, epub []byte) int {
	for _, f := range booktest.Unzip(epub) {
		if f.Name != booktest.Package {
			continue
		}
		d, err := parsePackage(f.Body, f.Name, 1000)
		if err != nil {
			t.Fatal(err)
		}
		return len(d.metadata)
	}
	return 0
}

// raw is the text of a MOBI as it is packed.
func raw(t *testing.T, mobi []byte) []byte {
	p, err := openPalm(strings.NewReader(string(mobi)), int64(len(mobi)))
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.header(0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.text(h, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestALimitOfTheCover(t *testing.T) {
	small := booktest.Small()
	for name, file := range map[string][]byte{"EPUB": booktest.EPUB3(small), "MOBI": booktest.MOBI{Packed: 1}.Make(small)} {
		for n, code := range map[int]string{len(small.Cover): "", len(small.Cover) - 1: CodeTooLarge} {
			limits := standard(t)
			limits.Cover = bytesOf(n)
			b, err := open(t, file, "a", limits)
			if err != nil {
				t.Fatal(err)
			}
			r, _ := b.Cover()
			if _, err := io.ReadAll(r); fault.Code(err) != code {
				t.Errorf("%s, %d: %v", name, n, err)
			}
		}
	}
	limits := standard(t)
	limits.Cover = 100
	b, err := open(t, booktest.FB2(small), "a", limits)
	if _, ok := b.Cover(); ok || err != nil || len(b.Warnings) != 1 {
		t.Errorf("%v %q", err, b.Warnings)
	}
}

// TestLimitsThatCut shows that a long description keeps no book from being read.
func TestLimitsThatCut(t *testing.T) {
	small := booktest.Small()
	small.Title, small.Summary = strings.Repeat("长", 30), strings.Repeat("话", 30)
	small.Subjects = nil
	for i := range 30 {
		small.Subjects = append(small.Subjects, fmt.Sprint("主题", i))
	}
	small.Author = strings.Join(small.Subjects, "；")
	limits := standard(t)
	limits.Field, limits.Summary, limits.Fields, limits.Headings = 10, 20, 5, 2
	b, err := open(t, booktest.EPUB3(small), "a", limits)
	if err != nil {
		t.Fatal(err)
	}
	m := b.Metadata
	if m.Title != strings.Repeat("长", 9)+"…" || m.Summary != strings.Repeat("话", 19)+"…" || len(m.Subjects) != 5 || len(m.Contributors) != 5 || len(b.Contents.TOC) != 2 {
		t.Errorf("%+v %v", m, b.Contents.TOC)
	}
	if len(b.Warnings) != 3 {
		t.Errorf("%q", b.Warnings)
	}
}

func TestDeepHeadingsAreLifted(t *testing.T) {
	nav := `<nav epub:type="toc">` + strings.Repeat(`<ol><li><a href="text/c1.xhtml">x</a>`, 5)
	limits := standard(t)
	limits.Levels = 3
	b, err := open(t, booktest.With(booktest.EPUB3(booktest.Small()), booktest.Nav, nav), "a", limits)
	if err != nil {
		t.Fatal(err)
	}
	third := b.Contents.TOC[0].Children[0].Children
	if len(third) != 3 || third[0].Children != nil {
		t.Errorf("%+v", b.Contents.TOC)
	}
}

func TestPDFsThatAreRefused(t *testing.T) {
	if _, err := open(t, booktest.EncryptedPDF(), "a", standard(t)); fault.Code(err) != CodeEncrypted {
		t.Error(err)
	}
	if _, err := open(t, []byte("%PDF-1.7 and no more"), "a", standard(t)); fault.Code(err) != CodeUnreadable {
		t.Error(err)
	}
	few, err := pages.Open(t.Context(), pages.Config{Cache: t.TempDir(), Limits: pages.Limits{Pages: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	file := booktest.PDF("", "", "1", "2")
	for reader, code := range map[*pages.Reader]string{few: CodeTooMany, nil: CodeUnsupported} {
		r := Reader{standard(t), reader}
		if _, err := r.Open(t.Context(), strings.NewReader(string(file)), int64(len(file)), "a"); fault.Code(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

func TestDictionariesThatMeanHarm(t *testing.T) {
	code := make([]phrase, 2)
	for name, c := range map[string]struct {
		phrases []phrase
		record  string
		code    string
	}{
		"a phrase within itself":      {[]phrase{{text: []byte{255}}}, "\xff", CodeUnreadable},
		"a phrase that is not there":  {code[:1], "\x00", CodeUnreadable},
		"a phrase that is repeated":   {[]phrase{{text: make([]byte, 32_000), plain: true}}, strings.Repeat("\xff", 4096), CodeBomb},
		"phrases that double":         {doubling(40), "\xff", CodeBomb},
		"phrases that double a while": {doubling(10), "\xff", ""},
	} {
		d := huffcdic{phrases: c.phrases}
		for i := range d.codes {
			d.codes[i] = huffCode{8, true, upTo(255, 8)}
		}
		budget := recordBytes
		if _, err := d.unpack(nil, []byte(c.record), 0, &budget); fault.Code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// doubling are phrases each of which is the next one twice.
func doubling(n int) (all []phrase) {
	for i := range n {
		all = append(all, phrase{text: []byte{byte(254 - i), byte(254 - i)}})
	}
	return append(all, phrase{text: []byte("x"), plain: true})
}

func bytesOf(n int) conf.Bytes { return conf.Bytes(n) }
