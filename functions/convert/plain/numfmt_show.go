package plain

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDays is the last day that a spreadsheet knows, 31 December 9999.
const maxDays = 2_958_465

func (s section) showDate(days float64, date1904 bool) string {
	if days < 0 || days > maxDays || math.IsNaN(days) {
		return general(days)
	}
	step := time.Second
	if slices.ContainsFunc(s.pieces, func(p piece) bool { return p.code == '.' }) {
		step = 100 * time.Millisecond
	}
	whole := math.Floor(days)
	t := epoch(days, date1904).AddDate(0, 0, int(whole)).Add(time.Duration((days - whole) * float64(24*time.Hour)).Round(step))
	half := slices.ContainsFunc(s.pieces, func(p piece) bool { return p.code == 'a' })
	var b strings.Builder
	for i, p := range s.pieces {
		switch {
		case p.code == '0' && i > 0 && s.pieces[i-1].code == '.':
			b.WriteString(strconv.Itoa(t.Nanosecond() / 100_000_000))
		case p.code == '0':
		case p.elapsed:
			total := map[byte]float64{'h': 24, 'M': 24 * 60, 's': 24 * 3600}[p.code] * days
			fmt.Fprintf(&b, "%0*d", p.width, int64(total+1e-6))
		case p.code == 0 || p.text != "":
			b.WriteString(p.text)
		default:
			b.WriteString(dated(p, t, half))
		}
	}
	return b.String()
}

// dated writes one part of a date.
func dated(p piece, t time.Time, half bool) string {
	padded := func(n int) string { return fmt.Sprintf("%0*d", min(p.width, 2), n) }
	switch p.code {
	case 'y':
		if p.width <= 2 {
			return fmt.Sprintf("%02d", t.Year()%100)
		}
		return fmt.Sprintf("%04d", t.Year())
	case 'm':
		switch {
		case p.width == 3:
			return t.Format("Jan")
		case p.width > 3:
			return t.Format("January")
		}
		return padded(int(t.Month()))
	case 'd':
		switch {
		case p.width == 3:
			return t.Format("Mon")
		case p.width > 3:
			return t.Format("Monday")
		}
		return padded(t.Day())
	case 'h':
		if hour := t.Hour(); half {
			return padded((hour+11)%12 + 1)
		}
		return padded(t.Hour())
	case 'M':
		return padded(t.Minute())
	case 's':
		return padded(t.Second())
	case 'a':
		return t.Format("PM")
	}
	return ""
}

// showNumber writes a number with the digits that a section asks for. Fractions
// such as # ?/? are written as decimals.
func (s section) showNumber(n float64) string {
	places, whole, commas, percents, scale := s.digits()
	if whole == 0 && places == 0 && !slices.ContainsFunc(s.pieces, func(p piece) bool { return p.code == '0' }) {
		return s.around("") // a text and no digit
	}
	if slices.ContainsFunc(s.pieces, func(p piece) bool { return p.code == 'E' }) {
		return strings.ToUpper(strconv.FormatFloat(n, 'e', min(places, 15), 64))
	}
	if slices.ContainsFunc(s.pieces, func(p piece) bool { return p.code == '/' }) {
		return general(n)
	}
	n = n * math.Pow(100, float64(percents)) / math.Pow(1000, float64(scale))
	text := strconv.FormatFloat(math.Abs(n), 'f', min(places, 30), 64)
	integer, fraction, _ := strings.Cut(text, ".")
	if integer == "0" && whole == 0 {
		integer = ""
	}
	for len(integer) < whole {
		integer = "0" + integer
	}
	if commas {
		integer = grouped(integer)
	}
	if text = integer; places > 0 {
		if fraction = s.optional(fraction); fraction != "" {
			text += "." + fraction
		}
	}
	if n < 0 && strings.ContainsAny(text, "123456789") {
		text = "-" + text
	}
	return s.around(text)
}

// digits counts what a section asks for: digits after the point, digits that are
// shown before it even where they are zero, whether thousands are set apart, and by
// how much the number grows or shrinks.
func (s section) digits() (places, whole int, commas bool, percents, scale int) {
	point, last := false, -1
	for i, p := range s.pieces {
		if p.code == 'E' {
			break // what follows is the exponent's
		}
		switch {
		case p.code == '0' && point:
			places, last = places+1, i
		case p.code == '0':
			last = i
			if p.width == '0' {
				whole++
			}
		case p.code == '.':
			point = true
		case p.code == '%':
			percents++
		}
	}
	for i, p := range s.pieces {
		if p.code != ',' {
			continue
		}
		if i < last {
			commas = true
		} else if i == last+1+scale {
			scale++
		}
	}
	return places, min(whole, 30), commas, min(percents, 3), min(scale, 5)
}

// optional leaves out zeroes at the end that are only shown where they count.
func (s section) optional(fraction string) string {
	point, at := false, 0
	var marks []int
	for _, p := range s.pieces {
		if p.code == '.' {
			point = true
		}
		if p.code == '0' && point {
			marks = append(marks, p.width)
		}
	}
	for at = min(len(fraction), len(marks)); at > 0 && fraction[at-1] == '0' && marks[at-1] != '0'; {
		at--
	}
	return fraction[:at]
}

// around puts the texts of a section around a number.
func (s section) around(number string) string {
	var b strings.Builder
	written := false
	for _, p := range s.pieces {
		switch p.code {
		case 0, '%':
			b.WriteString(p.text)
		case '0', '.':
			if !written {
				b.WriteString(number)
			}
			written = true
		}
	}
	return b.String()
}

func grouped(integer string) string {
	for at := len(integer) - 3; at > 0; at -= 3 {
		integer = integer[:at] + "," + integer[at:]
	}
	return integer
}
