package plain

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// builtin are the formats that a workbook does not write down (ECMA-376 part 1,
// 18.8.30), with those of the Chinese edition.
var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m/d/yy", 31: `yyyy"年"m"月"d"日"`, 32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`,
	34: `AM/PM h"时"mm"分"`, 35: `AM/PM h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`,
	37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0", 42: "#,##0;-#,##0",
	43: "#,##0.00;-#,##0.00", 44: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`, 55: `AM/PM h"时"mm"分"`, 56: `AM/PM h"时"mm"分"ss"秒"`,
	57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

// piece is a part of a format: a letter that stands for something, or a text.
type piece struct {
	code    byte // 'y' 'm' 'M' (minutes) 'd' 'h' 's' 'a' '0' '.' '%' ',' 'E' '/', or 0 for text
	width   int
	elapsed bool
	text    string
}

// section is what is done with some numbers.
type section struct {
	pieces []piece
	date   bool
}

// numberFormat shows numbers: positive ones by the first section, negative ones by
// the second, and zero by the third, as far as there are any.
type numberFormat struct {
	sections []section
}

// parseFormat reads a format code. Conditions and colours are not followed.
func parseFormat(code string) numberFormat {
	var f numberFormat
	if code == "" || strings.EqualFold(code, "general") || code == "@" || len(code) > 1000 {
		return f
	}
	for code != "" || len(f.sections) == 0 {
		var s section
		s.pieces, code = parseSection(code)
		s.finish()
		f.sections = append(f.sections, s)
		if len(f.sections) == 4 {
			break
		}
	}
	return f
}

// parseSection reads up to a semicolon, and returns what follows it.
func parseSection(code string) (pieces []piece, rest string) {
	text := func(t string) { pieces = append(pieces, piece{text: t}) }
	for code != "" {
		r, n := utf8.DecodeRuneInString(code)
		switch lower := byte(r | 0x20); {
		case r == ';':
			return pieces, code[1:]
		case r == '"':
			quoted, after, _ := strings.Cut(code[1:], `"`)
			text(quoted)
			n = len(code) - len(after)
		case r == '\\' && len(code) > 1:
			_, m := utf8.DecodeRuneInString(code[1:])
			text(code[1 : 1+m])
			n = 1 + m
		case (r == '_' || r == '*') && len(code) > 1:
			_, m := utf8.DecodeRuneInString(code[1:])
			n = 1 + m
		case r == '[':
			inside, after, _ := strings.Cut(code[1:], "]")
			pieces = append(pieces, bracket(inside)...)
			n = len(code) - len(after)
		case len(code) >= 5 && strings.EqualFold(code[:5], "AM/PM"):
			pieces = append(pieces, piece{code: 'a'})
			n = 5
		case r < 0x80 && strings.IndexByte("ymdhs", lower) >= 0:
			n = len(code) - len(strings.TrimLeft(code, string([]byte{lower, lower &^ 0x20})))
			pieces = append(pieces, piece{code: lower, width: n})
		case r == '0' || r == '#' || r == '?':
			pieces = append(pieces, piece{code: '0', width: int(r)})
		case r == '.' || r == '%' || r == ',' || r == '/':
			pieces = append(pieces, piece{code: byte(r), text: string(r)})
		case lower == 'e' && len(code) > 1 && (code[1] == '+' || code[1] == '-'):
			pieces = append(pieces, piece{code: 'E'})
			n = 2
		case r == '@':
		default:
			text(code[:n])
		}
		code = code[n:]
	}
	return pieces, ""
}

// bracket reads [h], [$￥-804] and what is in no need of being shown.
func bracket(inside string) []piece {
	lower := strings.ToLower(inside)
	if currency, ok := strings.CutPrefix(inside, "$"); ok {
		currency, _, _ = strings.Cut(currency, "-")
		return []piece{{text: currency}}
	}
	if lower != "" && strings.Trim(lower, lower[:1]) == "" && strings.Contains("hms", lower[:1]) {
		return []piece{{code: lower[0], width: len(lower), elapsed: true}}
	}
	return nil
}

// finish tells months from minutes: an m beside hours or seconds is minutes.
func (s *section) finish() {
	var before *piece
	for i := range s.pieces {
		p := &s.pieces[i]
		if strings.IndexByte("ymdhs", p.code) < 0 || p.code == 0 {
			continue
		}
		s.date = true
		if p.code == 'm' && before != nil && before.code == 'h' || p.code == 'm' && p.elapsed {
			p.code = 'M'
		}
		if p.code == 's' && before != nil && before.code == 'm' {
			before.code = 'M'
		}
		before = p
	}
}

// show writes a number.
func (f numberFormat) show(n float64, date1904 bool) string {
	if len(f.sections) == 0 {
		return general(n)
	}
	s := f.sections[0]
	switch {
	case n < 0 && len(f.sections) > 1:
		s, n = f.sections[1], -n
	case n == 0 && len(f.sections) > 2:
		s = f.sections[2]
	}
	if s.date {
		return s.showDate(n, date1904)
	}
	return s.showNumber(n)
}

// general writes a number as a cell without a format does: at most 11 digits.
func general(n float64) string {
	switch size := math.Abs(n); {
	case n == math.Trunc(n) && size < 1e11:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case size >= 1e11 || size < 1e-9:
		return strings.Replace(strconv.FormatFloat(n, 'E', -1, 64), "E+0", "E+", 1)
	}
	whole := len(strconv.FormatFloat(math.Trunc(math.Abs(n)), 'f', -1, 64))
	text := strconv.FormatFloat(n, 'f', max(0, 10-whole), 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// epoch is the day 0, or the day that was chosen on the Macintosh. There is a day
// 60 more than there was in 1900, which had no 29 February.
func epoch(days float64, date1904 bool) time.Time {
	switch {
	case date1904:
		return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		return time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
}
