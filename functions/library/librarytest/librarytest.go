// Package librarytest makes books as the catalogue leaves them behind: a file, its
// contents and its text in a store, and what is told of them.
//
//	book := librarytest.Book{Title: "长夜", Reading: []librarytest.File{…}}
//	catalogued := book.Put(t, store)
package librarytest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
)

// Bucket is where the books lie.
const Bucket = "books"

// File is one file in a book, or a stretch of its text.
type File struct {
	Name, MediaType, Title string
	Body                   string
	Stored                 bool   // not deflated
	Scrambled              string // the body is so already
	Properties             []string
}

// Book is one to be made. Of the formats, epub and cbz become a zip file; pdf takes
// Whole as its file and Reading as its pages' text; the others are made of text.
type Book struct {
	Format             string // epub where empty
	Title              string
	Metadata           events.BookMetadata // Title is set
	Reading, Resources []File
	TOC                []events.BookHeading
	Whole              []byte
	Identifier         string
	Direction          string
	Fixed              bool
	Licence            *events.Licence
}

// Put stores a book and says what the catalogue says of it.
func (b Book) Put(t testing.TB, store blob.Store) events.BookCatalogued {
	t.Helper()
	if b.Format == "" {
		b.Format = events.BookEPUB
	}
	file := b.Whole
	contents := events.BookContents{DocumentVersion: 1, Identifier: b.Identifier, Direction: b.Direction, Fixed: b.Fixed, TOC: b.TOC}
	if b.Format == events.BookEPUB || b.Format == events.BookCBZ {
		file = b.zip(t)
	}
	contents.Reading, contents.Resources = parts(t, b, b.Reading, file), parts(t, b, b.Resources, file)
	var text []booktext.Part
	letters := 0
	for i, f := range b.Reading {
		says := b.text(f)
		contents.Reading[i].Letters = utf8.RuneCountInString(says)
		letters += contents.Reading[i].Letters
		if says != "" {
			text = append(text, booktext.Part{Href: f.Name, Text: says})
		}
	}
	sum := sha256.Sum256(append(file, b.Title...))
	id := hex.EncodeToString(sum[:16])
	b.Metadata.Title = b.Title
	c := events.BookCatalogued{Book: id, Upload: id, Origin: events.Origin{Source: "test", ID: b.Title, Version: 1}, Format: b.Format,
		SHA256: hex.EncodeToString(sum[:]), Metadata: b.Metadata, Letters: letters, Licence: b.Licence}
	c.File = put(t, store, "files/"+c.SHA256+"/book", file)
	c.Contents = put(t, store, "contents/"+id+"/contents.json", written(t, contents))
	if letters > 0 {
		o := put(t, store, "texts/"+id+"/text.zst", Text(t, text))
		c.Text = &o
	}
	return c
}

func written(t testing.TB, c events.BookContents) []byte {
	held, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// Text is the object of a book's text.
func Text(t testing.TB, parts []booktext.Part) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := booktext.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func put(t testing.TB, store blob.Store, key string, held []byte) events.Object {
	t.Helper()
	info, err := store.Put(t.Context(), Bucket, key, bytes.NewReader(held), blob.Put{Size: int64(len(held))})
	if err != nil {
		t.Fatal(err)
	}
	return events.Object{Bucket: Bucket, Key: key, ETag: info.ETag, Size: info.Size}
}

func (b Book) zip(t testing.TB) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name, body string, method uint16) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if b.Format == events.BookEPUB {
		add("mimetype", "application/epub+zip", zip.Store)
	}
	for _, list := range [][]File{b.Reading, b.Resources} {
		for _, f := range list {
			method := zip.Deflate
			if f.Stored {
				method = zip.Store
			}
			add(f.Name, f.Body, method)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// parts says where files lie in the book's own file.
func parts(t testing.TB, b Book, files []File, whole []byte) []events.BookPart {
	at := map[string]*zip.File{}
	if b.Format == events.BookEPUB || b.Format == events.BookCBZ {
		z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			at[f.Name] = f
		}
	}
	all := []events.BookPart{}
	for _, f := range files {
		p := events.BookPart{Href: f.Name, MediaType: f.MediaType, Title: f.Title, Scrambled: f.Scrambled, Properties: f.Properties}
		if z := at[f.Name]; z != nil {
			offset, err := z.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			p.Offset, p.Packed, p.Size = offset, int64(z.CompressedSize64), int64(len(f.Body))
			p.Deflated, p.CRC32 = z.Method == zip.Deflate, int64(crc32.ChecksumIEEE([]byte(f.Body)))
		}
		all = append(all, p)
	}
	return all
}

var (
	ends = regexp.MustCompile(`(?i)</(p|h[1-6]|li|td|figcaption|blockquote)>`)
	head = regexp.MustCompile(`(?is)<head.*?</head>|<style.*?</style>|<script.*?</script>|<rt>.*?</rt>`)
	tags = regexp.MustCompile(`<[^>]*>`)
)

// text is what a reader sees of a file.
func (b Book) text(f File) string {
	if b.Format != events.BookEPUB {
		return f.Body
	}
	lines := []string{}
	bare := tags.ReplaceAllString(ends.ReplaceAllString(head.ReplaceAllString(f.Body, ""), "\n"), "")
	for line := range strings.SplitSeq(html.UnescapeString(bare), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Chapter is a well-formed chapter with a heading and paragraphs.
func Chapter(title string, paragraphs ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>` + title +
		`</title><link rel="stylesheet" href="../css/style.css"/></head><body><section epub:type="chapter"><h1 id="top">` + title + "</h1>\n<p>" +
		strings.Join(paragraphs, "</p>\n<p>") + "</p></section></body></html>"
}
