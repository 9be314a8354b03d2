package browser

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"xietong.dev/functions/catalogue/booktest"
)

// attack is a hostile book, and what it is aimed at.
type attack struct {
	*library
	tries          []booktest.Try
	victim         booktest.Victim
	edition, other string // the hostile book; the token of the other one
}

// attack puts a hostile book on the shelf that knows where another one's parts stand.
func (l *library) attack(novel string) *attack {
	l.Helper()
	var opened struct{ Base string }
	if err := l.ask("/library/editions/"+novel+"/open", &opened); err != nil {
		l.Fatal(err)
	}
	base, err := url.Parse(opened.Base)
	if err != nil {
		l.Fatal(err)
	}
	a := &attack{library: l, tries: booktest.Tries(), other: base.Path,
		victim: booktest.Victim{Canary: l.canary.origin, Other: base.Path + booktest.CoverFile, API: "/library/editions"}}
	l.put("hostile.epub", booktest.HostileEPUB("敌意"+booktest.HostileText(len(a.tries), a.victim), a.tries, a.victim))
	a.edition = l.edition("敌意")
	return a
}

// in is the attack for a part of its test.
func (a *attack) in(t *testing.T) *attack {
	part := *a
	part.library = a.of(t)
	return &part
}

// result is what tries have achieved.
type result struct {
	scripts, calls, foreign, moved, windows []string
	connections                             int64 // on which nothing need have been said
}

func (r result) String() string {
	return fmt.Sprintf("scripts=%d calls=%d connections=%d foreign=%d moved=%d windows=%d", len(r.scripts), len(r.calls), r.connections, len(r.foreign), len(r.moved), len(r.windows))
}

func (a *attack) forget() {
	for _, l := range []*asked{&a.canary.asked, &a.page.asked, &a.parts.asked} {
		l.forget()
	}
	a.canary.connections.Store(0)
}

// heard adds what was asked of anybody to a result. That nothing is still on its way,
// the browser's own call shows: it comes after them.
func (a *attack) heard(b *tab, r *result) {
	a.Helper()
	windows, err := chromedp.Targets(b.ctx)
	if err != nil {
		a.Fatal(err)
	}
	for _, w := range windows {
		if w.Type == "page" || w.Type == "worker" || w.Type == "service_worker" {
			r.windows = append(r.windows, w.Type+" "+w.URL)
		}
	}
	r.windows = r.windows[1:] // the reader's own
	r.connections = a.canary.connections.Load()
	b.open(a.canary.origin + "/end")
	await(a, "the canary hears this browser", func() error {
		if len(a.canary.with("/end")) == 0 {
			return errNotYet
		}
		return nil
	})
	for _, address := range a.canary.with("") {
		switch {
		case strings.Contains(address, "/ran"):
			r.scripts = append(r.scripts, a.named(address))
		case strings.Contains(address, "try="):
			r.calls = append(r.calls, a.named(address))
		}
	}
	for _, g := range []*gateway{a.page, a.parts} {
		for _, address := range g.with("") {
			if strings.Contains(address, "try=") || strings.Contains(address, a.other) {
				r.foreign = append(r.foreign, a.named(address))
			}
		}
	}
}

// named says which try an address was called by.
func (a *attack) named(address string) string {
	if n := booktest.TryOf(address); n >= 0 && n < len(a.tries) {
		return a.tries[n].Name + ": " + address
	}
	return address
}

// marks are what a script leaves behind it.
const marks = `[document, ...[...document.querySelectorAll('iframe')].map(f => { try { return f.contentDocument } catch { return null } })].filter(d => d?.documentElement?.dataset.ran).length
+ (() => { try { return (localStorage.getItem('ran') ? 1 : 0) + (document.cookie.includes('ran') ? 1 : 0) } catch { return 0 } })()`

// bait is where the try wants to be clicked, in the window, or null; and it is clicked
// by the way, as scripts of the page may.
const bait = `(() => {
  const frame = document.querySelector('#stage iframe'), doc = frame ? frame.contentDocument : document, at = frame ? frame.getBoundingClientRect() : { x: 0, y: 0 }
  const all = [...doc.querySelectorAll('.bait, a, button, area, input')]
  const box = (doc.querySelector('.bait') || doc.querySelector('img[usemap]'))?.getBoundingClientRect()
  for (const e of all) e.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
  return box ? [at.x + box.x + Math.min(box.width, 100) / 2, at.y + box.y + Math.min(box.height, 20) / 2] : []
})()`

// takes has a person click on the bait with a button of the mouse.
func (b *tab) takes(buttons ...chromedp.MouseOption) {
	b.Helper()
	at := js[[]float64](b, bait)
	for _, button := range buttons {
		if len(at) == 2 {
			b.do(chromedp.MouseClickXY(at[0], at[1], button))
		}
	}
}

// readAll reads every chapter on the page.
func (a *attack) readAll(b *tab) (r result) {
	a.Helper()
	a.forget()
	on := a.read(b, a.edition)
	address := js[string](b, "location.href")
	for n, try := range a.tries {
		js[chromedp.Void](b, fmt.Sprintf(`document.getElementById('show-contents').click(); document.querySelectorAll('#contents button.to')[%d].click()`, n))
		on.tab.until(try.Name, fmt.Sprintf(`%s && (d => d.getElementById('here')?.textContent === %q || d.images[0]?.src.endsWith('/%03d.svg'))(document.querySelector('#stage iframe').contentDocument)`, shown, try.Name, n))
		b.takes(chromedp.ButtonLeft, chromedp.ButtonMiddle)
		if js[int](b, marks) > 0 {
			r.scripts = append(r.scripts, try.Name+": left a mark")
		}
		if at := js[string](b, "location.href + ' ' + [...document.querySelectorAll('iframe')].map(f => f.contentWindow.location.href)"); at != address+" about:srcdoc" {
			r.moved = append(r.moved, try.Name+": "+at)
			on = a.read(b, a.edition)
		}
	}
	a.heard(b, &r)
	if r.connections > 0 {
		r.calls = append(r.calls, "a connection was opened")
	}
	return r
}

// openAll opens every chapter by its own address, as an app or a new tab does. A drawing
// there may have a frame, for which Chromium opens a connection before it asks the policy
// and then says nothing on it: connections are told, and are no calls.
func (a *attack) openAll(b *tab) (r result) {
	a.Helper()
	var opened struct{ Base string }
	if err := a.ask("/library/editions/"+a.edition+"/open", &opened); err != nil {
		a.Fatal(err)
	}
	if strings.HasPrefix(opened.Base, "/") {
		opened.Base = a.page.origin + opened.Base
	}
	a.forget()
	for n, try := range a.tries {
		address := opened.Base + "OEBPS/try/" + try.File(n)
		b.open(address)
		b.takes(chromedp.ButtonLeft)
		if js[int](b, marks) > 0 {
			r.scripts = append(r.scripts, try.Name+": left a mark")
		}
		if at := js[string](b, "location.href.split('#')[0]"); at != address {
			r.moved = append(r.moved, try.Name+": "+at)
		}
	}
	a.heard(b, &r)
	return r
}

// succeeds opens every chapter as it came, from a server that says nothing on what it
// may do, and wants each to achieve what it tries.
func (a *attack) succeeds(t *testing.T) {
	a = a.in(t)
	bare := unguarded(a)
	b := chromium(t, t.TempDir(), wide)
	a.forget()
	succeeded, old := 0, 0
	for n, try := range a.tries {
		switch {
		case try.Old:
			old++
		case a.one(b, bare, n):
			succeeded++
		default:
			t.Errorf("%s does nothing where nothing holds it, and so shows nothing", try.Name)
		}
	}
	t.Logf("tries=%d succeeded=%d old=%d", len(a.tries), succeeded, old)
}

// achievesNothing reads every chapter on the page, and then opens each alone.
func (a *attack) achievesNothing(t *testing.T) {
	a = a.in(t)
	for where, all := range map[string]func(*tab) result{"on the page": a.readAll, "opened alone": a.openAll} {
		r := all(chromium(t, t.TempDir(), wide))
		t.Logf("%s: tries=%d %v", where, len(a.tries), r)
		r.nothing(t, where)
	}
}

// open is a server without any guard.
type open struct {
	asked
	origin string
}

// unguarded serves the chapters and what lies beside them, and says but their types.
func unguarded(a *attack) *open {
	files := map[string]string{}
	for n, try := range a.tries {
		maps.Copy(files, try.Files(n, booktest.Victim{Canary: a.canary.origin, Other: "/other", API: "/api"}))
	}
	s := &open{}
	s.origin = serve(a.T, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.add(r.Method + " " + r.URL.RequestURI())
		name := strings.TrimPrefix(r.URL.Path, "/")
		media := map[string]string{".xhtml": booktest.XHTML, ".html": booktest.HTML, ".svg": booktest.SVG, ".css": "text/css", ".js": "text/javascript"}[path.Ext(name)]
		if files[name] == "" || media == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", media)
		w.Write([]byte(files[name]))
	}), nil)
	return s
}

// one opens a chapter and clicks on its bait until it has achieved what it tries. A
// click may lead away without a word, as a busy browser does: then it begins anew.
func (a *attack) one(b *tab, bare *open, n int) bool {
	address := bare.origin + "/" + a.tries[n].File(n)
	heard := func() bool {
		return slices.ContainsFunc(append(a.canary.with("try="), bare.with("try=")...), func(s string) bool { return booktest.TryOf(s) == n })
	}
	load := func(ctx context.Context, t *chromedp.Target) error {
		cdp.Call(ctx, t, page.BringToFront, cdp.Empty{}) // from behind what the last one opened
		_, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: address})
		return err
	}
	b.do(chromedp.Func(load))
	loaded := time.Now()
	var clicked time.Time // not again and again: each click would stop what the last one began
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if heard() {
			return true
		}
		if time.Since(clicked) < time.Second {
			continue
		}
		if time.Since(loaded) > patience/4 {
			b.do(chromedp.Func(load))
			loaded = time.Now()
		}
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]float64](`document.readyState === 'complete' && location.href !== 'about:blank' ? `+bait+` : undefined`))
		if err == nil && len(at) == 2 {
			chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1]))
		}
		if err == nil {
			clicked = time.Now()
		}
	}
	return heard()
}

// nothing wants that nothing was achieved.
func (r result) nothing(t *testing.T, where string) {
	t.Helper()
	for what, all := range map[string][]string{"ran": r.scripts, "called out": r.calls, "asked for what is not its own": r.foreign, "led away": r.moved, "opened a window": r.windows} {
		for _, one := range all {
			t.Errorf("%s: %s: %s", where, what, one)
		}
	}
}
