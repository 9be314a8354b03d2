package book

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/letters"
)

// stretchLetters is how long a part becomes where the text has no headings. A
// chapter may be twice as long.
const stretchLetters = 20_000

// openTXT reads a text in any encoding. Its parts are its chapters, told by how
// Chinese and English books head them, or else stretches of about one length.
func (b *Book) openTXT(s source) error {
	if err := b.limits.checkWhole(s.size); err != nil {
		return err
	}
	r, encoding, err := letters.Reader(s.file, s.size)
	if err != nil {
		return fmt.Errorf("read the book: %w", err)
	}
	decoded, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read the book: %w", err)
	}
	lines := linesOf(string(decoded))
	switch {
	case len(lines) == 0:
		return emptyf("the text has no letters")
	case encoding == "":
		return unsupportedf("the file is no text, and none of EPUB, PDF, FB2, MOBI, AZW3, CBZ")
	}
	b.describeTXT(lines)
	return b.stretches(lines, headingsOf(lines))
}

// linesOf returns the paragraphs of a text, trimmed, without empty ones.
func linesOf(text string) (lines []string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\f' }) {
		if strings.ContainsFunc(line, unseen) {
			line = strings.Map(visible, line)
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func visible(r rune) rune {
	switch {
	case r == '\t':
		return r
	case unseen(r):
		return -1
	}
	return r
}

// stretches makes parts of the text between headings.
func (b *Book) stretches(lines []string, ranks []int) error {
	c := cutter{toc: tree{limit: b.limits.Headings, levels: b.limits.Levels}, most: stretchLetters}
	for i, line := range lines {
		if ranks[i] != noHeading {
			c.head(line, ranks[i])
			c.most = 2 * stretchLetters
		}
		c.line(line, ranks[i] == noHeading)
	}
	c.end()
	if err := b.limits.checkParts(len(c.parts), "parts"); err != nil {
		return err
	}
	b.Contents.Reading, b.Contents.TOC = c.parts, c.toc.root
	b.inMemory(c.texts)
	return nil
}

// cutter cuts lines into parts.
type cutter struct {
	parts   []events.BookPart
	texts   []string
	toc     tree
	now     strings.Builder
	letters int
	most    int
	title   string
	body    bool // there is more than headings in the part
}

func (c *cutter) head(line string, rank int) {
	if c.body {
		c.end()
	}
	if c.title == "" || !c.body && rank > 0 {
		c.title = strings.Trim(line, "【】 ")
	}
	c.toc.add(events.BookHeading{Title: strings.Trim(line, "【】 "), Href: fmt.Sprintf("#c%d", len(c.parts)+1)}, rank)
}

func (c *cutter) line(line string, body bool) {
	for line != "" {
		piece := cutLine(line)
		line = line[len(piece):]
		if c.letters += utf8.RuneCountInString(piece); c.now.Len() > 0 {
			c.now.WriteByte('\n')
		}
		c.now.WriteString(piece)
		if c.body = c.body || body; c.letters >= c.most || line != "" {
			c.end()
		}
	}
}

// cutLine returns the beginning of a line that is longer than a stretch, to the
// end of a sentence if one is near.
func cutLine(line string) string {
	if len(line) < 2*stretchLetters {
		return line
	}
	count, stop := 0, 0
	for i, r := range line {
		if count++; count > stretchLetters {
			if stop > i/2 {
				return line[:stop]
			}
			return line[:i]
		}
		if strings.ContainsRune("。！？!?.…", r) {
			stop = i + utf8.RuneLen(r)
		}
	}
	return line
}

func (c *cutter) end() {
	if c.now.Len() > 0 {
		c.parts = append(c.parts, events.BookPart{Href: fmt.Sprintf("#c%d", len(c.parts)+1), MediaType: "text/plain", Title: c.title, Letters: c.letters})
		c.texts = append(c.texts, c.now.String())
	}
	c.now, c.letters, c.title, c.body = strings.Builder{}, 0, "", false
}

var labelled = regexp.MustCompile(`(?i)^[【\[]?\s*(书\s*名|作\s*者|译\s*者|出版社|书名|title|author|publisher|translator|language|isbn|内容简介|简介)\s*[】\]]?\s*[:：]\s*(.+)$`)

// describeTXT takes what the first lines say, as 书名：… or as Project Gutenberg does.
func (b *Book) describeTXT(lines []string) {
	m := &b.Metadata
	for _, line := range lines[:min(len(lines), 30)] {
		found := labelled.FindStringSubmatch(line)
		if found == nil || len(line) > 600 {
			continue
		}
		value := strings.TrimSpace(found[2])
		switch label := strings.ToLower(strings.Join(strings.Fields(found[1]), "")); label {
		case "书名", "title":
			m.Title = strings.Trim(value, "《》")
		case "作者", "author":
			m.Contributors = append(m.Contributors, events.Contributor{Name: value, Role: "aut"})
		case "译者", "translator":
			m.Contributors = append(m.Contributors, events.Contributor{Name: value, Role: "trl"})
		case "出版社", "publisher":
			m.Publisher = value
		case "language":
			m.Language = value
		case "isbn":
			m.ISBN = isbnOf([]string{value})
		default:
			m.Summary = value
		}
	}
	if m.Language == "" && isChinese(lines) {
		m.Language = "zh"
	}
}

// isChinese reports whether most of a text's beginning is Chinese, and not Japanese.
func isChinese(lines []string) bool {
	han, kana, all := 0, 0, 0
	for _, line := range lines {
		for _, r := range line {
			switch {
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				kana++
			}
		}
		if all += utf8.RuneCountInString(line); all > stretchLetters {
			break
		}
	}
	return han*2 > all && kana*20 < han
}
