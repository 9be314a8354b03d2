package summarise_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
	"xietong.dev/functions/summarise"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	recording = "rec-00000001"
	upload    = "upl-00000001"
)

// Each case: a transcript comes in, its summary goes out. A line of in.txt is
// the second at which it starts, the speaker, and what was said.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := start(t, nil)
			w.putTranscript(t, transcript(t, string(archive.Files[0].Data)))
			answer := w.Twice(t, heard("e1"))
			got := w.story(t, answer)
			if os.Getenv("WRITE_CASES") != "" {
				archive.Files[1].Data = []byte(got)
				os.WriteFile(file, txtar.Format(archive), 0o644)
			}
			if d := diff.Diff(string(archive.Files[1].Data), got); d != "" {
				t.Errorf("%s (-want +got)\n%s", archive.Files[1].Name, d)
			}
		})
	}
}

// A transcript that cannot be summarised is refused for good, and those who
// wait are told why.
func TestRefusals(t *testing.T) {
	valid := transcript(t, "language zh\n0 A 今天讨论供水。\n5 B 好的。\n9 A 散会。\n")
	other := valid
	other.Upload = "upl-00000002"
	for name, c := range map[string]struct {
		object []byte
		code   string
		reason string
	}{
		"the object is gone":     {nil, "missing_object", "no longer in bucket artifacts"},
		"not JSON":               {[]byte("今天讨论供水。"), "transcript_invalid", "transcripts/"},
		"another document":       {[]byte(`{"document_version":1}`), "transcript_invalid", "transcripts/"},
		"of another upload":      {encode(t, other), "transcript_invalid", "upl-00000002"},
		"over MAX_TRANSCRIPT":    {bytes.Repeat([]byte(" "), 8<<10+1), "too_large", "MAX_TRANSCRIPT"},
		"over MAX_SEGMENTS of 2": {encode(t, valid), "too_large", "MAX_SEGMENTS"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, func(c *summarise.Config, _ *summarise.Summariser) {
				c.MaxTranscript, c.MaxSegments = 8<<10, 2
			})
			if c.object != nil {
				w.put(t, transcriptKey, c.object)
			}
			answer := w.Twice(t, heard("e1"))
			if answer.Status != 422 || len(answer.Sent) != 1 {
				t.Fatalf("answered %d %s and sent %d events, want 422 and 1", answer.Status, answer.Body, len(answer.Sent))
			}
			got, err := events.Decode[events.RecordingRefused](answer.Sent[0])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got.Reason, c.reason) {
				t.Errorf("reason %q does not name %q", got.Reason, c.reason)
			}
			got.Reason = ""
			if want := (events.RecordingRefused{Recording: recording, Upload: upload, Stage: "summarise", Code: c.code}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestInvalidEventTellsNobody(t *testing.T) {
	w := start(t, nil)
	e := heard("e1")
	e.SetData("application/json", map[string]any{"recording": 7})
	if answer := w.Twice(t, e); answer.Status != 422 || len(answer.Sent) != 0 {
		t.Errorf("answered %d and sent %d events, want 422 and none", answer.Status, len(answer.Sent))
	}
}

// Deleted minutes leave nothing behind, in whatever order the events come.
func TestDeletion(t *testing.T) {
	for name, order := range map[string][]fn.Event{
		"after":    {heard("e1"), heard("e2"), gone()},
		"between":  {heard("e1"), gone(), heard("e2")},
		"before":   {gone(), heard("e1"), heard("e2")},
		"repeated": {heard("e1"), gone(), heard("e1"), gone()},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, nil)
			w.putTranscript(t, transcript(t, "language en\n0 A We agreed to build the new pipe.\n"))
			for _, e := range order {
				if answer := w.Twice(t, e); answer.Status >= 300 {
					t.Fatalf("%s: answered %d %s", e.ID(), answer.Status, answer.Body)
				}
			}
			if n := w.count(t, `SELECT count(*) FROM ledger WHERE sent IS NOT NULL AND type <> 'dev.xietong.minutes.deleted.v1'`); n != 0 {
				t.Errorf("left in the ledger: %d records of what was sent", n)
			}
			if left := w.summaries(t); len(left) != 0 {
				t.Errorf("left in the store: %v", left)
			}
			if n := w.count(t, `SELECT count(*) FROM summary`); n != 0 {
				t.Errorf("left in the table: %d rows", n)
			}
		})
	}
}

// What was removed is told, once.
func TestDeletionIsTold(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, "language en\n0 A We agreed to build the new pipe.\n"))
	w.Twice(t, heard("e1"))
	sent := w.Twice(t, gone()).Sent
	if len(sent) != 1 {
		t.Fatalf("sent %v", sent)
	}
	got, err := events.Decode[events.RecordingForgotten](sent[0])
	want := events.RecordingForgotten{Recording: recording, Function: "summarise", Objects: 1, Rows: 1, Payloads: 1}
	if d := diff.Diff(want, got); d != "" || err != nil {
		t.Errorf("(-want +got) %v\n%s", err, d)
	}
	if again := w.Deliver(t, heard("e1")); again.Status != 204 || len(again.Sent) != 0 {
		t.Errorf("what was forgotten is sent again: %v", again.Sent)
	}
}

// Minutes that are deleted while the summary is made leave nothing behind.
func TestDeletionMeanwhile(t *testing.T) {
	var w *world
	w = start(t, func(_ *summarise.Config, s *summarise.Summariser) {
		engine := *s
		*s = summariser(func(ctx context.Context, tr events.Transcript) (events.Summary, error) {
			if answer := w.Deliver(t, gone()); answer.Status != 204 {
				t.Errorf("deletion answered %d %s", answer.Status, answer.Body)
			}
			return engine.Summarise(ctx, tr)
		})
	})
	w.putTranscript(t, transcript(t, "language en\n0 A We agreed to build the new pipe.\n"))
	for _, sent := range []int{1, 0} { // what the deletion sent meanwhile, and no more
		if answer := w.Deliver(t, heard("e1")); answer.Status != 204 || len(answer.Sent) != sent {
			t.Errorf("answered %d and sent %d events, want 204 and %d", answer.Status, len(answer.Sent), sent)
		}
	}
	if left := w.summaries(t); len(left) != 0 {
		t.Errorf("left in the store: %v", left)
	}
}

// A summariser that fails is tried again, and given up in the end.
func TestSummariserFails(t *testing.T) {
	for name, s := range map[string]summariser{
		"an error": func(context.Context, events.Transcript) (events.Summary, error) {
			return events.Summary{}, errors.New("no")
		},
		"a panic":  func(context.Context, events.Transcript) (events.Summary, error) { panic("no") },
		"nonsense": func(context.Context, events.Transcript) (events.Summary, error) { return events.Summary{}, nil },
		"MAX_TIME": func(ctx context.Context, _ events.Transcript) (events.Summary, error) {
			<-ctx.Done()
			return events.Summary{}, ctx.Err()
		},
		"a refusal": func(context.Context, events.Transcript) (events.Summary, error) {
			return events.Summary{}, fault.Invalidf("no")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, func(c *summarise.Config, to *summarise.Summariser) { c.MaxTime, *to = 20*time.Millisecond, s }, "MAX_FAILURES=2")
			w.putTranscript(t, transcript(t, "language en\n0 A Good morning.\n"))
			status := []int{w.Deliver(t, heard("e1")).Status}
			answer := w.Deliver(t, heard("e1"))
			want := []int{500, 422}
			if name == "a refusal" {
				want[0] = 422
			}
			if status = append(status, answer.Status); !diff.Equal(status, want) {
				t.Errorf("answered %v, want %v", status, want)
			}
			if len(answer.Sent) != 1 || answer.Sent[0].Type() != "dev.xietong.recording.refused.v1" {
				t.Errorf("sent %v, want one recording.refused", answer.Sent)
			}
		})
	}
}

// A store that fails is no reason to give up.
func TestStoreFails(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, "language en\n0 A Good morning.\n"))
	w.store.failing = 2
	var status []int
	for range 3 {
		status = append(status, w.Deliver(t, heard("e1")).Status)
	}
	if want := []int{500, 500, 204}; !diff.Equal(status, want) {
		t.Errorf("answered %v, want %v", status, want)
	}
}
