package librarytest

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Printer makes prose: words in the frequencies of Zipf's law, each book with a
// vocabulary of its own besides the common one. The same seed makes the same.
type Printer struct {
	*rand.Rand
	Chinese, English []string   // words, most frequent first
	Often            *rand.Zipf // their ranks
}

// glyphs are some hundred frequent characters; pairs of them make words.
const glyphs = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理世车"

// characters are those and the rest of the 3,755 of GB 2312's first level, without
// the five that are searched as another of them.
func characters() []rune {
	all := []rune(glyphs)
	for row := 0xb0; row <= 0xd7; row++ {
		for cell := 0xa1; cell <= 0xfe; cell++ {
			s, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{byte(row), byte(cell)})
			if r, _ := utf8.DecodeRune(s); err == nil && unicode.Is(unicode.Han, r) && !strings.ContainsRune(glyphs+"覆碱藉乾著", r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// Traditional writes some of them in their other form.
var Traditional = strings.NewReplacer("国", "國", "时", "時", "来", "來", "们", "們", "会", "會", "发", "發", "动", "動", "说", "說", "产", "產", "种", "種", "后", "後", "学", "學", "经", "經", "进", "進", "着", "著", "电", "電", "里", "裡",
	"现", "現", "实", "實", "两", "兩", "体", "體", "机", "機", "当", "當", "点", "點", "从", "從", "业", "業", "应", "應", "开", "開", "还", "還", "义", "義", "样", "樣", "与", "與", "关", "關", "线", "線", "数", "數", "么", "麼", "质", "質", "气", "氣",
	"变", "變", "条", "條", "没", "沒", "结", "結", "问", "問", "无", "無", "系", "係", "军", "軍", "党", "黨", "员", "員", "总", "總", "设", "設", "长", "長", "头", "頭", "资", "資", "边", "邊", "级", "級", "图", "圖", "统", "統", "较", "較", "将", "將", "组", "組",
	"见", "見", "计", "計", "别", "別", "论", "論", "运", "運", "农", "農", "几", "幾", "区", "區", "强", "強", "决", "決", "战", "戰", "则", "則", "据", "據", "处", "處", "车", "車", "这", "這", "个", "個", "为", "為", "对", "對", "过", "過", "于", "於", "干", "幹")

// NewPrinter makes a printer with vocabularies of its own.
func NewPrinter(seed uint64) *Printer {
	p := &Printer{Rand: rand.New(rand.NewPCG(seed, 5))}
	some := characters()
	rank := rand.NewZipf(p.Rand, 1.4, 60, uint64(len(some)-1))
	lengths := []int{1, 2, 2, 2, 2, 2, 3, 4}
	seen := map[string]bool{}
	for len(p.Chinese) < 12_000 {
		var w strings.Builder
		for range lengths[p.IntN(len(lengths))] {
			w.WriteRune(some[rank.Uint64()])
		}
		if !seen[w.String()] {
			seen[w.String()] = true
			p.Chinese = append(p.Chinese, w.String())
		}
	}
	syllables := strings.Fields("a in the re ti on er te con an de pro is al or com en ar ment st ing ed ly per un ra lo mi vi sa ter gov lib dis port form ight ould")
	for len(p.English) < 12_000 {
		w := ""
		for range 1 + p.IntN(4) {
			w += syllables[p.IntN(len(syllables))]
		}
		if !seen[w] {
			seen[w] = true
			p.English = append(p.English, w)
		}
	}
	p.Often = zipf(p.Rand, len(p.Chinese))
	return p
}

// Word is a word of the common vocabulary, or one time in ten of a book's own.
func (p *Printer) Word(of []string, book int) string {
	if p.IntN(10) == 0 {
		return of[(book*97+int(p.Often.Uint64())%60)%len(of)]
	}
	return of[p.Often.Uint64()]
}

// Chapter makes so many bytes of prose.
func (p *Printer) Chapter(book, size int, chinese bool) string {
	var b strings.Builder
	for b.Len() < size {
		for n := 5 + p.IntN(15); n > 0; n-- {
			switch {
			case !chinese:
				b.WriteString(p.Word(p.English, book) + " ")
			case p.IntN(60) == 0:
				b.WriteString([]string{"AI", "AI ", "GPT4", "Web", "3", "13", "2026"}[p.IntN(7)])
			default:
				b.WriteString(p.Word(p.Chinese, book))
			}
		}
		b.WriteString([]string{"。", "，", "！", ". ", "，\n", "。\n"}[p.IntN(6)])
	}
	return b.String()
}

// For returns a printer of one book: with the same words, and the same prose each
// time, whatever others print meanwhile.
func (p *Printer) For(book int) *Printer {
	r := rand.New(rand.NewPCG(uint64(book), 6))
	return &Printer{r, p.Chinese, p.English, zipf(r, len(p.Chinese))}
}

// zipf is how often words come: the first as often as in real prose.
func zipf(r *rand.Rand, words int) *rand.Zipf { return rand.NewZipf(r, 1.07, 2.7, uint64(words-1)) }
