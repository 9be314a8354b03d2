package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/functions/catalogue/booktest"
)

// novel is a Chinese book of six chapters with a sentence of its own in the fifth.
func novel() booktest.Book {
	b := booktest.Sized(3, 6, 3000, booktest.JPEG(300, 400, 3))
	b.Title, b.Author = "长夜读书记", "王小明"
	at := len(b.Chapters[4].Paragraphs) / 2
	b.Chapters[4].Paragraphs[at] += "灯塔守望者翻开了第一页。"
	return b
}

// TestBooks has books read with their parts on an origin of their own, and hostile ones
// on both kinds of origin.
func TestBooks(t *testing.T) {
	l := enter(t)
	l.up(true)
	l.put("novel.epub", booktest.EPUB3(novel()))
	l.put("manual.pdf", manual())
	l.put("山间电台.txt", booktest.TXT(report(), simplifiedchinese.GBK))
	hostile := l.attack(l.edition("长夜读书记"))
	t.Run("a novel", l.readsANovel)
	t.Run("a text", l.readsAText)
	t.Run("a PDF", l.readsAPDF)
	t.Run("hostile, as it came", hostile.succeeds)
	t.Run("hostile, parts on an origin of their own", hostile.achievesNothing)
	l.up(false)
	t.Run("hostile, parts beside the page", hostile.achievesNothing)
}

// readsANovel reads a book as one does over days, on two screens.
func (l *library) readsANovel(t *testing.T) {
	edition, home, book := l.edition("长夜读书记"), t.TempDir(), novel()
	l = l.of(t)
	r := l.read(chromium(t, home, wide), edition)
	r.tab.until("the title", `document.title === '长夜读书记' && document.getElementById('title').textContent === '长夜读书记'`)
	r.await(book.Chapters[0].Title)

	// Pages turn by keys, from one chapter into the next and back.
	r.turn(right)
	first := r.seen(40)
	r.turn(' ')
	r.turn(left)
	r.await(first)
	for !strings.HasPrefix(r.seen(40), bare(book.Chapters[1].Title)) {
		r.turn(right)
	}
	r.turn(left)
	r.turn(right)
	r.await(book.Chapters[1].Title)

	// The contents lead to a chapter.
	r.press('t')
	r.click(`#contents li:nth-child(4) button`)
	r.await(book.Chapters[3].Title)

	// Searching inside leads to the place, on whichever page it is.
	r.press('/')
	r.tab.until("the search has the keys", `document.activeElement.id === 'query'`)
	r.fill("#query", "守望者翻开\n")
	r.tab.until("one place", `document.querySelectorAll('#found li').length === 1`)
	r.click(`#found li button`)
	r.tab.until("the place is painted and can be seen", `(() => {
  const frame = document.querySelector('#stage iframe'), found = frame.contentWindow.CSS.highlights.get('found')
  return found && [...found].some(range => { const b = range.getBoundingClientRect(); return range.toString() === '守望者翻开' && b.left >= 0 && b.right <= frame.clientWidth })
})()`)
	place := r.seen(12)

	r.marks()
	r.settles(place)

	// Closed and opened again: the same place, the same settings, the marks.
	before, kept := r.seen(40), r.saved()
	r.quit()
	r = l.read(chromium(t, home, wide), edition)
	r.await(before)
	r.tab.until("the settings", `document.documentElement.dataset.theme === 'dark' && document.getElementById('size').textContent === '120%'`)
	r.marked()
	if again := r.saved(); again.Total != kept.Total {
		t.Errorf("opened again at %v, was at %v", again.Total, kept.Total)
	}

	// On a phone, which is another browser: the same place and marks.
	phone := l.read(chromium(t, t.TempDir(), narrow), edition)
	if on := phone.seen(1000); !strings.Contains(on, before[:len("守望者")]) {
		t.Errorf("the phone shows %q, and not %q", on, before)
	}
	phone.marked()

	// Who reads on there reads on here.
	phone.turn(right)
	phone.turn(right)
	moved := phone.saved()
	if moved.Total <= kept.Total {
		t.Errorf("read on from %v to %v", kept.Total, moved.Total)
	}
	here := phone.seen(6)
	r.do(chromedp.Reload())
	r.tab.until("a page of the book", shown)
	if on := r.seen(2000); !strings.Contains(on, here) {
		t.Errorf("the first browser shows %q, and not %q", on, here)
	}
	t.Logf("chapters=%d progress=%.3f then %.3f on the phone", len(book.Chapters), kept.Total, moved.Total)
}

// marks sets a bookmark and writes a note on a word.
func (r *reading) marks() {
	r.tab.Helper()
	r.press('b')
	r.tab.until("a bookmark", `document.getElementById('bookmark').getAttribute('aria-pressed') === 'true'`)
	js[chromedp.Void](r.tab, `(() => {
  const frame = document.querySelector('#stage iframe'), found = [...frame.contentWindow.CSS.highlights.get('found')][0]
  const selection = frame.contentDocument.getSelection()
  selection.removeAllRanges()
  selection.addRange(found.cloneRange())
})()`)
	r.click("#mark-selection")
	r.fill("#words", "灯塔在哪里？")
	r.click("#note button[value=save]")
	r.marked()
}

// marked wants the bookmark and the note: painted, listed, and known to the library.
func (r *reading) marked() {
	r.tab.Helper()
	r.tab.until("the note is painted", `[...document.querySelector('#stage iframe').contentWindow.CSS.highlights.get('noted') || []].some(range => range.toString() === '守望者翻开')`)
	r.click("#show-marks")
	r.tab.until("two marks", `document.querySelectorAll('#marks li').length === 2 && document.querySelector('#marks .note').textContent.includes('灯塔在哪里？')`)
	r.press(escape)
	var known struct{ Marks []struct{ Kind, Note string } }
	if err := r.ask("/library/editions/"+r.edition+"/marks", &known); err != nil {
		r.tab.Fatal(err)
	}
	if got := fmt.Sprint(known.Marks); !strings.Contains(got, "{bookmark }") || !strings.Contains(got, "{note 灯塔在哪里？}") || len(known.Marks) != 2 {
		r.tab.Errorf("the library knows %s", got)
	}
}

// settles makes the text larger and the page dark, and stays where it is.
func (r *reading) settles(place string) {
	r.tab.Helper()
	r.press('+', '+')
	r.tab.until("larger text", `document.getElementById('size').textContent === '120%'`)
	if on := r.seen(2000); !strings.Contains(on, place) {
		r.tab.Errorf("with larger text the page shows %q, and not %q", on, place)
	}
	r.click("#show-settings")
	r.click("#settings .dark")
	r.tab.until("a dark page", `document.documentElement.dataset.theme === 'dark' && getComputedStyle(document.querySelector('#stage iframe').contentDocument.documentElement).backgroundColor === 'rgb(23, 25, 28)'`)
	r.press(escape)
}
