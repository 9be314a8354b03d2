package page

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
	"xietong.dev/shared/web/webtest"
)

var own = web.Files(static)

func read(t *testing.T, name string) string { return webtest.Read(t, own, name) }

// pages are the files of each page, and its words.
var pages = []struct {
	files string
	table say.Table
	named string // words that are said by the name of something else
}{
	{"read.html read.js base.js", Words, "contents marks search settings"}, // the panels, by their ids
	{"shelf.html " + shelfScripts, ShelfWords, "class language year publisher author subject series format"},
}

const shelfScripts = "shelf.js address.js card.js kinds.js list.js book.js mine.js base.js"

// families are words that are said by a code of the book's metadata.
var families = regexp.MustCompile(`^(role|access)_`)

// TestWords: whatever a page says is in its table, and all that is there is said.
func TestWords(t *testing.T) {
	for _, page := range pages {
		said, all := map[string]bool{}, ""
		for _, key := range strings.Fields(page.named) {
			said[key] = true
		}
		for _, name := range strings.Fields(page.files) {
			all += read(t, name)
		}
		for _, found := range regexp.MustCompile(`\bsay\(([^()]*)|[sS]ay "(\w+)"`).FindAllStringSubmatch(all, -1) {
			for _, key := range regexp.MustCompile(`'(\w+)'|^(\w+)$`).FindAllStringSubmatch(found[1]+found[2], -1) {
				said[key[1]+key[2]] = true
			}
		}
		for key := range page.table {
			if !said[key] && !strings.Contains(all, "'"+key+"'") && !families.MatchString(key) {
				t.Errorf("%s: %s is never said", page.files, key)
			}
		}
		for key := range said {
			if _, has := page.table[key]; !has && key != "key" && key != "name" && key != "kind" {
				t.Errorf("%s: there are no words for %s", page.files, key)
			}
		}
	}
}

// TestShelfWritesText: what comes from books becomes text and never HTML or style.
func TestShelfWritesText(t *testing.T) {
	webtest.Text(t, own, strings.Fields(shelfScripts)...)
	webtest.Plain(t, own, "shelf.html", "shelf.css", "base.css")
}

// TestSandbox: a frame for chapters may be reached into, and so must run nothing.
func TestSandbox(t *testing.T) {
	for _, name := range []string{"frame.js", "read.js", "read.html"} {
		for _, sandbox := range regexp.MustCompile(`sandbox['"]?[,=]\s*['"]([^'"]*)`).FindAllStringSubmatch(read(t, name), -1) {
			if sandbox[1] != "allow-same-origin" {
				t.Errorf("%s: sandbox %q", name, sandbox[1])
			}
		}
		if strings.Contains(strings.ReplaceAll(read(t, name), "never allow-scripts", ""), "allow-scripts") {
			t.Errorf("%s allows scripts", name)
		}
	}
	if !strings.Contains(read(t, "frame.js"), "setAttribute('sandbox', 'allow-same-origin')") {
		t.Error("the frame has no sandbox")
	}
}

// TestPage: every control has a name, nothing runs within the page's own text, and an
// edition's name cannot break out of it.
func TestPage(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Write(w, "zh", `"><script>alert(1)</script>`, "'self'"); err != nil {
		t.Fatal(err)
	}
	webtest.Inspect(t, w.Body, landmarks)
}

// TestShelf: as TestPage, in both languages, and nothing but the library's own loads.
func TestShelf(t *testing.T) {
	for language, want := range map[string]string{say.Chinese: `<html lang="zh-CN">`, say.English: `<html lang="en">`} {
		w := httptest.NewRecorder()
		if err := Shelf(w, language, 100); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), "<title>"+ShelfWords.Say(language, "library")) {
			t.Errorf("%s: %s", language, w.Body)
		}
		policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
		if got := w.Header().Get("Content-Security-Policy"); got != policy {
			t.Errorf("the policy is %s", got)
		}
		webtest.Inspect(t, w.Body, landmarks)
	}
}

var landmarks = []string{"header", "nav", "main", "footer", "aside", "h1"}

func TestFiles(t *testing.T) {
	for name, want := range map[string]bool{"read.js": true, "frame.js": true, "read.css": true, "base.js": true, "base.css": true, "shelf.js": true, "shelf.css": true, "read.html": false, "shelf.html": false, "../page.go": false, "": false, "static": false} {
		if got := File(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
