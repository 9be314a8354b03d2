package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/functions/convert/office"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/child"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) {
	child.Serve(office.Worker, pages.Worker)
	code := pgtest.Main(m)
	if shop, err := workshop(); err == nil {
		shop.Close()
	}
	os.Exit(code)
}

// workshop is the engines, real ones, that all tests share.
var workshop = sync.OnceValues(func() (Workshop, error) {
	var t Tools
	none := func(string) string { return "" }
	if err := conf.Read(none, &t); err != nil {
		return Workshop{}, err
	}
	return t.open(context.Background())
})

const token = "secret-of-the-test"

// bench is the function behind its real edge, with a real database.
type bench struct {
	*testing.T
	*fntest.Harness
	converter *Converter
	store     *blob.Memory
	events    int
}

// open starts a function with the default configuration and the variables given.
func start(t *testing.T, variables ...string) *bench {
	t.Helper()
	shop, err := workshop()
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"API_TOKEN": token}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		settings[name] = value
	}
	b := &bench{T: t, store: &blob.Memory{}}
	b.converter = &Converter{Objects: b.store, DB: pgtest.Open(t, Word, Migrations()), Workshop: shop}
	if err := conf.Read(func(name string) string { return settings[name] }, &b.converter.Config); err != nil {
		t.Fatal(err)
	}
	if err := b.converter.check(); err != nil {
		t.Fatal(err)
	}
	b.converter.prepare(slog.New(slog.NewTextHandler(t.Output(), nil)))
	f := b.converter.Function()
	f.Close = nil // the engines are everybody's
	b.Harness = fntest.Start(t, f, variables...)
	return b
}

// put puts a document into its bucket.
func (b *bench) put(name, content string) events.Object {
	b.Helper()
	info, err := b.store.Put(b.Context(), "documents", name, strings.NewReader(content), blob.Put{Size: int64(len(content))})
	if err != nil {
		b.Fatal(err)
	}
	return events.Object{Bucket: "documents", Key: name, Size: info.Size, ETag: info.ETag}
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

// uploaded is the event that a document has arrived.
func (b *bench) uploaded(document, name, content string) events.Event {
	b.Helper()
	return b.event(events.DocumentUploaded{Document: document, Upload: document + "-up", Object: b.put(document+"/"+name, content), Name: name, MediaType: "x/y"})
}

// asked is the event that a document is wanted in a format.
func (b *bench) asked(document, name, content, to string) events.Event {
	b.Helper()
	return b.event(events.DocumentConversionRequested{Document: document, Upload: document + "-up", Object: b.put(document+"/"+name, content), Name: name, To: to})
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

// sent decodes the only event of a type among those that were sent.
func sent[T events.Data](b *bench, all []event.Event) T {
	b.Helper()
	var zero T
	for _, e := range all {
		if e.Type() == zero.EventType() {
			data, err := events.Decode[T](e)
			if err != nil {
				b.Fatal(err)
			}
			return data
		}
	}
	b.Fatalf("no %s among %v", zero.EventType(), all)
	return zero
}
