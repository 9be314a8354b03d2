package plain

import (
	"strings"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// The library takes time by the square of how many marks stand in one block, and of
// how deep quotes and lists lie in each other: 262,144 times > took it 40 s, and as
// many bytes of *a_ took 74 s (measured). These keep a block under 0.1 s.
const (
	maxMarks = 3000
	maxDepth = 100
)

// checkMarkdown refuses Markdown that takes for ever.
func checkMarkdown(text string) error {
	marks := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			marks = 0
			continue
		}
		if marks += countMarks(line); marks > maxMarks {
			return fault.Refusef(archive.CodeTooLarge, "the Markdown has a paragraph with more than %d marks: put blank lines in it", maxMarks)
		}
		if depthOf(line) > maxDepth {
			return fault.Refusef(archive.CodeTooLarge, "the Markdown has quotes or lists nested deeper than %d", maxDepth)
		}
	}
	return nil
}

// countMarks counts what may begin or end emphasis, code, links and tags. Equal ones
// in a row are one, and those after a backslash none.
func countMarks(line string) int {
	n, before := 0, byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '\\' {
			i++
			before = 0
			continue
		}
		if strings.IndexByte("*_~`", c) >= 0 && c != before || c == '[' || c == ']' || c == '<' {
			n++
		}
		before = c
	}
	return n
}

// depthOf counts the marks of quotes and list items that a line begins with.
func depthOf(line string) int {
	n := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ', c == '\t', c >= '0' && c <= '9':
		case c == '>':
			n++
		case strings.IndexByte("-+*.)", c) >= 0 && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'):
			n++
		default:
			return n
		}
	}
	return n
}
