package book

import (
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// outlinePDF makes the outline of a PDF the table of contents. Without one, or with
// one that cannot be read, a book is a book all the same.
func (b *Book) outlinePDF(d *pages.Document, each int) error {
	// One more shows that there are more. An outline that comes back to itself never
	// ends by itself.
	lines, err := d.Outline(b.limits.Levels, b.limits.Headings+1)
	switch {
	case fault.IsInvalid(err):
		b.warn("the outline: %s", err)
		return nil
	case err != nil:
		return err
	}
	if len(lines) > b.limits.Headings {
		kept := untwine(lines)
		if len(kept) < len(lines) {
			b.warn("the outline comes back to itself after %d lines", len(kept))
		}
		lines = kept
	}
	toc := tocOfPages(lines, each, tree{limit: b.limits.Headings, levels: b.limits.Levels})
	b.Contents.TOC = toc.linked(toc.root)
	if toc.lost > 0 {
		b.warn("%d lines of the outline lead nowhere: they are left out", toc.lost)
	}
	return nil
}

// tocOfPages builds a table of contents whose lines lead to the parts that pages are
// in.
func tocOfPages(lines []pages.Heading, each int, t tree) *tocReader {
	toc := &tocReader{tree: t}
	for _, l := range lines {
		h := events.BookHeading{Title: l.Title}
		if l.Page > 0 {
			h.Href = fmt.Sprintf("#page=%d", (l.Page-1)/each*each+1)
		}
		toc.add(h, l.Level)
	}
	return toc
}

// untwine takes lines, of which there is no end, once: those before they begin to
// repeat themselves, and one round. Lines that do not for half their length at least
// are returned as they are.
func untwine(lines []pages.Heading) []pages.Heading {
	n := len(lines)
	same := sameFromEnd(lines)
	for period := 1; period <= n/2; period++ {
		if repeats := same[period]; repeats >= n/2 {
			return lines[:n-repeats]
		}
	}
	return lines
}

// sameFromEnd says for each shift how many lines, counted from the end, are the same
// as those that stand so many before them (the Z function of the lines turned round).
func sameFromEnd(lines []pages.Heading) []int {
	n := len(lines)
	at := func(i int) pages.Heading { return lines[n-1-i] }
	same := make([]int, n)
	for i, from, to := 1, 0, 0; i < n; i++ {
		if i < to {
			same[i] = min(to-i, same[i-from])
		}
		for i+same[i] < n && at(same[i]) == at(i+same[i]) {
			same[i]++
		}
		if i+same[i] > to {
			from, to = i, i+same[i]
		}
	}
	return same
}
