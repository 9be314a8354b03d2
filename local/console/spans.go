package console

// Lengths of time in words.

import (
	"fmt"
	"strings"
	"time"

	"xietong.dev/shared/say"
)

// spanText is a length of time as people read it, cut to what they look at: 12 ms,
// 3.4 s, 2 min 5 s, 3 h 20 min, 2 d 4 h.
func spanText(language string, d time.Duration) string {
	part := func(unit string, n any) string { return fmt.Sprint(n, " ", spanWords.Say(language, unit)) }
	whole := func(great string, n time.Duration, small string, rest time.Duration) string {
		if rest == 0 {
			return part(great, int(n))
		}
		return part(great, int(n)) + " " + part(small, int(rest))
	}
	switch {
	case d <= 0:
		return "0"
	case d < time.Millisecond:
		return part("ms", "<1")
	case d < time.Second:
		return part("ms", d.Milliseconds())
	case d < 10*time.Second:
		return part("s", strings.TrimSuffix(fmt.Sprintf("%.1f", d.Truncate(100*time.Millisecond).Seconds()), ".0"))
	case d < time.Minute:
		return part("s", int(d.Seconds()))
	case d < time.Hour:
		return whole("min", d/time.Minute, "s", d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return whole("h", d/time.Hour, "min", d%time.Hour/time.Minute)
	}
	return whole("d", d/(24*time.Hour), "h", d%(24*time.Hour)/time.Hour)
}

var spanWords = say.Table{
	"ms":  {Zh: "毫秒", En: "ms"},
	"s":   {Zh: "秒", En: "s"},
	"min": {Zh: "分钟", En: "min"},
	"h":   {Zh: "小时", En: "h"},
	"d":   {Zh: "天", En: "d"},
}
