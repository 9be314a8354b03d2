package reading

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"xietong.dev/events"
	"xietong.dev/shared/booktext"
)

// Found are places where a text stands.
type Found struct {
	Locators []Locator `json:"locators"`
	More     bool      `json:"more,omitempty"` // places than were asked for
}

// around is how many characters are shown before and after what was found.
const around = 30

// Find returns the first places, up to limit, at which a text stands within one
// paragraph. fold makes one of the characters that are searched alike; it may be
// nil, and then only width and case are.
func Find(b *Book, text []booktext.Part, query string, limit int, fold func(rune) rune) Found {
	found := Found{Locators: []Locator{}}
	wanted := folded([]rune(query), fold)
	before, total := starts(b, text)
	for _, t := range text {
		part, has := b.parts[t.Href]
		if !has || len(wanted) == 0 {
			continue
		}
		letters := []rune(t.Text)
		for _, i := range occurrences(folded(letters, fold), wanted, limit+1-len(found.Locators)) {
			if len(found.Locators) == limit {
				found.More = true
				return found
			}
			l := stretch(b, part, letters, i, i+len(wanted))
			l.Locations.TotalProgression = min(1, (before[t.Href]+float64(i))/max(1, total))
			found.Locators = append(found.Locators, l)
		}
	}
	return found
}

// Stretch returns the place of some characters of a part's text, from an offset on,
// and whether there are so many.
func Stretch(b *Book, text []booktext.Part, href string, offset, length int) (Locator, bool) {
	i := slices.IndexFunc(text, func(t booktext.Part) bool { return t.Href == href })
	part, has := b.parts[href]
	if i < 0 || !has {
		return Locator{}, false
	}
	letters := []rune(text[i].Text)
	if offset < 0 || length < 1 || length > len(letters) || offset > len(letters)-length {
		return Locator{}, false
	}
	before, total := starts(b, text)
	l := stretch(b, part, letters, offset, offset+length)
	l.Locations.TotalProgression = min(1, (before[href]+float64(offset))/max(1, total))
	return l, true
}

func stretch(b *Book, part events.BookPart, letters []rune, from, to int) Locator {
	l := at(b, part, float64(from)/float64(len(letters)))
	l.Text = excerpt(letters, from, to)
	return l
}

// starts returns how many letters stand before each part, and how many there are. The
// contents know them only where the text was read before them.
func starts(b *Book, text []booktext.Part) (before map[string]float64, total float64) {
	letters, before := map[string]int{}, map[string]float64{}
	for _, t := range text {
		letters[t.Href] = utf8.RuneCountInString(t.Text)
	}
	for _, p := range b.Contents.Reading {
		before[p.Href] = total
		total += float64(letters[p.Href])
	}
	return before, total
}

func folded(letters []rune, fold func(rune) rune) []rune {
	all := make([]rune, len(letters))
	for i, r := range letters {
		if p := width.LookupRune(r); p.Folded() != 0 {
			r = p.Folded()
		}
		if r = unicode.ToLower(r); fold != nil {
			r = fold(r)
		}
		all[i] = r
	}
	return all
}

// occurrences returns where a text begins within another.
func occurrences(letters, wanted []rune, limit int) []int {
	var all []int
	for i := 0; i+len(wanted) <= len(letters) && len(all) < limit; i++ {
		if letters[i] == wanted[0] && slices.Equal(letters[i:i+len(wanted)], wanted) {
			all = append(all, i)
			i += len(wanted) - 1
		}
	}
	return all
}

// excerpt returns a place with what stands around it in the same paragraph.
func excerpt(letters []rune, from, to int) *Context {
	first, last := from, to
	for first > 0 && from-first < around && letters[first-1] != '\n' {
		first--
	}
	for last < len(letters) && last-to < around && letters[last] != '\n' {
		last++
	}
	return &Context{Before: string(letters[first:from]), Highlight: string(letters[from:to]), After: string(letters[to:last])}
}
