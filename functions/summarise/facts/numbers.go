package facts

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A number as it may be written, in this order: a share (百分之八, 三分之一), digits with
// what makes them larger, Chinese numerals, English words.
var (
	shareZh  = regexp.MustCompile(`百分之([\d.]+|[零〇一二两三四五六七八九十百点]+)`)
	fraction = regexp.MustCompile(`([二三四五六七八九十])分之([一二三四五六七八九])`)
	digits   = regexp.MustCompile(`(\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*((?:[十百千]?[万亿億]|千|百|thousand\b|million\b|billion\b)?)\s*(%|percent\b|per cent\b|パーセント)?`)
	numeral  = regexp.MustCompile(`(?:[零〇一二两三四五六七八九十]|[百千][一二三四五六七八九十百万])[零〇一二两三四五六七八九十百千万亿億]*(?:点[零〇一二两三四五六七八九]+)?(?:[万亿億])?(パーセント)?`)
	unitAt   = regexp.MustCompile(`^(?:个?月|日|号|点|周|年|天|元|倍|度|米|公里|吨|亩|小时|時|分钟|户|名|期|成)`)
)

// wordsThatCount would be read as numbers and are none.
var wordsThatCount = strings.NewReplacer("十分钟", "十分钟", "千万别", "|", "千万要", "|", "千万不", "|", "十分", "|", "万一", "|", "统一", "|", "唯一", "|", "一致", "|", "一起", "|", "一直", "|", "一定", "|", "一些", "|",
	"一样", "|", "一般", "|", "一下", "|", "一旦", "|", "一律", "|", "一并", "|", "进一步", "|", "一方面", "|", "之一", "|", "一步", "|")

// numbersOf returns the numbers of a text in lower case.
func numbersOf(text string) (found []figure) {
	text = wordsThatCount.Replace(text)
	take := func(pattern *regexp.Regexp, read func(m []string) (figure, bool)) {
		text = pattern.ReplaceAllStringFunc(text, func(word string) string {
			if f, ok := read(pattern.FindStringSubmatch(word)); ok {
				found = append(found, f)
			}
			return "|"
		})
	}
	take(shareZh, func(m []string) (figure, bool) {
		v, ok := value(m[1])
		return figure{value: format(v) + "%"}, ok
	})
	take(fraction, func(m []string) (figure, bool) {
		of, _ := Numeral(m[1])
		part, ok := Numeral(m[2])
		return figure{value: format(part) + "/" + format(of)}, ok
	})
	take(digits, func(m []string) (figure, bool) {
		v, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		return figure{value: format(v*scale(m[2])) + percent(m[3])}, err == nil
	})
	found = append(found, numeralsOf(text)...)
	return append(found, englishNumbers(text)...)
}

// numeralsOf returns the numbers in Chinese numerals. A lone 一 is weak unless it
// measures something.
func numeralsOf(text string) (found []figure) {
	for _, m := range numeral.FindAllStringSubmatchIndex(text, -1) {
		word, share := text[m[0]:m[1]], ""
		if m[2] >= 0 {
			word, share = text[m[0]:m[2]], "%"
		}
		if v, ok := Numeral(word); ok {
			weak := word == "一" && !unitAt.MatchString(text[m[1]:]) || strings.HasSuffix(text[:m[0]], "第")
			found = append(found, figure{format(v) + share, weak})
		}
	}
	return found
}

func value(text string) (float64, bool) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, true
	}
	return Numeral(text)
}

// format writes a number in the one way in which numbers are compared.
func format(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

func percent(sign string) string {
	if sign == "" {
		return ""
	}
	return "%"
}

func scale(word string) float64 {
	switch word {
	case "thousand":
		return 1e3
	case "million":
		return 1e6
	case "billion":
		return 1e9
	}
	by := 1.0
	for _, r := range word {
		by *= powers[r]
	}
	return by
}

var powers = map[rune]float64{'十': 10, '百': 100, '千': 1e3, '万': 1e4, '亿': 1e8, '億': 1e8}

var numeralDigits = map[rune]float64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// Numeral reads a number in Chinese numerals: 十二, 三百二十, 二〇二六, 一千二百万, 三点五万.
func Numeral(text string) (float64, bool) {
	whole, after, decimal := strings.Cut(text, "点")
	if decimal {
		rest := strings.TrimRight(after, "万亿億")
		by := scale(after[len(rest):])
		v, ok := Numeral(whole)
		place := .1
		for _, r := range rest {
			v += numeralDigits[r] * place
			place /= 10
		}
		return v * by, ok
	}
	if !strings.ContainsAny(text, "十百千万亿億") {
		return spelledOut(text)
	}
	total, section, digit := 0.0, 0.0, 0.0
	for _, r := range text {
		d, isDigit := numeralDigits[r]
		power, isPower := powers[r]
		switch {
		case isDigit:
			digit = d
		case !isPower:
			return 0, false
		case power >= 1e8:
			total, section, digit = (total+section+digit)*power, 0, 0
		case power >= 1e4:
			total, section, digit = total+(section+digit)*power, 0, 0
		default:
			if digit == 0 { // 十二, and 百五十 in Japanese
				digit = 1
			}
			section += digit * power
			digit = 0
		}
	}
	return total + section + digit, true
}

// spelledOut reads digits one by one, as years are said.
func spelledOut(text string) (float64, bool) {
	v := 0.0
	for _, r := range text {
		d, is := numeralDigits[r]
		if !is {
			return 0, false
		}
		v = v*10 + d
	}
	return v, text != ""
}
