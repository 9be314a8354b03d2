package extractive

import (
	"strings"
	"testing"
)

// A text, cut into the sentences between the bars.
func TestCut(t *testing.T) {
	for _, want := range []string{
		"今天开会。|第一个议题是供水！|谁负责？",
		"他说：“可以。”|散会。",
		"好的，没问题",
		"Mr. Li paid 3.5 million.| He left at 5 p.m. yesterday.| Version 2.0 works!",
		"I agree.| So do I.| We met at the U.S. embassy at 3 p.m.| It rained.",
		"水道管を更新します。|次に図書館です。",
		strings.Repeat("这段话很长没有句号，", 12) + "|接着说，后来没有再说。", // cut at widestUnit, after a comma
	} {
		spans, _ := cut(strings.ReplaceAll(want, "|", ""), 0)
		var got []string
		for _, s := range spans {
			got = append(got, strings.ReplaceAll(want, "|", "")[s.from:s.to])
		}
		if got, want := strings.Join(got, "|"), strings.ReplaceAll(want, "| ", "|"); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

// Hesitation goes, everything that is meant stays.
func TestTidy(t *testing.T) {
	for _, c := range []struct{ script, text, want string }{
		{"zh", "嗯，那个，我们开会。", "我们开会。"},
		{"zh", "那个方案通过了。", "那个方案通过了。"},
		{"zh", "然后呢，管道改造下周动工。", "管道改造下周动工。"},
		{"zh", "嗯。", "嗯。"},
		{"en", "Um, so we, uh, start now.", "We start now."},
		{"en", "right side of the road", "right side of the road"},
		{"en", "So the the pipe, the pipe is th the oldest.", "The pipe is the oldest."},
		{"en", "We need to, we need to ask, you know, the board.", "We need to ask, the board."},
		{"en", "Dial three three six, then 5 5.", "Dial three three six, then 5 5."},
		{"en", "That is so. So be it.", "That is so. So be it."},
		{"zh", "我我觉得就是就是，我们的的方案，对吧，还行。", "我觉得就是，我们的方案，还行。"},
		{"zh", "看看三三得九，常常，11点。", "看看三三得九，常常，11点。"},
		{"zh", "那其实我们先看新手咨询师。", "我们先看新手咨询师。"},
		{"zh", "那几个效率一定要关注。", "那几个效率一定要关注。"},
		{"zh", "所以，散会。", "所以，散会。"},
		{"ja", "水道水道管が、えーと、古い。", "水道管が、古い。"},
		{"en", "Okay.", "Okay."},
		{"ja", "えーと、水道管の話です。", "水道管の話です。"},
		{"ja", "その案で行きましょう。", "その案で行きましょう。"},
	} {
		if got := tidy(c.text, c.script); got != c.want {
			t.Errorf("tidy(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
