package written

import (
	"strconv"
	"strings"
)

var zhDigits = map[rune]int64{'零': 0, '〇': 0, '一': 1, '幺': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

var zhUnits = map[rune]int64{'十': 10, '百': 100, '千': 1000, '万': 1e4, '亿': 1e8}

func isZhDigit(r rune) bool   { _, is := zhDigits[r]; return is }
func isZhUnit(r rune) bool    { return zhUnits[r] > 0 }
func isZhNumeral(r rune) bool { return isZhDigit(r) || isZhUnit(r) }

// zhNumber is a run of numerals, read.
type zhNumber struct {
	value   int64
	runes   int
	spelled bool // digit by digit: 二零二六
	loose   bool // the last unit is left out: 一千二 for 一千二百
}

// readZh reads a run of numerals. It reports false for what is no number by the
// rules of writing them: 三四十 (some thirty), 十四五 (a plan's name), 百 (no digit).
func readZh(run []rune) (zhNumber, bool) {
	n := zhNumber{runes: len(run)}
	if len(run) == 0 {
		return n, false
	}
	units := 0
	for _, r := range run {
		if isZhUnit(r) {
			units++
		}
	}
	if units == 0 {
		n.spelled = true
		return n, len(run) <= 30
	}
	var ok bool
	n.value, n.loose, ok = readZhSections(run)
	return n, ok
}

// readZhSections reads the parts before 亿, before 万 and after it.
func readZhSections(run []rune) (value int64, loose, ok bool) {
	rest := run
	for _, big := range []rune{'亿', '万'} {
		i := strings.IndexRune(string(rest), big)
		if i < 0 {
			continue
		}
		head := []rune(string(rest)[:i])
		section, short, fine := readZhSection(head)
		if !fine || short || section == 0 {
			return 0, false, false
		}
		value += section * zhUnits[big]
		rest = rest[len(head)+1:]
		if len(rest) == 1 && isZhDigit(rest[0]) && zhDigits[rest[0]] > 0 { // 一万五
			return value + zhDigits[rest[0]]*zhUnits[big]/10, true, true
		}
	}
	if len(rest) == 0 {
		return value, false, true
	}
	section, short, fine := readZhSection(rest)
	return value + section, short, fine
}

// readZhSection reads a number below ten thousand.
func readZhSection(run []rune) (value int64, loose, ok bool) {
	limit := int64(10000) // the next unit must be below it
	zero := false
	for i := 0; i < len(run); i++ {
		r := run[i]
		digit, isDigit := zhDigits[r]
		switch {
		case isDigit && digit == 0:
			if zero || i == len(run)-1 && len(run) > 1 {
				return 0, false, false
			}
			zero = true
		case isDigit && i+1 < len(run) && isZhUnit(run[i+1]):
			unit := zhUnits[run[i+1]]
			if unit >= limit {
				return 0, false, false
			}
			value, limit, zero = value+digit*unit, unit, false
			i++
		case isDigit && i == len(run)-1:
			if limit > 10 && limit < 10000 && !zero { // 三百五
				return value + digit*limit/10, true, true
			}
			return value + digit, false, true
		case r == '十' && (i == 0 || limit == 100): // 十五, 一百十五
			value, limit = value+10, 10
		default:
			return 0, false, false
		}
	}
	return value, false, true
}

// spell writes a run of digits one for one.
func spell(run []rune) string {
	var b strings.Builder
	for _, r := range run {
		b.WriteByte(byte('0' + zhDigits[r]))
	}
	return b.String()
}

// figures writes a value as Chinese does: 1230万, 3.5亿, 23500.
func figures(value int64) string {
	switch {
	case value >= 1e8 && value%1e4 == 0:
		return decimal(value, 1e8) + "亿"
	case value >= 1e4 && value%1e4 == 0:
		return strconv.FormatInt(value/1e4, 10) + "万"
	}
	return strconv.FormatInt(value, 10)
}

// decimal writes a value as a decimal number of units.
func decimal(value, unit int64) string {
	whole, rest := value/unit, value%unit
	if rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	fraction := strconv.FormatInt(unit+rest, 10)[1:]
	return strconv.FormatInt(whole, 10) + "." + strings.TrimRight(fraction, "0")
}
