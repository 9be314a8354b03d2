package convert

import (
	"strings"
	"testing"

	"xietong.dev/events"
)

func TestAssess(t *testing.T) {
	text := strings.Repeat("滨海区人民政府办公室通知", 20)
	for _, c := range []struct {
		name    string
		source  string
		told    bool
		printed printed
		want    string
	}{
		{"all there", text, true, printed{text: text, pages: 1}, events.QualityGood},
		{"in other lines", text, true, printed{text: strings.ReplaceAll(text, "办公室", "办 公\n室"), pages: 1}, events.QualityGood},
		{"a word is gone", text, true, printed{text: strings.ReplaceAll(text, "通知", ""), pages: 1}, events.QualityDegraded},
		{"nothing printed", text, true, printed{pages: 1, blank: []int{1}}, events.QualityDegraded},
		{"an empty document", "", true, printed{pages: 1, blank: []int{1}}, events.QualityGood},
		{"nobody knows", "", false, printed{text: text, pages: 1}, events.QualityUnchecked},
		{"a page of 10 m", "", false, printed{text: text, pages: 2, odd: []int{2}}, events.QualityDegraded},
	} {
		got := assess(c.source, c.told, c.printed, nil)
		if got.Quality != c.want || (got.Recall != nil) != c.told {
			t.Errorf("%s: got %+v, want %s", c.name, got, c.want)
		}
		if got.Recall != nil && *got.Recall < minRecall && got.Missing == "" {
			t.Errorf("%s: it is not said what is missing", c.name)
		}
	}
}
