package reading

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"xietong.dev/events"
)

// makeChapter writes a stretch of text as XHTML: one paragraph a line. Where the
// first line is the part's title, it is a heading.
func makeChapter(text string, part events.BookPart, language string) []byte {
	var body strings.Builder
	lines := strings.Split(strings.ToValidUTF8(text, "\ufffd"), "\n")
	if first := strings.TrimSpace(lines[0]); first != "" && (first == strings.TrimSpace(part.Title) || isHeading(first)) {
		body.WriteString("<h1>" + escaped(first) + "</h1>\n")
		lines = lines[1:]
	}
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			body.WriteString("<p>" + escaped(line) + "</p>\n")
		}
	}
	lang := ""
	if language = languageTag(language); language != "" {
		lang = fmt.Sprintf(` lang="%[1]s" xml:lang="%[1]s"`, language)
	}
	return []byte(`<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE html>\n" +
		`<html xmlns="` + xhtml + `"` + lang + "><head><title>" + escaped(part.Title) + "</title></head><body>\n" + body.String() + "</body></html>\n")
}

// isHeading tells a line such as 第三章 风起 from a sentence.
func isHeading(line string) bool {
	return strings.HasPrefix(line, "第") && strings.ContainsAny(line, "章回节卷部篇") && utf8.RuneCountInString(line) <= 30 &&
		!strings.ContainsAny(line, "。，！？；")
}
