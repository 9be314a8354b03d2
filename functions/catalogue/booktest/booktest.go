// Package booktest makes books for tests, trials and benchmarks: in each format,
// in Chinese and English, of real sizes, and such as mean harm. The same call makes
// the same bytes.
package booktest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Book is what a book is made of.
type Book struct {
	Title, Subtitle string
	Author          string
	Translator      string
	Publisher       string
	Published       string // 2024-05-17
	Language        string
	ISBN            string // as it is to be written
	Series          string
	Position        float64
	Subjects        []string
	Summary         string
	Chapters        []Chapter
	Cover           []byte // a JPEG
	RightToLeft     bool
	Fixed           bool
}

// Chapter is one of a book's.
type Chapter struct {
	Title      string
	Paragraphs []string
}

// Text is what is to be read of a chapter, one paragraph a line.
func (c Chapter) Text() string {
	return strings.Join(append([]string{c.Title}, c.Paragraphs...), "\n")
}

// Letters counts the bytes of a book's text.
func (b Book) Letters() (n int) {
	for _, c := range b.Chapters {
		n += len(c.Text())
	}
	return n
}

// Small is a short Chinese book with everything that can be said of one.
func Small() Book {
	return Book{
		Title: "读书馆的故事", Subtitle: "二十万册书", Author: "王小明", Translator: "李华", Publisher: "人民出版社", Published: "2024-05-17",
		Language: "zh-CN", ISBN: "978-7-02-000220-7", Series: "政务读书丛书", Position: 3, Subjects: []string{"小说", "图书馆"},
		Summary: "一座城市的读书馆，二十万册书。",
		Chapters: []Chapter{
			{"第一章 开馆", []string{"清晨六点，读书馆的门开了。", "第一位读者是一位老人，他要找《红楼梦》。"}},
			{"第二章 找书", []string{"书在第三排，𠮷野家旁边的㐀字架上。", "“找到了！”他说。"}},
			{"第三章 Reading on", []string{"He opened the book and read until noon.", "午饭是面条。"}},
		},
		Cover: JPEG(300, 400, 1),
	}
}

// Sample is the nth of a library's books: about 227 kB of text in 28 chapters, two
// in three of them Chinese, with a cover of 1.9 megapixels. Its words follow Zipf's
// law, as a language's do.
func Sample(n int) Book { return Sized(n, 28, 8100, JPEG(1200, 1600, n)) }

// Sized is [Sample] with so many chapters of so many bytes each.
func Sized(n, chapters, bytes int, cover []byte) Book {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	w := words{r: r, zipf: rand.NewZipf(r, 1.1, 8, 4999), chinese: n%3 != 2}
	b := Book{
		Title: w.title(), Author: w.name(), Publisher: pick(r, "人民出版社", "商务印书馆", "中华书局", "Penguin Books"), Published: fmt.Sprintf("%d-%02d", 1980+r.IntN(45), 1+r.IntN(12)),
		Language: "en", ISBN: ISBN(n), Subjects: []string{pick(r, "小说", "历史", "经济", "计算机"), w.word()}, Summary: w.paragraph(120), Cover: cover,
	}
	if w.chinese {
		b.Language = "zh"
	}
	for i := range chapters {
		c := Chapter{Title: fmt.Sprintf("Chapter %d %s", i+1, w.title())}
		if w.chinese {
			c.Title = fmt.Sprintf("第%d章 %s", i+1, w.title())
		}
		for size := 0; size < bytes; {
			p := w.paragraph(60 + r.IntN(400))
			c.Paragraphs, size = append(c.Paragraphs, p), size+len(p)
		}
		b.Chapters = append(b.Chapters, c)
	}
	return b
}

// ISBN is the nth number of a made-up publisher, with its check digit.
func ISBN(n int) string {
	s := fmt.Sprintf("97875%07d", n%10_000_000)
	sum := 0
	for i, c := range s {
		sum += int(c-'0') * (1 + i%2*2)
	}
	return s + string(rune('0'+(10-sum%10)%10))
}

func pick(r *rand.Rand, all ...string) string { return all[r.IntN(len(all))] }

// words writes prose of made-up words in one language.
type words struct {
	r       *rand.Rand
	zipf    *rand.Zipf
	chinese bool
}

const (
	hanzi = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坐集编宝谈府拉黑且随格尽剑讲布杀微怕母调局根曾准团段终乐切级克精哪官示冲竟乎男举客证苏"
	latin = "the of and to in a that he was it his is with as i had for at by on not be from but him her she they all one which so were this have there an said who would could when been up out no what into them then over now like man some do time if very your great old only"
)

func (w words) word() string {
	n := w.zipf.Uint64()
	if !w.chinese {
		known := strings.Fields(latin)
		if int(n) < len(known) {
			return known[n]
		}
		var b strings.Builder
		for v := n * 2654435761 % 1_000_003; v > 0; v /= 21 {
			b.WriteByte("bcdfghklmnprstvwaeiou"[v%21])
			b.WriteByte("aeiou"[v%5])
		}
		return b.String()
	}
	letters := []rune(hanzi)
	if n < 40 {
		return string(letters[n])
	}
	return string([]rune{letters[n*31%uint64(len(letters))], letters[n*n%uint64(len(letters))]})
}

func (w words) title() string {
	if w.chinese {
		return w.word() + w.word() + w.word()
	}
	return strings.Join([]string{w.word(), w.word(), w.word()}, " ")
}

func (w words) name() string {
	if w.chinese {
		return pick(w.r, "王", "李", "张", "刘", "陈", "杨", "赵", "黄") + pick(w.r, "伟", "芳", "娜", "敏", "静", "强", "磊", "洋") + pick(w.r, "", "华", "明")
	}
	return pick(w.r, "Jane", "Mark", "Emily", "Charles") + " " + pick(w.r, "Austen", "Twain", "Bronte", "Dickens")
}

// paragraph writes at least so many bytes, in sentences.
func (w words) paragraph(bytes int) string {
	space, comma, stop := " ", ",", ". "
	if w.chinese {
		space, comma, stop = "", "，", "。"
	}
	var b strings.Builder
	for i := 1; b.Len() < bytes; i++ {
		b.WriteString(w.word())
		switch {
		case i%23 == 0:
			b.WriteString(stop)
		case i%9 == 0:
			b.WriteString(comma + space)
		default:
			b.WriteString(space)
		}
	}
	return strings.TrimRight(b.String(), " ，,") + strings.TrimSpace(stop)
}
