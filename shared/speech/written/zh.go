package written

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// zhText is a Chinese text while numbers are looked for in it.
type zhText struct {
	runes  []rune
	starts []int  // the byte at which each rune starts, and the end
	kept   []bool // bytes of idioms and names, which stay as they are
}

// chinese returns the edits that write the numbers of a Chinese text in digits,
// as GB/T 15835 would have them: dates, times, percentages, amounts, decimals,
// numbers of telephones and rooms. Idioms, names, approximate numbers and single
// numerals before counters stay in words.
func chinese(text string) []Edit {
	t := newZhText(text)
	var edits []Edit
	for i := 0; i < len(t.runes); {
		end, replaced := t.at(i)
		if end == i {
			i++
			continue
		}
		if replaced != "" {
			edits = append(edits, Edit{t.starts[i], t.starts[end], replaced})
		}
		i = end
	}
	return edits
}

func newZhText(text string) zhText {
	t := zhText{kept: make([]bool, len(text))}
	for i, r := range text {
		t.runes, t.starts = append(t.runes, r), append(t.starts, i)
	}
	t.starts = append(t.starts, len(text))
	for _, place := range zhIdioms.FindAllStringIndex(text, -1) {
		for i := place[0]; i < place[1]; i++ {
			t.kept[i] = true
		}
	}
	return t
}

// at looks at what begins at a rune: where it ends, and what it is written as;
// nothing for numerals that stay in words, and i itself for what is no numeral.
func (t zhText) at(i int) (end int, replaced string) {
	for _, rule := range []func(int) (int, string){t.percent, t.date, t.clock, t.fraction, t.degrees, t.spelled, t.amount} {
		if end, replaced := rule(i); end > i && !t.isKept(i, end) {
			return end, replaced
		}
	}
	return t.run(i), ""
}

func (t zhText) isKept(from, to int) bool {
	return slices.Contains(t.kept[t.starts[from]:t.starts[to]], true)
}

// run is the end of the numerals that begin at a rune.
func (t zhText) run(i int) int {
	for i < len(t.runes) && isZhNumeral(t.runes[i]) {
		i++
	}
	return i
}

// digits is the end of the digits that begin at a rune.
func (t zhText) digits(i int) int {
	for i < len(t.runes) && isZhDigit(t.runes[i]) {
		i++
	}
	return i
}

// number reads the number that begins at a rune.
func (t zhText) number(i int) (n zhNumber, end int, ok bool) {
	end = t.run(i)
	n, ok = readZh(t.runes[i:end])
	if ok && n.spelled && n.runes == 1 {
		n.value = zhDigits[t.runes[i]]
	}
	return n, end, ok
}

// small reads a number from least to most, which may be a single digit.
func (t zhText) small(i int, least, most int64) (value int64, end int, ok bool) {
	n, end, ok := t.number(i)
	if !ok || n.loose || n.spelled && n.runes > 1 || n.value < least || n.value > most {
		return 0, i, false
	}
	return n.value, end, true
}

func (t zhText) has(i int, word string) bool {
	w := []rune(word)
	return i >= 0 && i+len(w) <= len(t.runes) && string(t.runes[i:i+len(w)]) == word
}

func (t zhText) hasAny(i int, words ...string) (string, bool) {
	for _, w := range words {
		if t.has(i, w) {
			return w, true
		}
	}
	return "", false
}

// percent: 百分之三十五点二 is 35.2%, and the second number of a range too.
func (t zhText) percent(i int) (int, string) {
	sign := ""
	switch {
	case t.has(i, "百分之"):
		sign = "%"
	case t.has(i, "千分之"):
		sign = "‰"
	default:
		return i, ""
	}
	if t.has(i, "百分之百") && t.run(i+3) == i+4 {
		return i + 4, "100%"
	}
	value, end := t.plain(i + 3)
	if value == "" {
		return i + 3, ""
	}
	out := value + sign
	if word, is := t.hasAny(end, "到", "至"); is {
		if other, after := t.plain(end + 1); other != "" && (after == len(t.runes) || !strings.ContainsRune(zhCounted, t.runes[after])) {
			return after, out + word + other + sign
		}
	}
	return end, out
}

// plain reads a number with or without a fraction.
func (t zhText) plain(i int) (text string, end int) {
	n, end, ok := t.number(i)
	if !ok || n.loose {
		return "", i
	}
	text = strconv.FormatInt(n.value, 10)
	if n.spelled {
		text = spell(t.runes[i:end])
	}
	if t.has(end, "点") && t.digits(end+1) > end+1 {
		after := t.digits(end + 1)
		return text + "." + spell(t.runes[end+1:after]), after
	}
	return text, end
}

// date: 二零二六年三月五号 is 2026年3月5日. A month alone counts only after a year or
// before what divides it; 五号 alone may be a building.
func (t zhText) date(i int) (int, string) {
	at, out := i, ""
	if year := t.digits(i); year-i == 4 && t.has(year, "年") {
		at, out = year+1, spell(t.runes[i:year])+"年"
	}
	month, end, ok := t.small(at, 1, 12)
	if !ok || !t.has(end, "月") {
		return at, out
	}
	at = end + 1
	inMonth := out + strconv.FormatInt(month, 10) + "月"
	if day, end, ok := t.small(at, 1, 31); ok {
		if _, is := t.hasAny(end, "日", "号"); is {
			if _, building := t.hasAny(end+1, "楼", "线", "院"); !building {
				return end + 1, inMonth + strconv.FormatInt(day, 10) + "日"
			}
		}
	}
	if _, divides := t.hasAny(at, "份", "底", "初", "末", "上旬", "中旬", "下旬"); divides || out != "" {
		return at, inMonth
	}
	return i, ""
}

var zhDayParts = regexp.MustCompile(`(上午|下午|中午|晚上|早上|早晨|凌晨|傍晚|今晚|明早|明晚|夜里)$`)

// clock: 九点二十分 is 9:20, and 下午三点半 is 下午3点半. 三点 alone may be three points.
func (t zhText) clock(i int) (int, string) {
	hour, end, ok := t.small(i, 0, 24)
	if !ok || !t.has(end, "点") {
		return i, ""
	}
	after := end + 1
	minute, minuteEnd, ok := t.small(after, 0, 59)
	zero := t.has(after, "零")
	if zero {
		if minute, minuteEnd, ok = t.small(after+1, 1, 9); !ok {
			return i, ""
		}
	}
	inDay := zhDayParts.MatchString(string(t.runes[max(0, i-2):i]))
	stated := ok && t.has(minuteEnd, "分") && !t.has(minuteEnd, "分之")
	if stated && t.has(minuteEnd, "分钟") {
		stated = false
	}
	switch {
	case stated:
		return minuteEnd + 1, clockText(hour, minute)
	case ok && (minute >= 10 && inDay || minute >= 10 && t.alone(minuteEnd) || zero && inDay):
		return minuteEnd, clockText(hour, minute)
	case inDay && !isZhNumeral(t.runeAt(after)):
		return after, strconv.FormatInt(hour, 10) + "点"
	}
	return i, ""
}

// alone reports whether nothing that is counted follows.
func (t zhText) alone(i int) bool {
	return i == len(t.runes) || !strings.ContainsRune(zhCounted, t.runes[i])
}

func (t zhText) runeAt(i int) rune {
	if i < len(t.runes) {
		return t.runes[i]
	}
	return 0
}

func clockText(hour, minute int64) string {
	return strconv.FormatInt(hour, 10) + ":" + strconv.FormatInt(100+minute, 10)[1:]
}

// fraction: 三点一四 is 3.14, 三点五倍 is 3.5倍. 三点五 alone may be a time.
func (t zhText) fraction(i int) (int, string) {
	n, end, ok := t.number(i)
	if !ok || n.loose || n.spelled && n.runes > 1 || !t.has(end, "点") {
		return i, ""
	}
	after := t.digits(end + 1)
	part := t.runes[end+1 : after]
	big := ""
	if word, is := t.hasAny(after, "万亿", "万", "亿"); is {
		big = word
	}
	counted := after + len([]rune(big))
	switch {
	case len(part) == 0, big == "" && t.run(after) > after: // 三点, 三点二十
		return i, ""
	case len(part) > 1, n.value > 24, n.value == 0 && part[0] != '零', string(part) == "零", big != "", t.measure(counted):
		return counted, strconv.FormatInt(n.value, 10) + "." + spell(part) + big
	}
	return i, ""
}

// degrees: 三十八度五 is 38.5度.
func (t zhText) degrees(i int) (int, string) {
	value, end, ok := t.small(i, 10, 99)
	if !ok || !t.has(end, "度") || t.digits(end+1) != end+2 || t.run(end+1) != end+2 || t.measure(end+2) {
		return i, ""
	}
	return end + 2, strconv.FormatInt(value, 10) + "." + spell(t.runes[end+1:end+2]) + "度"
}

// spelled: numbers that are said digit by digit. Without a zero or a 幺 only
// those that are long enough for a telephone count: 一二三 is counting.
func (t zhText) spelled(i int) (int, string) {
	end := t.digits(i)
	run := string(t.runes[i:end])
	if end != t.run(i) || strings.ContainsRune(run, '两') || t.has(end, "后") {
		return i, ""
	}
	if n := end - i; n >= 7 || n >= 3 && strings.ContainsAny(run, "零〇幺") {
		return end, spell(t.runes[i:end])
	}
	return i, ""
}

// amount: 一千二百三十万元 is 1230万元. Numbers of two numerals want a measure after
// them; longer ones are numbers whatever follows.
func (t zhText) amount(i int) (int, string) {
	n, end, ok := t.number(i)
	if !ok || n.spelled || n.value < 10 || n.runes < 2 || i > 0 && strings.ContainsRune("第几数上成", t.runes[i-1]) {
		return i, ""
	}
	if n.loose {
		if word, is := t.hasAny(end, "元", "块", "人", "公里", "平方米", "平米"); !is || word == "" {
			return i, ""
		}
	}
	if t.measure(end) || n.runes >= 4 && n.value >= 100 || n.runes == 3 && n.value > 100 && !n.loose {
		return end, figures(n.value)
	}
	return i, ""
}

// measure reports whether what is counted follows: 元, 多个, or the rest of a range.
func (t zhText) measure(i int) bool {
	if i < len(t.runes) && strings.ContainsRune("多余", t.runes[i]) {
		if i++; i < len(t.runes) && strings.ContainsRune("万亿", t.runes[i]) {
			return true
		}
	}
	if _, is := t.hasAny(i, zhMeasures...); is {
		_, not := t.hasAny(i, zhNoMeasures...)
		return !not
	}
	if _, is := t.hasAny(i, "到", "至"); is {
		if n, end, ok := t.number(i + 1); ok && !n.spelled {
			_, is := t.hasAny(end, zhMeasures...)
			return is
		}
	}
	return false
}
