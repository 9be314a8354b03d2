package events_test

import (
	"fmt"
	"slices"
	"testing"

	"xietong.dev/events"
)

// toc returns headings of so many levels, one below the other.
func toc(levels int) []events.BookHeading {
	if levels == 0 {
		return nil
	}
	return []events.BookHeading{{Title: "第一章", Href: "1.xhtml", Children: toc(levels - 1)}}
}

func TestContentsHaveBounds(t *testing.T) {
	part, heading := events.BookPart{Href: "1.xhtml", MediaType: "application/xhtml+xml"}, events.BookHeading{Title: "第一章"}
	wide := []events.BookHeading{{Title: "卷一", Children: slices.Repeat([]events.BookHeading{heading}, 99_998)}, heading}
	for _, c := range []struct {
		what     string
		contents events.BookContents
		want     string
	}{
		{"16 levels", events.BookContents{TOC: toc(16)}, ""},
		{"17 levels", events.BookContents{TOC: toc(17)}, "field toc has 17 levels, which does not fit the bound: want at most 16"},
		{"100 levels", events.BookContents{TOC: toc(100)}, "is nested deeper than 48 levels"},
		{"100,000 headings", events.BookContents{TOC: wide}, ""},
		{"100,001 headings", events.BookContents{TOC: append(wide, heading)}, "field toc has 100001 headings on all levels"},
		{"100,000 parts", events.BookContents{Reading: slices.Repeat([]events.BookPart{part}, 100_000)}, ""},
		{"100,001 parts", events.BookContents{Reading: slices.Repeat([]events.BookPart{part}, 100_001)}, "field reading has 100001 elements"},
		{"100,001 resources", events.BookContents{Resources: slices.Repeat([]events.BookPart{part}, 100_001)}, "field resources has 100001 elements"},
	} {
		c.contents.DocumentVersion = events.DocumentVersion
		if c.contents.Reading == nil {
			c.contents.Reading = []events.BookPart{part}
		}
		_, err := events.DecodeBookContents(encode(t, c.contents))
		switch {
		case c.want != "":
			refused(t, err, c.what, c.want)
		case err != nil:
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// What may be absent may be empty, and a book has many kinds of dates and classes.
func TestMetadataTakesWhatBooksHave(t *testing.T) {
	for _, m := range []events.BookMetadata{
		{},
		{Published: "2024", CLC: "TP312.8", ISBN: "9780131103627"},
		{Published: "2024-12", CLC: "K827=7(2)", ISBN: "9791032305690", Position: 2.5},
		{Published: "2024-05-17", CLC: `D67:F299.2"2024"`, ISBN: "9787020002207", Language: "zh-Hant"},
	} {
		m.Title = "呼兰河传"
		if err := m.Validate(); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

// The last digit finds every single digit that is wrong.
func TestISBNWithOneWrongDigit(t *testing.T) {
	const right = "9787101098761"
	for i := range right {
		for digit := '0'; digit <= '9'; digit++ {
			wrong := fmt.Sprintf("%s%c%s", right[:i], digit, right[i+1:])
			err := events.BookMetadata{Title: "呼兰河传", ISBN: wrong}.Validate()
			if (err == nil) != (wrong == right) {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	}
}
