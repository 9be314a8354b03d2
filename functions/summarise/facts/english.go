package facts

import (
	"regexp"
	"strings"
)

var small = numbered(strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"), 0, 1)

var tens = numbered(strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety"), 20, 10)

// ordinals are weak: "first of all" is no number, and "the first of June" is one that
// other languages write with a digit.
var ordinals = numbered(strings.Fields("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"), 1, 1)

func numbered(words []string, from, step float64) map[string]float64 {
	all := map[string]float64{}
	for i, w := range words {
		all[w] = from + float64(i)*step
	}
	return all
}

var word = regexp.MustCompile(`[a-z]+|[^a-z\s-]`)

// englishNumbers returns the numbers that a text in lower case says in English words.
func englishNumbers(text string) (found []figure) {
	var n spoken
	words := word.FindAllString(text, -1)
	for i, w := range words {
		if v, is := ordinals[w]; is {
			found = append(found, n.end("")...)
			found = append(found, figure{format(v), true})
			continue
		}
		if w == "and" && i+1 < len(words) && n.size > 0 && n.large && isCount(words[i+1]) {
			continue
		}
		if !n.add(w) {
			found = append(found, n.end(w)...)
		}
	}
	return append(found, n.end("")...)
}

func isCount(w string) bool {
	_, a := small[w]
	_, b := tens[w]
	return a || b
}

// spoken is a number on its way: "one hundred and twenty thousand".
type spoken struct {
	total, part float64
	size        int    // words
	last        string // of them
	large       bool   // it holds hundred or more
}

func (n *spoken) add(w string) bool {
	by := map[string]float64{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}[w]
	unit, isUnit := small[w]
	ten, isTen := tens[w]
	_, wasTen := tens[n.last]
	_, wasUnit := small[n.last]
	switch {
	case isUnit && wasUnit || isTen && (wasUnit || wasTen) || by != 0 && n.size == 0:
		return false
	case isUnit:
		n.part += unit
	case isTen:
		n.part += ten
	case by == 100:
		n.part *= by
	case by != 0:
		n.total += n.part * by
		n.part = 0
	default:
		return false
	}
	n.size, n.last, n.large = n.size+1, w, n.large || by != 0
	return true
}

// end returns the number that has come to its end before a word, and begins another
// where that word is one.
func (n *spoken) end(next string) (found []figure) {
	if n.size > 0 {
		f := figure{value: format(n.total + n.part), weak: n.size == 1 && n.last == "one"}
		if next == "percent" {
			f.value, f.weak = f.value+"%", false
		}
		found = append(found, f)
	}
	*n = spoken{}
	n.add(next)
	return found
}
