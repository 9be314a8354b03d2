package uploads

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
)

var update = flag.Bool("update", false, "write what came out into the cases")

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// namer is a namer with the default configuration and the variables given.
func namer(t *testing.T, store blob.Store, variables ...string) *Namer {
	t.Helper()
	n := &Namer{Store: store, DB: pgtest.Open(t, "uploads", nil), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	err := conf.Read(func(name string) string {
		for _, v := range variables {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}, &n.Config)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func put(t *testing.T, store blob.Store, bucket, key, content string, metadata map[string]string) blob.Info {
	t.Helper()
	info, err := store.Put(t.Context(), bucket, key, strings.NewReader(content), blob.Put{Size: int64(len(content)), Metadata: metadata})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// eventOf is a notice as the local store sends it.
func eventOf(t testing.TB, id string, data []byte) fn.Event {
	t.Helper()
	e := event.New()
	e.SetID(id)
	e.SetSource("aws:s3.us-east-1.recordings")
	e.SetType("com.amazonaws.s3.ObjectCreated:Put")
	e.SetTime(time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC))
	if err := e.SetData(event.ApplicationJSON, data); err != nil {
		t.Fatal(err)
	}
	return e
}

// notice is the data of a notice of one object.
func notice(key string) []byte {
	return []byte(fmt.Sprintf(`{"Records":[{"eventName":"ObjectCreated:Put","s3":{"configurationId":"local-global","bucket":{"name":"recordings"},"object":{"key":%q}}}]}`, key))
}

// told is what an answer says, a line for each event sent.
func told(t *testing.T, a fntest.Answer) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n", a.Status, strings.TrimSpace(a.Body))
	for _, e := range a.Sent {
		if err := e.Validate(); err != nil {
			t.Error(err)
		}
		fmt.Fprintf(&b, "%s %s\n", e.Type(), e.Subject())
		for _, name := range []string{events.Unit, events.AuthType, events.AuthID} {
			if value, ok := e.Extensions()[name]; ok {
				fmt.Fprintf(&b, "  %s=%v\n", name, value)
			}
		}
		fmt.Fprintf(&b, "  %s\n", e.Data())
	}
	return b.String()
}

// Each file in testdata/story holds objects, a notice of them, and what is
// said. Every notice is delivered twice.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/story/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			store, data, out := scene(t, story)
			h := fntest.Start(t, namer(t, store, "MAX_UPLOAD=64B", "MAX_DOCUMENT=32B", "MAX_BOOK=32B", "MAX_BATCH=24B", "MAX_REPORTS=24B", "MAX_RECORDS=3").Function())
			got := told(t, h.Twice(t, eventOf(t, "notice-1", data)))
			if *update {
				out.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(out.Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// scene puts the objects of a story into a store, and finds the notice and the
// place for what comes of it.
func scene(t *testing.T, story *txtar.Archive) (store *blob.Memory, notice []byte, out *txtar.File) {
	store = &blob.Memory{}
	metadata := map[string]string{}
	for i, f := range story.Files {
		switch path, isObject := strings.CutPrefix(f.Name, "object/"); {
		case isObject:
			bucket, key, _ := strings.Cut(path, "/")
			put(t, store, bucket, key, string(f.Data), metadata)
		case f.Name == "metadata.json":
			if err := json.Unmarshal(f.Data, &metadata); err != nil {
				t.Fatal(err)
			}
		case f.Name == "notice.json":
			notice = f.Data
		case f.Name == "out":
			out = &story.Files[i]
		}
	}
	return store, notice, out
}

// A notice of several objects comes back as one notice each, and each comes to
// its own end.
func TestSeveralObjectsEachComeToTheirEnd(t *testing.T) {
	store := &blob.Memory{}
	put(t, store, "recordings", "good.wav", "RIFF0000WAVEfmt ", nil)
	put(t, store, "recordings", "bad.wav", "just words\n", nil)
	h := fntest.Start(t, namer(t, store).Function())
	both := []byte(`{"Records":[
		{"eventSource":"minio:s3","eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"recordings"},"object":{"key":"bad.wav"}}},
		{"eventSource":"minio:s3","eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"recordings"},"object":{"key":"good.wav"}}}]}`)
	first := h.Twice(t, eventOf(t, "both", both))
	if first.Status != 204 || len(first.Sent) != 2 {
		t.Fatalf("got %d and %d events, want 204 and 2", first.Status, len(first.Sent))
	}
	var ends []string
	for _, e := range first.Sent {
		answer := h.Twice(t, e)
		ends = append(ends, fmt.Sprintf("%s %d %s", e.Subject(), answer.Status, answer.Sent[0].Type()))
	}
	want := []string{"bad.wav 422 dev.xietong.recording.refused.v1", "good.wav 204 dev.xietong.recording.uploaded.v1"}
	if diff := cmp.Diff(want, ends); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A store that posts its notice bare, and posts it again with another time and
// sequencer, as stores do that have restarted.
func TestBareNoticeTwice(t *testing.T) {
	store := &blob.Memory{}
	put(t, store, "recordings", "a b.wav", "RIFF0000WAVEfmt ", nil)
	h := fntest.Start(t, namer(t, store).Function())
	post := func(stamp string) fntest.Answer {
		return h.Post(t, http.Header{"Content-Type": {"application/json"}}, []byte(`{"EventName":"s3:ObjectCreated:Put","Records":[{"eventSource":"minio:s3","eventTime":"`+stamp+
			`","eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"recordings"},"object":{"key":"a+b.wav","eTag":"e1","sequencer":"`+stamp+`"}}}]}`))
	}
	first, second := post("2026-03-04T02:00:00Z"), post("2026-03-04T03:00:00Z")
	if diff := cmp.Diff(told(t, first), told(t, second)); diff != "" || first.Status != 204 || len(first.Sent) != 1 {
		t.Errorf("got %s, then (-first +second)\n%s", told(t, first), diff)
	}
	if len(second.Sent) == 1 && first.Sent[0].ID() != second.Sent[0].ID() {
		t.Errorf("the second notice sent another event")
	}
}

// A store has no dead letters: it would post what is refused for ever.
func TestARefusedBareNoticeIsNotAskedForAgain(t *testing.T) {
	store := &blob.Memory{}
	put(t, store, "recordings", "a.wav", "just words\n", nil)
	h := fntest.Start(t, namer(t, store).Function())
	bare := h.Post(t, http.Header{"Content-Type": {"application/json"}}, notice("a.wav"))
	event := h.Deliver(t, eventOf(t, "notice-1", notice("a.wav")))
	for status, a := range map[int]fntest.Answer{204: bare, 422: event} {
		if a.Status != status || len(a.Sent) != 1 || a.Sent[0].Type() != (events.RecordingRefused{}).EventType() {
			t.Errorf("got %s, want %d and that it is told", told(t, a), status)
		}
	}
}

func TestBareRequests(t *testing.T) {
	h := fntest.Start(t, namer(t, &blob.Memory{}).Function())
	for body, want := range map[string]string{
		`{"Service":"Amazon S3","Event":"s3:TestEvent"}`: "204 ",
		`{"Records":[]}`:    "204 ",
		`{"hello":"world"}`: "400 the request is neither a CloudEvent nor the notice of an object store: it has none of Records, s3, body, Message and detail",
		`hello`:             "400 the request is neither a CloudEvent nor the notice of an object store: it is not JSON that a store sends: invalid character 'h' looking for beginning of value",
	} {
		if got := strings.TrimSuffix(told(t, h.Post(t, http.Header{}, []byte(body))), "\n"); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

// away is a store that cannot be reached.
type away struct{ blob.Store }

func (away) Head(context.Context, string, string, string) (blob.Info, error) {
	return blob.Info{}, errors.New("connection refused")
}

func TestStoreThatIsAwayIsTriedAgain(t *testing.T) {
	h := fntest.Start(t, namer(t, away{}).Function(), "MAX_FAILURES=3")
	e := eventOf(t, "notice-1", notice("0123456789abcdef0123456789abcdef/a.wav"))
	var got []string
	for range 3 {
		got = append(got, told(t, h.Deliver(t, e)))
	}
	want := []string{"500 try again\n", "500 try again\n",
		"422 failed: failed 3 times, at last: connection refused\ndev.xietong.recording.refused.v1 0123456789abcdef0123456789abcdef\n" +
			"  unit=default\n" + `  {"recording":"0123456789abcdef0123456789abcdef","upload":"921c90154665a7a4120f022fe6baae72","stage":"uploads","code":"failed","reason":"failed 3 times, at last: connection refused"}` + "\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The same object told of by two stores' ways, or before and after a restart,
// is the same upload, whatever the notices' ids.
func TestUploadIsTheSameHoweverItIsTold(t *testing.T) {
	store := &blob.Memory{}
	put(t, store, "recordings", "a.wav", "RIFF0000WAVEfmt ", nil)
	h := fntest.Start(t, namer(t, store).Function())
	first := h.Twice(t, eventOf(t, "one", notice("a.wav")))
	second := h.Twice(t, eventOf(t, "two", notice("a.wav")))
	if diff := cmp.Diff(told(t, first), told(t, second)); diff != "" {
		t.Errorf("(-first +second)\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ variable, content, code string }{
		"as large as is allowed": {"MAX_UPLOAD=16B", "RIFF0000WAVEfmt ", ""},
		"one byte too large":     {"MAX_UPLOAD=15B", "RIFF0000WAVEfmt ", events.RefusedTooLarge},
		"enough is read":         {"SNIFF_LIMIT=13B", "RIFF0000WAVEfmt ", ""},
		"too little is read":     {"SNIFF_LIMIT=11B", "RIFF0000WAVEfmt ", events.RefusedNotMedia},
	} {
		t.Run(name, func(t *testing.T) {
			store := &blob.Memory{}
			put(t, store, "recordings", "a.wav", c.content, nil)
			h := fntest.Start(t, namer(t, store, c.variable).Function())
			answer := h.Twice(t, eventOf(t, "notice-1", notice("a.wav")))
			code, _, _ := strings.Cut(answer.Body, ":")
			if code != c.code {
				t.Errorf("refused as %q, want %q", code, c.code)
			}
		})
	}
}
