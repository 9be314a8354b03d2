package speech

import (
	"regexp"
	"strings"
	"unicode"
)

// Undetermined is the language of a text in which none can be seen (BCP 47).
const Undetermined = "und"

// names are the languages that engines write out in English.
var names = map[string]string{
	"chinese": "zh", "mandarin": "zh", "cantonese": "yue", "english": "en", "japanese": "ja", "korean": "ko", "french": "fr",
	"german": "de", "spanish": "es", "russian": "ru", "portuguese": "pt", "italian": "it", "arabic": "ar", "vietnamese": "vi",
	"thai": "th", "indonesian": "id", "mongolian": "mn", "tibetan": "bo", "uyghur": "ug", "kazakh": "kk",
}

// Tag turns what an engine calls a language into its tag, and into nothing
// where it says nothing that we know.
func Tag(name string) string {
	if tag, ok := names[strings.ToLower(name)]; ok {
		return tag
	}
	if len(Base(name)) <= 3 && isLanguage(name) {
		return name
	}
	return ""
}

var tags = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)

// isLanguage reports whether a text is a BCP 47 tag.
func isLanguage(s string) bool { return len(s) <= 35 && tags.MatchString(s) }

// Base is the first part of a language tag: zh of zh-Hant.
func Base(language string) string {
	first, _, _ := strings.Cut(strings.ToLower(language), "-")
	return first
}

// LanguageOf tells the language of texts by their script: kana is Japanese, Han
// without it Chinese, Latin taken for English, which here it nearly always is.
func LanguageOf(texts ...string) string {
	var kana, han, latin int
	for _, text := range texts {
		for _, r := range text {
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
	return Undetermined
}
