package text

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/booktext"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                     " ",
		"紅樓夢":                  " 红楼梦 ",
		"头发 發展 頭髮":             " 头发 发展 头发 ",
		"乾隆":                   " 干隆 ",
		"ＡＩ时代":                 " ai 时代 ",
		"AI 时代":                " ai 时代 ",
		"2026年3月":              " 2026 年 3 月 ",
		"数据，治理":                " 数据 , 治理 ",
		"C++  Primer":          " c ++ primer ",
		"in\u00adter\u200bnal": " internal ",
		"e\u0301tude Étude":    " étude étude ",
		"ﬁne ΣΊΣΥΦΟΣ":          " fine σίσυφοσ ",
		"ｶﾞﾗｽ":                 " ガラス ",
		"甲\r\n\n  乙":           " 甲 \n 乙 ",
		"don’t “go”":           " don ' t \" go \" ",
		"\xff坏":                " \ufffd 坏 ",
		"は\u3099":              " ば ",
		"a\u3000b\tc":          " a b c ",
		"㎏":                    " kg ",
		"葛\U000E0100城":         " 葛城 ",
		"สวัสดี hi":            " สวัสดี hi ",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q is folded to %q, want %q", in, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string][]string{
		"":                            nil,
		"　 ":                          nil,
		"——":                          nil,
		"數據 治理 数据":                    {"数据", "治理"},
		"《红楼梦》":                       {"红楼梦"},
		`"digital government" 平台`:     {" digital government", "平台"},
		"“数字 政府":                      {"数字 政府"},
		"AI":                          {" ai "},
		"AI时代":                        {" ai 时代"},
		"3月":                          {" 3 月"},
		"2026":                        {" 2026 "},
		"C++ (C#) .NET,":              {" c ++", " c #", " net"},
		"7-02-000220-X 9787020002207": {" 9787020002207 "},
		"ISBN":                        {" isbn"},
		"你好，世界":                       {"你好 , 世界"},
	} {
		q, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		var got []string
		for _, w := range q.Words {
			got = append(got, w.pattern)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", in, diff)
		}
	}
	for _, long := range []string{strings.Repeat("长", MaxQuery+1), "一 二 三 四 五 六 七 八 九 十 a b c d e f g"} {
		if _, err := Parse(long); err == nil {
			t.Errorf("%.20s… is taken", long)
		}
	}
}

func TestISBN(t *testing.T) {
	for in, want := range map[string]string{
		"978-7-02-000220-7": "9787020002207", "7-02-000220-X": "9787020002207", "7-02-000220-7": "", "0-306-40615-2": "9780306406157", "080442957x": "9780804429573",
		"9787020002208": "", "1234567890128": "", "X": "", "": "",
	} {
		if got, _ := ISBN(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// what a book holds and a query finds; the grams must say so too.
func TestWhatIsFound(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{"在頭髮上", "头发", true},
		{"头发", "發", true},
		{"books and artists", "book art", true},
		{"start", "art", false},
		{"the air", "AI", false},
		{"人工智能AI时代", "ai", true},
		{"AI 时代", "AI时代", true},
		{"2023年13月", "3月", false},
		{"2023年3月", "3月", true},
		{"数据。治理", "数据治理", false},
		{"数据\n治理", "数据治理", false},
		{"the digital  government", `"digital government"`, true},
		{"digital\ngovernment", `"digital government"`, false},
		{"learn C++, fast", "c++", true},
		{"governments", "government", true},
		{"governmen", "government", false},
		{"in 2026", "202", false},
		{"ＩＮＴＥＲＮＥＴ", "internet", true},
		{"第一百二十回", "百二", true},
		{"数据。治", "数治", false},
	} {
		q, err := Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		part := booktext.Part{Text: c.text}
		f := Find(q, 1, nil)
		f.Part(Prepare(part))
		if f.Complete() != c.want {
			t.Errorf("%q in %q: found is %t, want %t", c.query, c.text, f.Complete(), c.want)
		}
		if !c.want {
			continue
		}
		keys := Index([]booktext.Part{part})
		if !holds(keys.Grams, q.Grams()) || !holds(Lines(c.text), q.LineGrams()) {
			t.Errorf("%q in %q: the grams deny it", c.query, c.text)
		}
		for _, w := range q.Words {
			if !keys.Phrases.Passes(w.Phrases()) || !keys.Fours.Passes(w.Prints()) {
				t.Errorf("%q in %q: the filter denies it", c.query, c.text)
			}
		}
	}
}

func holds(book, query []int32) bool {
	in := map[int32]bool{}
	for _, g := range book {
		in[g] = true
	}
	for _, g := range query {
		if !in[g] {
			return false
		}
	}
	return true
}

func TestGramsOfMuchText(t *testing.T) {
	part := booktext.Part{Text: strings.Repeat("政务数据平台。reading library 2026 ", 20_000)}
	keys := Index([]booktext.Part{part, part})
	if n := len(keys.Grams); n != 11 {
		t.Errorf("%d grams, want 5 pairs, 2 beginnings twice, a number, and where that meets a Han character", n)
	}
	if n := len(keys.Phrases); n != 2 {
		t.Errorf("a filter of %d bytes, want one for each two of 4 triples", n)
	}
	if n := len(keys.Fours); n != 42 {
		t.Errorf("a xor filter of %d bytes, want 32 and 1.23 for each of 3 fours of characters, 3 with words, and 2 threes with words, in three parts", n)
	}
}

// A filter lets pass whatever it was made of, and little else.
func TestFilters(t *testing.T) {
	for _, n := range []int{1, 2, 10, 1000, 1500, 1600, 3000, 50_000, 300_000} {
		var in []int32
		for i := range n {
			in = append(in, hash(fmt.Sprint("in", i)))
		}
		bloom, xor := newFilter(distinct(in)), newXorFilter(distinct(in))
		passed, passedXor := 0, 0
		for i := range 50_000 {
			h, other := in[i%n], hash(fmt.Sprint("out", i))
			if !bloom.Passes([]Probe{probe(h)}) || !xor.Passes([]Print{printOf(h)}) {
				t.Fatalf("of %d phrases, %d is denied", n, i%n)
			}
			if bloom.Passes([]Probe{probe(other)}) {
				passed++
			}
			if xor.Passes([]Print{printOf(other)}) {
				passedXor++
			}
		}
		t.Logf("%d phrases: %.2f and %.2f bytes each; %.4f and %.4f of what is not there passes", n, float64(len(bloom))/float64(n), float64(len(xor))/float64(n), float64(passed)/50_000, float64(passedXor)/50_000)
		if n > 1000 && passed > 50_000/5 || passedXor > 50_000/150 {
			t.Errorf("%d phrases: %d and %d of 50,000 that are not there pass", n, passed, passedXor)
		}
		if n > 10_000 && len(xor) > n*3/2 {
			t.Errorf("%d phrases take %d bytes", n, len(xor))
		}
	}
	if !Filter(nil).Passes([]Probe{probe(1)}) || !XorFilter(nil).Passes([]Print{printOf(1)}) {
		t.Error("no filter denies something")
	}
}

func TestWiderPhrases(t *testing.T) {
	for pattern, want := range map[string][]string{
		"数据治": nil, "数据治理平": {"数据治理", "据治理平"}, "用 ai 写": {"用 ai 写"}, "会用 ai 写诗": {"会用 ai", "会用 ai 写", "用 ai 写", "用 ai 写诗", "ai 写诗"},
		" web ai 时": {"web ai 时"}, " the reading library of ": nil, "时代 ， 时代": nil, "时代 \n 时代": nil, "春 眠 不 觉": {"春 眠 不", "春 眠 不 觉", "眠 不 觉"},
	} {
		var hashes []int32
		for _, w := range want {
			hashes = append(hashes, hash(w))
		}
		if got := wider(pattern, nil); !slices.Equal(distinct(got), distinct(hashes)) {
			t.Errorf("%q: %d phrases, want %q", pattern, len(got), want)
		}
	}
	// web may go on as website.
	for _, query := range []string{"时代用web", "时代用"} {
		q, err := Parse(query)
		if err != nil || len(q.Words[0].Prints()) != 0 {
			t.Errorf("%q: %+v, %v: want none that is whole", query, q.Words[0].Prints(), err)
		}
	}
	if q, err := Parse("时代用AI"); err != nil || len(q.Words[0].Prints()) != 2 {
		t.Errorf("%+v, %v: a short word is whole", q, err)
	}
}

func TestPlaces(t *testing.T) {
	parts := []booktext.Part{
		{Href: "c1.xhtml", Text: "第一章\n這是一個關於數據的故事，數據很多。\n" + strings.Repeat("他走了。", 40) + "数据在此。"},
		{Href: "c2.xhtml", Text: "Ｄｉｇｉｔａｌ Government is here, e\u0301tude."},
	}
	q, err := Parse("数据 digital étude")
	if err != nil {
		t.Fatal(err)
	}
	f := Find(q, 2, nil)
	if !f.Part(Prepare(parts[0])) {
		t.Fatal("no more is wanted although two words are missing")
	}
	if f.Part(Prepare(parts[1])) || !f.Complete() {
		t.Fatal("more is wanted although all is found")
	}
	want := []Place{
		{Href: "c1.xhtml", Offset: 10, Length: 2, Text: "這是一個關於數據的故事，數據很多。", Marks: []Mark{{6, 8}, {12, 14}}},
		{Href: "c1.xhtml", Offset: 182, Length: 2, Text: strings.Repeat("他走了。", 8)[6:] + "数据在此。", Marks: []Mark{{30, 32}}},
		{Href: "c2.xhtml", Offset: 0, Length: 7, Text: parts[1].Text, Marks: []Mark{{0, 7}, {28, 34}}},
	}
	if diff := cmp.Diff(want, f.Places); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSortKey(t *testing.T) {
	if a, b, c := SortKey("《白鹿原》"), SortKey("红楼梦"), SortKey("Moby-Dick"); a > b || b > c {
		t.Errorf("%q, %q and %q are not in the order of their letters", a, b, c)
	}
}

func BenchmarkBook(b *testing.B) {
	part := booktext.Part{Text: strings.Repeat("政务数据平台，阅读图书馆的读者们在2026年3月读书。Reading library, again. ", 3000)}
	b.SetBytes(int64(len(part.Text)))
	for b.Loop() {
		Index([]booktext.Part{part})
	}
}

func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("政务数据平台，阅读图书馆的读者们在2026年3月读书。Reading library, again. ", 3000)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Fold(s)
	}
}
