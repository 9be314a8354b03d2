package extractive

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"xietong.dev/functions/summarise/facts"
)

// dueRule says which day a phrase comes to, counted from the day on which it was said.
// What cannot be told gives the zero time: no day is better than a wrong one.
type dueRule struct {
	phrase *regexp.Regexp
	day    func(said time.Time, m []string) time.Time
}

var dueRules = map[string][]dueRule{"zh": dueZh, "en": dueEn, "ja": dueJa}

// dueOn returns the day that a phrase comes to, YYYY-MM-DD, and "" where it cannot be
// told. said is when the phrase was said, in the zone of those who said it; the zero
// time is a recording of which nobody knows when it was made.
//
// The conventions: a day without month or year is the next of that name. A week ends on
// its Friday, as offices work, and begins on Monday; next Friday is the one of next
// week. A month, a quarter or a year that is named as such ends on its last day.
// Feasts that move (春节) and days that only those present know (会后, the deadline) are
// left open.
func dueOn(phrase, script string, said time.Time) string {
	if phrase == "" || said.IsZero() {
		return ""
	}
	said = time.Date(said.Year(), said.Month(), said.Day(), said.Hour(), 0, 0, 0, time.UTC)
	text := strings.ToLower(facts.Plain(phrase))
	for _, rule := range dueRules[script] {
		m := rule.phrase.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if day := rule.day(said, m); !day.IsZero() {
			return day.Format(time.DateOnly)
		}
		return ""
	}
	return ""
}

// after is the day so many days later.
func after(days int) func(time.Time, []string) time.Time {
	return func(said time.Time, _ []string) time.Time { return said.AddDate(0, 0, days) }
}

func unknown(time.Time, []string) time.Time { return time.Time{} }

// number reads a number of at most four digits in any spelling, and 0 where there is none.
func number(text string) int {
	if n, err := strconv.Atoi(text); err == nil && n <= 9999 {
		return n
	}
	if n, ok := facts.Numeral(text); ok && n <= 9999 {
		return int(n)
	}
	return 0
}

// monday returns the first day of the week, so many weeks later.
func monday(said time.Time, weeks int) time.Time {
	return said.AddDate(0, 0, 7*weeks-(int(said.Weekday())+6)%7)
}

// dayOfWeek returns a day of the week, 0 for Monday, so many weeks later. A day that is
// past is none.
func dayOfWeek(said time.Time, weeks, day int) time.Time {
	on := monday(said, weeks).AddDate(0, 0, day)
	if on.Before(said) {
		return time.Time{}
	}
	return on
}

// nextDay returns the next day of that name after the day itself.
func nextDay(said time.Time, day int) time.Time {
	on := monday(said, 0).AddDate(0, 0, day)
	if !on.After(said) {
		on = on.AddDate(0, 0, 7)
	}
	return on
}

const friday, sunday = 4, 6

// endOfMonth returns the last day of the month, so many months later.
func endOfMonth(said time.Time, months int) time.Time {
	return time.Date(said.Year(), said.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
}

// endOfQuarter returns the last day of the quarter, so many quarters later.
func endOfQuarter(said time.Time, quarters int) time.Time {
	last := (said.Month()-1)/3*3 + 3 + time.Month(3*quarters)
	return time.Date(said.Year(), last+1, 0, 0, 0, 0, 0, time.UTC)
}

// onDate returns the next day of that date, or the one in the year given where that is
// not past. Day 0 is the last of the month.
func onDate(said time.Time, year, month, day int) time.Time {
	if month < 1 || month > 12 || day > 31 {
		return time.Time{}
	}
	on := dateIn(max(year, said.Year()), month, day)
	if year == 0 && on.Before(startOf(said)) {
		on = dateIn(said.Year()+1, month, day)
	}
	past := year != 0 && year < said.Year()
	if past || on.Month() != time.Month(month) { // the 31st of a month that has none
		return time.Time{}
	}
	return on
}

func dateIn(year, month, day int) time.Time {
	if day == 0 {
		return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// onDay returns the next such day of a month.
func onDay(said time.Time, day int) time.Time {
	for months := range 3 {
		first := time.Date(said.Year(), said.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		if on := first.AddDate(0, 0, day-1); day >= 1 && on.Month() == first.Month() && !on.Before(startOf(said)) {
			return on
		}
	}
	return time.Time{}
}

func startOf(said time.Time) time.Time {
	return time.Date(said.Year(), said.Month(), said.Day(), 0, 0, 0, 0, time.UTC)
}

// workingDays counts from Monday to Friday; what a government swaps for a feast is not known.
func workingDays(said time.Time, n int) time.Time {
	const most = 400
	for n = min(n, most); n > 0; {
		said = said.AddDate(0, 0, 1)
		if d := said.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return said
}

// later adds months and keeps within the month that it comes to.
func later(said time.Time, months int) time.Time {
	last := endOfMonth(said, months)
	return last.AddDate(0, 0, min(said.Day(), last.Day())-last.Day())
}
