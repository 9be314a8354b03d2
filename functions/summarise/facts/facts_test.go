package facts

import "testing"

func TestMissing(t *testing.T) {
	const zh = "工程师建议更换新管道，预算十二万元，涨价百分之八，张伟周五前把报价交给财务处。"
	const en = "the bus company wants one hundred and twenty thousand dollars, that is eight percent more, and sarah answers by next Friday"
	for _, c := range []struct{ sentence, source, want string }{
		{"更换管道需要12万元。", zh, ""},
		{"更换管道需要120,000元。", zh, ""},
		{"更换管道需要十三万元。", zh, "130000"},
		{"价格上涨8%。", zh, ""},
		{"价格上涨8元。", zh, "8"},
		{"价格上涨百分之九。", zh, "9%"},
		{"张伟负责在星期五之前提交报价。", zh, ""},
		{"张伟负责在周四之前提交报价。", zh, "weekday 4"},
		{"张伟明天提交报价。", zh, "tomorrow"},
		{"李娜提交报价。", zh, "李娜"},
		{"与财务处一致同意该方案。", zh, ""},
		{"进一步明确方案，严格执行程序。", zh, ""},
		{"王主任提交报价。", zh, "王主"},
		{"The bus company asks for 120,000 dollars, 8% more.", en, ""},
		{"The bus company asks for 130 thousand dollars.", en, "130000"},
		{"The bus company asks for 8 dollars.", en, "8"},
		{"Sarah answers by Friday.", en, ""},
		{"Sarah answers by Monday.", en, "weekday 1"},
		{"Peter answers by Friday.", en, "peter"},
		{"The answer goes to Acme.", en, "acme"},
		{"They meet in September.", en, "9"},
		{"田中さんが9月30日までに提出します。", "田中さんが九月三十日までに提出します", ""},
		{"佐藤さんが提出します。", "田中さんが九月三十日までに提出します", "佐藤さん"},
		{"金曜日に提出します。", "田中さんが木曜日に提出します", "weekday 5"},
	} {
		if got := Missing(c.sentence, c.source, nil); got != c.want {
			t.Errorf("%s\n in %s\n got %q, want %q", c.sentence, c.source, got, c.want)
		}
	}
	if got := Missing("李娜提交报价。", zh, []string{"李娜"}); got != "" {
		t.Errorf("a speaker's name is not known: %q", got)
	}
}

func TestDiffer(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"九月底前完成十二个小区的入户调查。", "Twelve estates shall be surveyed by the end of September.", ""},
		{"九月底前完成十二个小区的入户调查。", "Twenty estates shall be surveyed by the end of September.", "12"},
		{"预算一百二十万元，周五报送。", "The budget of 1.2 million yuan is due on Friday.", ""},
		{"预算一百二十万元。", "The budget is 1.2 million yuan and 5 percent more.", "5%"},
		{"来週の水曜日に会議をします。", "下周三开会。", ""},
	} {
		if got := Differ(c.a, c.b); got != c.want {
			t.Errorf("%s\n%s\n got %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestNumeral(t *testing.T) {
	for text, want := range map[string]float64{"十": 10, "十二": 12, "二十": 20, "三百二十": 320, "二〇二六": 2026, "一千二百万": 12e6, "三点五": 3.5, "一点二万": 12e3, "一亿三千万": 1.3e8, "一百零五": 105} {
		if got, ok := Numeral(text); !ok || got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
