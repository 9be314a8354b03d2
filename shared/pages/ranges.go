package pages

import (
	"strconv"
	"strings"

	"xietong.dev/shared/fault"
)

// CodeRanges is the code of a page range that cannot be read.
const CodeRanges = "invalid_pages"

// Ranges returns the page numbers that text names, such as "1-3,5,8-": numbers
// and ranges with commas between them, in the order given, each page once. A
// range may be open on either side; empty text means all pages. Ends past the
// last page are cut off, as Gotenberg does; a range that lies wholly past it is
// refused, as is one that runs backwards.
func Ranges(text string, count int) ([]int, error) {
	if strings.TrimSpace(text) == "" {
		text = "1-"
	}
	if len(text) > 4096 {
		return nil, fault.Refusef(CodeRanges, "page ranges of %d characters: 4096 are allowed", len(text))
	}
	var numbers []int
	seen := make([]bool, count+1)
	for part := range strings.SplitSeq(text, ",") {
		first, last, err := span(strings.TrimSpace(part), count)
		if err != nil {
			return nil, err
		}
		for n := first; n <= last; n++ {
			if !seen[n] {
				seen[n] = true
				numbers = append(numbers, n)
			}
		}
	}
	return numbers, nil
}

func span(part string, count int) (first, last int, err error) {
	from, to, isRange := strings.Cut(part, "-")
	if from, to = strings.TrimSpace(from), strings.TrimSpace(to); !isRange {
		to = from
	}
	first, last = 1, count
	if from != "" {
		first, err = strconv.Atoi(from)
	}
	if to != "" && err == nil {
		last, err = strconv.Atoi(to)
	}
	if err != nil || first < 1 || last < first || from == "" && to == "" {
		return 0, 0, fault.Refusef(CodeRanges, `page range %q: want ranges such as "1-3,5,8-", counted from 1, of %d pages`, part, count)
	}
	if first > count {
		return 0, 0, fault.Refusef(CodeRanges, "page range %q: there are %d pages", part, count)
	}
	return first, min(last, count), nil
}
