package speech

import "testing"

func TestLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"会议决定八月二十三日开始搬迁":       "zh",
		"受付は四か所に増やすことに決定します":   "ja",
		"we open on the first": "en",
		"12 34":                "und",
		"请把 PPT 发给我":           "zh",
	} {
		if got := LanguageOf(text); got != want {
			t.Errorf("LanguageOf(%q) = %s, want %s", text, got, want)
		}
	}
	for name, want := range map[string]string{"english": "en", "Chinese": "zh", "zh": "zh", "zh-Hant": "zh-Hant", "unknown": "", "": ""} {
		if got := Tag(name); got != want {
			t.Errorf("Tag(%q) = %q, want %q", name, got, want)
		}
	}
}
