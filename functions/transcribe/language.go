package transcribe

import (
	"strings"
	"unicode"

	"xietong.dev/events"
)

// undetermined is the language of a text in which none can be seen (BCP 47).
const undetermined = "und"

// names are the languages that engines write out in English.
var names = map[string]string{
	"chinese": "zh", "mandarin": "zh", "cantonese": "yue", "english": "en", "japanese": "ja", "korean": "ko", "french": "fr",
	"german": "de", "spanish": "es", "russian": "ru", "portuguese": "pt", "italian": "it", "arabic": "ar", "vietnamese": "vi",
	"thai": "th", "indonesian": "id", "mongolian": "mn", "tibetan": "bo", "uyghur": "ug", "kazakh": "kk",
}

// tagOf turns what an engine calls a language into its tag, and into nothing
// where it says nothing that we know.
func tagOf(name string) string {
	if tag, ok := names[strings.ToLower(name)]; ok {
		return tag
	}
	if len(base(name)) <= 3 && events.IsLanguage(name) {
		return name
	}
	return ""
}

// languageOf tells the language of a text by its script: kana is Japanese, Han
// without it Chinese, Latin taken for English, which here it nearly always is.
func languageOf(segments []events.Segment) string {
	var kana, han, latin int
	for _, s := range segments {
		for _, r := range s.Text {
			switch {
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				kana++
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.Is(unicode.Latin, r):
				latin++
			}
		}
	}
	// A word of Latin has some five letters, one of Han or kana two.
	switch {
	case kana*10 > kana+han && (kana+han)*5 > latin*2:
		return "ja"
	case han*5 > latin*2:
		return "zh"
	case latin > 0:
		return "en"
	}
	return undetermined
}
