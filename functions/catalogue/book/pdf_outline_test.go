package book

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/pages/pdftest"
)

// outlined is a PDF of so many pages, and what is in its outline.
func outlined(count int, entries ...string) []byte {
	kids := ""
	var all []string
	for i := range count {
		kids += fmt.Sprintf("%d 0 R ", 3+i)
		all = append(all, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
	}
	all = append([]string{fmt.Sprintf("<</Type/Catalog/Pages 2 0 R/Outlines %d 0 R>>", 3+count), fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, count)}, all...)
	return pdftest.Build(append(all, entries...)...)
}

// flat is an outline of so many lines; the last is followed by the line given, from 0.
func flat(count, lines, back int) []byte {
	first := 4 + count
	entries := []string{fmt.Sprintf("<</Type/Outlines/First %d 0 R>>", first)}
	for i := range lines {
		next := fmt.Sprintf("/Next %d 0 R", first+i+1)
		if i == lines-1 {
			if next = ""; back >= 0 {
				next = fmt.Sprintf("/Next %d 0 R", first+back)
			}
		}
		entries = append(entries, fmt.Sprintf("<</Title(%d)%s/Dest[%d 0 R/Fit]>>", i+1, next, 3+i%count))
	}
	return outlined(count, entries...)
}

func drawn(all []events.BookHeading, indent string) (lines string) {
	for _, h := range all {
		lines += indent + h.Title + " " + h.Href + "\n" + drawn(h.Children, indent+"  ")
	}
	return lines
}

func TestTheOutlineOfAPDFIsItsTableOfContents(t *testing.T) {
	b := opened(t, outlined(3, "<</Type/Outlines/First 7 0 R>>",
		"<</Title <feff7b2c4e007ae000090009>/Next 9 0 R/First 8 0 R>>", // leads nowhere itself
		"<</Title(1.1\\000\\rx)/A<</S/GoTo/D[4 0 R/XYZ 0 0 0]>>>>",
		"<</Title(nowhere)/Next 10 0 R/A<</S/URI/URI(http://example.com)>>>>",
		"<</Title()/Dest[5 0 R/Fit]>>"), "a.pdf")
	if diff := cmp.Diff("第一章 #page=2\n  1.1 x #page=2\n… #page=3\n", drawn(b.Contents.TOC, "")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0], "1 lines of the outline lead nowhere") {
		t.Errorf("got %q", b.Warnings)
	}
	if b := opened(t, booktest.PDF("", "", "1", "2"), "a.pdf"); b.Contents.TOC != nil {
		t.Errorf("without an outline: %+v", b.Contents.TOC)
	}
}

// The outline that LibreOffice makes of headings.
func TestTheOutlineByLibreOffice(t *testing.T) {
	made, err := pdftest.Office(t.Context(), map[string]string{"a.html": pdftest.Report(3)})
	if err != nil {
		t.Fatal(err)
	}
	want := "第1章 数字政府建设 #page=1\n第2章 数字政府建设 #page=2\n第3章 数字政府建设 #page=3\n"
	if diff := cmp.Diff(want, drawn(opened(t, made["a.html"], "a.pdf").Contents.TOC, "")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Outlines that mean harm, or are longer than anybody reads.
func TestOutlinesHaveBounds(t *testing.T) {
	deep := []string{"<</Type/Outlines/First 5 0 R>>"}
	for i := range 100 {
		deep = append(deep, fmt.Sprintf("<</Title(%d)/First %d 0 R/Dest[3 0 R/Fit]>>", i+1, 6+i))
	}
	limits := standard(t)
	for what, c := range map[string]struct {
		file    []byte
		lines   int
		warning string
	}{
		"20,000 lines":                {flat(3, 20_000, -1), 20_000, ""},
		"100,000 lines":               {flat(3, 100_000, -1), 20_000, "more than 20000 lines"},
		"all lines again":             {flat(3, 5, 0), 5, "comes back to itself after 5 lines"},
		"some lines again":            {flat(3, 50, 20), 50, "comes back to itself after 50 lines"},
		"a round that is too long":    {flat(3, 15_000, 0), 20_000, "more than 20000 lines"},
		"100 levels":                  {outlined(1, deep...), limits.Levels, ""},
		"an outline that is a number": {outlined(1, "7"), 0, ""},
	} {
		b := opened(t, c.file, "a.pdf")
		if n := strings.Count(drawn(b.Contents.TOC, ""), "\n"); n != c.lines {
			t.Errorf("%s: %d lines, want %d", what, n, c.lines)
		}
		if said := strings.Join(b.Warnings, "\n"); c.warning != "" && !strings.Contains(said, c.warning) || c.warning == "" && said != "" {
			t.Errorf("%s: warnings %q, want %q", what, said, c.warning)
		}
		if err := b.Contents.Validate(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Of many pages ten are a part, and headings lead to parts.
func TestAnOutlineOfManyPages(t *testing.T) {
	b := opened(t, flat(2001, 25, -1), "a.pdf")
	if diff := cmp.Diff([]string{"#page=1", "#page=11", "#page=21"}, []string{b.Contents.TOC[9].Href, b.Contents.TOC[10].Href, b.Contents.TOC[20].Href}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUntwine(t *testing.T) {
	for text, want := range map[string]string{"abababab": "ab", "xyabababab": "xyab", "aaaa": "a", "abcdefgh": "abcdefgh", "abcabd": "abcabd", "": "", "a": "a", "xabcabcabca": "xabc"} {
		var lines []pages.Heading
		for _, r := range text {
			lines = append(lines, pages.Heading{Title: string(r)})
		}
		got := ""
		for _, l := range untwine(lines) {
			got += l.Title
		}
		if got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
