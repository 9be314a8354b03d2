package library

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// desk is a shelf with a real database, and texts in a store.
type desk struct {
	testing.TB
	*Shelf
	store *blob.Memory
}

func open(t testing.TB) *desk {
	store := &blob.Memory{}
	texts := &Objects{Store: store, MaxPacked: 1 << 26, MaxText: 1 << 28, Keep: 1 << 26}
	return &desk{t, &Shelf{DB: pgtest.Open(t, "library", Migrations()), Texts: texts}, store}
}

// tx runs work and commits it.
func (d *desk) tx(work func(pg.Tx) error) {
	d.Helper()
	if err := d.DB.InTx(d.Context(), work); err != nil {
		d.Fatal(err)
	}
}

var began = time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)

// edition is a book with a title and authors, added so many minutes after the
// first.
func edition(book string, minutes int, title string, authors ...string) Edition {
	e := Edition{Book: book, Format: events.BookEPUB, Metadata: events.BookMetadata{Title: title, Language: "zh-CN"}, AddedAt: began.Add(time.Duration(minutes) * time.Minute)}
	for _, a := range authors {
		e.Metadata.Contributors = append(e.Metadata.Contributors, events.Contributor{Name: a, Role: "aut"})
	}
	return e
}

// add puts a book on the shelf and indexes its text, part by part.
func (d *desk) add(e Edition, parts ...string) {
	d.Helper()
	b := bookOf(parts)
	if len(parts) > 0 {
		e.Text = d.put("texts/"+e.Book+"/text.zst", b)
	}
	keys := text.Index(b)
	d.tx(func(tx pg.Tx) error {
		if err := PutEdition(d.Context(), tx, e); err != nil || len(parts) == 0 {
			return err
		}
		return Index(d.Context(), tx, e.Book, keys)
	})
}

func bookOf(parts []string) (b []booktext.Part) {
	for i, p := range parts {
		b = append(b, booktext.Part{Href: fmt.Sprintf("c%d.xhtml", i+1), Text: p})
	}
	return b
}

func (d *desk) put(key string, b []booktext.Part) *events.Object {
	d.Helper()
	packed := librarytest.Text(d, b)
	info, err := d.store.Put(d.Context(), "artifacts", key, bytes.NewReader(packed), blob.Put{Size: int64(len(packed))})
	if err != nil {
		d.Fatal(err)
	}
	return &events.Object{Bucket: "artifacts", Key: key, ETag: info.ETag, Size: info.Size}
}

// search walks every page of a list.
func (d *desk) search(q Query) []Hit {
	d.Helper()
	var all []Hit
	for {
		page, err := d.Search(d.Context(), q)
		if err != nil {
			d.Fatal(err)
		}
		if len(page.Unread) > 0 {
			d.Fatalf("texts that were not read: %v", page.Unread)
		}
		all = append(all, page.Hits...)
		if page.Next == "" {
			return all
		}
		q.After = page.Next
	}
}

// books are the books of hits, in their order.
func books(hits []Hit) string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Edition.Book)
	}
	return strings.Join(all, " ")
}

// printer makes prose: words in the frequencies of Zipf's law, each book with a
// vocabulary of its own besides the common one.
type printer struct {
	*rand.Rand
	chinese, english []string
	often            *rand.Zipf
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

// traditional are the other forms of some of them.
var traditional = strings.NewReplacer("国", "國", "时", "時", "来", "來", "们", "們", "会", "會", "发", "發", "动", "動", "说", "說", "产", "產", "种", "種", "后", "後", "学", "學", "经", "經", "进", "進", "着", "著", "电", "電", "里", "裡",
	"现", "現", "实", "實", "两", "兩", "体", "體", "机", "機", "当", "當", "点", "點", "从", "從", "业", "業", "应", "應", "开", "開", "还", "還", "义", "義", "样", "樣", "与", "與", "关", "關", "线", "線", "数", "數", "么", "麼", "质", "質", "气", "氣",
	"变", "變", "条", "條", "没", "沒", "结", "結", "问", "問", "无", "無", "系", "係", "军", "軍", "党", "黨", "员", "員", "总", "總", "设", "設", "长", "長", "头", "頭", "资", "資", "边", "邊", "级", "級", "图", "圖", "统", "統", "较", "較", "将", "將", "组", "組",
	"见", "見", "计", "計", "别", "別", "论", "論", "运", "運", "农", "農", "几", "幾", "区", "區", "强", "強", "决", "決", "战", "戰", "则", "則", "据", "據", "处", "處", "车", "車", "这", "這", "个", "個", "为", "為", "对", "對", "过", "過", "于", "於", "干", "幹")

func newPrinter(seed uint64) *printer {
	p := &printer{Rand: rand.New(rand.NewPCG(seed, 5))}
	some := characters()
	rank := rand.NewZipf(p.Rand, 1.4, 60, uint64(len(some)-1))
	lengths := []int{1, 2, 2, 2, 2, 2, 3, 4}
	seen := map[string]bool{}
	for len(p.chinese) < 12_000 {
		var w strings.Builder
		for range lengths[p.IntN(len(lengths))] {
			w.WriteRune(some[rank.Uint64()])
		}
		if !seen[w.String()] {
			seen[w.String()] = true
			p.chinese = append(p.chinese, w.String())
		}
	}
	syllables := strings.Fields("a in the re ti on er te con an de pro is al or com en ar ment st ing ed ly per un ra lo mi vi sa ter gov lib dis port form ight ould")
	for len(p.english) < 12_000 {
		w := ""
		for range 1 + p.IntN(4) {
			w += syllables[p.IntN(len(syllables))]
		}
		if !seen[w] {
			seen[w] = true
			p.english = append(p.english, w)
		}
	}
	p.often = rand.NewZipf(p.Rand, 1.07, 2.7, 11_999)
	return p
}

// word is a word of the common vocabulary, or one time in ten of a book's own.
func (p *printer) word(of []string, book int) string {
	if p.IntN(10) == 0 {
		return of[(book*97+int(p.often.Uint64())%60)%len(of)]
	}
	return of[p.often.Uint64()]
}

// chapter makes so many bytes of prose.
func (p *printer) chapter(book, size int, chinese bool) string {
	var b strings.Builder
	for b.Len() < size {
		for n := 5 + p.IntN(15); n > 0; n-- {
			switch {
			case !chinese:
				b.WriteString(p.word(p.english, book) + " ")
			case p.IntN(60) == 0:
				b.WriteString([]string{"AI", "AI ", "GPT4", "Web", "3", "13", "2026"}[p.IntN(7)])
			default:
				b.WriteString(p.word(p.chinese, book))
			}
		}
		b.WriteString([]string{"。", "，", "！", ". ", "，\n", "。\n"}[p.IntN(6)])
	}
	return b.String()
}
