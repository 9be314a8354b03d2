package extractive

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
)

// sentence is one thing said by one speaker: a piece of a segment, or pieces
// of several where the speaker runs on.
type sentence struct {
	pieces         []piece
	text           string // for reading: without the fillers it starts with
	script         string // zh, en or ja: whose rules it is read by
	speaker        string
	startMS, endMS int64
	width          int
	runs           []run
	readable       float64 // how well it reads alone, from 0 to 1
}

// piece is a stretch of a segment's text, in bytes.
type piece struct{ segment, from, to int }

// The width of a text counts a letter as 1 and a Chinese or Japanese character
// as 4, which is about what each says.
const (
	widthOfHan   = 4
	widestUnit   = 480  // a longer run of speech is cut, at a comma where there is one
	mostPieces   = 16   // of one sentence
	longestPause = 3000 // milliseconds for which a sentence may pause between two segments
)

// sentences cuts segments into sentences, in the order of time. Where the
// engine gives no punctuation, every segment is a sentence. They are yet to be
// read.
func sentences(t events.Transcript) []sentence {
	c := cutter{open: map[voice]int{}}
	punctuated, least := isPunctuated(t.Segments), leastWidth(t.Segments)
	for _, i := range inTime(t.Segments) {
		s := t.Segments[i]
		who := voice{s.Track, s.Speaker}
		spans, ended := cut(s.Text, least)
		for n, span := range spans {
			k := c.add(who, s, piece{i, span.from, span.to}, span.width)
			if n == len(spans)-1 && punctuated && !ended {
				c.open[who] = k
			}
		}
	}
	return c.all
}

// leastWidth keeps a text of nothing but full stops from becoming millions of
// sentences: one of less width runs into the next. It is nothing for a day of
// speech.
func leastWidth(segments []events.Segment) int {
	const most = 200_000
	size := 0
	for _, s := range segments {
		size += len(s.Text)
	}
	return size / most
}

type voice struct {
	track   int
	speaker string
}

// cutter collects sentences and remembers which voice has not ended its own:
// two people may talk at the same time.
type cutter struct {
	all  []sentence
	open map[voice]int
}

// add puts a piece where it belongs and returns the place of its sentence.
func (c *cutter) add(who voice, s events.Segment, p piece, width int) int {
	k, running := c.open[who]
	delete(c.open, who)
	if running && s.StartMS-c.all[k].endMS <= longestPause && c.all[k].width+width <= widestUnit && len(c.all[k].pieces) < mostPieces {
		c.all[k].pieces = append(c.all[k].pieces, p)
		c.all[k].endMS = max(c.all[k].endMS, at(s, p.to))
		c.all[k].width += width
		return k
	}
	c.all = append(c.all, sentence{pieces: []piece{p}, startMS: at(s, p.from), endMS: at(s, p.to), width: width})
	return len(c.all) - 1
}

// at estimates when a byte of a segment's text is said.
func at(s events.Segment, offset int) int64 {
	share := float64(offset) / float64(len(s.Text))
	return s.StartMS + min(s.EndMS-s.StartMS, int64(share*float64(s.EndMS-s.StartMS)))
}

// read fills in what a sentence says.
func (s *sentence) read(t events.Transcript) {
	var b strings.Builder
	for _, p := range s.pieces {
		quote := t.Segments[p.segment].Text[p.from:p.to]
		if last, _ := utf8.DecodeLastRuneInString(b.String()); b.Len() > 0 {
			if next, _ := utf8.DecodeRuneInString(quote); !isWide(last) || !isWide(next) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(quote)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	s.speaker = t.Segments[s.pieces[0].segment].Speaker
	s.script = scriptOf(text, t.Language)
	s.text = tidy(text, s.script)
	s.width = 0
	for _, r := range s.text {
		s.width += widthOf(r)
	}
	s.runs = runsOf(s.text)
	s.readable = s.readability()
}

// scriptOf says whose rules a sentence is read by: meetings mix languages.
func scriptOf(text, language string) string {
	han := false
	for _, r := range text {
		switch {
		case isKana(r):
			return "ja"
		case unicode.Is(unicode.Han, r):
			han = true
		}
	}
	switch {
	case !han:
		return "en"
	case strings.HasPrefix(strings.ToLower(language), "ja"):
		return "ja"
	}
	return "zh"
}

// inTime returns the places of the segments in the order of time.
func inTime(segments []events.Segment) []int {
	order := make([]int, len(segments))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(segments[a].StartMS, segments[b].StartMS), cmp.Compare(segments[a].Track, segments[b].Track))
	})
	return order
}

// isPunctuated reports whether ends of sentences are marked: by at least one
// mark in every five segments, which captions of a few words each reach.
func isPunctuated(segments []events.Segment) bool {
	marked := 0
	for _, s := range segments {
		if strings.ContainsAny(s.Text, "。！？!?") || strings.HasSuffix(s.Text, ".") || strings.Contains(s.Text, ". ") {
			marked++
		}
	}
	return marked*5 >= len(segments)
}

type span struct{ from, to, width int }

// cut returns the sentences of one segment's text, and whether the last of
// them has come to its end.
func cut(text string, least int) (spans []span, ended bool) {
	from, width, soft, softWidth := 0, 0, 0, 0
	flush := func(to int) {
		if a, b := trim(text, from, to); a < b {
			spans = append(spans, span{a, b, width})
		}
		from, width, soft, softWidth = to, 0, 0, 0
	}
	for i, r := range text {
		if i < from {
			continue // closing marks that went with the sentence before
		}
		next := i + utf8.RuneLen(r)
		switch {
		case unicode.IsControl(r) && r != '\t':
			flush(i)
			from, ended = next, true
			continue
		case width >= least && endsSentence(text, i, r):
			flush(next + closing(text[next:]))
			ended = true
			continue
		case !unicode.IsSpace(r):
			ended = false
		}
		width += widthOf(r)
		if unicode.IsSpace(r) || strings.ContainsRune("，、,;；:：", r) {
			soft, softWidth = next, width
		}
		if width >= widestUnit {
			keep := width - softWidth
			if softWidth < widestUnit/2 {
				soft, keep = next, 0
			}
			flush(soft)
			width = keep
		}
	}
	flush(len(text))
	return spans, ended
}

func endsSentence(text string, at int, r rune) bool {
	switch r {
	case '。', '！', '？', '!', '?', '…', '；':
		return true
	case '.':
		return endsWithStop(text[:at], text[at+1:])
	}
	return false
}

// endsWithStop tells a full stop from the dot of 3.5, of Mr. and of U.S.
func endsWithStop(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if after != "" && !unicode.IsSpace(next) && !strings.ContainsRune(closers, next) && !isWide(next) {
		return false
	}
	tail := before[max(0, len(before)-12):]
	word := tail[strings.LastIndexFunc(tail, unicode.IsSpace)+1:]
	then, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(after[:min(len(after), 12)], unicode.IsSpace))
	switch {
	case slices.Contains(abbreviations, strings.ToLower(word)):
		return false
	case strings.Contains(word, "."): // U.S. or p.m. may stand anywhere
		return !unicode.IsLower(then)
	}
	initial := len(word) == 1 && unicode.IsUpper(rune(word[0])) && word != "I"
	return !initial
}

const closers = "”’\"')）】」』]"

// closing returns the length of the marks that belong to the sentence before.
func closing(text string) int {
	const most = 12 // bytes
	n := 0
	for _, r := range text {
		if n >= most || !strings.ContainsRune(closers+"。！？!?….", r) {
			break
		}
		n += utf8.RuneLen(r)
	}
	return n
}

func trim(text string, from, to int) (int, int) {
	part := strings.TrimLeftFunc(text[from:to], unicode.IsSpace)
	return to - len(part), to - len(part) + len(strings.TrimRightFunc(part, unicode.IsSpace))
}

func widthOf(r rune) int {
	if isWide(r) {
		return widthOfHan
	}
	return 1
}

func isWide(r rune) bool {
	return r >= 0x2e80 && (unicode.Is(unicode.Han, r) || isKana(r) || unicode.IsPunct(r))
}

func isKana(r rune) bool {
	return r >= 0x3041 && r <= 0x30ff && r != '・' || r >= 0xff66 && r <= 0xff9f
}
