package written

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/speech"
)

// The rule for points, for engines that write words alone: a pause ends a
// sentence, a shorter one a part of it. Speakers pause some 0.2 s within a
// phrase, and half a second or more after a sentence.
const (
	sentenceMS = 500
	phraseMS   = 250
)

// Silence is what lies around a line, in milliseconds: before what was said
// before it, and after it.
type Silence struct{ Before, After int64 }

// Alone is the silence around a line that nothing is known of: it is a sentence.
func Alone() Silence { return Silence{sentenceMS, sentenceMS} }

// Points returns the edits that give a line points and capitals: after pauses
// between its words, and at its end. Without times only the end is known. They
// are for lines of engines that write none; see [HasPoints].
func Points(l Line, language string, around Silence) []Edit {
	if l.Text == "" {
		return nil
	}
	switch speech.Base(language) {
	case "zh":
		return l.chinesePoints(around)
	case "en":
		return l.englishPoints(around)
	}
	return nil
}

// HasPoints reports whether a text has points or capitals. Points within a number,
// as in 3.5, 1,200 and 3:30, are none.
func HasPoints(text string) bool {
	runes := []rune(text)
	digit := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsDigit(runes[i]) }
	for i, r := range runes {
		switch {
		case unicode.IsUpper(r), strings.ContainsRune("。，！？；：、…", r):
			return true
		case strings.ContainsRune(".,!?;:", r) && !(digit(i-1) && digit(i+1)):
			return true
		}
	}
	return false
}

// pauses returns the end of each word in the text and the silence after it.
func (l Line) pauses(each func(end int, ms int64)) {
	places := l.places()
	for i := 1; i < len(places); i++ {
		each(places[i-1].end, l.Words[i].StartMS-l.Words[i-1].EndMS)
	}
}

func (l Line) chinesePoints(around Silence) []Edit {
	var edits []Edit
	l.pauses(func(end int, ms int64) {
		switch {
		case ms >= sentenceMS:
			edits = append(edits, Edit{end, end, zhEnd(l.Text[:end])})
		case ms >= phraseMS:
			edits = append(edits, Edit{end, end, "，"})
		}
	})
	end := "，" // where an engine cuts without a pause, a phrase ends all the same
	if around.After >= sentenceMS {
		end = zhEnd(l.Text)
	}
	return append(edits, Edit{len(l.Text), len(l.Text), end})
}

func zhEnd(text string) string {
	if strings.HasSuffix(text, "吗") {
		return "？"
	}
	return "。"
}

func (l Line) englishPoints(around Silence) []Edit {
	ends := map[int]bool{}
	l.pauses(func(end int, ms int64) { ends[end] = ms >= sentenceMS })
	var edits []Edit
	begins := around.Before >= sentenceMS // a sentence
	for _, p := range enWord.FindAllStringIndex(l.Text, -1) {
		word := l.Text[p[0]:p[1]]
		if begins || word == "i" || strings.HasPrefix(word, "i'") {
			r, size := utf8.DecodeRuneInString(word)
			if unicode.IsLower(r) {
				edits = append(edits, Edit{p[0], p[0] + size, string(unicode.ToUpper(r))})
			}
		}
		if begins = ends[p[1]]; begins || p[1] == len(l.Text) && around.After >= sentenceMS {
			edits = append(edits, Edit{p[1], p[1], "."})
		}
	}
	return edits
}
