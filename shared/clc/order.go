package clc

import "strings"

// signs are the auxiliary signs in the order in which they file: behind a class and
// before its subdivisions, so that TP3-43 stands between TP3 and TP31.
const signs = `-("=<+:`

// Key returns a text by which marks sort as they stand on a shelf, wherever texts
// sort by their bytes. Dots only help the eye and do not count; a class is before
// what is within it; letters such as those of TP312JA come behind digits.
func Key(mark string) string {
	if c, err := Parse(mark); err == nil {
		mark = c.Mark
	}
	return strings.Map(func(r rune) rune {
		switch i := strings.IndexRune(signs, r); {
		case r == '.':
			return -1
		case i >= 0:
			return rune('!' + i)
		case r < '0':
			return '/' // the other signs, behind those that are listed
		}
		return r
	}, mark)
}

// Order compares two marks as [Key] does, for [slices.SortFunc].
func Order(a, b string) int { return strings.Compare(Key(a), Key(b)) }
