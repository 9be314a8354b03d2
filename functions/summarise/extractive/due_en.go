package extractive

import (
	"regexp"
	"strings"
	"time"
)

var enWeekdays = strings.Fields("monday tuesday wednesday thursday friday saturday sunday")

var enMonths = strings.Fields("january february march april may june july august september october november december")

var enCounts = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")

var enOrdinals = strings.Fields("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth")

var enDueParts = strings.NewReplacer(
	"{n}", `(\d{1,3}|a|an|`+strings.Join(enCounts, "|")+`|thirty)`,
	"{weekday}", `(`+strings.Join(enWeekdays, "|")+`)`,
	"{month}", `(`+strings.Join(enMonths, "|")+`)`,
	"{ordinal}", `(\d{1,2}|(?:(?:twenty|thirty)[ -])?(?:`+strings.Join(enOrdinals[1:], "|")+`)|thirtieth)`)

func enDue(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`\b` + enDueParts.Replace(pattern) + `(?:st|nd|rd|th)?\b`)
}

// place returns where a word stands in a list, and -1 where it does not.
func place(list []string, word string) int {
	for i, w := range list {
		if w == word {
			return i
		}
	}
	return -1
}

func enCount(word string) int {
	switch word {
	case "a", "an":
		return 1
	case "thirty":
		return 30
	}
	return max(number(word), place(enCounts, word), 0)
}

// enOrdinal reads 3, third, twenty-third and thirtieth.
func enOrdinal(word string) int {
	ten := 0
	switch {
	case word == "thirtieth":
		return 30
	case strings.HasPrefix(word, "twenty"):
		ten = 20
	case strings.HasPrefix(word, "thirty"):
		ten = 30
	}
	return max(number(word), ten+max(place(enOrdinals, strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(word, "twenty"), "thirty"), " -")), 0))
}

// enUnit adds a number of days, weeks, months or hours.
func enUnit(said time.Time, n int, working, unit string) time.Time {
	switch {
	case working != "":
		return workingDays(said, n)
	case unit == "hour":
		return said.Add(time.Duration(n) * time.Hour)
	case unit == "week":
		return said.AddDate(0, 0, 7*n)
	case unit == "month":
		return later(said, n)
	}
	return said.AddDate(0, 0, n)
}

// enEnd is the end of a day, a week, a month, a quarter or a year.
func enEnd(said time.Time, next int, span string) time.Time {
	switch span {
	case "day":
		return said.AddDate(0, 0, next)
	case "week":
		return dayOfWeek(said, next, friday)
	case "month":
		return endOfMonth(said, next)
	case "quarter":
		return endOfQuarter(said, next)
	}
	return onDate(said, said.Year()+next, 12, 31)
}

var dueEn = []dueRule{
	{enDue(`beginning of|next meeting|deadline|summer|winter|spring|autumn|then`), unknown},
	{enDue(`(?:in|within) {n} (working |business )?(hour|day|week|month)s?`), func(said time.Time, m []string) time.Time {
		return enUnit(said, enCount(m[1]), m[2], m[3])
	}},
	{enDue(`day after tomorrow`), after(2)},
	{enDue(`tomorrow`), after(1)},
	{enDue(`end of (?:the )?(this |next )?(day|week|month|quarter|year)`), func(said time.Time, m []string) time.Time {
		return enEnd(said, strings.Count(m[1], "next"), m[2])
	}},
	{enDue(`middle of (?:the )?(this |next )?month`), func(said time.Time, m []string) time.Time {
		if m[1] == "next " {
			return endOfMonth(said, 0).AddDate(0, 0, 15)
		}
		return onDay(said, 15)
	}},
	{enDue(`{month} (?:the )?{ordinal}`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, place(enMonths, m[1])+1, enOrdinal(m[2]))
	}},
	{enDue(`{ordinal}(?:st|nd|rd|th)? of {month}`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, place(enMonths, m[2])+1, enOrdinal(m[1]))
	}},
	{enDue(`next {weekday}`), func(said time.Time, m []string) time.Time { return dayOfWeek(said, 1, place(enWeekdays, m[1])) }},
	{enDue(`this {weekday}`), func(said time.Time, m []string) time.Time { return dayOfWeek(said, 0, place(enWeekdays, m[1])) }},
	{enDue(`{weekday}`), func(said time.Time, m []string) time.Time { return nextDay(said, place(enWeekdays, m[1])) }},
	{enDue(`(this|next) (week|month)`), func(said time.Time, m []string) time.Time {
		return enEnd(said, strings.Count(m[1], "next"), m[2])
	}},
	{enDue(`weekend`), func(said time.Time, _ []string) time.Time { return dayOfWeek(said, 0, sunday) }},
	{enDue(`(before )?christmas`), func(said time.Time, m []string) time.Time {
		return onDate(said, 0, 12, 25).AddDate(0, 0, -strings.Count(m[1], "before"))
	}},
	{enDue(`{month}`), func(said time.Time, m []string) time.Time { return onDate(said, 0, place(enMonths, m[1])+1, 0) }},
	{enDue(`today|tonight|noon|midnight|eod|cob|close of (?:business|play)|this (?:morning|afternoon|evening)|\d{1,2}(?::\d\d)?\s?[ap]\.?m|o'clock`), after(0)},
	{enDue(`{ordinal}`), func(said time.Time, m []string) time.Time { return onDay(said, enOrdinal(m[1])) }},
}
