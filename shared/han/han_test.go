package han

import (
	"strings"
	"testing"
)

func TestFormsAreClosed(t *testing.T) {
	for r, to := range forms {
		if to == 0 {
			continue
		}
		if forms[to] != 0 || to == uint16(r) {
			t.Errorf("%c stands for %c, which does not stand for itself", r, to)
		}
	}
	for both, one := range map[string]string{"後后": "后", "臺檯颱台": "台", "著着": "着", "麼么": "么", "裏裡里": "里", "餘余": "余", "國国": "国", "瞭了": "了"} {
		for _, r := range both {
			if got := string(Simplify(r)); got != one {
				t.Errorf("%c is searched as %s, want %s", r, got, one)
			}
		}
	}
}

func TestPinyin(t *testing.T) {
	for name, want := range map[string]string{
		"红楼梦":                    "hlm hongloumeng lm loumeng meng",
		"紅樓夢":                    "hlm hongloumeng lm loumeng meng",
		"Moby-Dick":              "",
		"AI时代":                   "dai sd shidai",
		"鲁迅":                     "lu luxun lx xun",
		strings.Repeat("书", 500): "",
	} {
		got := Pinyin(name)
		if len(name) > 100 {
			if len(got) > 2000 {
				t.Errorf("%d letters are spelt of a long name", len(got))
			}
			continue
		}
		if got != want {
			t.Errorf("%s is spelt %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"重庆": "chongqing", "重要": "zhongyao", "音乐": "yinyue", "快乐": "kuaile", "女": "nv", "長大": "zhangda", "长城": "changcheng"} {
		if got := Pinyin(name); !strings.Contains(" "+got+" ", " "+want+" ") {
			t.Errorf("%s is spelt %s, want %s too", name, got, want)
		}
	}
}
