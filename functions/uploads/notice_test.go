package uploads

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
)

// Each file in testdata/notice holds a notice as its store sends it, and what
// it says.
func TestNoticesOfEveryShape(t *testing.T) {
	files, err := filepath.Glob("testdata/notice/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			notices, err := Notices(archive.Files[0].Data, 10)
			got := lines(notices, err)
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			again, err := Notices(packed(t, notices), 10)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(notices, again, cmpopts.IgnoreUnexported(Notice{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("sent on, it says something else (-before +after)\n%s", diff)
			}
		})
	}
}

func lines(notices []Notice, err error) string {
	var b strings.Builder
	for _, n := range notices {
		fmt.Fprintf(&b, "%s %s %q version=%s etag=%s\n", n.Event, n.Bucket, n.Keys, n.Version, n.ETag)
		if err := n.unreadable(); err != nil {
			fmt.Fprintf(&b, "%v\n", err)
		}
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}

func packed(t *testing.T, notices []Notice) []byte {
	e, err := single(eventOf(t, "x", nil), Notice{Keys: []string{"k"}})
	if err == nil {
		err = pack(&e, notices...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e.Data()
}

func TestTooManyRecords(t *testing.T) {
	one := `{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}`
	for n, want := range map[int]string{10: "", 11: "holds too many records: at most 10 are taken (MAX_RECORDS)"} {
		data := `{"Records":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}`
		notices, err := Notices([]byte(data), 10)
		switch {
		case want == "" && (err != nil || len(notices) != n):
			t.Errorf("%d records: got %d, %v", n, len(notices), err)
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%d records: got %v, want %s", n, err, want)
		}
	}
}

func TestMessagesInsideOneAnother(t *testing.T) {
	inside := `{"Event":"s3:TestEvent"}`
	for depth := range 7 {
		_, err := Notices([]byte(inside), 10)
		if got, want := err != nil, depth >= 5; got != want {
			t.Errorf("%d wrappings: got %v", depth, err)
		}
		text, _ := json.Marshal(inside)
		inside = `{"Message":` + string(text) + `}`
	}
}

func FuzzNotices(f *testing.F) {
	f.Add([]byte(`{"Records":[{"body":"{\"detail-type\":\"Object Created\",\"detail\":{}}"},null,1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		notices, err := Notices(data, 10)
		if err != nil {
			return
		}
		for _, n := range notices {
			if len(n.Keys) == 0 {
				t.Errorf("%v has no key", n)
			}
		}
	})
}
