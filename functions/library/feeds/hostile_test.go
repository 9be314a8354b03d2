package feeds

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds/feedstest"
)

// TestHostileMetadata: whatever is said of a book, the documents stay what they are.
func TestHostileMetadata(t *testing.T) {
	for name, evil := range map[string]string{
		"markup":             `</title></entry><script>alert(1)</script><!--`,
		"CDATA":              `]]><![CDATA[ &amp; &#0; <?xml version="1.1"?>`,
		"quotes":             `" onload="x" '`,
		"control characters": "a\x00b\x01\x08\x0b\x1b[31m\x7f\u0085\u009b",
		"no UTF-8":           "\xff\xfe\xc3(",
		"no characters":      "\ufffe\uffff\U0001ffff",
		"braces":             "{?query}{searchTerms}",
		"lines":              "a\r\nb\u2028c",
		"10,000 characters":  strings.Repeat("长", 10_000),
		"nothing":            "",
		"blanks":             " \t\n",
	} {
		m := events.BookMetadata{Title: evil, Subtitle: evil, Publisher: evil, Published: evil, Language: evil, ISBN: evil, Series: evil, Subjects: []string{evil, evil}, CLC: evil, Summary: evil,
			Accessibility: []string{evil}, Contributors: []events.Contributor{{Name: evil, Role: "aut"}, {Name: evil, Role: evil}, {Name: evil, Role: "trl"}}}
		b := night
		b.Metadata = m
		f := list()
		f.Books, f.Title = []Book{b}, "x"+evil
		f.Facets[0].Links[1].Title = "x" + evil
		f.Facets[0].Title = "x" + evil
		for _, v := range []Version{V1, V2} {
			for what, write := range map[string]func() (string, []byte){"list": func() (string, []byte) { return f.Write(v) }, "book": func() (string, []byte) { return b.Write(v, "书库", "zh") }} {
				media, text := write()
				if err := feedstest.Check(media, text); err != nil {
					t.Errorf("%s, %s %s: %v", name, what, v, err)
				}
				if !utf8.Valid(text) || strings.Contains(string(text), "<script>") && v == V1 {
					t.Errorf("%s, %s %s: %s", name, what, v, text)
				}
			}
		}
	}
}

// entries reads titles, names and summaries back, as an app does.
type entries struct {
	Entries []struct {
		Title   string   `xml:"title"`
		Summary string   `xml:"summary"`
		Authors []string `xml:"author>name"`
	} `xml:"entry"`
}

// TestLimits: each limit of a list is met, and the document of the book has the rest.
func TestLimits(t *testing.T) {
	b := night
	b.Metadata = events.BookMetadata{Title: strings.Repeat("长", MaxLine+1), Summary: strings.Repeat("夜", MaxSummary+1)}
	for i := range MaxNames + 1 {
		b.Metadata.Contributors = append(b.Metadata.Contributors, events.Contributor{Name: fmt.Sprint("作者", i), Role: "aut"})
		b.Metadata.Subjects = append(b.Metadata.Subjects, fmt.Sprint("主题", i))
	}
	f := list()
	f.Books = []Book{b}
	var listed entries
	_, text := f.Write(V1)
	if err := xml.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	e := listed.Entries[0]
	for what, c := range map[string]struct{ got, want int }{
		"title":   {utf8.RuneCountInString(e.Title), MaxLine},
		"summary": {utf8.RuneCountInString(e.Summary), MaxSummary},
		"authors": {len(e.Authors), MaxNames},
	} {
		if c.got != c.want {
			t.Errorf("the list's %s: %d, want %d", what, c.got, c.want)
		}
	}
	if !strings.HasSuffix(e.Title, "长…") || !strings.HasSuffix(e.Summary, "夜…") {
		t.Errorf("what was cut does not say so: %s %s", e.Title, e.Summary)
	}
	var whole struct {
		Metadata struct {
			Description     string
			Author, Subject []struct{ Name string }
		}
	}
	_, text = b.Write(V2, "书库", "zh")
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	if m := whole.Metadata; m.Description != b.Metadata.Summary || len(m.Author) != MaxNames+1 || len(m.Subject) != MaxNames+1 {
		t.Errorf("the document of the book lacks something: %d authors, %d subjects", len(m.Author), len(m.Subject))
	}
	var found struct{ ShortName, Description string }
	_, text = Description{Name: strings.Repeat("书", maxShortName+1), About: strings.Repeat("库", maxDescription+1), Template: "/{searchTerms}"}.Write()
	if err := xml.Unmarshal(text, &found); err != nil || utf8.RuneCountInString(found.ShortName) != maxShortName || utf8.RuneCountInString(found.Description) != maxDescription {
		t.Errorf("the search's name and description: %v, %d and %d characters", err, utf8.RuneCountInString(found.ShortName), utf8.RuneCountInString(found.Description))
	}
}

func TestFileTypes(t *testing.T) {
	for _, format := range events.BookFormats() {
		if FileType(format) == FileType("") {
			t.Errorf("files of the format %s have no media type", format)
		}
	}
}
