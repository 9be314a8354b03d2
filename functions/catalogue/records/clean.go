package records

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	bcp47 "golang.org/x/text/language"
	"golang.org/x/text/width"
)

// line is a text on one line, without control characters and needless spaces.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u0098' || r == '\u009c': // around what does not sort, in some MARC
			return -1
		case unicode.IsControl(r) || r == '\u3000':
			return ' '
		case r == unicode.ReplacementChar || r == '\ufeff':
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// prose is a text of paragraphs, one a line, without mark-up.
func prose(text string) string {
	if strings.Contains(text, "<") || strings.Contains(text, "&") {
		text = unmarked(text)
	}
	var kept []string
	for l := range strings.Lines(text) {
		if l = line(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// unmarked is the text of a piece of HTML. Scripts and styles are no text.
func unmarked(text string) string {
	var b strings.Builder
	z, hidden := html.NewTokenizer(strings.NewReader(text)), false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if !hidden {
				b.Write(z.Text())
			}
		default:
			tag, _ := z.TagName()
			switch string(tag) {
			case "script", "style":
				hidden = kind == html.StartTagToken
			case "p", "br", "div", "li", "h1", "h2", "h3", "h4":
				b.WriteByte('\n')
			}
		}
	}
}

var (
	dates  = regexp.MustCompile(`([0-9]{4})(?:[^0-9]{0,2}([0-9]{1,2})(?:[^0-9]{0,2}([0-9]{1,2}))?)?`)
	digits = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

// date is the first date in a text, as far as it is one: 2019.5, c2019, 20190501,
// [2019年5月] and 二〇一九年 are.
func date(text string) string {
	parts := dates.FindStringSubmatch(width.Narrow.String(text))
	if parts == nil {
		parts = dates.FindStringSubmatch(digits.Replace(text))
	}
	if parts == nil || parts[1] < "0800" {
		return ""
	}
	year, month, day := parts[1], number(parts[2]), number(parts[3])
	whole := fmt.Sprintf("%s-%02d-%02d", year, month, day)
	switch _, err := time.Parse(time.DateOnly, whole); {
	case err == nil:
		return whole
	case month >= 1 && month <= 12:
		return whole[:len("2019-05")]
	}
	return year
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// spoken are the languages as Chinese tables name them.
var spoken = map[string]string{"中文": "zh", "汉语": "zh", "汉文": "zh", "简体中文": "zh-Hans", "中文简体": "zh-Hans", "简体": "zh-Hans",
	"繁体中文": "zh-Hant", "中文繁体": "zh-Hant", "繁体": "zh-Hant", "英文": "en", "英语": "en", "日文": "ja", "日语": "ja", "法文": "fr", "法语": "fr",
	"德文": "de", "德语": "de", "俄文": "ru", "俄语": "ru", "韩文": "ko", "韩语": "ko", "西班牙文": "es", "西班牙语": "es", "藏文": "bo", "藏语": "bo",
	"蒙文": "mn", "蒙古文": "mn", "维吾尔文": "ug", "维文": "ug", "chinese": "zh", "english": "en"}

// language is the BCP 47 tag of a language: of the codes of ISO 639-2/B that MARC
// and ONIX have (chi, ger), of a tag, or of a name. Codes for no or several
// languages are none.
func language(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if tag, ok := spoken[text]; ok {
		return tag
	}
	tag, err := bcp47.Parse(text)
	if err != nil {
		return ""
	}
	switch base, _, _ := tag.Raw(); base.String() {
	case "und", "mul", "zxx", "mis":
		return ""
	}
	return tag.String()
}

var numbers = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

// position is the number within what a record says of a place in a series: 第3卷,
// vol. 12, 2.5.
func position(text string) float64 {
	n, _ := strconv.ParseFloat(numbers.FindString(width.Narrow.String(text)), 64)
	return n
}

// stamp is a moment as a version: 14 digits, in UTC where the zone is known. It is 0
// for what is no moment.
func stamp(text string) int64 {
	text = strings.TrimSpace(text)
	text, _, _ = strings.Cut(text, ".") // of a second
	for _, layout := range []string{"20060102T150405Z0700", "20060102T1504Z0700", "20060102T150405", "20060102T1504", "20060102",
		"20060102150405", time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1900 {
			n, _ := strconv.ParseInt(at.UTC().Format("20060102150405"), 10, 64)
			return n
		}
	}
	return 0
}
