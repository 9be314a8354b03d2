package extractive

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
)

// phrase is a row of tokens that came more than once.
type phrase struct {
	term      string // for reading
	tokens    int
	wide      bool
	count     int // times it was said
	sentences int // in which it was said
	first     int // the first of them
	last      int
	neighbour [2]int32 // the token before and the token after, while it is always the same
	free      [2]bool  // whether there were different ones
}

// The longest terms, in tokens.
const (
	longestWide  = 6
	longestWords = 3
)

// phrases finds the rows of tokens that came at least twice and that may be
// terms. It grows them one token at a time, and only from rows that came twice
// themselves, so a text without repeats costs little.
func phrases(all []sentence) []phrase {
	rows := rowsOf(all)
	var found []phrase
	for n := 1; n <= longestWide && len(rows) > 0; n++ {
		level := measure(rows, n)
		for _, p := range level {
			if p.count > 1 && p.isTerm() {
				found = append(found, p)
			}
		}
		rows = grow(rows, level, n)
	}
	return found
}

// row is a run of tokens on its way through the levels: ids[i] names the
// phrase of n tokens that starts at i, or is negative.
type row struct {
	sentence int
	wide     bool
	opens    bool // the sentence starts with it
	tokens   []string
	single   []int32 // the tokens by number
	ids      []int32
}

// rowsOf numbers the tokens. Stop words end a row of words.
func rowsOf(all []sentence) []row {
	var rows []row
	numbers := map[string]int32{}
	for i, s := range all {
		for k, r := range s.runs {
			next := row{sentence: i, wide: r.wide, opens: k == 0}
			for _, token := range append(slices.Clip(r.tokens), "") {
				key := token
				if !r.wide {
					key = fold(token)
				}
				if key == "" {
					if len(next.tokens) > 0 {
						rows = append(rows, next)
					}
					next = row{sentence: i, wide: r.wide}
					continue
				}
				id, known := numbers[key]
				if !known {
					id = int32(len(numbers))
					numbers[key] = id
				}
				next.tokens = append(next.tokens, token)
				next.single = append(next.single, side(token, id))
				next.ids = append(next.ids, id)
			}
		}
	}
	return rows
}

// side is what a token counts as beside a phrase. All numbers are one, or 线城市
// would stand alone, because 一线城市 and 二线城市 are both said.
func side(token string, id int32) int32 {
	if strings.Contains(numerals, token) {
		return -2
	}
	return id
}

// measure counts the phrases of n tokens.
func measure(rows []row, n int) []phrase {
	var level []phrase
	for _, r := range rows {
		for i, id := range r.ids {
			if id < 0 {
				continue
			}
			for int(id) >= len(level) {
				level = append(level, phrase{sentences: 0, last: -1})
			}
			level[id].meet(r, i, n)
		}
	}
	return level
}

func (p *phrase) meet(r row, at, n int) {
	around := [2]int32{-1, -1} // an end of the row is a new neighbour each time
	if at > 0 {
		around[0] = r.single[at-1]
	}
	if at+n < len(r.single) {
		around[1] = r.single[at+n]
	}
	if p.count == 0 {
		p.term, p.tokens, p.wide = spell(r, at, n), n, r.wide
		p.first, p.neighbour = r.sentence, around
	}
	p.count++
	for side := range around {
		p.free[side] = p.free[side] || around[side] == -1 || around[side] != p.neighbour[side]
	}
	if p.last != r.sentence {
		p.sentences++
		p.last = r.sentence
	}
}

// spell writes a phrase as it was first said, without the capital that only
// starts a sentence.
func spell(r row, at, n int) string {
	if r.wide {
		return strings.Join(r.tokens[at:at+n], "")
	}
	term := strings.Join(r.tokens[at:at+n], " ")
	first, size := utf8.DecodeRuneInString(term)
	if r.opens && at == 0 && strings.ToLower(r.tokens[0][size:]) == r.tokens[0][size:] {
		return string(unicode.ToLower(first)) + term[size:]
	}
	return term
}

// grow turns phrases of n tokens into phrases of n+1.
func grow(rows []row, level []phrase, n int) []row {
	type pair [2]int32
	ids := map[pair]int32{}
	kept := rows[:0]
	for _, r := range rows {
		if n >= longestWords && !r.wide || len(r.ids) < 2 {
			continue
		}
		for i := range r.ids[:len(r.ids)-1] {
			a, b := r.ids[i], r.ids[i+1]
			r.ids[i] = -1
			if a < 0 || b < 0 || level[a].count < 2 || level[b].count < 2 {
				continue
			}
			id, known := ids[pair{a, b}]
			if !known {
				id = int32(len(ids))
				ids[pair{a, b}] = id
			}
			r.ids[i] = id
		}
		r.ids = r.ids[:len(r.ids)-1]
		kept = append(kept, r)
	}
	return kept
}

// isTerm reports whether a phrase can stand alone: it does not always come with
// the same neighbour, and neither end of it is grammar.
func (p phrase) isTerm() bool {
	letters := utf8.RuneCountInString(p.term)
	if !p.free[0] || !p.free[1] || letters > 40 || !strings.ContainsFunc(p.term, unicode.IsLetter) {
		return false
	}
	if !p.wide {
		return letters >= 3 && p.count+p.tokens > 3 // twice is little for a single word
	}
	return letters >= 2 && letters <= 8 && !strings.ContainsAny(p.term, voidRunes) && !isGrammar(p.term) && strings.Trim(p.term, amounts) != ""
}

func isGrammar(term string) bool {
	runes := []rune(term)
	for i := range runes[1:] {
		if emptyPairs[string(runes[i:i+2])] {
			return true
		}
	}
	return strings.ContainsRune(neverFirst, runes[0]) || strings.ContainsRune(neverLast, runes[len(runes)-1])
}

// weight says how much a phrase is a subject: said in many sentences, and long.
func (p phrase) weight() float64 {
	length := float64(p.tokens)
	if p.wide {
		length = math.Log2(1 + float64(utf8.RuneCountInString(p.term)))
	}
	return float64(p.sentences) * length
}

// best returns the heaviest phrases, none of which holds another.
func best(found []phrase, weight func(phrase) float64, most int) []phrase {
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b phrase) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(b.tokens, a.tokens), cmp.Compare(a.first, b.first), cmp.Compare(a.term, b.term))
	})
	var picked []phrase
	for _, p := range found {
		if len(picked) == most {
			break
		}
		if !slices.ContainsFunc(picked, func(q phrase) bool { return overlaps(p.term, q.term) }) {
			picked = append(picked, p)
		}
	}
	return picked
}

func overlaps(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// keywords returns what the sentences are about, most important first.
func keywords(all []sentence, found []phrase) []events.Keyword {
	const most = 12
	words := []events.Keyword{}
	for _, p := range best(found, phrase.weight, most) {
		words = append(words, events.Keyword{Term: p.term, Count: p.count, FirstMS: all[p.first].startMS})
	}
	return words
}

// title names a topic by the two phrases that are said in it rather than
// elsewhere, and by the start of its main sentence where it has none.
func title(topic []sentence, whole map[string]int, total int, main string) string {
	own := best(phrases(topic), func(p phrase) float64 {
		here := float64(p.sentences) / float64(len(topic))
		everywhere := float64(max(whole[strings.ToLower(p.term)], p.sentences)) / float64(total)
		return p.weight() * math.Log(1+here/everywhere)
	}, 2)
	if len(own) == 0 {
		return shorten(main, 64)
	}
	separator := "、"
	terms := make([]string, len(own))
	for i, p := range own {
		terms[i] = p.term
		if !p.wide {
			separator = ", "
		}
	}
	return strings.Join(terms, separator)
}

// shorten cuts a text to a width, between words where it has any.
func shorten(text string, most int) string {
	width, space := 0, 0
	for i, r := range text {
		width += widthOf(r)
		if unicode.IsSpace(r) || strings.ContainsRune("，、。,", r) {
			space = i
		}
		if width > most {
			if space < i/2 {
				space = i
			}
			return text[:space] + "…"
		}
	}
	return text
}
