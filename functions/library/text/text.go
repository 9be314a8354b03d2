// Package text is what search is made of, without a database.
//
//	in   the text of a book, its title and authors; what a reader types
//	out  grams to look books up by, and the places where the words stand
//
// Two texts are compared folded (see [Fold]): simplified and traditional, full and
// half width, capital and small letters are the same. A Chinese word is found
// wherever its characters stand one after the other; no dictionary parts them. A
// word of letters is found where a word begins with it: book finds books, art does
// not find start. A word of fewer than three letters and a number are found whole:
// AI does not find air, 3月 does not find 13月.
package text
