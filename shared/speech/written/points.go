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
	sentenceMS = 700
	phraseMS   = 300
)

// Points returns the edits that give a line points and capitals where it has
// none at all: after pauses between its words, and at its end. Without times only
// the end is known.
func Points(l Line, language string) []Edit {
	if l.Text == "" || strings.ContainsFunc(l.Text, unicode.IsPunct) && !onlyApostrophes(l.Text) {
		return nil
	}
	switch speech.Base(language) {
	case "zh":
		return l.chinesePoints()
	case "en":
		if !strings.ContainsFunc(l.Text, unicode.IsUpper) {
			return l.englishPoints()
		}
	}
	return nil
}

func onlyApostrophes(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsPunct(r) && r != '\'' })
}

// pauses returns the end of each word in the text and the silence after it.
func (l Line) pauses(each func(end int, ms int64)) {
	places := l.places()
	for i := 1; i < len(places); i++ {
		each(places[i-1].end, l.Words[i].StartMS-l.Words[i-1].EndMS)
	}
}

func (l Line) chinesePoints() []Edit {
	var edits []Edit
	l.pauses(func(end int, ms int64) {
		switch {
		case ms >= sentenceMS:
			edits = append(edits, Edit{end, end, zhEnd(l.Text[:end])})
		case ms >= phraseMS:
			edits = append(edits, Edit{end, end, "，"})
		}
	})
	return append(edits, Edit{len(l.Text), len(l.Text), zhEnd(l.Text)})
}

func zhEnd(text string) string {
	if strings.HasSuffix(text, "吗") {
		return "？"
	}
	return "。"
}

func (l Line) englishPoints() []Edit {
	ends := map[int]bool{}
	l.pauses(func(end int, ms int64) { ends[end] = ms >= sentenceMS })
	var edits []Edit
	begins := true // of a sentence
	for _, p := range enWord.FindAllStringIndex(l.Text, -1) {
		word := l.Text[p[0]:p[1]]
		if begins || word == "i" || strings.HasPrefix(word, "i'") {
			r, size := utf8.DecodeRuneInString(word)
			if unicode.IsLower(r) {
				edits = append(edits, Edit{p[0], p[0] + size, string(unicode.ToUpper(r))})
			}
		}
		if begins = ends[p[1]]; begins || p[1] == len(l.Text) {
			edits = append(edits, Edit{p[1], p[1], "."})
		}
	}
	return edits
}
