package book

import (
	"context"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// partPages is the most parts that a PDF has: of more pages than that, ten or a
// hundred are one.
const partPages = 2000

// openPDF reads a PDF's description. Its parts are its pages, #page=1 and on, and its
// outline is the table of contents. Only as much of it is in memory as is looked at.
func (b *Book) openPDF(s source, reader *pages.Reader) error {
	if reader == nil {
		return unsupportedf("the file is a PDF, which is not read here")
	}
	if s.size > int64(b.limits.PDF) {
		return fault.Refusef(CodeTooLarge, "the PDF has %d bytes, MAX_BOOK_PDF allows %d", s.size, b.limits.PDF)
	}
	count, each := 0, 0
	err := reader.WithFile(s.ctx, s.file, s.size, "", func(d *pages.Document) error {
		count = d.Count()
		each = pagesPerPart(count)
		m, err := d.Metadata()
		if err != nil {
			return err
		}
		b.describePDF(m)
		return b.outlinePDF(d, each)
	})
	if err != nil {
		return err
	}
	for first := 1; first <= count; first += each {
		b.Contents.Reading = append(b.Contents.Reading, pagePart(first, min(first+each-1, count)))
	}
	b.Contents.Fixed = true
	b.texts = func(ctx context.Context, give func(int, string) error) error {
		return b.pageTexts(ctx, s, reader, each, give)
	}
	return b.limits.checkParts(len(b.Contents.Reading), "parts")
}

func pagesPerPart(count int) int {
	each := 1
	for count > each*partPages {
		each *= 10
	}
	return each
}

func pagePart(first, last int) events.BookPart {
	title := fmt.Sprint(first)
	if last > first {
		title = fmt.Sprintf("%d–%d", first, last)
	}
	return events.BookPart{Href: fmt.Sprintf("#page=%d", first), MediaType: "application/pdf", Title: title}
}

// pageTexts opens the file again rather than keep it open for a text that nobody may
// want.
func (b *Book) pageTexts(ctx context.Context, s source, reader *pages.Reader, each int, give func(int, string) error) error {
	return reader.WithFile(ctx, s.file, s.size, "", func(d *pages.Document) error {
		for i := range b.Contents.Reading {
			text, err := b.pageText(ctx, d, i*each+1, min((i+1)*each, d.Count()))
			if err == nil {
				err = give(i, text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// pageText joins the texts of some pages. One that cannot be read is left out.
func (b *Book) pageText(ctx context.Context, d *pages.Document, first, last int) (string, error) {
	var texts []string
	for page := first; page <= last; page++ {
		text, err := d.Text(page)
		switch {
		case ctx.Err() != nil:
			return "", fmt.Errorf("read the text of page %d: %w", page, ctx.Err())
		case fault.IsInvalid(err):
			b.warn("page %d: %s", page, err)
		case err != nil:
			return "", err
		default:
			if text = reflow(text); text != "" {
				texts = append(texts, text)
			}
		}
	}
	return strings.Join(texts, "\n"), nil
}

// reflow makes paragraphs of the lines of a page: a line that is about as long as
// the longest goes on in the next, unless a sentence ends there.
func reflow(text string) string {
	lines := linesOf(text)
	longest := 0
	for _, line := range lines {
		longest = max(longest, columns(line))
	}
	var p strings.Builder
	for i, line := range lines {
		p.WriteString(line)
		if i == len(lines)-1 {
			break
		}
		last, _ := utf8.DecodeLastRuneInString(line)
		next, _ := utf8.DecodeRuneInString(lines[i+1])
		switch {
		case columns(line)*10 < longest*8, strings.ContainsRune("。！？：；.!?:;」』", last):
			p.WriteByte('\n')
		case wide(last) || wide(next):
		default:
			p.WriteByte(' ')
		}
	}
	return p.String()
}

// columns is about how wide a line is.
func columns(line string) (n int) {
	for _, r := range line {
		if n++; wide(r) {
			n++
		}
	}
	return n
}

func (b *Book) describePDF(m pages.Metadata) {
	b.Metadata.Title = pdfTitle(m.Title)
	b.Metadata.Summary = m.Subject
	for _, name := range strings.FieldsFunc(m.Author, func(r rune) bool { return r == '，' }) {
		b.Metadata.Contributors = append(b.Metadata.Contributors, events.Contributor{Name: name, Role: "aut"})
	}
	b.Metadata.Subjects = strings.FieldsFunc(m.Keywords, func(r rune) bool { return strings.ContainsRune(",;，；、", r) })
}

// pdfTitle leaves out what programs write for want of a title.
func pdfTitle(title string) string {
	title = strings.TrimSpace(strings.TrimPrefix(title, "Microsoft Word - "))
	switch ext := strings.ToLower(path.Ext(title)); ext {
	case ".doc", ".docx", ".wps", ".pdf", ".indd", ".rtf", ".tmp", ".dvi", ".ps":
		title = title[:len(title)-len(ext)]
	}
	if strings.EqualFold(title, "untitled") || !strings.ContainsFunc(title, unicode.IsLetter) && utf8.RuneCountInString(title) < 3 {
		return ""
	}
	return title
}
