package summarise_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/summarise"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
)

const said = `language zh
0 s1 会议决定采用第二套方案。
5 s2 我明天联系施工单位。
9 s1 补贴标准还没有定下来，下次会上再讨论。
`

func requested(id string, change func(*events.SummaryRequested)) fn.Event {
	r := events.SummaryRequested{Recording: recording, Upload: upload, Revision: 1, Transcript: transcriptObject}
	if change != nil {
		change(&r)
	}
	return event(id, r)
}

// summaryOf returns the summary and the refusal that an answer tells of.
func (w *world) summaryOf(t *testing.T, answer fntest.Answer) (told events.RecordingSummarised, s events.Summary, refused events.RecordingRefused) {
	t.Helper()
	if answer.Status >= 300 {
		t.Fatalf("answered %d %s", answer.Status, answer.Body)
	}
	for _, e := range answer.Sent {
		var err error
		if e.Type() == refused.EventType() {
			refused, err = events.Decode[events.RecordingRefused](e)
		} else {
			told, err = events.Decode[events.RecordingSummarised](e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	body, _, err := w.store.Get(t.Context(), told.Summary.Bucket, told.Summary.Key, "")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = events.DecodeSummary(text); err != nil {
		t.Fatal(err)
	}
	return told, s, refused
}

// Another summary is of the kind and with the names that were asked for, and stands
// beside the first.
func TestRequested(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, said))
	first, _, _ := w.summaryOf(t, w.Twice(t, heard("e1")))
	told, got, refused := w.summaryOf(t, w.Twice(t, requested("e2", func(r *events.SummaryRequested) {
		r.Kind, r.Speakers = "official", []events.Speaker{{ID: "s2", Label: "王敏"}}
	})))
	if told.Kind != "official" || got.Kind != "official" || len(got.Questions) != 0 || len(got.Decisions) != 1 || refused.Code != "" {
		t.Errorf("told %+v, got %+v, refused %+v", told, got, refused)
	}
	if got.Actions[0].Owner != "王敏" || got.Actions[0].DueOn != "2026-05-21" {
		t.Errorf("action %+v, want one of 王敏 on 2026-05-21", got.Actions[0])
	}
	if told.Summary.Key == first.Summary.Key || len(w.summaries(t)) != 2 {
		t.Errorf("summaries %v, want both", w.summaries(t))
	}
}

// Days count from when people say that it was recorded.
func TestRequestedForAnotherDay(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, said))
	_, got, _ := w.summaryOf(t, w.Twice(t, requested("e1", func(r *events.SummaryRequested) { r.RecordedAt = "2026-03-04T01:30:00.000Z" })))
	if got.Actions[0].DueOn != "2026-03-05" {
		t.Errorf("action %+v, want one due on 2026-03-05", got.Actions[0])
	}
}

// Further languages need a language model. Without one the summary is made, and that part
// of the request is refused.
func TestLanguagesWithoutModel(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, said))
	_, got, refused := w.summaryOf(t, w.Twice(t, requested("e1", func(r *events.SummaryRequested) { r.Languages = []string{"en"} })))
	if len(got.Decisions) != 1 || refused.Code != "language_unserved" || refused.Stage != "summarise" || !strings.Contains(refused.Reason, "LLM_URL") {
		t.Errorf("got %+v, refused %+v", got, refused)
	}
}

// A request that comes late, twice, or after the minutes were deleted leaves nothing
// behind.
func TestRequestedAfterDeletion(t *testing.T) {
	w := start(t, nil)
	w.putTranscript(t, transcript(t, said))
	for _, e := range []fn.Event{requested("e1", nil), gone(), requested("e2", nil), requested("e1", nil)} {
		if answer := w.Twice(t, e); answer.Status >= 300 {
			t.Fatalf("%s: answered %d %s", e.ID(), answer.Status, answer.Body)
		}
	}
	if left := w.summaries(t); len(left) != 0 || w.count(t, `SELECT count(*) FROM summary`) != 0 {
		t.Errorf("left in the store: %v", left)
	}
}

func TestRequestRefused(t *testing.T) {
	w := start(t, nil)
	answer := w.Twice(t, requested("e1", nil))
	if answer.Status != 422 || len(answer.Sent) != 1 {
		t.Fatalf("answered %d %s", answer.Status, answer.Body)
	}
	if got, err := events.Decode[events.RecordingRefused](answer.Sent[0]); err != nil || got.Code != "missing_object" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// endpoint is a language model that answers every question with a status and a text.
func endpoint(t *testing.T, status int, text string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func llm(url string) summarise.LLM {
	return summarise.LLM{URL: url, Model: "qwen3", Timeout: 5 * time.Second, Budget: 10 * time.Second, Patience: time.Hour, Parallel: 1, MaxTokens: 8000, MaxParts: 9, MaxAnswer: 1 << 20}
}

// Where a language model is configured it makes the summary; where it fails, the
// embedded rules do, and the event says so.
func TestModel(t *testing.T) {
	const answer = `{"choices":[{"finish_reason":"stop","message":{"content":"{\"abstract\":[{\"text\":\"会议决定采用第二套方案。\",\"segments\":[\"0-0\"],\"quote\":\"会议决定采用第二套方案\"},{\"text\":\"会议决定拨款九百万元。\",\"segments\":[\"0-0\"],\"quote\":\"会议决定\"}]}"}}]}`
	for name, c := range map[string]struct {
		status  int
		engine  string
		dropped int
	}{
		"answers": {200, "openai qwen3 prompt-1 temperature-0", 1},
		"fails":   {500, "extractive 2, in place of qwen3 prompt-1 temperature-0: part 1 of 1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := startModel(t, llm(endpoint(t, c.status, answer)))
			w.putTranscript(t, transcript(t, said))
			told, got, _ := w.summaryOf(t, w.Twice(t, heard("e1")))
			if engine := got.Engine.Name + " " + got.Engine.Model; !strings.HasPrefix(engine, c.engine) || told.Engine != got.Engine || got.Dropped != c.dropped || len(got.Abstract) == 0 {
				t.Errorf("got %+v, told of %+v", got, told.Engine)
			}
		})
	}
}

// Translations that fail are refused beside the summary.
func TestLanguagesThatFail(t *testing.T) {
	w := startModel(t, llm(endpoint(t, 500, "down")))
	w.putTranscript(t, transcript(t, said))
	_, got, refused := w.summaryOf(t, w.Twice(t, requested("e1", func(r *events.SummaryRequested) { r.Languages = []string{"en"} })))
	if len(got.Decisions) != 1 || refused.Code != "engine_failed" || !strings.Contains(refused.Reason, "500") {
		t.Errorf("got %+v, refused %+v", got, refused)
	}
}

// A model that is busy is waited for, and not for ever.
func TestModelBusy(t *testing.T) {
	for name, c := range map[string]struct {
		age  time.Duration
		want int
	}{"at first": {time.Minute, 429}, "after LLM_PATIENCE": {2 * time.Hour, 204}} {
		t.Run(name, func(t *testing.T) {
			w := startModel(t, llm(endpoint(t, 503, "")))
			w.putTranscript(t, transcript(t, said))
			e := heard("e1")
			e.SetTime(time.Now().Add(-c.age))
			answer := w.Deliver(t, e)
			if answer.Status != c.want {
				t.Fatalf("answered %d %s, want %d", answer.Status, answer.Body, c.want)
			}
			if c.want != 204 {
				return
			}
			if _, got, _ := w.summaryOf(t, answer); !strings.Contains(got.Engine.Model, "in place of qwen3") || len(got.Decisions) != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What a summariser asks for with fault.Busy reaches the platform.
func TestSummariserBusy(t *testing.T) {
	w := start(t, func(_ *summarise.Config, s *summarise.Summariser) {
		*s = summariser(func(context.Context, events.Transcript) (events.Summary, error) {
			return events.Summary{}, fault.Busy(7*time.Second, errors.New("the model is busy"))
		})
	})
	w.putTranscript(t, transcript(t, said))
	if d := diff.Diff(429, w.Deliver(t, heard("e1")).Status); d != "" {
		t.Error(d)
	}
}
