package minutes

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
)

var update = flag.Bool("update", false, "write the expected files anew")

// TestStories: events in, minutes out. Each file in testdata/story holds the
// objects, the events (a time, a type, the data) and the minutes they come to.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/story/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := open(t)
			got := d.play(story)
			if *update {
				setFile(story, "minutes.json", got)
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(fileOf(story, "minutes.json")), string(got)); diff != "" {
				t.Errorf("minutes (-want +got)\n%s", diff)
			}
		})
	}
}

func (d *desk) play(story *txtar.Archive) []byte {
	for _, f := range story.Files {
		if bucket, key, found := strings.Cut(f.Name, "/"); found {
			d.put(bucket, key, f.Data)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(string(fileOf(story, "events"))), "\n") {
		d.tell(parseEvent(d, i, line))
	}
	v := d.detail(rec, "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8")
	v.Summary.withoutDocument()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		d.Fatal(err)
	}
	return append(text, '\n')
}

// withoutDocument keeps the expected files short.
func (v *SummaryView) withoutDocument() {
	if v != nil {
		v.Document = nil
	}
}

func parseEvent(t testing.TB, i int, line string) fn.Event {
	clock, rest, _ := strings.Cut(line, " ")
	kind, data, _ := strings.Cut(rest, " ")
	at, err := time.Parse("15:04:05", clock)
	if err != nil {
		t.Fatal(err)
	}
	e := event(t, fmt.Sprintf("line-%d", i), 0, events.MinutesDeleted{Recording: rec})
	e.SetType("dev.xietong." + kind + ".v1")
	e.SetTime(time.Date(2026, 3, 4, at.Hour(), at.Minute(), at.Second(), 0, time.UTC))
	if err := e.SetData("application/json", json.RawMessage(data)); err != nil {
		t.Fatal(err)
	}
	return e
}

func fileOf(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func setFile(a *txtar.Archive, name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: data})
}

// longStory is everything that can happen to one recording: two uploads, the
// second a mend of the first; revisions; a refusal that a redrive cured, and one
// that stays.
func (d *desk) longStory() []fn.Event {
	chunk := func(upload string, second, index, ended int) fn.Event {
		return event(d, fmt.Sprintf("chunk-%s-%d", upload[:2], index), second, events.ChunkTranscribed{Recording: rec, Upload: upload, Index: index, Ended: ended, Chunks: 3})
	}
	refused := func(upload string, second int, stage, code string) fn.Event {
		return event(d, fmt.Sprintf("refused-%s-%s", upload[:2], stage), second, events.RecordingRefused{Recording: rec, Upload: upload, Stage: stage, Code: code, Reason: "for the test"})
	}
	cut := func(upload string, second int) fn.Event {
		return event(d, "cut-"+upload[:2], second, events.RecordingCut{Recording: rec, Upload: upload, Chunks: 3, Tracks: 1, DurationMS: 30_000})
	}
	first, second := meeting(up1, 1, "旧的会议", "预算"), meeting(up2, 1, "新的会议", "预算", "第三句")
	mended := meeting(up2, 2, "新的会议", "预算", "第三句", "补上的一句")
	other := d.uploaded("cccccccccccccccccccccccccccccccc", 400)
	other.SetExtension(events.Unit, "another-unit")
	return []fn.Event{
		d.uploaded(up1, 0), refused(up1, 1, "transcribe", events.RefusedLanguage), cut(up1, 2), chunk(up1, 3, 2, 1), chunk(up1, 4, 0, 2), chunk(up1, 5, 1, 3),
		d.transcribed(6, first), d.summarised(7, summaryOf(first)),
		d.uploaded(up2, 100), cut(up2, 101), chunk(up2, 102, 0, 1), chunk(up2, 103, 1, 2), chunk(up2, 104, 2, 3),
		d.transcribed(105, second), d.summarised(106, summaryOf(second)), d.transcribed(107, mended), d.summarised(108, summaryOf(mended)),
		refused("dddddddddddddddddddddddddddddddd", 300, "uploads", events.RefusedNotMedia), other,
	}
}

// TestAnyOrder: whatever the order in which a story's events come, the minutes
// are the same in the end.
func TestAnyOrder(t *testing.T) {
	d := open(t)
	story := d.longStory()
	for i := range story {
		if a := d.Deliver(t, story[i]); a.Status != 204 {
			t.Fatalf("status %d: %s", a.Status, a.Body)
		}
	}
	want := d.whole()
	if want.detail.State != Summarised || want.detail.Transcript.Revision != 2 || want.detail.Refusal == nil || len(want.history) != 3 {
		t.Fatalf("the story did not end as it should: %+v", want.detail)
	}
	for seed := range uint64(25) {
		d.forget()
		shuffled := append([]fn.Event{}, story...)
		shuffled = append(shuffled, story[seed%uint64(len(story))]) // and one comes again
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for _, e := range shuffled {
			if a := d.Deliver(t, e); a.Status != 204 {
				t.Fatalf("status %d: %s", a.Status, a.Body)
			}
		}
		if diff := cmp.Diff(want, d.whole(), cmp.AllowUnexported(everything{})); diff != "" {
			t.Fatalf("seed %d (-in order +shuffled)\n%s", seed, diff)
		}
	}
}

// TestAllAtOnce: the same with every event delivered twice at the same moment.
func TestAllAtOnce(t *testing.T) {
	d := open(t)
	story := d.longStory()
	for _, e := range story {
		d.Deliver(t, e)
	}
	want := d.whole()
	d.forget()
	var left []chan int
	for _, e := range append(story, story...) {
		done := make(chan int, 1)
		left = append(left, done)
		go func() { done <- d.untilTaken(e) }()
	}
	for i, done := range left {
		if status := <-done; status != 204 {
			t.Errorf("event %d: status %d", i, status)
		}
	}
	if diff := cmp.Diff(want, d.whole(), cmp.AllowUnexported(everything{})); diff != "" {
		t.Errorf("(-one by one +all at once)\n%s", diff)
	}
}

// untilTaken delivers an event as a broker does: again while it is busy.
func (d *desk) untilTaken(e fn.Event) int {
	for range 100 {
		if a := d.Deliver(d, e); a.Status != 429 {
			return a.Status
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 429
}

// everything is all that can be read of a recording.
type everything struct {
	detail     Detail
	list       string
	transcript string
	history    []SummaryView
}

func (d *desk) whole() everything {
	d.Helper()
	var history struct{ Revisions []SummaryView }
	history = decoded[struct{ Revisions []SummaryView }](d, d.want(200, d.ask("GET", "/minutes/"+rec+"/revisions", "")))
	return everything{
		detail:     d.detail(rec),
		list:       d.want(200, d.ask("GET", "/minutes", "")).body,
		transcript: d.want(200, d.ask("GET", "/minutes/"+rec+"/transcript", "")).body,
		history:    history.Revisions,
	}
}

// forget empties the database.
func (d *desk) forget() {
	d.Helper()
	for _, table := range []string{"ledger", "minutes", "upload", "segment", "summary"} {
		if _, err := d.minutes.DB.Exec(d.Context(), "DELETE FROM "+table); err != nil {
			d.Fatal(err)
		}
	}
}

// TestBadObjects: what an event points to is not what it should be.
func TestBadObjects(t *testing.T) {
	good := meeting(up1, 1, "你好")
	foreign := good
	foreign.Recording = "22222222222222222222222222222222"
	marshal := func(v any) []byte { text, _ := json.Marshal(v); return text }
	for name, c := range map[string]struct {
		object   []byte // nil: not there
		settings string
		want     string // of the answer, and of the minutes' refusal
	}{
		"missing":        {nil, "", "no longer there"},
		"not JSON":       {[]byte("WEBVTT"), "", "not JSON at byte"},
		"cut short":      {marshal(good)[:100], "", "not JSON at byte 100"},
		"another's":      {marshal(foreign), "", "is that of recording 2222"},
		"too large":      {marshal(good), "MAX_TRANSCRIPT=100", "has over 100 bytes; MAX_TRANSCRIPT sets the limit"},
		"too many parts": {marshal(meeting(up1, 1, "一", "二", "三")), "MAX_SEGMENTS=2", "has 3 segments, want at most 2; MAX_SEGMENTS sets the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, strings.Fields(c.settings)...)
			d.tell(d.uploaded(up1, 0))
			e := d.transcribed(10, good)
			if err := d.store.Delete(t.Context(), "artifacts", "transcripts/"+up1+"/transcribed-aa-1.json"); err != nil {
				t.Fatal(err)
			}
			if c.object != nil {
				d.put("artifacts", "transcripts/"+up1+"/transcribed-aa-1.json", c.object)
			}
			if a := d.Twice(t, e); a.Status != 422 || !strings.Contains(a.Body, c.want) {
				t.Errorf("answer %d %q, want 422 with %q", a.Status, a.Body, c.want)
			}
			if v := d.detail(rec); v.State != Failed || v.Refusal == nil || !strings.Contains(v.Refusal.Reason, c.want) {
				t.Errorf("state %s, refusal %+v", v.State, v.Refusal)
			}
		})
	}
}

// TestMended: what was refused for want of an object is taken when it is there.
func TestMended(t *testing.T) {
	d := open(t)
	e := d.transcribed(10, meeting(up1, 1, "你好"))
	text := objectText(d, "transcripts/"+up1+"/transcribed-aa-1.json")
	d.store.Delete(t.Context(), "artifacts", "transcripts/"+up1+"/transcribed-aa-1.json")
	d.tell(d.uploaded(up1, 0))
	d.Twice(t, e)
	d.put("artifacts", "transcripts/"+up1+"/transcribed-aa-1.json", text)
	d.tell(e, d.summarised(20, summaryOf(meeting(up1, 1, "你好"))))
	if v := d.detail(rec); v.State != Summarised || v.Refusal != nil {
		t.Errorf("state %s, refusal %+v", v.State, v.Refusal)
	}
}

func objectText(d *desk, key string) []byte {
	body, _, err := d.store.Get(d.Context(), "artifacts", key, "")
	if err != nil {
		d.Fatal(err)
	}
	defer body.Close()
	var b bytes.Buffer
	b.ReadFrom(body)
	return b.Bytes()
}

// TestForeignEvents: what is not ours to take is refused for good.
func TestForeignEvents(t *testing.T) {
	d := open(t)
	e := event(t, "e1", 0, events.MinutesDeleted{Recording: rec})
	if a := d.Twice(t, e); a.Status != 422 {
		t.Errorf("status %d: %s", a.Status, a.Body)
	}
	e = event(t, "e2", 0, events.ChunkTranscribed{Recording: rec, Upload: up1, Index: 0, Ended: 1, Chunks: 2})
	e.SetData("application/json", map[string]any{"recording": rec, "index": 0, "ended": 1, "chunks": 2})
	if a := d.Twice(t, e); a.Status != 422 || !strings.Contains(a.Body, "field upload is missing") {
		t.Errorf("status %d: %s", a.Status, a.Body)
	}
}
