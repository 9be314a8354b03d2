package catalogue

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/book"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/child"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/pg/pgtest"
)

var update = flag.Bool("update", false, "write what came out into the cases")

func TestMain(m *testing.M) {
	child.Serve(pages.Worker)
	os.Exit(pgtest.Main(m))
}

const source = "haixin"

// bench is the function behind its real edge, with a real database.
type bench struct {
	*testing.T
	*fntest.Harness
	catalogue *Catalogue
	store     *blob.Memory
	events    int
	once      bool // deliver each event once only
}

func start(t *testing.T, variables ...string) *bench {
	t.Helper()
	settings := map[string]string{}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		settings[name] = value
	}
	getenv := func(name string) string { return settings[name] }
	b := &bench{T: t, store: &blob.Memory{}}
	b.catalogue = &Catalogue{Objects: b.store, DB: pgtest.Open(t, Word, Migrations()), Reader: &book.Reader{}}
	for _, into := range []any{&b.catalogue.Config, &b.catalogue.Reader.Limits} {
		if err := conf.Read(getenv, into); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.catalogue.check(); err != nil {
		t.Fatal(err)
	}
	b.Harness = fntest.Start(t, b.catalogue.Function(), variables...)
	return b
}

func (b *bench) put(key, content string) events.Object {
	b.Helper()
	info, err := b.store.Put(b.Context(), "books", key, strings.NewReader(content), blob.Put{Size: int64(len(content))})
	if err != nil {
		b.Fatal(err)
	}
	return events.Object{Bucket: "books", Key: key, Size: info.Size, ETag: info.ETag}
}

// event is an event of its own with the data given.
func (b *bench) event(data events.Data) events.Event {
	b.Helper()
	e, err := events.New(data)
	if err != nil {
		b.Fatal(err)
	}
	b.events++
	e.SetID(fmt.Sprintf("event-%d", b.events))
	e.SetSource("/apps/test")
	return e
}

// uploaded is the event that a book has arrived.
func (b *bench) uploaded(id string, version int64, name, content string) events.Event {
	b.Helper()
	o := b.put(fmt.Sprintf("%s/%s/%d/%s", source, id, version, name), content)
	return b.event(events.BookUploaded{Book: bookID(source, id), Upload: ce.ID(o.Key), Object: o, Name: name,
		Origin: events.Origin{Source: source, ID: id, Version: version}})
}

// listed is the event that a list has arrived.
func (b *bench) listed(name, content string) events.Event {
	b.Helper()
	b.events++
	o := b.put(fmt.Sprintf("%s/batches/%s", source, name), content)
	return b.event(events.BatchUploaded{Batch: ce.ID("batch", fmt.Sprint(b.events)), Upload: ce.ID(o.Key, o.ETag), Source: source, Object: o, Name: name})
}

// run delivers an event, and all that it leads to and that comes back to the
// function, each twice. It returns everything that was sent.
func (b *bench) run(e events.Event) (all []events.Event) {
	b.Helper()
	mine := map[string]bool{}
	for _, d := range []events.Data{events.BookUploaded{}, events.BookTextRequested{}, events.BookCoverRequested{}, events.BatchRowsRequested{}} {
		mine[d.EventType()] = true
	}
	for queue := []events.Event{e}; len(queue) > 0; queue = queue[1:] {
		answer := b.deliver(queue[0])
		if answer.Status >= 500 || answer.Status == 429 {
			b.Fatalf("%s: %d %s", queue[0].Type(), answer.Status, answer.Body)
		}
		for _, sent := range answer.Sent {
			all = append(all, sent)
			if mine[sent.Type()] {
				queue = append(queue, sent)
			}
		}
	}
	return all
}

func (b *bench) deliver(e events.Event) fntest.Answer {
	if b.once {
		return b.Deliver(b, e)
	}
	return b.Twice(b, e)
}

// held is what an object holds.
func (b *bench) held(o events.Object) string {
	b.Helper()
	body, _, err := b.store.Get(b.Context(), o.Bucket, o.Key, o.Version)
	if err != nil {
		b.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// objects are the keys of everything that was made.
func (b *bench) objects() (keys []string) {
	b.Helper()
	err := b.store.List(b.Context(), "artifacts", "", func(i blob.Info) bool {
		keys = append(keys, i.Key)
		return true
	})
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		b.Fatal(err)
	}
	return keys
}

// list is a batch in its own form.
func list(mode string, rows ...string) string {
	body := ""
	if len(rows) > 0 {
		body = strings.Join(rows, "\n") + "\n"
	}
	sum := sha256.Sum256([]byte(body))
	return fmt.Sprintf(`{"source":%q,"batch":"b","seq":1,"mode":%q,"count":%d,"sha256":%q}`, source, mode, len(rows), hex.EncodeToString(sum[:])) + "\n" + body
}

// upsert is a row that names a file, and others are rows that do not.
func upsert(id string, version int, object string) string {
	return fmt.Sprintf(`{"op":"upsert","source_id":%q,"version":%d,"object":%q}`, id, version, object)
}

func other(op, id string, version int) string {
	return fmt.Sprintf(`{"op":%q,"source_id":%q,"version":%d,"reason":"test"}`, op, id, version)
}

// story is a text long enough for a book.
func story(title string) string {
	return fmt.Sprintf("第一章 %s\n\n清晨六点，读书馆的门开了。%s。\n\n第二章 找书\n\n书在第三排。\n", title, title)
}

// only decodes the only event of a type among those that were sent.
func only[T events.Data](b *bench, all []events.Event) T {
	b.Helper()
	found := every[T](b, all)
	if len(found) != 1 {
		var zero T
		b.Fatalf("%d %s among %d events", len(found), zero.EventType(), len(all))
	}
	return found[0]
}

// every decodes the events of a type.
func every[T events.Data](b *bench, all []events.Event) (found []T) {
	b.Helper()
	var zero T
	for _, e := range all {
		if e.Type() != zero.EventType() {
			continue
		}
		data, err := events.Decode[T](e)
		if err != nil {
			b.Fatal(err)
		}
		found = append(found, data)
	}
	return found
}

// report is the report of a batch, by row.
func (b *bench) report(d events.BatchCompleted) (lines []reportLine) {
	b.Helper()
	for s := bufio.NewScanner(strings.NewReader(b.held(d.Report))); s.Scan(); {
		var l reportLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}
