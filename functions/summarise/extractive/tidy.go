package extractive

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What people say while they think, at the start of a sentence: sounds and
// links go wherever they stand there, the rest only before a comma, for it may
// also be meant.
var opening = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)^(?:(?:um+|uh+|erm?|ah|oh|h?mm+|mhm|yeah|yep|okay|ok|so|well|and|but)\b[\s,.…-]+|(?:now|right|yes|no|like|you know|i mean|actually|basically|then|good|sure|all right|alright)\s*,\s*)+`),
	"zh": regexp.MustCompile(`^(?:[嗯呃额啊哦噢唉诶欸]+[，,、。\s]*|(?:然后呢|然后的话|然后|那么|就是说|所以说|那就是说)[，,、\s]*|(?:那个|这个|就是|其实|对吧|是吧|对|那|好的|好|行|是的)[，,、\s]+)+`),
	"ja": regexp.MustCompile(`^(?:(?:えーっと|えーと|えっと|ええと|えー|ええ|えと|あのー|あのう|あの|そのー|まあ|まぁ|うーん|うん)[、,\s]*|(?:はい|では|じゃあ|で|それで|その)[、,\s]+)+`),
}

var hesitation = regexp.MustCompile(`(?i),?\s*\b(?:u[mh]+|erm?|eh|h?mm+)\b,?`)

// aside is what is said between two commas, or before the end, and adds nothing.
var aside = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i),\s*(?:you know|i mean|i guess|like|well|yeah|right|okay|so)\s*(,|[.?!]|$)`),
	"zh": regexp.MustCompile(`[，,](?:就是说|就是|然后呢|然后|那个|这个|对吧|是吧|对不对|是不是|对|嗯|呃|额|啊|哎)([，,。？！?!]|$)`),
	"ja": regexp.MustCompile(`[、,](?:えーと|えっと|えー|あの|あのー|その|まあ|ええ|はい|ね)([、,。？！]|$)`),
}

// links tie a sentence of Chinese to the one before, which is not there where
// it stands alone.
var links = []string{"所以说", "所以", "但是", "而且", "其实", "那么", "然后", "那"}

// withoutLinks drops the links that a sentence starts with, where enough is left.
// 那 also points at things, and then it stays.
func withoutLinks(text string) string {
	const least = 8 // characters
	for i := 0; i < len(links); i++ {
		rest, linked := strings.CutPrefix(text, links[i])
		rest = strings.TrimLeft(rest, "，,、")
		next, _ := utf8.DecodeRuneInString(rest)
		points := links[i] == "那" && strings.ContainsRune("个些时位种里边年天次几一两三场本条件份样会", next)
		if linked && !points && utf8.RuneCountInString(rest) >= least {
			text, i = rest, -1
		}
	}
	return text
}

// tidy takes the hesitation out of a sentence and changes nothing else. A
// sentence that is nothing else stays.
func tidy(text, script string) string {
	rest := text[len(opening[script].FindString(text)):]
	if script == "en" {
		rest = strings.TrimSpace(hesitation.ReplaceAllString(rest, ""))
	}
	if script == "zh" {
		rest = withoutLinks(rest)
	}
	rest = aside[script].ReplaceAllString(unstutter(rest, script), "$1")
	first, n := utf8.DecodeRuneInString(rest)
	if n == 0 || !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return text
	}
	if was, _ := utf8.DecodeRuneInString(text); unicode.IsUpper(was) {
		return string(unicode.ToUpper(first)) + rest[n:]
	}
	return rest
}
