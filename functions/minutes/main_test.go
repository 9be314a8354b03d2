package minutes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const token = "secret-of-the-test"

// desk is the function behind its real edge, with a real database.
type desk struct {
	testing.TB
	*fntest.Harness
	minutes *Minutes
	store   *blob.Memory
}

// open starts a function with the default configuration and the variables given.
func open(t testing.TB, variables ...string) *desk {
	t.Helper()
	settings := map[string]string{"API_TOKEN": token}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		settings[name] = value
	}
	d := &desk{TB: t, store: &blob.Memory{}}
	d.minutes = &Minutes{Store: d.store, DB: pgtest.Open(t, "minutes", Migrations()), NewID: newID, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	if err := conf.Read(func(name string) string { return settings[name] }, &d.minutes.Config); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.minutes.Zone, err = time.LoadLocation(d.minutes.TimeZone); err != nil {
		t.Fatal(err)
	}
	d.Harness = fntest.Start(t, d.minutes.Function(), variables...)
	return d
}

// answer is what an HTTP request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as the app of the default unit. Headers are "Name: value".
func (d *desk) ask(method, path, body string, headers ...string) answer {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), method, d.URL+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept-Language", "en")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// want fails the test unless the status is the one given.
func (d *desk) want(status int, a answer) answer {
	d.Helper()
	if a.status != status {
		d.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

func decoded[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// detail reads minutes without what differs from one reading to the next.
func (d *desk) detail(id string, headers ...string) Detail {
	d.Helper()
	v := decoded[Detail](d, d.want(200, d.ask("GET", "/minutes/"+id, "", headers...)))
	if v.Audio != nil {
		v.Audio.URL, v.Audio.Expires = "signed", time.Time{}
	}
	v.Access = nil // the caller's, not the minutes' own
	return v
}

// put stores an object for events to point to.
func (d *desk) put(bucket, key string, text []byte) events.Object {
	d.Helper()
	info, err := d.store.Put(d.Context(), bucket, key, bytes.NewReader(text), blob.Put{Size: int64(len(text))})
	if err != nil {
		d.Fatal(err)
	}
	return events.Object{Bucket: bucket, Key: key, ETag: info.ETag, Size: info.Size}
}

// has reports whether an object is there.
func (d *desk) has(o events.Object) bool {
	_, err := d.store.Head(d.Context(), o.Bucket, o.Key, "")
	return err == nil
}

// event is an event as another function sends it, second seconds into the story.
func event(t testing.TB, id string, second int, data events.Data) fn.Event {
	t.Helper()
	e, err := events.New(data)
	if err != nil {
		t.Fatal(err)
	}
	e.SetID(id)
	e.SetSource("/functions/story")
	e.SetTime(time.Date(2026, 3, 4, 2, 0, second, 0, time.UTC))
	e.SetExtension(events.Unit, "default")
	return e
}

// tell delivers events twice each, and wants each to be taken.
func (d *desk) tell(all ...fn.Event) {
	d.Helper()
	for _, e := range all {
		if a := d.Twice(d, e); a.Status != 204 {
			d.Fatalf("%s: status %d: %s", e.Type(), a.Status, a.Body)
		}
	}
}

const (
	rec = "11111111111111111111111111111111"
	up1 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	up2 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

var engine = events.Engine{Name: "pocketsphinx", Model: "en-us"}

// meeting is a small transcript: one line for each segment, ten seconds each.
func meeting(upload string, revision int, lines ...string) events.Transcript {
	t := events.Transcript{DocumentVersion: 1, Recording: rec, Upload: upload, Revision: revision, Language: "zh", DurationMS: int64(len(lines)) * 10_000,
		Engine: engine, Speakers: []events.Speaker{{ID: "s1", Label: "张三"}, {ID: "s2", Label: "李四", Track: 1}}, Segments: []events.Segment{}}
	for i, text := range lines {
		start := int64(i) * 10_000
		t.Segments = append(t.Segments, events.Segment{ID: fmt.Sprintf("%d-%d", i%2, start), Track: i % 2, Speaker: fmt.Sprintf("s%d", i%2+1),
			StartMS: start, EndMS: start + 9_000, Text: text, Words: []events.Word{{Text: "词", StartMS: start, EndMS: start + 500}}})
	}
	return t
}

// summaryOf is a small summary whose abstract is the first segment.
func summaryOf(t events.Transcript) events.Summary {
	first := t.Segments[0]
	point := events.Point{ID: "p1", Text: first.Text, Evidence: []events.Evidence{{Segment: first.ID, StartMS: first.StartMS, EndMS: first.EndMS, Quote: first.Text}}}
	return events.Summary{DocumentVersion: 1, Recording: t.Recording, Upload: t.Upload, Revision: t.Revision, Language: t.Language,
		Engine: events.Engine{Name: "extractive"}, Abstract: []events.Point{point}, Topics: []events.Topic{}, Decisions: []events.Point{},
		Actions: []events.Action{}, Keywords: []events.Keyword{{Term: "预算", Count: 2, FirstMS: 0}}}
}

func (d *desk) uploaded(upload string, second int) fn.Event {
	d.Helper()
	o := d.put("recordings", rec+"/会议-"+upload[:2]+".wav", []byte("RIFF "+upload))
	return event(d, "uploaded-"+upload[:2], second, events.RecordingUploaded{Recording: rec, Upload: upload, Object: o, Name: "会议-" + upload[:2] + ".wav", MediaType: "audio/wav", Language: "zh"})
}

func (d *desk) transcribed(second int, t events.Transcript) fn.Event {
	d.Helper()
	text, _ := json.Marshal(t)
	id := fmt.Sprintf("transcribed-%s-%d", t.Upload[:2], t.Revision)
	o := d.put("artifacts", "transcripts/"+t.Upload+"/"+id+".json", text)
	return event(d, id, second, events.RecordingTranscribed{Recording: t.Recording, Upload: t.Upload, Revision: t.Revision, Transcript: o,
		Language: t.Language, DurationMS: t.DurationMS, Segments: max(1, len(t.Segments)), Engine: t.Engine})
}

func (d *desk) summarised(second int, s events.Summary) fn.Event {
	d.Helper()
	text, _ := json.Marshal(s)
	id := fmt.Sprintf("summarised-%s-%d-%d", s.Upload[:2], s.Revision, second)
	o := d.put("artifacts", "summaries/"+s.Upload+"/"+id+".json", text)
	return event(d, id, second, events.RecordingSummarised{Recording: s.Recording, Upload: s.Upload, Revision: s.Revision, Summary: o,
		Transcript: events.Object{Bucket: "artifacts", Key: "transcripts/" + s.Upload + "/x.json"}, Language: s.Language, Engine: s.Engine})
}

// summarise brings minutes to their end: uploaded, transcribed, summarised.
func (d *desk) summarise(lines ...string) {
	d.Helper()
	t := meeting(up1, 1, lines...)
	d.tell(d.uploaded(up1, 0), d.transcribed(10, t), d.summarised(20, summaryOf(t)))
}
