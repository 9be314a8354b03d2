package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// A long meeting is asked about in parts that fit, and then over what these came to: the
// ids go with the items, what was said is not sent again, and what says the same stands
// once.
func TestPartsAndTogether(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "s1 会议决定改造第%d个小区的供水管道。\n", i+10)
	}
	tr := meeting("zh", b.String())
	var together request
	s := serve(t, func(_ int, r request) (int, string) {
		lines := r.lines(t)
		if r.ResponseFormat.JSONSchema.Name == "joined" {
			together = r
			abstract, decisions := lines[0]["id"], lines[len(lines)-2:]
			return 200, toJSON(map[string]any{
				"abstract": []any{
					map[string]any{"text": "会议决定改造多个小区的供水管道。", "items": []string{abstract, decisions[0]["id"]}},
					map[string]any{"text": "会议决定改造999个小区的供水管道。", "items": []string{abstract}},
					map[string]any{"text": "会议决定改造供水管道。", "items": []string{"unknown"}},
				},
				"same": []any{[]string{decisions[0]["id"], decisions[1]["id"]}, []string{lines[0]["id"], "unknown"}, []string{}},
			})
		}
		first := lines[0]
		return 200, says(map[string]any{"abstract": []any{one(first["text"], first["id"], first["text"])}, "decisions": []any{
			one(first["text"], first["id"], first["text"]), one("决定改造小区的供水管道。", first["id"], first["text"]), one("会议决定改造小区供水管道。", first["id"], first["text"])}})
	})
	s.MaxTokens = 800
	got, err := s.Summarise(t.Context(), tr)
	if err != nil || got.Engine.Name != "openai" {
		t.Fatalf("%v %+v %s", err, got.Engine, &s.log)
	}
	parts, seen := len(s.asked)-1, 0
	for _, r := range s.asked {
		if r.ResponseFormat.JSONSchema.Name == "minutes" {
			lines := r.lines(t)
			seen += len(lines)
			if n := tokens(r.Messages[1].Content); n > 1000 {
				t.Errorf("a part of %d tokens, want about 800", n)
			}
		}
	}
	if parts < 3 || seen != 60 {
		t.Errorf("%d parts saw %d lines, want several and all 60", parts, seen)
	}
	if strings.Contains(together.Messages[1].Content, `"speaker"`) || together.Messages[0].Content != joinRules {
		t.Errorf("together: %+v", together.Messages)
	}
	if len(got.Abstract) != 1 || got.Abstract[0].Text != "会议决定改造多个小区的供水管道。" || len(got.Abstract[0].Evidence) != 2 {
		t.Errorf("abstract %+v", got.Abstract)
	}
	if want := 3*parts - 1; len(got.Decisions) != want || got.Dropped != 2 {
		t.Errorf("%d decisions and %d dropped, want %d and 2", len(got.Decisions), got.Dropped, want)
	}
}

func toJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// Parts are cut where the topics change, and within a topic that is too long.
func TestParts(t *testing.T) {
	tr := meeting("en", strings.Repeat("s1 four words of speech\n", 12))
	topics := []events.Topic{{StartMS: 0}, {StartMS: 15000}, {StartMS: 30000}}
	one := tokens("four words of speech") + aroundLine
	for name, c := range map[string]struct {
		most int
		want []int
	}{
		"all fit":                {12 * one, []int{12}},
		"two topics fit":         {6 * one, []int{6, 6}},
		"a topic fits":           {3 * one, []int{3, 3, 3, 3}},
		"two of a topic fit":     {2 * one, []int{2, 1, 2, 1, 2, 2, 2}},
		"the last is the widest": {9 * one, []int{6, 6}},
	} {
		parts, err := (&Engine{MaxTokens: c.most, MaxParts: 20}).parts(tr, topics)
		var got []int
		for _, p := range parts {
			got = append(got, len(p))
		}
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, d)
		}
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]int{"": 0, "four": 1, "fours": 2, "会议决定": 4, "OFD 接口": 3} {
		if got := tokens(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// Further languages stand beside each sentence whose numbers and days they keep.
func TestTranslates(t *testing.T) {
	s := serve(t, func(_ int, r request) (int, string) {
		return 200, toJSON(map[string]any{"translations": []any{
			map[string]string{"id": "0", "text": "The budget is 120,000 yuan."},
			map[string]string{"id": "1", "text": "Zhang Wei collects the offers by Saturday."},
			map[string]string{"id": "7", "text": "Nobody asked for this."},
		}})
	})
	before := events.Summary{Language: "zh",
		Abstract: []events.Point{{ID: "a", Text: "预算十二万元。"}},
		Actions:  []events.Action{{Point: events.Point{ID: "b", Text: "张伟周五前收集报价。"}}}, Risks: []events.Point{{ID: "c", Text: "可能下雨。"}}}
	got, err := s.Translate(t.Context(), before, []string{"en", "zh"})
	if err != nil {
		t.Fatal(err)
	}
	want := events.Summary{Language: "zh", Dropped: 2,
		Abstract: []events.Point{{ID: "a", Text: "预算十二万元。", Translations: []events.Translation{{Language: "en", Text: "The budget is 120,000 yuan."}}}},
		Actions:  before.Actions, Risks: before.Risks}
	if d := cmp.Diff(want, got); d != "" || len(before.Abstract[0].Translations) > 0 {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(s.asked) != 1 || !strings.HasPrefix(s.asked[0].Messages[1].Content, "Language: en\n<items>") || s.asked[0].Messages[0].Content != translateRules {
		t.Errorf("asked %+v", s.asked)
	}
	down := serve(t, func(int, request) (int, string) { return 500, "" })
	if got, err := down.Translate(t.Context(), before, []string{"en"}); err == nil || len(got.Abstract) != 1 {
		t.Errorf("got %+v, %v; want the summary as it was and why", got, err)
	}
}
