// Package isbn reads International Standard Book Numbers as people write them.
//
//	in   978-7-02-000220-7, ISBN 7-02-000220-7, urn:isbn:9787020002207, ９７８７０２０００２２０７
//	out  9787020002207
//
// What is not an ISBN, or has a wrong check digit, is none. The rules are those of
// ISO 2108:2017 and the ISBN Users' Manual (7th edition, annex on check digits):
// thirteen digits weigh 1 and 3 in turn, modulo 10; ten digits weigh 10 down to 1,
// modulo 11, where X is ten; ten digits become thirteen behind 978.
package isbn

import (
	"strings"
	"unicode/utf8"
)

// longest is how many bytes are looked at, at most: a number with its prefix and
// full-width digits takes half of them.
const longest = 128

// Normalise returns the thirteen digits of an ISBN, and whether it is one.
func Normalise(text string) (string, bool) {
	if len(text) > longest || !utf8.ValidString(text) {
		return "", false
	}
	number := prefixless(folded(text))
	if isbn, ok := digits(number); ok {
		return isbn, true
	}
	// ISBN-13: 978…, where 13 is no part of the number.
	for _, label := range []string{"13", "10"} {
		if rest, ok := strings.CutPrefix(number, label); ok {
			return digits(rest)
		}
	}
	return "", false
}

// Valid reports whether a text is an ISBN with a right check digit.
func Valid(text string) bool {
	_, ok := Normalise(text)
	return ok
}

// folded makes capitals, and plain digits of full-width ones, and leaves out what
// people put between them.
func folded(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case strings.ContainsRune(" \t\u00a0\u3000\u2002\u2003\u2009\ufeff\u200b\u00ad‐‑‒–—―−﹣", r):
			return -1
		}
		if r == '-' || r == ':' || r == '.' {
			return -1
		}
		return r
	}, text))
}

func prefixless(number string) string {
	return strings.TrimPrefix(strings.TrimPrefix(number, "URN"), "ISBN")
}

// digits checks a number without anything between its digits.
func digits(number string) (string, bool) {
	switch len(number) {
	case 13:
		known := strings.HasPrefix(number, "978") || strings.HasPrefix(number, "979")
		if known && plain(number) && check13(number[:12]) == number[12] {
			return number, true
		}
	case 10:
		if !plain(number[:9]) || check10(number[:9]) != number[9] {
			return "", false
		}
		long := "978" + number[:9]
		return long + string(check13(long)), true
	}
	return "", false
}

func plain(number string) bool {
	return strings.Trim(number, "0123456789") == ""
}

// check13 is the check digit behind twelve digits.
func check13(number string) byte {
	sum := 0
	for i, d := range []byte(number) {
		sum += int(d-'0') * (1 + i%2*2)
	}
	return byte('0' + (10-sum%10)%10)
}

// check10 is the check digit behind nine digits.
func check10(number string) byte {
	sum := 0
	for i, d := range []byte(number) {
		sum += int(d-'0') * (10 - i)
	}
	if left := (11 - sum%11) % 11; left < 10 {
		return byte('0' + left)
	}
	return 'X'
}
