package written

import (
	"strconv"
	"strings"
)

var enSmall = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}

var enTens = map[string]int64{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

var enBig = map[string]int64{"thousand": 1e3, "million": 1e6, "billion": 1e9}

func isEnNumeral(word string) bool {
	_, small := enSmall[word]
	return small || enTens[word] > 0 || enBig[word] > 0 || word == "hundred"
}

// enDigit returns a single digit; oh is a zero among others.
func enDigit(word string) (int64, bool) {
	if word == "oh" {
		return 0, true
	}
	d, is := enSmall[word]
	return d, is && d < 10
}

// enPair reads a number below a hundred from the front of words.
func enPair(words []string) (value int64, count int) {
	if len(words) == 0 {
		return 0, 0
	}
	if tens := enTens[words[0]]; tens > 0 {
		if len(words) > 1 {
			if d, is := enSmall[words[1]]; is && d > 0 && d < 10 {
				return tens + d, 2
			}
		}
		return tens, 1
	}
	if small, is := enSmall[words[0]]; is {
		return small, 1
	}
	return 0, 0
}

// enCardinal reads a number from the front of words: one hundred and five
// thousand two hundred. It returns no count for what is no number, and for a
// number that more numerals follow, as in three thirty.
func enCardinal(words []string) (value int64, count int) {
	limit := int64(1e12)
	for count < len(words) {
		group, n := enHundreds(words[count:])
		if n == 0 || group == 0 && count > 0 {
			break
		}
		scale := int64(1)
		if count+n < len(words) {
			if big := enBig[words[count+n]]; big > 0 {
				scale, n = big, n+1
			}
		}
		if scale >= limit {
			return 0, 0
		}
		value, count, limit = value+group*scale, count+n, scale
		if scale == 1 {
			break
		}
		if count+1 < len(words) && words[count] == "and" && isEnNumeral(words[count+1]) {
			if rest, m := enPair(words[count+1:]); m > 0 && (count+1+m == len(words) || !isEnNumeral(words[count+1+m])) {
				return value + rest, count + 1 + m
			}
		}
	}
	if count < len(words) && isEnNumeral(words[count]) {
		return 0, 0
	}
	return value, count
}

// enHundreds reads a number of hundreds: two hundred and five, fifteen hundred.
func enHundreds(words []string) (value int64, count int) {
	value, count = enPair(words)
	if count == 0 || value == 0 || count >= len(words) || words[count] != "hundred" {
		return value, count
	}
	value, count = value*100, count+1
	at := count
	if at < len(words) && words[at] == "and" {
		at++
	}
	if rest, n := enPair(words[at:]); n > 0 && rest > 0 {
		return value + rest, at + n
	}
	return value, count
}

// enRun is how many numerals stand at the front, with the ands between them.
func enRun(words []string) int {
	n := 0
	for n < len(words) && (isEnNumeral(words[n]) || n > 0 && words[n] == "and" && n+1 < len(words) && isEnNumeral(words[n+1]) && (words[n-1] == "hundred" || enBig[words[n-1]] > 0)) {
		n++
	}
	return n
}

// grouped writes a number with commas.
func grouped(value int64) string {
	digits := strconv.FormatInt(value, 10)
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// large writes what is best read in millions so: 2 million, 1.5 billion.
func large(value int64) string {
	for _, big := range []struct {
		name  string
		value int64
	}{{"billion", 1e9}, {"million", 1e6}} {
		if value >= big.value && value%(big.value/10) == 0 {
			return decimal(value, big.value) + " " + big.name
		}
	}
	return grouped(value)
}
