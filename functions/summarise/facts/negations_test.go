package facts

import "testing"

func TestTurned(t *testing.T) {
	for _, c := range []struct{ told, said, want string }{
		{"会议同意该方案。", "会议没有同意该方案。", "同意"},
		{"会议不同意该方案。", "会议同意了该方案。", "同意"},
		{"会议没有同意该方案。", "经过讨论，会议没有同意该方案。", ""},
		{"该方案未通过。", "该方案被否决了。", ""},
		{"该方案通过。", "该方案暂时不能通过，下周再议。", "通过"},
		{"会议同意第一个方案。", "第一个方案我们同意，第二个不同意。", ""},
		{"会议不同意第二个方案。", "第一个方案我们同意，第二个不同意。", ""},
		{"讨论了是否同意。", "大家是不是同意？我不得不同意。", ""},
		{"预算不增加，非常明确。", "预算不断增加。", "增加"},
		{"资金尚未到位。", "资金已经到位。", "到位"},
		{"工期不能推迟。", "工期不能再推迟了。", ""},
		{"予算を承認した。", "予算を承認しなかった。", "承認"},
		{"予算は承認されず。", "予算を承認しました。", "承認"},
		{"予算は承認されていない。", "予算はまだ承認されていません。", ""},
		{"The council approved the budget.", "We did not approve the budget.", "approv"},
		{"The council didn't approve the budget.", "We approve the budget.", "approv"},
		{"The budget has not yet been approved.", "The budget isn't approved yet.", ""},
		{"Not only the roof but the windows are repaired.", "The roof and the windows are repaired.", ""},
		{"The school will be closed.", "The school will never be closed, and I mean it.", "clos"},
		{"信息中心不负责采购。", "采购不是信息中心负责的事。", ""},
		{"会议同意乙方案。", "我们没有同意甲方案但同意乙方案。", ""},
		{"三个村还没有自来水。", "三个村都有自来水了。", "自来"},
		{"对方案无异议。", "对方案有很大异议。", "异议"},
		{"Forty pupils have a bus.", "Forty pupils have no bus.", "bus"},
		{"They cannot agree.", "They are far apart.", ""},
	} {
		if got := Turned(c.told, c.said); got != c.want {
			t.Errorf("%s told of %s: got %q, want %q", c.told, c.said, got, c.want)
		}
	}
}
