package extractive

import (
	"regexp"
	"strings"
	"time"
)

// weekdaysJa are the days of the week from Monday on.
const weekdaysJa = "月火水木金土日"

func jaWeekday(name string) int {
	return len([]rune(weekdaysJa[:strings.Index(weekdaysJa, name)]))
}

func jaDue(pattern string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(pattern, "{n}", `([0-9]{1,4}|[一二三四五六七八九十]{1,4})`))
}

// jaNext is how many weeks or months later: 今週, 来週, 再来週.
var jaNext = map[string]int{"今": 0, "来": 1, "再来": 2}

var dueJa = []dueRule{
	{jaDue(`次回|期末$|^午前中?$|初め`), unknown},
	{jaDue(`{n}営業日`), func(said time.Time, m []string) time.Time { return workingDays(said, number(m[1])) }},
	{jaDue(`{n}日間?(?:以内|後)`), func(said time.Time, m []string) time.Time { return said.AddDate(0, 0, number(m[1])) }},
	{jaDue(`{n}週間(?:以内|後)`), func(said time.Time, m []string) time.Time { return said.AddDate(0, 0, 7*number(m[1])) }},
	{jaDue(`{n}[かヶ]月(?:以内|後)`), func(said time.Time, m []string) time.Time { return later(said, number(m[1])) }},
	{jaDue(`{n}時間(?:以内|後)`), func(said time.Time, m []string) time.Time {
		return said.Add(time.Duration(number(m[1])) * time.Hour)
	}},
	{jaDue(`明後日|あさって`), after(2)},
	{jaDue(`明日|あす`), after(1)},
	{jaDue(`(今|来|再来)週末`), func(said time.Time, m []string) time.Time { return dayOfWeek(said, jaNext[m[1]], sunday) }},
	{jaDue(`(今|来|再来)週(?:の?([月火水木金土日])曜日?)?`), func(said time.Time, m []string) time.Time {
		if m[2] == "" {
			return dayOfWeek(said, jaNext[m[1]], friday)
		}
		return dayOfWeek(said, jaNext[m[1]], jaWeekday(m[2]))
	}},
	{jaDue(`週明け`), func(said time.Time, _ []string) time.Time { return monday(said, 1) }},
	{jaDue(`週末`), func(said time.Time, _ []string) time.Time { return dayOfWeek(said, 0, sunday) }},
	{jaDue(`([月火水木金土日])曜`), func(said time.Time, m []string) time.Time { return nextDay(said, jaWeekday(m[1])) }},
	{jaDue(`(今|来|再来)月(?:の?{n}日)?`), func(said time.Time, m []string) time.Time {
		end := endOfMonth(said, jaNext[m[1]])
		if m[2] == "" {
			return end
		}
		return onDate(said, end.Year(), int(end.Month()), number(m[2]))
	}},
	{jaDue(`(?:([0-9]{4})年)?{n}月{n}日`), func(said time.Time, m []string) time.Time {
		return onDate(said, number(m[1]), number(m[2]), number(m[3]))
	}},
	{jaDue(`{n}月(末|上旬|中旬|下旬)`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, number(m[1]), map[string]int{"上旬": 10, "中旬": 20}[m[2]])
	}},
	{jaDue(`年度末`), func(said time.Time, _ []string) time.Time { return onDate(said, 0, 3, 31) }},
	{jaDue(`年末|年内`), func(said time.Time, _ []string) time.Time { return onDate(said, 0, 12, 31) }},
	{jaDue(`月末`), func(said time.Time, _ []string) time.Time { return endOfMonth(said, 0) }},
	{jaDue(`{n}日`), func(said time.Time, m []string) time.Time { return onDay(said, number(m[1])) }},
	{jaDue(`今日|本日|時|午後|夕方|正午`), after(0)},
}
