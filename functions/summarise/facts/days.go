package facts

import (
	"regexp"
	"strings"
)

// Weekdays by their first letters in English, and by character in Chinese and Japanese.
var weekdays = map[string]string{
	"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "日": "7", "天": "7", "末": "end",
	"月": "1", "火": "2", "水": "3", "木": "4", "金": "5", "土": "6",
	"mon": "1", "tue": "2", "wed": "3", "thu": "4", "fri": "5", "sat": "6", "sun": "7",
}

var (
	weekdayZh = regexp.MustCompile(`(?:周|星期|礼拜)([一二三四五六日天末])`)
	weekdayJa = regexp.MustCompile(`([月火水木金土日])曜日?`)
	weekdayEn = regexp.MustCompile(`\b(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)s?\b`)
	monthEn   = regexp.MustCompile(`\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|\b(?:in|of|by|until|before|next|since|end of) may\b|\bmay (?:the )?\d|\bmay (?:the )?(?:first|second|third|\w+th)\b`)
)

var months = strings.Fields("january february march april may june july august september october november december")

// days that are said in a word. The patterns stand in an order in which the longer
// word comes first.
var dayWords = []struct {
	value   string
	pattern *regexp.Regexp
}{
	{"in two days", regexp.MustCompile(`大?后天|明後日|あさって|\bday after tomorrow\b`)},
	{"tomorrow", regexp.MustCompile(`明天|明日|明早|明晚|あす|\btomorrow\b`)},
	{"yesterday", regexp.MustCompile(`昨天|昨日|昨晚|\byesterday\b`)},
	{"today", regexp.MustCompile(`今天|今日|今晚|本日|\b(?:today|tonight)\b`)},
	{"next week", regexp.MustCompile(`下下?个?(?:周|星期|礼拜)|来週|\bnext (?:week\b|mon|tue|wed|thu|fri|sat|sun)`)},
	{"last week", regexp.MustCompile(`上个?(?:周|星期|礼拜)|先週|\blast (?:week\b|mon|tue|wed|thu|fri|sat|sun)`)},
	{"this week", regexp.MustCompile(`(?:本|这个?)(?:周|星期|礼拜)|今週|\bthis (?:week\b|mon|tue|wed|thu|fri|sat|sun)`)},
	{"next month", regexp.MustCompile(`下个?月|来月|\bnext month\b`)},
	{"last month", regexp.MustCompile(`上个?月|先月|\blast month\b`)},
	{"next year", regexp.MustCompile(`明年|来年|\bnext year\b`)},
	{"last year", regexp.MustCompile(`去年|昨年|\blast year\b`)},
	{"end of month", regexp.MustCompile(`月[底末]|\bend of (?:the |this |next )?(?:month|january|february|march|april|may|june|july|august|september|october|november|december)\b`)},
	{"end of year", regexp.MustCompile(`年[底末]|\bend of (?:the |this |next )?year\b`)},
}

// daysOf returns the days that a text names, and the text without those whose
// characters could be read as numbers.
func daysOf(text string) (days []figure, rest string) {
	for _, w := range dayWords {
		if w.pattern.MatchString(text) {
			days = append(days, figure{value: w.value})
		}
	}
	for _, pattern := range []*regexp.Regexp{weekdayZh, weekdayJa, weekdayEn} {
		text = pattern.ReplaceAllStringFunc(text, func(word string) string {
			days = append(days, figure{value: "weekday " + weekdays[pattern.FindStringSubmatch(word)[1]]})
			return "|"
		})
	}
	for _, word := range monthEn.FindAllString(text, -1) {
		days = append(days, figure{value: monthNumber(word)})
	}
	return days, text
}

// monthNumber turns the month in a text into the number that other languages say.
func monthNumber(text string) string {
	for i, name := range months {
		if strings.Contains(text, name) {
			return format(float64(i + 1))
		}
	}
	return ""
}
