package library

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// desk is a shelf with a real database, and texts in a store.
type desk struct {
	testing.TB
	*Shelf
	store *blob.Memory
}

func open(t testing.TB) *desk {
	store := &blob.Memory{}
	texts := &Objects{Store: store, MaxPacked: 1 << 26, MaxText: 1 << 28, Keep: 1 << 26}
	return &desk{t, &Shelf{DB: pgtest.Open(t, "library", Migrations()), Texts: texts}, store}
}

// tx runs work and commits it.
func (d *desk) tx(work func(pg.Tx) error) {
	d.Helper()
	if err := d.DB.InTx(d.Context(), work); err != nil {
		d.Fatal(err)
	}
}

var began = time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)

// edition is a book with a title and authors, added so many minutes after the
// first.
func edition(book string, minutes int, title string, authors ...string) Edition {
	e := Edition{Book: book, Format: events.BookEPUB, Metadata: events.BookMetadata{Title: title, Language: "zh-CN"}, AddedAt: began.Add(time.Duration(minutes) * time.Minute)}
	for _, a := range authors {
		e.Metadata.Contributors = append(e.Metadata.Contributors, events.Contributor{Name: a, Role: "aut"})
	}
	return e
}

// add puts a book on the shelf and indexes its text, part by part.
func (d *desk) add(e Edition, parts ...string) {
	d.Helper()
	b := bookOf(parts)
	if len(parts) > 0 {
		e.Text = d.put("texts/"+e.Book+"/text.zst", b)
	}
	keys := text.Index(b)
	d.tx(func(tx pg.Tx) error {
		if err := PutEdition(d.Context(), tx, e); err != nil || len(parts) == 0 {
			return err
		}
		return Index(d.Context(), tx, e.Book, keys)
	})
}

func bookOf(parts []string) (b []booktext.Part) {
	for i, p := range parts {
		b = append(b, booktext.Part{Href: fmt.Sprintf("c%d.xhtml", i+1), Text: p})
	}
	return b
}

func (d *desk) put(key string, b []booktext.Part) *events.Object {
	d.Helper()
	packed := librarytest.Text(d, b)
	info, err := d.store.Put(d.Context(), "artifacts", key, bytes.NewReader(packed), blob.Put{Size: int64(len(packed))})
	if err != nil {
		d.Fatal(err)
	}
	return &events.Object{Bucket: "artifacts", Key: key, ETag: info.ETag, Size: info.Size}
}

// search walks every page of a list.
func (d *desk) search(q Query) []Hit {
	d.Helper()
	var all []Hit
	for {
		page, err := d.Search(d.Context(), q)
		if err != nil {
			d.Fatal(err)
		}
		if len(page.Unread) > 0 {
			d.Fatalf("texts that were not read: %v", page.Unread)
		}
		all = append(all, page.Hits...)
		if page.Next == "" {
			return all
		}
		q.After = page.Next
	}
}

// books are the books of hits, in their order.
func books(hits []Hit) string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Edition.Book)
	}
	return strings.Join(all, " ")
}
