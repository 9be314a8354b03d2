package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
)

// A batch of the size that one may have, and what is broken meanwhile.
const (
	batchRows  = 20_000
	stormEvery = 2 * time.Second
)

// errWrong says that a count is wrong.
var errWrong = errors.New("what is wrong is printed above")

// supplier is whose books the batches are of.
const supplier = "haixin"

// batch carries out batches of many rows, 3 % of them poison, while the catalogue's
// processes are killed and PostgreSQL is restarted, with every event delivered twice:
// a batch; the same again; a snapshot that lacks books; and one of many withdrawals,
// which waits for its approval. Every row of every report is held against what it
// must be.
func batch(b *bench) (figures, error) {
	return b.batches(batchRows, stormEvery)
}

func (b *bench) batches(rows int, every time.Duration) (figures, error) {
	c, err := b.catalogues("batch")
	if err != nil {
		return nil, err
	}
	defer c.close()
	t := &trial{cataloguing: c, bench: b, rows: rows, told: map[string]events.Event{}}
	t.wake = sync.NewCond(&t.mu)
	c.sink.Handler = t.broker()
	if err := t.putFiles(); err != nil {
		return nil, err
	}
	calm := t.storm(every)
	err = t.acts()
	calm()
	if err != nil {
		return nil, err
	}
	all := figures{{"rows", float64(rows)}, {"deliveries", float64(t.deliveries)}, {"kills", float64(t.kills)}, {"database_restarts", float64(t.restarts)}, {"wrong", float64(t.wrong)}}
	if t.wrong > 0 {
		fmt.Println(all)
		return nil, errWrong
	}
	return all, nil
}

// poison reports whether a row is one of the 3 % that mean harm or have no file, and
// with which code it must be refused.
func poison(i int) (code string, is bool) {
	switch i % 100 {
	case 0:
		return "unsupported", true
	case 1:
		return events.RefusedMissing, true
	case 2:
		return "empty_book", true
	}
	return "", false
}

// putFiles puts the books of all rows beside the lists.
func (t *trial) putFiles() error {
	began, numbers, errs := time.Now(), make(chan int), make(chan error, senders)
	for range senders {
		go func() {
			var err error
			for i := range numbers {
				if err == nil {
					err = t.putFile(i)
				}
			}
			errs <- err
		}()
	}
	for i := range t.rows {
		numbers <- i
	}
	close(numbers)
	var err error
	for range senders {
		err = errors.Join(err, <-errs)
	}
	fmt.Printf("%d files in %s\n", t.rows, seconds(time.Since(began)))
	return err
}

// senders is how many files are put at once.
const senders = 8

func (t *trial) putFile(i int) error {
	text := fmt.Sprintf("第一章 开馆\n\n这是第 %d 本书。清晨六点，读书馆的门开了。\n", i)
	switch code, _ := poison(i); code {
	case "unsupported":
		text = fmt.Sprintf("\x00\x01\x02 no book %d", i)
	case "empty_book":
		text = " \n"
	case events.RefusedMissing:
		return nil
	}
	_, err := t.Blob.Put(t.ctx, "artifacts", fmt.Sprintf("%s/batches/%d.txt", supplier, i), strings.NewReader(text), blob.Put{Size: int64(len(text))})
	return err
}

// list puts a list into the store, and returns the event that says so.
func (t *trial) list(mode string, rows []string) (events.Event, error) {
	t.lists++
	body := strings.Join(rows, "\n") + "\n"
	text := fmt.Sprintf(`{"source":%q,"batch":"b","seq":%d,"mode":%q,"count":%d,"sha256":"%x"}`, supplier, t.lists, mode, len(rows), sha256.Sum256([]byte(body))) + "\n" + body
	name := fmt.Sprintf("%d.batch.jsonl", t.lists)
	o := events.Object{Bucket: "artifacts", Key: supplier + "/batches/" + name, Size: int64(len(text))}
	info, err := t.Blob.Put(t.ctx, o.Bucket, o.Key, bytes.NewReader([]byte(text)), blob.Put{Size: o.Size})
	if err != nil {
		return events.Event{}, err
	}
	o.ETag = info.ETag
	return t.event(events.BatchUploaded{Batch: ce.ID("batch", name), Upload: ce.ID("upload", name), Source: supplier, Object: o, Name: name})
}

func (t *trial) event(data events.Data) (events.Event, error) {
	e, err := events.New(data)
	t.sent++
	e.SetID(fmt.Sprintf("bench-%d", t.sent))
	e.SetSource("/bench")
	e.SetTime(time.Now())
	return e, err
}

func upserts(keep func(i int) bool, rows int) (all []string) {
	for i := range rows {
		if keep(i) {
			all = append(all, fmt.Sprintf(`{"op":"upsert","source_id":"%d","version":1,"object":"%[1]d.txt"}`, i))
		}
	}
	return all
}
