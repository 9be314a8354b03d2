package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/ce"
)

// chapters of each text.
const chapters = 10

// text prints the text of a book, the same each time. Every fifth is English.
func (s *stacks) text(book int) (parts []booktext.Part) {
	p := s.printer.For(book)
	for i := range chapters {
		parts = append(parts, booktext.Part{Href: fmt.Sprintf("c%d.xhtml", i+1), Text: p.Chapter(book, s.textBytes/chapters, book%5 != 0)})
	}
	return parts
}

// fill puts texts into the store and tells the library of all books, as the
// catalogue does. Printing and storing texts is not measured.
func (s *stacks) fill(ctx context.Context) (figures, error) {
	objects := make([]*events.Object, s.texts)
	var counting sync.Mutex
	err := parallel(ctx, 2, s.texts, func(ctx context.Context, i int) (err error) {
		parts := s.text(i)
		counting.Lock()
		for _, k := range s.kinds {
			k.count(bookID(i), parts)
		}
		counting.Unlock()
		objects[i], err = s.store(ctx, i, parts)
		return err
	})
	if err != nil {
		return nil, err
	}
	texts, err := s.tell(ctx, 0, s.texts, func(i int) *events.Object { return objects[i] })
	if err != nil {
		return nil, err
	}
	records, err := s.tell(ctx, s.texts, s.texts+s.records, func(int) *events.Object { return nil })
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{`VACUUM ANALYZE edition`, `VACUUM ANALYZE book_grams`} {
		if _, err := s.db.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	fmt.Printf("filled by events: %.1f books with a text of %d bytes a second, %.0f without\n", texts, s.textBytes, records)
	return figures{{"texts_per_s", texts}, {"records_per_s", records}}, nil
}

func (s *stacks) store(ctx context.Context, i int, parts []booktext.Part) (*events.Object, error) {
	var packed bytes.Buffer
	w, err := booktext.NewWriter(&packed)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if err := w.Write(p); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	o := &events.Object{Bucket: "artifacts", Key: fmt.Sprintf("bench/%d/text.zst", i), Size: int64(packed.Len())}
	info, err := s.Blob.Put(ctx, o.Bucket, o.Key, &packed, blob.Put{Size: o.Size, ContentType: booktext.MediaType})
	o.ETag = info.ETag
	return o, err
}

// tell sends the news of books first to last, waits until all are on the shelves, and
// returns how many that was a second.
func (s *stacks) tell(ctx context.Context, first, last int, text func(int) *events.Object) (float64, error) {
	began := time.Now()
	err := parallel(ctx, 16, last-first, func(ctx context.Context, i int) error { return s.send(ctx, s.catalogued(first+i, text(first+i))) })
	if err != nil {
		return 0, err
	}
	for there := 0; there < last; time.Sleep(100 * time.Millisecond) {
		if err := s.db.QueryRow(ctx, `SELECT count(*) FROM edition`).Scan(&there); err != nil {
			return 0, err
		}
	}
	return float64(last-first) / time.Since(began).Seconds(), nil
}

// send posts an event, again and again while the broker is full.
func (s *stacks) send(ctx context.Context, d events.Data) error {
	e, err := events.New(d)
	if err != nil {
		return err
	}
	e.SetSource("/bench")
	e.SetID(ce.ID("bench", e.Subject()))
	for {
		switch status, err := s.Send(ctx, e); {
		case err != nil:
			return err
		case status == http.StatusAccepted:
			return nil
		case status != http.StatusTooManyRequests:
			return fmt.Errorf("the broker answers %d", status)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// catalogued describes a book as real ones are: few subjects and publishers have many
// books, and many have few.
func (s *stacks) catalogued(i int, text *events.Object) events.BookCatalogued {
	p := s.printer.For(i + 1<<20)
	sum := sha256.Sum256([]byte(bookID(i)))
	nowhere := events.Object{Bucket: "artifacts", Key: fmt.Sprintf("bench/%d/contents.json", i), ETag: "none", Size: 2}
	d := events.BookCatalogued{Book: bookID(i), Upload: bookID(i), Origin: events.Origin{Source: "bench", ID: fmt.Sprint(i), Version: 1}, Format: events.BookEPUB,
		File: nowhere, SHA256: hex.EncodeToString(sum[:]), Contents: nowhere, Text: text, Metadata: s.metadata(i, p)}
	if text != nil {
		d.Letters = s.textBytes / 3
	}
	return d
}

func (s *stacks) metadata(i int, p *librarytest.Printer) events.BookMetadata {
	return events.BookMetadata{
		Title:        p.Word(p.Chinese, i) + p.Word(p.Chinese, i+1) + p.Word(p.Chinese, i+2),
		Contributors: []events.Contributor{{Name: p.Chinese[p.Often.Uint64()] + "明", Role: "aut"}},
		Publisher:    p.Chinese[p.Often.Uint64()%500] + "出版社",
		Published:    fmt.Sprint(1980 + p.IntN(45)),
		Language:     []string{"zh", "zh", "zh", "en"}[p.IntN(4)],
		ISBN:         isbnOf(i),
		Subjects:     []string{p.Chinese[p.Often.Uint64()%3000]},
		CLC:          fmt.Sprintf("%s%d%d%d", strings.Split("A B C D E F G H I J K N O P Q R S T U V X Z", " ")[p.Often.Uint64()%22], p.IntN(10), p.IntN(10), p.IntN(10)),
	}
}

func bookID(i int) string { return ce.ID("book", "bench", fmt.Sprint(i)) }

// isbnOf is the ISBN-13 with a number of its own, and its check digit.
func isbnOf(i int) string {
	digits := fmt.Sprintf("9787%08d", i)
	sum := 0
	for at, d := range digits {
		sum += int(d-'0') * (1 + at%2*2)
	}
	return fmt.Sprint(digits, (10-sum%10)%10)
}

// parallel does n things, some at a time, until one fails.
func parallel(ctx context.Context, at, n int, do func(context.Context, int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(at)
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}
