package say

import "testing"

func TestPick(t *testing.T) {
	for wanted, want := range map[string]string{
		"": "zh", "C.UTF-8": "zh", "en": "en", "en_US.UTF-8": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh",
		"fr, en;q=0.5": "en", "ja": "zh", "EN-gb": "en",
	} {
		if got := Pick(wanted); got != want {
			t.Errorf("Pick(%q) = %s, want %s", wanted, got, want)
		}
	}
}

func TestSay(t *testing.T) {
	table := Table{"chunks": {"已转写 %d / %d 段", "%d of %d chunks"}, "done": {"100% 完成", "100% done"}}
	for _, c := range []struct{ got, want string }{
		{table.Say("zh", "chunks", 1, 2), "已转写 1 / 2 段"},
		{table.Say("en", "chunks", 1, 2), "1 of 2 chunks"},
		{table.Say("en", "done"), "100% done"},
		{table.Say("en", "unknown", 1), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
