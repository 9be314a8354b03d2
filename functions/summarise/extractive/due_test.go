package extractive

import (
	"testing"
	"time"
)

// saidOn is the Wednesday from which the labelled sentences count.
var saidOn = time.Date(2026, 9, 16, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// Each phrase, said on Wednesday, 16 September 2026, and the day that it comes to.
func TestDueOn(t *testing.T) {
	for _, c := range []struct{ script, phrase, want string }{
		{"zh", "明天", "2026-09-17"}, {"zh", "今天下班前", "2026-09-16"}, {"zh", "大后天", "2026-09-19"},
		{"zh", "周五前", "2026-09-18"}, {"zh", "周三", "2026-09-23"}, {"zh", "本周一", ""}, {"zh", "下周三", "2026-09-23"},
		{"zh", "下下周一之前", "2026-09-28"}, {"zh", "下周", "2026-09-25"}, {"zh", "本周内", "2026-09-18"}, {"zh", "周末", "2026-09-20"},
		{"zh", "月底前", "2026-09-30"}, {"zh", "下个月底", "2026-10-31"}, {"zh", "下月5号", "2026-10-05"}, {"zh", "年底", "2026-12-31"}, {"zh", "明年底", "2027-12-31"},
		{"zh", "3月15日", "2027-03-15"}, {"zh", "三月十五号前", "2027-03-15"}, {"zh", "2027年1月8日", "2027-01-08"}, {"zh", "十月底", "2026-10-31"}, {"zh", "10月中旬", "2026-10-20"},
		{"zh", "15号", "2026-10-15"}, {"zh", "20号前", "2026-09-20"}, {"zh", "31号", "2026-10-31"}, {"zh", "2月30日", ""}, {"zh", "13月1日", ""},
		{"zh", "三天内", "2026-09-19"}, {"zh", "五个工作日内", "2026-09-23"}, {"zh", "两周内", "2026-09-30"}, {"zh", "3个月内", "2026-12-16"}, {"zh", "24小时内", "2026-09-17"},
		{"zh", "国庆前", "2026-09-30"}, {"zh", "元旦", "2027-01-01"}, {"zh", "季度末", "2026-09-30"}, {"zh", "下季度末", "2026-12-31"},
		{"zh", "春节前", ""}, {"zh", "会后", ""}, {"zh", "开学", ""},
		{"en", "next Friday", "2026-09-25"}, {"en", "by Friday", "2026-09-18"}, {"en", "by Wednesday", "2026-09-23"}, {"en", "this Friday", "2026-09-18"},
		{"en", "by the end of the month", "2026-09-30"}, {"en", "by the end of next month", "2026-10-31"}, {"en", "by the end of October", "2026-10-31"},
		{"en", "in two weeks", "2026-09-30"}, {"en", "within a month", "2026-10-16"}, {"en", "within ten working days", "2026-09-30"},
		{"en", "March 15th", "2027-03-15"}, {"en", "the fifteenth of March", "2027-03-15"}, {"en", "on the twenty-third", "2026-09-23"}, {"en", "by the 5th", "2026-10-05"}, {"en", "february 30", ""},
		{"en", "tomorrow morning", "2026-09-17"}, {"en", "by close of business", "2026-09-16"}, {"en", "by 5 p.m.", "2026-09-16"}, {"en", "before christmas", "2026-12-24"},
		{"en", "by the end of the quarter", "2026-09-30"}, {"en", "next week", "2026-09-25"}, {"en", "before the next meeting", ""}, {"en", "by the summer", ""},
		{"ja", "来週の水曜日", "2026-09-23"}, {"ja", "金曜日まで", "2026-09-18"}, {"ja", "月末まで", "2026-09-30"}, {"ja", "来月の5日", "2026-10-05"}, {"ja", "10月末", "2026-10-31"},
		{"ja", "三日以内", "2026-09-19"}, {"ja", "二週間後", "2026-09-30"}, {"ja", "年度末", "2027-03-31"}, {"ja", "週明け", "2026-09-21"}, {"ja", "明後日", "2026-09-18"}, {"ja", "次回の会議まで", ""},
	} {
		if got := dueOn(c.phrase, c.script, saidOn); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.script, c.phrase, got, c.want)
		}
	}
	if got := dueOn("明天", "zh", time.Time{}); got != "" {
		t.Errorf("a day of nobody knows when: got %q, want none", got)
	}
	if got := dueOn("in three months", "en", time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)); got != "2027-02-28" {
		t.Errorf("three months after 30 November: got %q", got)
	}
}
