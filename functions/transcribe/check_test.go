package transcribe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

func TestSane(t *testing.T) {
	words := []events.Word{{Text: " so ", StartMS: -5, EndMS: 300}, {Text: ""}, {Text: "long", StartMS: 200, EndMS: 9000}, {Text: "back", StartMS: 100, EndMS: 150}}
	for name, c := range map[string]struct {
		given, want []events.Segment
	}{
		"as it should be": {
			[]events.Segment{{StartMS: 100, EndMS: 900, Text: "good morning"}},
			[]events.Segment{{StartMS: 100, EndMS: 900, Text: "good morning"}},
		},
		"past the end": {
			[]events.Segment{{StartMS: 1000, EndMS: 16080, Text: "good morning"}, {StartMS: 20000, EndMS: 30000, Text: "bye"}},
			[]events.Segment{{StartMS: 1000, EndMS: 5000, Text: "good morning"}, {StartMS: 4999, EndMS: 5000, Text: "bye"}},
		},
		"words outside, empty and backwards": {
			[]events.Segment{{StartMS: -10, EndMS: 1000, Text: " so long back", Words: words}},
			[]events.Segment{{StartMS: 0, EndMS: 1000, Text: "so long back", Words: []events.Word{
				{Text: "so", StartMS: 0, EndMS: 300}, {Text: "long", StartMS: 200, EndMS: 1000}, {Text: "back", StartMS: 200, EndMS: 200}}}},
		},
		"out of order, and one without text": {
			[]events.Segment{{StartMS: 3000, EndMS: 4000, Text: "two"}, {StartMS: 2000, EndMS: 2500, Text: " \n"}, {StartMS: 1000, EndMS: 2000, Text: "one"}},
			[]events.Segment{{StartMS: 1000, EndMS: 2000, Text: "one"}, {StartMS: 3000, EndMS: 4000, Text: "two"}},
		},
		"caught in a loop": {
			[]events.Segment{{StartMS: 0, EndMS: 4000, Text: "thank you for watching thank you for watching thank you for watching thank you for watching"}},
			[]events.Segment{{StartMS: 0, EndMS: 4000, Text: "thank you for watching thank you for watching thank you for watching thank you for watching", Suspect: "repeated"}},
		},
		"caught in a loop of segments": {
			[]events.Segment{{EndMS: 500, Text: "请订阅"}, {StartMS: 500, EndMS: 900, Text: "请订阅"}, {StartMS: 900, EndMS: 1200, Text: "请订阅"}, {StartMS: 1200, EndMS: 1500, Text: "请订阅"}},
			[]events.Segment{{EndMS: 500, Text: "请订阅", Suspect: "repeated"}, {StartMS: 500, EndMS: 900, Text: "请订阅", Suspect: "repeated"},
				{StartMS: 900, EndMS: 1200, Text: "请订阅", Suspect: "repeated"}, {StartMS: 1200, EndMS: 1500, Text: "请订阅", Suspect: "repeated"}},
		},
		"no text although somebody speaks": {nil, []events.Segment{{EndMS: 5000, Suspect: "empty"}}},
	} {
		if diff := cmp.Diff(c.want, sane(c.given, 5000, 3000)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if got := sane(nil, 5000, emptyMS-1); got != nil {
		t.Errorf("hardly any speech and no text: got %v, want nothing", got)
	}
}

func TestRepeats(t *testing.T) {
	for text, want := range map[string]bool{
		"no no no no": false, "哈哈哈哈哈": false, "very very very very very good": true,
		"we meet on monday and we meet on friday": false,
		"谢谢大家谢谢大家谢谢大家谢谢大家":                        true,
		"一二三四五六七八九十一二三四五六七八九十":                    false,
		"ありがとうございましたありがとうございましたありがとうございましたありがとうございました": true, "": false,
	} {
		if got := repeats(text); got != want {
			t.Errorf("repeats(%q) = %v", text, got)
		}
	}
}

func TestPlace(t *testing.T) {
	sure, less, mid := 0.9, 0.7, 0.8
	c := chunk{track: 1, pieces: []piece{{10_000, 12_000}, {50_000, 53_000}}}
	heard := []events.Segment{
		{StartMS: 100, EndMS: 2600, Text: "we can open yes", Words: []events.Word{
			{Text: "we", StartMS: 100, EndMS: 300, Confidence: &sure}, {Text: "can", StartMS: 300, EndMS: 700, Confidence: &less},
			{Text: "open", StartMS: 700, EndMS: 1500}, {Text: "yes", StartMS: 2300, EndMS: 2600}}},
		{StartMS: 3000, EndMS: 4000, Text: "very good"},
		{StartMS: 3000, EndMS: 4000, Text: "again"},
	}
	want := []events.Segment{
		{ID: "1-10100", Track: 1, StartMS: 10_100, EndMS: 11_500, Text: "we can open", Confidence: &mid, Words: []events.Word{
			{Text: "we", StartMS: 10_100, EndMS: 10_300, Confidence: &sure}, {Text: "can", StartMS: 10_300, EndMS: 10_700, Confidence: &less},
			{Text: "open", StartMS: 10_700, EndMS: 11_500}}},
		{ID: "1-50300", Track: 1, StartMS: 50_300, EndMS: 50_600, Text: "yes", Words: []events.Word{{Text: "yes", StartMS: 50_300, EndMS: 50_600}}},
		{ID: "1-51000", Track: 1, StartMS: 51_000, EndMS: 52_000, Text: "very good"},
		{ID: "1-51001", Track: 1, StartMS: 51_001, EndMS: 52_000, Text: "again"},
	}
	if diff := cmp.Diff(want, place(heard, c)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLanguageOf(t *testing.T) {
	for text, want := range map[string]string{
		"会议决定八月二十三日开始搬迁":       "zh",
		"受付は四か所に増やすことに決定します":   "ja",
		"we open on the first": "en",
		"12 34":                "und",
		"请把 PPT 发给我":           "zh",
	} {
		if got := languageOf([]events.Segment{{Text: text}}); got != want {
			t.Errorf("languageOf(%q) = %s, want %s", text, got, want)
		}
	}
	for name, want := range map[string]string{"english": "en", "Chinese": "zh", "zh": "zh", "zh-Hant": "zh-Hant", "unknown": "", "": ""} {
		if got := tagOf(name); got != want {
			t.Errorf("tagOf(%q) = %q, want %q", name, got, want)
		}
	}
}
