package written

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// enText is an English text while numbers are looked for in it: its words in
// lower case, and where they stand.
type enText struct {
	words  []string
	places []place
	joined []bool // nothing but a space or a hyphen stands before the word
}

var enWord = regexp.MustCompile(`[AaPp]\.[Mm]\.|[A-Za-z']+|[0-9][0-9.,]*|[^\sA-Za-z0-9'-]`)

// english returns the edits that write the numbers of an English text in digits:
// years, times, amounts of money, percentages, decimals, dates, numbers of
// telephones and rooms, and numbers from ten up. Smaller ones stay in words, and
// so does whatever is not read in one way only.
func english(text string) []Edit {
	t := enText{}
	at := 0
	for _, p := range enWord.FindAllStringIndex(text, -1) {
		gap := text[at:p[0]]
		t.words = append(t.words, strings.ToLower(text[p[0]:p[1]]))
		t.places = append(t.places, place{p[0], p[1]})
		t.joined = append(t.joined, gap == " " || gap == "-")
		at = p[1]
	}
	var edits []Edit
	for i := 0; i < len(t.words); {
		count, replaced := t.at(i)
		if replaced != "" {
			edits = append(edits, Edit{t.places[i].start, t.places[i+count-1].end, replaced})
		}
		i += max(1, count)
	}
	return edits
}

// enLongest is more words than any number has.
const enLongest = 40

// rest is the words from one on that stand in one breath.
func (t enText) rest(i int) []string {
	end := i + 1
	for end < min(len(t.words), i+enLongest) && t.joined[end] {
		end++
	}
	return t.words[i:end]
}

func (t enText) before(i int) string {
	if i > 0 && t.joined[i] {
		return t.words[i-1]
	}
	return ""
}

// at looks at what begins at a word: how many words it takes, and what it is
// written as; nothing for numerals that stay in words.
func (t enText) at(i int) (count int, replaced string) {
	words := t.rest(i)
	for _, rule := range []func(words []string, before string) (int, string){enDate, enClock, enSpelled, enYear, enAmount} {
		if count, replaced := rule(words, t.before(i)); count > 0 {
			return count, replaced
		}
	}
	return enRun(words), ""
}

var enMonths = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

var enOrdinals = map[string]int64{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
	"twentieth": 20, "thirtieth": 30,
}

// enDate: the day of a month, as in january twenty first. It is the day alone
// that is written: the month before it stays as it is.
func enDate(words []string, before string) (int, string) {
	month := slices.Index(enMonths, before)
	if month < 0 {
		return 0, ""
	}
	day, count := enOrdinals[words[0]], 1
	if tens := enTens[words[0]]; tens > 0 && len(words) > 1 && enOrdinals[words[1]] > 0 && enOrdinals[words[1]] < 10 {
		day, count = tens+enOrdinals[words[1]], 2
	}
	// What may first and march second may be: no days.
	unsure := before == "may" || before == "march"
	if day == 0 || day > 31 || unsure && count == 1 && day < 3 {
		return 0, ""
	}
	return count, strconv.FormatInt(day, 10)
}

var enHalves = []string{"am", "pm", "a.m.", "p.m."}

// enClock: three thirty pm is 3:30 pm; without a half of the day only after a
// word that a time follows, and at a quarter.
func enClock(words []string, before string) (int, string) {
	hour, is := enSmall[words[0]]
	if !is || hour < 1 || hour > 12 || len(words) < 2 {
		return 0, ""
	}
	minute, count := int64(0), 0
	if words[1] == "oh" && len(words) > 2 {
		if d, is := enDigit(words[2]); is && d > 0 {
			minute, count = d, 3
		}
	} else if m, n := enPair(words[1:]); n > 0 && m >= 10 && m < 60 {
		minute, count = m, 1+n
	}
	after := slices.Concat(words, []string{"", ""})[max(1, count):]
	half := slices.Contains(enHalves, after[0]) || (after[0] == "a" || after[0] == "p") && after[1] == "m"
	at := slices.Contains([]string{"at", "until", "till", "by", "around", "from", "before", "after"}, before)
	switch {
	case count == 0 && half:
		return 1, strconv.FormatInt(hour, 10)
	case count == 0, !half && !(at && minute%15 == 0 && !isEnNumeral(after[0]) && after[0] != "percent" && after[0] != "point"):
		return 0, ""
	}
	return count, clockText(hour, minute)
}

// enSpelled: five five five one two three four is 5551234, and one oh one is 101.
// Without a zero only what is long enough for a telephone counts.
func enSpelled(words []string, _ string) (int, string) {
	var digits strings.Builder
	zero := false
	for i, w := range words {
		d, is := enDigit(w)
		if !is || i == 0 && w == "oh" {
			break
		}
		zero = zero || d == 0
		digits.WriteByte(byte('0' + d))
	}
	n := digits.Len()
	if n >= 7 || n >= 3 && zero && (n == len(words) || !isEnNumeral(words[n])) {
		return n, digits.String()
	}
	return 0, ""
}

// enYear: twenty twenty six is 2026, nineteen ninety nine is 1999.
func enYear(words []string, before string) (int, string) {
	century := enSmall[words[0]]
	if words[0] == "twenty" {
		century = 20
	}
	if century != 20 && (century < 15 || century > 19) {
		return 0, ""
	}
	value, count := int64(0), 0
	if len(words) > 2 && words[1] == "oh" {
		if d, is := enDigit(words[2]); is && d > 0 {
			value, count = d, 3
		}
	} else if m, n := enPair(words[1:]); n > 0 && m >= 10 {
		value, count = m, 1+n
	}
	if count == 0 || count < len(words) && (isEnNumeral(words[count]) || slices.Contains([]string{"vision", "percent", "dollars", "and"}, words[count])) {
		return 0, ""
	}
	// Fifteen twenty minutes and twenty thirty people are no years.
	if round := value%10 == 0; (century < 19 || century == 20 && round) && !enIsYear(before) {
		return 0, ""
	}
	return count, strconv.FormatInt(century*100+value, 10)
}

// enIsYear reports whether a year is likely after a word.
func enIsYear(before string) bool {
	return slices.Contains(enYearAfter, before) || slices.Contains(enMonths, before) || enOrdinals[before] > 0
}

var enYearAfter = []string{"in", "since", "of", "by", "until", "from", "year", "before", "after", "for"}

// enAmount: money, percentages, decimals, and numbers from ten up.
func enAmount(words []string, before string) (int, string) {
	value, count := enCardinal(words)
	if words[0] == "a" && len(words) > 2 && words[1] == "hundred" && words[2] == "percent" {
		return 3, "100%"
	}
	if count == 0 {
		return 0, ""
	}
	number := grouped(value)
	after := slices.Concat(words, []string{"", ""})[count:]
	if after[0] == "point" {
		return enDecimal(value, count, words)
	}
	switch {
	case after[0] == "percent":
		return count + 1, number + "%"
	case after[0] == "per" && after[1] == "cent":
		return count + 2, number + "%"
	case after[0] == "dollars", after[0] == "dollar" && value == 1 && before != "the":
		return count + 1, "$" + large(value)
	case after[0] == "euros":
		return count + 1, "€" + large(value)
	case enOrdinals[after[0]] > 0: // twenty first
		return 0, ""
	case value < 10, before == "point", before == "a", count == 1 && value < 13:
		return 0, ""
	case value >= 2000 && value < 2100 && value != 2000 && enIsYear(before):
		return count, strconv.FormatInt(value, 10)
	}
	return count, large(value)
}

// enDecimal: thirty five point two percent is 35.2%, one point five million
// dollars is $1.5 million.
func enDecimal(value int64, count int, words []string) (int, string) {
	number, at := grouped(value)+".", count+1
	for at < len(words) {
		d, is := enDigit(words[at])
		if !is {
			break
		}
		number += strconv.FormatInt(d, 10)
		at++
	}
	if at == count+1 {
		return count, ""
	}
	after := slices.Concat(words, []string{"", ""})[at:]
	if enBig[after[0]] >= 1e6 {
		number, at, after = number+" "+after[0], at+1, slices.Concat(words, []string{"", ""})[at+1:]
	}
	switch {
	case after[0] == "percent":
		return at + 1, number + "%"
	case after[0] == "per" && after[1] == "cent":
		return at + 2, number + "%"
	case after[0] == "dollars":
		return at + 1, "$" + number
	}
	if isEnNumeral(after[0]) {
		return at, ""
	}
	return at, number
}
