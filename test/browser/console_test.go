package browser

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"xietong.dev/test/drive"
)

// office is a runtime and the browser of an operator.
type office struct {
	*testing.T
	runtime *drive.Runtime
	*tab
}

// TestConsole does at the console what operators do, each part on the same runtime.
func TestConsole(t *testing.T) {
	o := &office{T: t, runtime: runtimeOf(t), tab: chromium(t, t.TempDir(), wide)}
	for _, part := range []struct {
		name string
		does func(*office)
	}{
		{"people come in and go out", (*office).comeAndGo},
		{"documents are seen and taken away", (*office).documents},
		{"risk is looked at, and acted on", (*office).risk},
		{"a file is dropped, and its story followed to its end", (*office).followAStory},
		{"an event is looked into", (*office).lookIntoAnEvent},
		{"a flood of events is cut, and the page says so", (*office).standAFlood},
		{"hostile events do nothing", (*office).meetHostileEvents},
		{"a file is dropped and its story completes", (*office).dropAFile},
		{"an event is sent from a form", (*office).sendAnEvent},
		{"the overview shows how everything stands", (*office).lookOver},
		{"it is used by keyboard alone", (*office).byKeyboard},
		{"dead letters are read, redriven, mended and given up", (*office).deadLetters},
	} {
		t.Run(part.name, func(t *testing.T) {
			own := *o.tab
			own.T = t
			own.open(o.runtime.Front + "/console/enter?lang=zh") // whatever the part before left
			part.does(&office{T: t, runtime: o.runtime, tab: &own})
		})
	}
}

// runtimeOf starts a runtime of its own for a test.
func runtimeOf(t *testing.T, args ...string) *drive.Runtime {
	t.Helper()
	state := t.TempDir()
	os.Chmod(filepath.Dir(state), 0o755) // the database's own user looks in
	os.Chmod(state, 0o755)
	r, err := drive.Up(t.Context(), root, program, state, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Down)
	return r
}

// visit opens a page of the console, or of a function.
func (o *office) visit(path string) {
	o.T.Helper()
	o.open(o.runtime.Front + path)
}

// enter lets the operator in.
func (o *office) enter() {
	o.T.Helper()
	o.open(o.runtime.Console)
	o.until("the overview", `document.querySelector('#pages a[aria-current]')?.getAttribute('href') === '/console/'`)
}

// comeAndGo shows that a page is for whoever has shown the token and for nobody else,
// and speaks both languages.
func (o *office) comeAndGo() {
	o.visit("/console/events?type=x")
	o.until("the question who comes", `document.querySelector('input[name=token]')`)
	o.fill("input[name=token]", "wrong")
	o.click("button.main")
	o.until("that the token is wrong", `document.querySelector('[role=alert]')?.innerText.includes('令牌不正确')`)
	token := o.runtime.Console[strings.LastIndex(o.runtime.Console, "=")+1:]
	o.fill("input[name=token]", token)
	o.fill("input[name=name]", "海信 <b>张</b>")
	o.click("button.main")
	o.until("the page that was wanted", `document.querySelector('#side') && location.pathname + location.search === '/console/events?type=x'`)
	o.visit("/console/")
	if got := js[string](o.tab, `document.querySelector('.who').innerText.trim()`); got != "海信 <b>张</b>" {
		o.T.Errorf("the page names %q", got)
	}
	o.click("#language")
	o.until("English", `document.documentElement.lang === 'en' && document.title.startsWith('Overview')`)
	o.visit("/library")
	o.until("the library, in English too", `document.title === 'Library'`)
	o.visit("/console/?lang=zh")
	o.click(".own form button")
	o.until("the question who comes", `document.querySelector('input[name=token]')`)
	for path, status := range map[string]int{"/console/": 401, "/console/leave": 401, "/library": 401, "/console/files/console.css": 200, "/console/files/layout.html": 404} {
		if res, err := http.Get(o.runtime.Front + path); err != nil || res.StatusCode != status {
			o.T.Errorf("GET %s without a cookie: %v %v, want %d", path, res.StatusCode, err, status)
		}
	}
	if res, err := http.PostForm(o.runtime.Front+"/console/leave", url.Values{"csrf": {token}}); err != nil || res.StatusCode != 401 {
		o.T.Errorf("POST without a cookie: %v %v", res.StatusCode, err)
	}
}

// Keys that write nothing.
var (
	tabKey   = []rune(kb.Tab)[0]
	enterKey = []rune(kb.Enter)[0]
	spaceKey = ' '
)
