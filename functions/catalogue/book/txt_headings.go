package book

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Ranks of headings: a volume has chapters, a chapter sections.
const (
	noHeading = -1
	volume    = 0
	chapter   = 1
	section   = 2
)

const (
	count = `[0-9〇零○一二三四五六七八九十百千万兩两壹贰叁肆伍陆柒捌玖拾廿卅]{1,9}`
	// after is what stands between a number and a title; without it, the title must
	// not go on as a word would: 第一部分, 第一回合.
	after = `(?:$|[\s:.、,·—\-《【(「].{0,60}$)`
)

var headingRules = []struct {
	rank    int
	pattern *regexp.Regexp
	longest int // letters
}{
	{volume, regexp.MustCompile(`^第\s*` + count + `\s*[卷部集篇]` + after), 50},
	{volume, regexp.MustCompile(`^卷\s*之?\s*` + count + after), 50},
	{volume, regexp.MustCompile(`(?i)^(?:part|book|volume)\s+(?:[0-9]{1,4}|[ivxlc]{1,7}|one|two|three|four|five|six|seven|eight|nine|ten)(?:$|[\s:.\-—].{0,60}$)`), 60},
	{chapter, regexp.MustCompile(`^(?:正文\s*)?第\s*` + count + `\s*[章回]` + after), 50},
	{chapter, regexp.MustCompile(`^(?:正文\s*)?第\s*` + count + `\s*(?:章[^节程法。！？；!?;]|回[^合到来去。！？；!?;])[^。！？；!?;]{0,24}$`), 30},
	{chapter, regexp.MustCompile(`^(?:序|序言|序章|自序|代序|总序|前言|引言|引子|楔子|序幕|后记|後記|尾声|尾聲|终章|終章|附录|附錄|跋|结语|結語|致谢|内容简介)(?:` + count + `)?` + after), 40},
	{chapter, regexp.MustCompile(`^番外篇?` + `(?:$|[\s:.、,·—\-《【(「].{0,40}$|` + count + `.{0,30}$)`), 40},
	{chapter, regexp.MustCompile(`(?i)^chapter\s+(?:[0-9]{1,4}|[ivxlc]{1,7}|[a-z]+(?:-[a-z]+)?)(?:$|[\s:.\-—].{0,80}$)`), 80},
	{chapter, regexp.MustCompile(`(?i)^(?:prologue|epilogue|preface|foreword|introduction|afterword|appendix)(?:$|[:.\-—].{0,60}$)`), 60},
	{section, regexp.MustCompile(`^第\s*` + count + `\s*[节節]` + after), 50},
}

var bracketed = regexp.MustCompile(`^【([^【】]{1,40})】$`)

// rankOf tells whether a line heads a chapter, and of which rank.
func rankOf(line string) int {
	if len(line) > 400 {
		return noHeading
	}
	line = strings.TrimSpace(width.Narrow.String(line)) // 第１章　and full-width signs
	if found := bracketed.FindStringSubmatch(line); found != nil {
		line = strings.TrimSpace(found[1])
	}
	if strings.HasSuffix(line, ",") || strings.HasSuffix(line, "。") || strings.HasSuffix(line, "｡") || strings.HasSuffix(line, ";") {
		return noHeading
	}
	letters := utf8.RuneCountInString(line)
	for _, rule := range headingRules {
		if letters <= rule.longest && rule.pattern.MatchString(line) {
			return rule.rank
		}
	}
	return noHeading
}

// headingsOf returns the rank of each line. Where no line is a heading by its
// words, those in 【】 are taken: in books with others they are something else.
func headingsOf(lines []string) []int {
	ranks, any := make([]int, len(lines)), false
	for i, line := range lines {
		ranks[i] = noHeading
		if mayHead(line) {
			ranks[i] = rankOf(line)
		}
		any = any || ranks[i] != noHeading
	}
	for i, line := range lines {
		if !any && len(line) < 200 && bracketed.MatchString(line) {
			ranks[i] = chapter
		}
	}
	withoutLists(lines, ranks)
	return ranks
}

// mayHead spares most lines the rules: few begin as a heading does.
func mayHead(line string) bool {
	r, _ := utf8.DecodeRuneInString(line)
	return strings.ContainsRune("第卷正序自代总前引楔后後尾终終附跋结結致内番【PpBbVvCcEeFfIiAaＣｃ", r)
}

// withoutLists takes five headings in a row for the book's own table of contents.
// Of those the last ones are headings after all that are in the list already.
func withoutLists(lines []string, ranks []int) {
	for i := 0; i < len(lines); i++ {
		from := i
		for i < len(lines) && ranks[i] != noHeading {
			i++
		}
		if i-from < 5 {
			continue
		}
		to := i
		for to > from && listed(lines[from:to-1], lines[to-1]) {
			to--
		}
		for k := from; k < to; k++ {
			ranks[k] = noHeading
		}
	}
}

func listed(lines []string, line string) bool {
	for _, l := range lines {
		if l == line {
			return true
		}
	}
	return false
}
