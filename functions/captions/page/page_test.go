package page

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
	"xietong.dev/shared/web/webtest"
)

var own = web.Files(static)

func read(t *testing.T, name string) string { return webtest.Read(t, own, name) }

// pages are what each page is made of, and the words that it says by the name of
// something else.
var pages = []struct {
	template, script, look string
	table                  say.Table
	named                  []string
}{
	{"begin.html", "begin.js", "begin.css", BeginWords, nil},
	{"captions.html", "captions.js", "captions.css", CaptionsWords, []string{"live", "lost", "over_ready", "over_nothing", "mic_refused", "mic_missing", "mic_failed"}},
}

// TestWords: whatever a page says is in its table, and all that is there is said.
func TestWords(t *testing.T) {
	for _, p := range pages {
		all := read(t, p.template) + read(t, "parts.html")
		for _, name := range webtest.Scripts(t, own, p.script) {
			all += read(t, name)
		}
		said := map[string]bool{}
		for _, found := range regexp.MustCompile(`\bsay\(([^()]*)|[sS]ay "(\w+)"|say\(reasons\[e\.name\] \|\| '(\w+)'`).FindAllStringSubmatch(all, -1) {
			for _, key := range regexp.MustCompile(`'(\w+)'|^(\w+)$`).FindAllStringSubmatch(found[1]+found[2]+found[3], -1) {
				said[key[1]+key[2]] = true
			}
		}
		for key := range said {
			_, own := p.table[key]
			_, common := CommonWords[key]
			if !own && !common && key != "name" && key != "key" {
				t.Errorf("%s: there are no words for %s", p.template, key)
			}
		}
		for key := range p.table {
			if !said[key] && !slices.Contains(p.named, key) {
				t.Errorf("%s: %s is never said", p.template, key)
			}
		}
	}
}

// TestText: what people said, and how they are called, becomes text, and never HTML,
// style or address of a script.
func TestText(t *testing.T) {
	for _, p := range pages {
		webtest.Text(t, own, append(webtest.Scripts(t, own, p.script), "microphone.js")...)
		webtest.Plain(t, own, p.look, p.template, "parts.html", "look.css", "base.css")
		for _, name := range webtest.Scripts(t, own, p.script) {
			if found := regexp.MustCompile(`\.style\b.*`).FindString(read(t, name)); found != "" {
				t.Errorf("%s has %s", name, found)
			}
		}
	}
}

// TestPages: in both languages every control has a name, nothing runs within the page's
// own text, and the security policy lets nothing but the page's own origin through.
func TestPages(t *testing.T) {
	for language, tag := range map[string]string{say.Chinese: `<html lang="zh-CN">`, say.English: `<html lang="en">`} {
		begin, captions := httptest.NewRecorder(), httptest.NewRecorder()
		if err := Begin(begin, language, map[string]any{"title": 200, "tracks": 16}); err != nil {
			t.Fatal(err)
		}
		if err := Captions(captions, language, map[string]any{"id": `"><script>alert(1)</script>`, "tracks": 16}); err != nil {
			t.Fatal(err)
		}
		for _, w := range []*httptest.ResponseRecorder{begin, captions} {
			if !strings.Contains(w.Body.String(), tag) || !strings.Contains(w.Body.String(), "<title>"+CommonWords.Say(language, "captions")) {
				t.Errorf("%s: %s", language, w.Body)
			}
			if got := w.Header().Get("Content-Security-Policy"); got != web.Policy {
				t.Errorf("policy %s", got)
			}
			webtest.Inspect(t, w.Body, []string{"header", "nav", "main", "h1", "h2"})
		}
	}
}

func TestFiles(t *testing.T) {
	for name, want := range map[string]bool{"begin.js": true, "captions.js": true, "microphone.js": true, "look.css": true, "base.js": true, "base.css": true,
		"begin.html": false, "parts.html": false, "../page.go": false, "": false, "static": false} {
		if got := File(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
