package written

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/speech"
)

func word(text string, start, end int64) speech.Word {
	return speech.Word{Text: text, StartMS: start, EndMS: end}
}

func unsure(w speech.Word, confidence float64) speech.Word {
	w.Confidence = &confidence
	return w
}

// Words keep their times: those of a number become one.
func TestWordsFollowTheText(t *testing.T) {
	for name, c := range map[string]struct {
		given    Line
		language string
		want     Line
	}{
		"nothing to write": {
			Line{"好的", []speech.Word{word("好的", 0, 300)}}, "zh",
			Line{"好的", []speech.Word{word("好的", 0, 300)}},
		},
		"a number of several words": {
			Line{"共一千二百元整", []speech.Word{word("共", 0, 100), unsure(word("一千", 100, 300), 0.9), unsure(word("二百", 300, 600), 0.4), word("元", 600, 700), word("整", 700, 800)}}, "zh",
			Line{"共1200元整", []speech.Word{word("共", 0, 100), unsure(word("1200", 100, 600), 0.4), word("元", 600, 700), word("整", 700, 800)}},
		},
		"a number within words": {
			Line{"共十二个人", []speech.Word{word("共十", 0, 100), word("二个", 100, 200), word("人", 200, 300)}}, "zh",
			Line{"共12个人", []speech.Word{word("共12个", 0, 200), word("人", 200, 300)}},
		},
		"two numbers": {
			Line{"twenty of fifty five people", []speech.Word{word("twenty", 0, 10), word("of", 10, 20), word("fifty", 20, 30), word("five", 30, 40), word("people", 40, 50)}}, "en",
			Line{"20 of 55 people", []speech.Word{word("20", 0, 10), word("of", 10, 20), word("55", 20, 40), word("people", 40, 50)}},
		},
		"words that are not those of the text": {
			Line{"共十二个人", []speech.Word{word("人", 0, 10), word("共", 20, 30)}}, "zh",
			Line{"共12个人", nil},
		},
		"a language without rules": {
			Line{"二十二人です", nil}, "ja",
			Line{"二十二人です", nil},
		},
	} {
		got := c.given.With(Numbers(c.given.Text, c.language))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestTermsAreCorrected(t *testing.T) {
	var terms Terms
	terms.Add("滨海新区", "宾海新区", "滨海心区", "海新区")
	terms.Add("滨海新区政务服务中心", "滨海心区政务中心")
	terms.Add("一网通办", "一网通版")
	terms.Add("Kubernetes", "cuban eighties", "kuber netes")
	terms.Add("GB/T 9704", "gb t 九七零四")
	terms.Sorted()
	for said, want := range map[string]string{
		"宾海新区的一网通版":                "滨海新区的一网通办",
		"滨海新区已经对了":                 "滨海新区已经对了",
		"滨海心区政务中心":                 "滨海新区政务服务中心",
		"我们用 cuban eighties 部署":    "我们用 Kubernetes 部署",
		"We run KUBERNETES here":   "We run Kubernetes here",
		"kubernetesx is not it":    "kubernetesx is not it",
		"按gb t 九七零四排版":             "按GB/T 9704排版",
		"the kuber netes cluster.": "the Kubernetes cluster.",
		"":                         "",
	} {
		if got := (Line{Text: said}).With(terms.Edits(said)).Text; got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
	if edits := new(Terms).Edits("宾海新区"); edits != nil {
		t.Errorf("no terms: %v", edits)
	}
}

func TestPointsByPauses(t *testing.T) {
	for name, c := range map[string]struct {
		given    Line
		language string
		around   Silence
		want     Line
	}{
		"English words": {
			Line{"good morning i think we begin", []speech.Word{word("good", 0, 200), word("morning", 200, 500), word("i", 1300, 1400), word("think", 1400, 1600), word("we", 1600, 1700), word("begin", 1700, 2000)}}, "en", Alone(),
			Line{"Good morning. I think we begin.", []speech.Word{word("Good", 0, 200), word("morning.", 200, 500), word("I", 1300, 1400), word("think", 1400, 1600), word("we", 1600, 1700), word("begin.", 1700, 2000)}},
		},
		"Chinese words": {
			Line{"今天开会大家好吗开始", []speech.Word{word("今天", 0, 200), word("开会", 200, 400), word("大家", 750, 900), word("好吗", 900, 1000), word("开始", 1900, 2000)}}, "zh", Alone(),
			Line{"今天开会，大家好吗？开始。", []speech.Word{word("今天", 0, 200), word("开会，", 200, 400), word("大家", 750, 900), word("好吗？", 900, 1000), word("开始。", 1900, 2000)}},
		},
		"no times":              {Line{Text: "i'm here"}, "en", Alone(), Line{Text: "I'm here."}},
		"a number with a point": {Line{Text: "it grew by 3.5%"}, "en", Alone(), Line{Text: "It grew by 3.5%."}},
		"cut within a sentence": {Line{Text: "and i think"}, "en", Silence{0, 100}, Line{Text: "and I think"}},
		"cut within, Chinese":   {Line{Text: "今天开会"}, "zh", Silence{0, 0}, Line{Text: "今天开会，"}},
		"Japanese":              {Line{Text: "おはよう"}, "ja", Alone(), Line{Text: "おはよう"}},
		"nothing":               {Line{}, "zh", Alone(), Line{}},
	} {
		got := c.given.With(Points(c.given, c.language, c.around))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	for text, want := range map[string]bool{"好，开会": true, "Good": true, "yes.": true, "3.5% of 1,200 at 3:30": false, "好,开会": true, "it's so": false, "": false} {
		if HasPoints(text) != want {
			t.Errorf("HasPoints(%q) = %v", text, !want)
		}
	}
}

// However a text is made, it comes to no harm: edits are in order and within it.
func FuzzEdits(f *testing.F) {
	for _, file := range []string{"zh", "en"} {
		for _, l := range lines(f, "testdata/"+file+".txt") {
			f.Add(l.said, file)
		}
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		at := 0
		for _, e := range Numbers(text, language) {
			if e.Start < at || e.End <= e.Start || e.End > len(text) {
				t.Fatalf("%q: edit %+v after %d", text, e, at)
			}
			at = e.End
		}
	})
}

func BenchmarkNumbers(b *testing.B) {
	for _, file := range []string{"zh", "en"} {
		b.Run(file, func(b *testing.B) {
			text := ""
			for _, l := range lines(b, "testdata/"+file+".txt") {
				text += l.said + "\n"
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Numbers(text, file)
			}
		})
	}
}
