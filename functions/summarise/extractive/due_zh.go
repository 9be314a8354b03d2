package extractive

import (
	"regexp"
	"strings"
	"time"
)

// weekdaysHan are the days of the week from Monday on.
const weekdaysHan = "一二三四五六日"

func zhWeekday(name string) int {
	switch name {
	case "天", "末":
		return sunday
	}
	return len([]rune(weekdaysHan[:strings.Index(weekdaysHan, name)]))
}

func zhDue(pattern string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(pattern, "{n}", `([0-9]{1,4}|[零〇一二两三四五六七八九十]{1,4})`))
}

var dueZh = []dueRule{
	{zhDue(`春节|(?:^|[^庆旦一])节[前后]|会后|散会|汛期|开学`), unknown},
	{zhDue(`半个?月(?:之内|以内|内|后)`), after(15)},
	{zhDue(`{n}个?工作日`), func(said time.Time, m []string) time.Time { return workingDays(said, number(m[1])) }},
	{zhDue(`{n}天`), func(said time.Time, m []string) time.Time { return said.AddDate(0, 0, number(m[1])) }},
	{zhDue(`{n}个?(?:周|星期|礼拜)(?:之内|以内|内|后)`), func(said time.Time, m []string) time.Time { return said.AddDate(0, 0, 7*number(m[1])) }},
	{zhDue(`{n}个月`), func(said time.Time, m []string) time.Time { return later(said, number(m[1])) }},
	{zhDue(`{n}个?小时`), func(said time.Time, m []string) time.Time { return said.Add(time.Duration(number(m[1])) * time.Hour) }},
	{zhDue(`{n}分钟`), after(0)},
	{zhDue(`大后天`), after(3)},
	{zhDue(`后天`), after(2)},
	{zhDue(`明[天日早晚]`), after(1)},
	{zhDue(`(下下?)个?(?:周|星期|礼拜)([一二三四五六日天末])?`), func(said time.Time, m []string) time.Time {
		if m[2] == "" {
			return dayOfWeek(said, len([]rune(m[1])), friday)
		}
		return dayOfWeek(said, len([]rune(m[1])), zhWeekday(m[2]))
	}},
	{zhDue(`(?:本|这个?)(?:周|星期|礼拜)([一二三四五六日天末])?`), func(said time.Time, m []string) time.Time {
		if m[1] == "" {
			return dayOfWeek(said, 0, friday)
		}
		return dayOfWeek(said, 0, zhWeekday(m[1]))
	}},
	{zhDue(`(?:周|星期|礼拜)末`), func(said time.Time, _ []string) time.Time { return dayOfWeek(said, 0, sunday) }},
	{zhDue(`(?:周|星期|礼拜)([一二三四五六日天])`), func(said time.Time, m []string) time.Time { return nextDay(said, zhWeekday(m[1])) }},
	{zhDue(`(明|今)?年[底末]`), func(said time.Time, m []string) time.Time {
		if m[1] == "明" {
			return onDate(said, said.Year()+1, 12, 31)
		}
		return onDate(said, 0, 12, 31)
	}},
	{zhDue(`(下)?个?季度末`), func(said time.Time, m []string) time.Time { return endOfQuarter(said, strings.Count(m[1], "下")) }},
	{zhDue(`(?:([0-9]{4})年)?{n}月{n}[日号]?`), func(said time.Time, m []string) time.Time {
		return onDate(said, number(m[1]), number(m[2]), number(m[3]))
	}},
	{zhDue(`明年{n}月(份|底|末|上旬|中旬|下旬)`), func(said time.Time, m []string) time.Time {
		return onDate(said, said.Year()+1, number(m[1]), map[string]int{"上旬": 10, "中旬": 20}[m[2]])
	}},
	{zhDue(`{n}月(份|底|末|上旬|中旬|下旬)`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, number(m[1]), map[string]int{"上旬": 10, "中旬": 20}[m[2]])
	}},
	{zhDue(`下个?月{n}[日号]`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, int(endOfMonth(said, 1).Month()), number(m[1]))
	}},
	{zhDue(`下个?月[底末]?`), func(said time.Time, _ []string) time.Time { return endOfMonth(said, 1) }},
	{zhDue(`月中`), func(said time.Time, _ []string) time.Time { return onDay(said, 15) }},
	{zhDue(`月[底末]|本月内`), func(said time.Time, _ []string) time.Time { return endOfMonth(said, 0) }},
	{zhDue(`{n}[日号]`), func(said time.Time, m []string) time.Time { return onDay(said, number(m[1])) }},
	{zhDue(`(国庆|元旦|五一)节?(之?前|以前)?`), func(said time.Time, m []string) time.Time {
		feast := map[string][2]int{"国庆": {10, 1}, "元旦": {1, 1}, "五一": {5, 1}}[m[1]]
		on := onDate(said, 0, feast[0], feast[1])
		if m[2] != "" {
			return on.AddDate(0, 0, -1)
		}
		return on
	}},
	{zhDue(`今[天日晚]|下班|^(?:上午|下午|中午|晚上|傍晚)|点`), after(0)},
}
