package uploads

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn/fntest"
)

// What a key in the bucket for books stands for.
func TestPlaces(t *testing.T) {
	for key, want := range map[string]string{
		"haixin/三国.epub":             "haixin: book 三国",
		"haixin/2026/a.b.AZW3":       "haixin: book 2026/a.b",
		"haixin/novel.fb2.zip":       "haixin: book novel",
		"haixin/第1.5卷":               "haixin: book 第1.5卷",
		"haixin/.epub":               "haixin: book .epub",
		"三国.epub":                    "inbox: book 三国",
		"inbox/三国.epub":              "inbox: book 三国",
		"小说/三国.epub":                 "inbox: book 小说/三国",
		"Upper/a.epub":               "inbox: book Upper/a",
		"haixin/a.batch.jsonl":       "haixin: list",
		"haixin/a.onix.xml":          "haixin: list",
		"haixin/2026/a.MRC":          "haixin: list",
		"haixin/a.iso":               "haixin: list",
		"haixin/a.marcxml":           "haixin: list",
		"a.batch.jsonl":              "inbox: list",
		"haixin/a.csv":               "haixin: book a.csv",
		"haixin/batches/a.csv":       "haixin: list",
		"haixin/batches/11/a.csv":    "haixin: list",
		"haixin/batches/11/a.epub":   "haixin: waits",
		"haixin/batches":             "haixin: book batches",
		"batches/a.csv":              "batches: book a.csv",
		"haixin/2026/batches/a.epub": "haixin: waits",
	} {
		p := inBooks(key)
		got := p.source + ": book " + p.sourceID()
		switch {
		case p.list:
			got = p.source + ": list"
		case p.batches:
			got = p.source + ": waits"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// A book that comes again has a higher version, in whatever order its notices come,
// bare or not, alone or with others.
func TestVersionsGrowWithTime(t *testing.T) {
	store := &blob.Memory{}
	put(t, store, "books", "haixin/a.epub", "a book", nil)
	record := func(at string) string {
		return fmt.Sprintf(`{"eventSource":"minio:s3","eventName":"s3:ObjectCreated:Put","eventTime":%q,"s3":{"bucket":{"name":"books"},"object":{"key":"haixin/a.epub","eTag":%q}}}`, at, at)
	}
	notices := func(records string) []byte { return []byte(`{"Records":[` + records + `]}`) }
	version := func(a fntest.Answer) int64 {
		t.Helper()
		if len(a.Sent) != 1 {
			t.Fatalf("got %s", told(t, a))
		}
		d, err := events.Decode[events.BookUploaded](a.Sent[0])
		if err != nil {
			t.Fatal(err)
		}
		return d.Origin.Version
	}
	h := fntest.Start(t, namer(t, store).Function())
	var got []int64
	got = append(got, version(h.Twice(t, eventOf(t, "one", notices(record("2026-03-04T02:00:00.900Z"))))))
	got = append(got, version(h.Twice(t, eventOf(t, "two", notices(record("2026-03-04T02:00:00.100Z"))))))
	got = append(got, version(h.Post(t, http.Header{}, notices(record("2026-03-04T02:00:01.5Z")))))
	both := h.Twice(t, eventOf(t, "both", notices(record("2026-03-04T02:00:02Z")+","+record("2026-03-04T02:00:03Z"))))
	for _, e := range both.Sent {
		got = append(got, version(h.Twice(t, e)))
	}
	if diff := cmp.Diff([]int64{1772589600900, 1772589600100, 1772589601500, 1772589602000, 1772589603000}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
