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

var hesitation = regexp.MustCompile(`(?i),?\s*\b(?:u[mh]+|erm?)\b,?`)

// tidy takes the hesitation out of a sentence and changes nothing else. A
// sentence that is nothing else stays.
func tidy(text, script string) string {
	rest := text[len(opening[script].FindString(text)):]
	if script == "en" {
		rest = strings.TrimSpace(hesitation.ReplaceAllString(rest, ""))
	}
	first, n := utf8.DecodeRuneInString(rest)
	if n == 0 || !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return text
	}
	if was, _ := utf8.DecodeRuneInString(text); unicode.IsUpper(was) {
		return string(unicode.ToUpper(first)) + rest[n:]
	}
	return rest
}
