package model

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// What is supported stands; days are worked out by rules, and the engine says which
// model, prompt and temperature it was.
func TestSummarises(t *testing.T) {
	s := serve(t, func(int, request) (int, string) {
		return 200, "<think>Let me see.</think>\n```json\n" + says(map[string]any{
			"abstract":  []any{one("会议讨论了北村供水管道改造，预算为12万元。", "0-0", "北村供水管道改造，预算十二万元")},
			"topics":    []any{map[string]any{"title": "供水管道改造", "items": []any{one("供水管道改造预算十二万元。", "0-0", "预算十二万元")}}},
			"decisions": []any{one("会议决定采用第二套方案。", "0-5000", "会议决定 采用第二套方案")},
			"actions":   []any{map[string]any{"text": "张伟收集报价并提交财务处。", "segments": []string{"0-10000"}, "quote": "张伟负责收集报价", "owner": "张伟", "due": "周五前"}},
			"questions": []any{one("物业费何时收取没有结论。", "0-20000", "目前还没有结论")},
		}) + "\n```"
	})
	got, err := s.Summarise(t.Context(), meeting("zh", council))
	if err != nil {
		t.Fatal(err)
	}
	point := func(section, text string, segment string, from int64, quote string) events.Point {
		p := events.Point{Text: text, Evidence: []events.Evidence{{Segment: segment, StartMS: from, EndMS: from + 4000, Quote: quote}}}
		p.ID = idOf(section, p)
		return p
	}
	want := events.Summary{
		Engine:    events.Engine{Name: "openai", Model: "qwen3 prompt-1 temperature-0"},
		Abstract:  []events.Point{point("abstract", "会议讨论了北村供水管道改造，预算为12万元。", "0-0", 0, "北村供水管道改造，预算十二万元")},
		Topics:    []events.Topic{{Title: "供水管道改造", EndMS: 4000, Points: []events.Point{point("topic 供水管道改造", "供水管道改造预算十二万元。", "0-0", 0, "预算十二万元")}}},
		Decisions: []events.Point{point("decision", "会议决定采用第二套方案。", "0-5000", 5000, "会议决定采用第二套方案")},
		Actions:   []events.Action{{Point: point("action", "张伟收集报价并提交财务处。", "0-10000", 10000, "张伟负责收集报价"), Owner: "张伟", Due: "周五前", DueOn: "2026-09-18"}},
		Questions: []events.Point{point("question", "物业费何时收取没有结论。", "0-20000", 20000, "目前还没有结论")},
	}
	got.Keywords = nil // of the embedded rules
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// What was said is data in the user's turn, which it cannot end; the system's turn is
// the same for all.
func TestAsks(t *testing.T) {
	s := serve(t, func(int, request) (int, string) {
		return 200, says(map[string]any{"abstract": []any{one("预算十二万元。", "0-0", "预算十二万元")}})
	})
	if _, err := s.Summarise(t.Context(), meeting("zh", council)); err != nil {
		t.Fatal(err)
	}
	asked := s.asked[0]
	if asked.path != "/v1/chat/completions" || asked.header.Get("Authorization") != "Bearer s3cret" || asked.Model != "qwen3" || *asked.Temperature != 0 || asked.Stream {
		t.Errorf("asked %+v", asked)
	}
	if f := asked.ResponseFormat; f.Type != "json_schema" || !f.JSONSchema.Strict || f.JSONSchema.Schema["additionalProperties"] != false {
		t.Errorf("response_format %+v", f)
	}
	if len(asked.Messages) != 2 || asked.Messages[0] != (Message{"system", rules + openQuestions}) || asked.Messages[1].Role != "user" {
		t.Errorf("messages %+v", asked.Messages)
	}
	if user := asked.Messages[1].Content; strings.Count(user, "</transcript>") != 1 || !strings.HasSuffix(user, "</transcript>") {
		t.Errorf("what was said ends the transcript: %s", user)
	}
	if lines := asked.lines(t); len(lines) != 5 || lines[0]["speaker"] != "王敏" || lines[3]["id"] != "0-15000" {
		t.Errorf("lines %v", lines)
	}
}

// Each kind asks for its own sections.
func TestAsksByKind(t *testing.T) {
	s := serve(t, func(int, request) (int, string) {
		return 200, says(map[string]any{"abstract": []any{one("预算十二万元。", "0-0", "预算十二万元")}, "decisions": []any{one("会议决定采用第二套方案。", "0-5000", "会议决定采用第二套方案")}})
	})
	tr := meeting("zh", council)
	tr.Kind = "class"
	got, err := s.Summarise(t.Context(), tr)
	if err != nil || len(got.Decisions) != 0 || len(got.Abstract) != 1 {
		t.Errorf("got %+v, %v: a class has no decisions", got, err)
	}
	asked := s.asked[0].ResponseFormat.JSONSchema.Schema["properties"].(map[string]any)
	if _, has := asked["decisions"]; has || asked["questions"] == nil || !strings.HasSuffix(s.asked[0].Messages[0].Content, answeredQuestions) {
		t.Errorf("asked for %v", asked)
	}
}

// uncounted are questions that may end before they arrive.
const uncounted = -1

// Whatever a model does, there are minutes: the embedded ones stand in and say so.
func TestStandsIn(t *testing.T) {
	good := says(map[string]any{"abstract": []any{one("预算十二万元。", "0-0", "预算十二万元")}})
	always := func(status int, said string) func(int, request) (int, string) {
		return func(int, request) (int, string) { return status, said }
	}
	for name, c := range map[string]struct {
		answer func(int, request) (int, string)
		change func(*Engine)
		asked  int
		why    string // "" where the model's summary stands
	}{
		"an answer that is no JSON, once":  {func(n int, _ request) (int, string) { return 200, []string{"Sure! Here", good}[min(n-1, 1)] }, nil, 2, ""},
		"an answer that is no JSON, twice": {always(200, "Sure! Here are the minutes"), nil, 2, "cannot be read, twice"},
		"another JSON":                     {always(200, `{"minutes":[]}`), nil, 2, "field abstract is missing"},
		"5xx once":                         {func(n int, _ request) (int, string) { return []int{500, 200}[min(n-1, 1)], good }, nil, 2, ""},
		"5xx for good":                     {always(500, "CUDA out of memory"), nil, 2, "500 Internal Server Error: CUDA out of memory"},
		"too long for it":                  {always(400, "maximum context length is 4096"), nil, 1, "maximum context length"},
		"wrong key":                        {always(401, ""), nil, 1, "set LLM_KEY"},
		"wrong address":                    {always(404, ""), nil, 1, "LLM_URL must be the address up to /v1"},
		"a refusal":                        {always(200, `{"choices":[{"finish_reason":"stop","message":{"refusal":"I cannot help."}}]}`), nil, 1, "refused: I cannot help."},
		"a filter":                         {always(200, `{"choices":[{"finish_reason":"content_filter","message":{"content":""}}]}`), nil, 1, "refused"},
		"cut off":                          {always(200, `{"choices":[{"finish_reason":"length","message":{"content":"{"}}]}`), nil, 1, "lower LLM_MAX_TOKENS"},
		"no choices":                       {always(200, `{"choices":[]}`), nil, 2, "without choices"},
		"too large an answer":              {always(200, strings.Repeat(" ", 3000)+good), func(e *Engine) { e.Chat.MaxAnswer = 1000 }, 1, "LLM_MAX_ANSWER"},
		"nothing supported":                {always(200, says(map[string]any{"abstract": []any{one("预算九十万元。", "0-0", "预算十二万元")}})), nil, 1, "1 sentences dropped"},
		"over LLM_MAX_PARTS":               {always(200, good), func(e *Engine) { e.MaxTokens, e.MaxParts = 60, 2 }, 0, "over LLM_MAX_PARTS"},
		"a segment over LLM_MAX_TOKENS":    {always(200, good), func(e *Engine) { e.MaxTokens = 30 }, 0, "longer than LLM_MAX_TOKENS"},
		"no answer in time":                {func(int, request) (int, string) { time.Sleep(300 * time.Millisecond); return 200, good }, func(e *Engine) { e.Chat.Timeout = 50 * time.Millisecond }, uncounted, "LLM_TIMEOUT"},
		"nobody there":                     {always(200, good), func(e *Engine) { e.Chat.URL = "http://127.0.0.1:1" }, 0, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.answer)
			if c.change != nil {
				c.change(s.Engine)
			}
			got, err := s.Summarise(t.Context(), meeting("zh", council))
			if err != nil {
				t.Fatal(err)
			}
			if c.why == "" {
				if got.Engine.Name != "openai" || s.log.Len() > 0 {
					t.Errorf("engine %+v, log %s", got.Engine, &s.log)
				}
			} else if got.Engine.Name != "extractive" || !strings.HasPrefix(got.Engine.Model, "2, in place of qwen3 prompt-1 temperature-0: ") || !strings.Contains(s.log.String(), c.why) || len(got.Decisions) == 0 {
				t.Errorf("engine %+v, log %s; want %q", got.Engine, &s.log, c.why)
			}
			if n := s.times(); n != c.asked && c.asked != uncounted {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

// The wrong answer and what is wrong with it are shown to the model.
func TestRepairs(t *testing.T) {
	s := serve(t, func(n int, _ request) (int, string) {
		return 200, []string{"Sure!", says(map[string]any{"abstract": []any{one("预算十二万元。", "0-0", "预算十二万元")}})}[min(n-1, 1)]
	})
	s.Summarise(t.Context(), meeting("zh", council))
	if m := s.asked[1].Messages; len(m) != 4 || m[2] != (Message{"assistant", "Sure!"}) || !strings.Contains(m[3].Content, "invalid character 'S'") {
		t.Errorf("asked again with %+v", m)
	}
}

// A model that is busy is asked later, when it says.
func TestBusy(t *testing.T) {
	for _, status := range []int{429, 503} {
		s := serve(t, func(int, request) (int, string) { return status, "" })
		_, err := s.Summarise(t.Context(), meeting("zh", council))
		if after, busy := fault.RetryAfter(err); !busy || after != 7*time.Second {
			t.Errorf("%d: got %v, %v", status, after, err)
		}
		got, err := s.StandIn(t.Context(), meeting("zh", council), err)
		if err != nil || !strings.Contains(got.Engine.Model, "in place of qwen3 prompt-1 temperature-0: ") || !strings.Contains(got.Engine.Model, "busy") {
			t.Errorf("%d: stands in as %+v, %v", status, got.Engine, err)
		}
	}
}

func TestEndsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := serve(t, func(int, request) (int, string) { cancel(); time.Sleep(50 * time.Millisecond); return 200, "{}" })
	if _, err := s.Summarise(ctx, meeting("zh", council)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestNothingSaid(t *testing.T) {
	s := serve(t, func(int, request) (int, string) { return 200, "{}" })
	if got, err := s.Summarise(t.Context(), meeting("zh", "s1 \n")); err != nil || len(s.asked) != 0 || got.Engine.Name != "extractive" {
		t.Errorf("asked %d times, got %+v %v", len(s.asked), got.Engine, err)
	}
}
