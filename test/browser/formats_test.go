package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xietong.dev/functions/catalogue/booktest"
)

// report is a text as people pass them on, in the encoding of its country.
func report() booktest.Book {
	b := booktest.Sized(6, 3, 2500, nil)
	b.Title, b.Author = "山间电台", "李华"
	return b
}

// readsAText reads what was plain text, reflowed and in chapters.
func (l *library) readsAText(t *testing.T) {
	l = l.of(t)
	book := report()
	r := l.read(chromium(t, t.TempDir(), narrow), l.edition(book.Title))
	r.await("《山间电台》")
	r.turn(right)
	r.turn(right)
	r.turn(left)
	r.press('t')
	r.click(`#contents li:last-child button`)
	r.await(book.Chapters[2].Title)
	where := r.saved()
	r.do(chromedp.Reload())
	r.tab.until("a page of the book", shown)
	r.await(book.Chapters[2].Title)
	t.Logf("progress=%.3f", where.Total)
}

// manual is a PDF of three pages.
func manual() []byte {
	return booktest.PDF("潮汐手册", "王小明", "第一页\n潮水每天来两次。", "第二页\n月亮拉着海。", "第三页\n涨潮在黄昏。")
}

// readsAPDF turns its pages as the browser shows them, and as text.
func (l *library) readsAPDF(t *testing.T) {
	l = l.of(t)
	r := l.read(chromium(t, t.TempDir(), wide), l.edition("潮汐手册"))
	pageIs := func(n string) {
		t.Helper()
		r.tab.until("page "+n, shown+` && document.querySelector('#stage iframe').src.endsWith('/book.pdf#page=`+n+`&view=FitH')`)
	}
	pageIs("1")
	r.press(right)
	pageIs("2")
	r.click("#show-settings")
	r.click("#pdf label:last-child")
	r.press(escape)
	r.await("第二页")
	r.press(right)
	r.await("第三页")
	if where := r.saved(); strings.Join(where.Locator.Locations.Fragments, " ") != "page=3" {
		t.Errorf("kept %+v", where)
	}
	r.do(chromedp.Reload())
	r.tab.until("a page of the book", shown)
	r.await("第三页")
	if len(l.parts.with("/book.pdf")) == 0 {
		t.Error("nobody asked for the file")
	}
}
