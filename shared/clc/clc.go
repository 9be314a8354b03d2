// Package clc knows the classes of the 中国图书馆分类法, the Chinese Library
// Classification, 5th edition.
//
//	in   a class mark as a record has it: TP312JA, I247.57/1234, [F291.1], tp312
//	out  the mark as the classification writes it, its class with names in Chinese
//	     and English, the classes above it, and where it stands on a shelf
//
// What does not begin with a main class, or goes on in a way no class mark does, is
// refused. Names are those of the first two levels; deeper classes have only marks.
package clc

import (
	_ "embed"
	"errors"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/width"
)

// Class is one class of the classification.
type Class struct {
	Mark    string // such as TP312
	Chinese string // empty below the second level
	English string
	Level   int // 1 for the main classes, 2 for those right below, 3 for all deeper
}

// ErrMark says that a text is no class mark.
var ErrMark = errors.New("no class mark of the 中图法; they begin with a letter, as TP312 and I247.5 do")

//go:embed classes.tsv
var listed string

// schedule is what the file of names holds.
type schedule struct {
	classes []Class // in their order
	byMark  map[string]Class
}

var names = sync.OnceValue(func() schedule {
	s := schedule{byMark: map[string]Class{}}
	for line := range strings.Lines(listed) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue // a comment
		}
		c := Class{fields[0], fields[1], fields[2], min(len(fields[0]), 2)}
		s.classes = append(s.classes, c)
		s.byMark[c.Mark] = c
	}
	return s
})

// longest is how many bytes a class mark has at most; the longest in use, with
// several auxiliary signs, have some thirty.
const longest = 64

// marks are a main class, digits, and what comes behind: auxiliary signs such as
// -43, (711), =2, "215" and :O1, or the letters of a programming language, TP312JA.
var marks = regexp.MustCompile(`^(T[BDEFGHJKLMNPQSUV]|DF|[A-KN-VXZ])([0-9.]*)([A-Z]{1,4})?((?:[-(":=<+{][-0-9A-Z.()":=<>+{}]*)?)$`)

// Parse reads a class mark. The call number that libraries put behind a stroke is
// left out, and so are brackets around the whole; dots come after each three digits.
func Parse(mark string) (Class, error) {
	if len(mark) > longest {
		return Class{}, ErrMark
	}
	mark = strings.ToUpper(strings.Join(strings.Fields(plain(mark)), ""))
	mark, _, _ = strings.Cut(mark, "/")
	parts := marks.FindStringSubmatch(strings.Trim(mark, "[]{}"))
	if parts == nil || strings.HasPrefix(parts[2], ".") {
		return Class{}, ErrMark
	}
	mark = parts[1] + dotted(strings.ReplaceAll(parts[2], ".", "")) + parts[3] + parts[4]
	if c, ok := names().byMark[mark]; ok {
		return c, nil
	}
	return Class{Mark: mark, Level: 3}, nil
}

// Valid reports whether a text is a class mark.
func Valid(mark string) bool {
	_, err := Parse(mark)
	return err == nil
}

// keyboard are signs of Chinese keyboards that have no narrow form.
var keyboard = strings.NewReplacer("“", `"`, "”", `"`, "—", "-", "〔", "[", "〕", "]", "。", ".")

// plain makes the full-width signs of Chinese keyboards plain ones.
func plain(mark string) string { return width.Narrow.String(keyboard.Replace(mark)) }

// dotted puts a dot after each three digits that others follow.
func dotted(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && i%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Chain returns the named classes that a mark falls into, from its letter down to
// the second level: T and TP for TP312, only U for U-65. It is empty for what is no
// class mark.
func Chain(mark string) []Class {
	c, err := Parse(mark)
	if err != nil {
		return nil
	}
	chain := []Class{names().byMark[c.Mark[:1]]}
	for n := min(3, len(c.Mark)); n > 1; n-- { // A49 comes before A4
		if second, ok := names().byMark[c.Mark[:n]]; ok {
			return append(chain, second)
		}
	}
	return chain
}

// Main returns the 22 main classes in their order.
func Main() []Class { return under("") }

// Children returns the classes of the second level within a main class, in their
// order.
func Children(letter string) []Class {
	if len(letter) != 1 {
		return nil
	}
	return under(letter)
}

func under(letter string) []Class {
	var found []Class
	for _, c := range names().classes {
		if c.Level == len(letter)+1 && strings.HasPrefix(c.Mark, letter) {
			found = append(found, c)
		}
	}
	return found
}
