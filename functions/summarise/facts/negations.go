package facts

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A sentence is turned where it denies what was said, or says what was denied: 会议没有
// 同意 told as 会议同意. Only the word that stands with the negation is looked at, so that
// a sentence that says the same with other words (未通过 for 被否决) is left alone.

// Turned returns the first word that a sentence denies and its source says, or the other
// way round, and "" where there is none. A word that the source both says and denies may
// be either.
func Turned(sentence, source string) string {
	told, said := readDenials(sentence), readDenials(source)
	for _, word := range told.denied {
		if !said.denies(word) && says(said.plain, word) {
			return word
		}
	}
	for _, word := range said.denied {
		if !says(said.rest, word) && !told.denies(word) && says(told.plain, word) {
			return word
		}
	}
	return ""
}

// denials are the words that a text denies, and what is left of it.
type denials struct {
	denied []string
	rest   string // without the negations and those words
	plain  string // the clauses in which nothing is denied
}

// says reports whether a word stands in a text.
func says(text, word string) bool {
	if isHan(word) {
		return strings.Contains(text, word)
	}
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), func(w string) bool { return stem(w) == word })
}

func (d denials) denies(word string) bool { return slices.Contains(d.denied, word) }

func isHan(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// notNegations hold a negation's characters or words and deny nothing, or deny twice.
var notNegations = regexp.MustCompile(`不得不|不能不|不可不|不会不|没有不|不仅|不但|不只|不光|不少|不断|不过|不如|不管|不论|不惜|不久|不禁|不妨|是不是|能不能|可不可|会不会|要不要|有没有|无论|无非|无人机|无障碍|无偿|无线|无缝|未来|非常|除非|莫非|无锡|` +
	`\b(?:not only|not just|not least|not to mention|whether or not|if not|why not|no doubt|no later than|no less than|no sooner)\b`)

// The negations, each with the word that it denies: of Chinese the two characters after
// it, of Japanese those before its ending, of English the word after it.
var (
	chineseDenial  = regexp.MustCompile(`(?:没有|没能|不能|不会|不再|不予|不得|不要|不必|不用|尚未|从未|并未|并不|并非|不|没|未|无|勿|别)(?:是|被|再|能|会|要|可以|获得|得到|完全|全部|立即|马上|正式|一致)*(\p{Han}{2})`)
	japaneseDenial = regexp.MustCompile(`(\p{Han}{2,})(?:を|は|が)?(?:し|せ|さ|され|でき|せられ|れ|して|されて|する)?(?:い)?(?:ない|ません|なかった|なく|ず|ぬ)`)
	englishDenial  = regexp.MustCompile(`(?:\b(?:no longer|not|never|cannot|without|no)|n't|n’t)\s+(?:(?:yet|been|being|be|to|have|has|had|get|got|fully|really|a|an|the|any|at all|going to)\s+)*([a-z]+)`)
)

// clauseEnds are where what is denied ends.
func clauseEnds(r rune) bool { return strings.ContainsRune("，。；！？、,.;!?\n", r) }

func readDenials(text string) (d denials) {
	for _, clause := range strings.FieldsFunc(strings.ToLower(Plain(text)), clauseEnds) {
		clause = notNegations.ReplaceAllString(clause, " ")
		before := len(d.denied)
		for _, denial := range []*regexp.Regexp{japaneseDenial, chineseDenial, englishDenial} {
			clause = denial.ReplaceAllStringFunc(clause, func(found string) string {
				d.denied = append(d.denied, stem(denial.FindStringSubmatch(found)[1]))
				return " "
			})
		}
		d.rest += clause + "\n"
		if len(d.denied) == before {
			d.plain += clause + "\n"
		}
	}
	return d
}

// stem is an English word without what it is bent by, as far as two forms of it are the
// same: approve, approves, approved, approving.
func stem(word string) string {
	for _, end := range []string{"ing", "ed", "es", "s", "e"} {
		if short, bent := strings.CutSuffix(word, end); bent && len(short) >= 3 {
			return short
		}
	}
	return word
}
