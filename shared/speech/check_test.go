package speech

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSane(t *testing.T) {
	words := []Word{{Text: " so ", StartMS: -5, EndMS: 300}, {Text: ""}, {Text: "long", StartMS: 200, EndMS: 9000}, {Text: "back", StartMS: 100, EndMS: 150}}
	for name, c := range map[string]struct {
		given, want []Segment
	}{
		"as it should be": {
			[]Segment{{StartMS: 100, EndMS: 900, Text: "good morning"}},
			[]Segment{{StartMS: 100, EndMS: 900, Text: "good morning"}},
		},
		"past the end": {
			[]Segment{{StartMS: 1000, EndMS: 16080, Text: "good morning"}, {StartMS: 20000, EndMS: 30000, Text: "bye"}},
			[]Segment{{StartMS: 1000, EndMS: 5000, Text: "good morning"}, {StartMS: 4999, EndMS: 5000, Text: "bye"}},
		},
		"words outside, empty and backwards": {
			[]Segment{{StartMS: -10, EndMS: 1000, Text: " so long back", Words: words}},
			[]Segment{{StartMS: 0, EndMS: 1000, Text: "so long back", Words: []Word{
				{Text: "so", StartMS: 0, EndMS: 300}, {Text: "long", StartMS: 200, EndMS: 1000}, {Text: "back", StartMS: 200, EndMS: 200}}}},
		},
		"out of order, and one without text": {
			[]Segment{{StartMS: 3000, EndMS: 4000, Text: "two"}, {StartMS: 2000, EndMS: 2500, Text: " \n"}, {StartMS: 1000, EndMS: 2000, Text: "one"}},
			[]Segment{{StartMS: 1000, EndMS: 2000, Text: "one"}, {StartMS: 3000, EndMS: 4000, Text: "two"}},
		},
		"caught in a loop": {
			[]Segment{{StartMS: 0, EndMS: 4000, Text: "thank you for watching thank you for watching thank you for watching thank you for watching"}},
			[]Segment{{StartMS: 0, EndMS: 4000, Text: "thank you for watching thank you for watching thank you for watching thank you for watching", Suspect: "repeated"}},
		},
		"caught in a loop of segments": {
			[]Segment{{EndMS: 500, Text: "请订阅"}, {StartMS: 500, EndMS: 900, Text: "请订阅"}, {StartMS: 900, EndMS: 1200, Text: "请订阅"}, {StartMS: 1200, EndMS: 1500, Text: "请订阅"}},
			[]Segment{{EndMS: 500, Text: "请订阅", Suspect: "repeated"}, {StartMS: 500, EndMS: 900, Text: "请订阅", Suspect: "repeated"},
				{StartMS: 900, EndMS: 1200, Text: "请订阅", Suspect: "repeated"}, {StartMS: 1200, EndMS: 1500, Text: "请订阅", Suspect: "repeated"}},
		},
		"no text although somebody speaks": {nil, []Segment{{EndMS: 5000, Suspect: "empty"}}},
	} {
		if diff := cmp.Diff(c.want, Sane(c.given, 5000, 3000)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if got := Sane(nil, 5000, emptyMS-1); got != nil {
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
