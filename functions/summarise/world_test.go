package summarise_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/summarise"
	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// world is a running function and what it sees.
type world struct {
	*fntest.Harness
	db    *pg.DB
	store *store
}

func start(t *testing.T, change func(*summarise.Config, *summarise.Summariser), variables ...string) *world {
	t.Helper()
	return startWith(t, summarise.LLM{}, change, variables...)
}

// startModel runs the function with a language model.
func startModel(t *testing.T, llm summarise.LLM) *world {
	t.Helper()
	return startWith(t, llm, nil)
}

func startWith(t *testing.T, llm summarise.LLM, change func(*summarise.Config, *summarise.Summariser), variables ...string) *world {
	t.Helper()
	config := summarise.Config{Artifacts: "artifacts", MaxTranscript: 32 << 20, MaxSegments: 200000, MaxPoints: 100, MaxTime: time.Minute}
	var s summarise.Summariser = extractive.Engine{MaxSentences: 10000, MaxPoints: 100, Zone: time.FixedZone("CST", 8*3600)}
	if change != nil {
		change(&config, &s)
	}
	db := pgtest.Open(t, summarise.Word, summarise.Migrations())
	w := &world{db: db, store: &store{}}
	w.put(t, "other/object.txt", []byte("untouched"))
	w.Harness = fntest.Start(t, summarise.New(config, db, w.store, s, llm), variables...)
	return w
}

type summariser func(context.Context, events.Transcript) (events.Summary, error)

func (s summariser) Summarise(ctx context.Context, t events.Transcript) (events.Summary, error) {
	return s(ctx, t)
}

// store fails as often as it is told to.
type store struct {
	blob.Memory
	failing int
}

func (s *store) Put(ctx context.Context, bucket, key string, body io.Reader, p blob.Put) (blob.Info, error) {
	if s.failing > 0 {
		s.failing--
		return blob.Info{}, errors.New("the store is down")
	}
	return s.Memory.Put(ctx, bucket, key, body, p)
}

const transcriptKey = "transcripts/" + upload + "/t1.json"

func (w *world) put(t *testing.T, key string, text []byte) {
	t.Helper()
	if _, err := w.store.Put(t.Context(), "artifacts", key, bytes.NewReader(text), blob.Put{Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) putTranscript(t *testing.T, tr events.Transcript) {
	w.put(t, transcriptKey, encode(t, tr))
}

func (w *world) summaries(t *testing.T) (keys []string) {
	err := w.store.List(t.Context(), "artifacts", "summaries/", func(i blob.Info) bool {
		keys = append(keys, i.Key)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (w *world) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// story reads the summary that an answer tells of and writes it as lines.
func (w *world) story(t *testing.T, answer fntest.Answer) string {
	t.Helper()
	if answer.Status >= 300 || len(answer.Sent) != 1 {
		t.Fatalf("answered %d %s and sent %d events, want one", answer.Status, answer.Body, len(answer.Sent))
	}
	done, err := events.Decode[events.RecordingSummarised](answer.Sent[0])
	if err != nil {
		t.Fatal(err)
	}
	body, info, err := w.store.Get(t.Context(), done.Summary.Bucket, done.Summary.Key, "")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := events.DecodeSummary(text)
	if err != nil {
		t.Fatal(err)
	}
	head := events.Summary{DocumentVersion: 1, Recording: recording, Upload: upload, Revision: 1, Language: summary.Language, Engine: events.Engine{Name: "extractive", Model: "2"},
		Abstract: summary.Abstract, Topics: summary.Topics, Decisions: summary.Decisions, Actions: summary.Actions, Keywords: summary.Keywords,
		Questions: summary.Questions, Risks: summary.Risks, Numbers: summary.Numbers}
	if d := diff.Diff(head, summary); d != "" {
		t.Errorf("head of the summary (-want +got)\n%s", d)
	}
	want := events.RecordingSummarised{Recording: recording, Upload: upload, Revision: 1, Language: summary.Language, Transcript: transcriptObject, Engine: head.Engine,
		Summary: events.Object{Bucket: "artifacts", Key: done.Summary.Key, ETag: info.ETag, Version: info.Version, Size: int64(len(text))}}
	if d := diff.Diff(want, done); d != "" {
		t.Errorf("event (-want +got)\n%s", d)
	}
	return lines(summary)
}

// lines writes a summary for reading.
func lines(s events.Summary) string {
	var b strings.Builder
	at := func(p events.Point) string {
		var places []string
		for _, e := range p.Evidence {
			places = append(places, strconv.FormatFloat(float64(e.StartMS)/1000, 'f', -1, 64))
		}
		return "[" + strings.Join(places, " ") + "]"
	}
	for _, p := range s.Abstract {
		fmt.Fprintf(&b, "abstract: %s %s\n", p.Text, at(p))
	}
	for _, topic := range s.Topics {
		fmt.Fprintf(&b, "topic: %s\n", topic.Title)
		for _, p := range topic.Points {
			fmt.Fprintf(&b, "  %s %s\n", p.Text, at(p))
		}
	}
	for _, p := range s.Decisions {
		fmt.Fprintf(&b, "decision: %s %s\n", p.Text, at(p))
	}
	for _, a := range s.Actions {
		fmt.Fprintf(&b, "action: %s | %s | %s | %s %s\n", cmp.Or(a.Owner, "-"), cmp.Or(a.Due, "-"), cmp.Or(a.DueOn, "-"), a.Text, at(a.Point))
	}
	for _, section := range []struct {
		name   string
		points []events.Point
	}{{"question", s.Questions}, {"risk", s.Risks}, {"number", s.Numbers}} {
		for _, p := range section.points {
			fmt.Fprintf(&b, "%s: %s %s\n", section.name, p.Text, at(p))
		}
	}
	for _, k := range s.Keywords {
		fmt.Fprintf(&b, "keyword: %s ×%d\n", k.Term, k.Count)
	}
	return b.String()
}

var line = regexp.MustCompile(`^(\d+(?:\.\d+)?) (\S+) (.*)$`)

// transcript reads the compact form: "language zh", then lines of second,
// speaker and text. A segment lasts until the next.
func transcript(t *testing.T, text string) events.Transcript {
	t.Helper()
	tr := events.Transcript{DocumentVersion: 1, Recording: recording, Upload: upload, Revision: 1, RecordedAt: "2026-05-20T01:00:00.000Z", Engine: events.Engine{Name: "test"}, Speakers: []events.Speaker{}, Segments: []events.Segment{}}
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if language, ok := strings.CutPrefix(l, "language "); ok {
			tr.Language = language
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("line %q: want second, speaker, text", l)
		}
		second, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		start := int64(second * 1000)
		if n := len(tr.Segments); n > 0 {
			tr.Segments[n-1].EndMS = start
		}
		tr.DurationMS = start + 5000
		tr.Segments = append(tr.Segments, events.Segment{ID: fmt.Sprintf("0-%d", start), Speaker: m[2], StartMS: start, EndMS: tr.DurationMS, Text: m[3]})
	}
	return tr
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var transcriptObject = events.Object{Bucket: "artifacts", Key: transcriptKey, Size: 1}

func heard(id string) fn.Event {
	return event(id, events.RecordingTranscribed{Recording: recording, Upload: upload, Revision: 1, Transcript: transcriptObject, Language: "zh", Segments: 1, Engine: events.Engine{Name: "test"}})
}

func gone() fn.Event { return event("gone", events.MinutesDeleted{Recording: recording}) }

func event(id string, data events.Data) fn.Event {
	e, err := events.New(data)
	if err != nil {
		panic(err)
	}
	e.SetID(id)
	e.SetSource("/test")
	e.SetTime(time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC))
	return e
}
