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
	named                  *regexp.Regexp
}{
	{"list.html", "list.js", "list.css sharing.css", joined(ListWords, RetentionWords), regexp.MustCompile(`^$`)},
	{"minutes.html", "minutes.js", "minutes.css summary.css export.css sharing.css notes.css", joined(MinutesWords, RightsWords), regexp.MustCompile(`^(list|add|pick|machine)_[a-z]+$|^(changed|added|removed|owner|due)$`)},
	{"shared.html", "shared.js", "minutes.css summary.css shared.css", SharedWords, regexp.MustCompile(`^list_[a-z]+$|^(owner|due)$`)},
}

// TestWords: whatever a page says is in its table, and all that is there is said.
func TestWords(t *testing.T) {
	var common []string
	for _, p := range pages {
		all := read(t, p.template) + read(t, "parts.html")
		for part, text := range map[string]string{"sharing": `{{define "sharing"}}`, "retention": `{{define "retention"}}`} {
			if strings.Contains(all, `{{template "`+part+`"`) {
				_, rest, _ := strings.Cut(read(t, "sharing.html"), text)
				all += strings.Split(rest, "{{end}}")[0]
			}
		}
		for _, name := range webtest.Scripts(t, own, p.script) {
			all += read(t, name)
		}
		said := map[string]bool{}
		for _, found := range regexp.MustCompile(`\bsay\(([^()]*)|[sS]ay "(\w+)"`).FindAllStringSubmatch(all, -1) {
			for _, key := range regexp.MustCompile(`'(\w+)'|^(\w+)$`).FindAllStringSubmatch(found[1]+found[2], -1) {
				said[key[1]+key[2]] = true
			}
		}
		for key := range said {
			_, own := p.table[key]
			_, shared := CommonWords[key]
			if variable := slices.Contains([]string{"key", "word", "kind", "name", "stopped"}, key) || strings.HasSuffix(key, "_"); !own && !shared && !variable {
				t.Errorf("%s: there are no words for %s", p.template, key)
			}
		}
		for key := range p.table {
			if !said[key] && !p.named.MatchString(key) {
				t.Errorf("%s: %s is never said", p.template, key)
			}
		}
		for key := range CommonWords {
			if said[key] {
				common = append(common, key)
			}
		}
	}
	for key := range CommonWords {
		if !slices.Contains(common, key) {
			t.Errorf("neither page says %s", key)
		}
	}
}

// TestText: what people said and wrote becomes text, and never HTML, style or address
// of a script.
func TestText(t *testing.T) {
	styled := regexp.MustCompile(`\.style\b.*`)
	for _, p := range pages {
		webtest.Text(t, own, webtest.Scripts(t, own, p.script)...)
		for _, name := range webtest.Scripts(t, own, p.script) {
			for _, found := range styled.FindAllString(read(t, name), -1) {
				if !strings.HasPrefix(found, ".style.setProperty('contain-intrinsic-block-size', `auto ${sheet.height}px`)") {
					t.Errorf("%s has %s", name, found)
				}
			}
		}
		webtest.Plain(t, own, append(strings.Fields(p.look), p.template, "parts.html", "look.css", "base.css")...)
	}
}

// TestPages: in both languages every control has a name, nothing runs within the
// page's own text, and the store's origin is let through and no other.
func TestPages(t *testing.T) {
	const rest = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	for _, c := range []struct{ store, want string }{
		{"http://127.0.0.1:7401", "connect-src 'self' http://127.0.0.1:7401; media-src http://127.0.0.1:7401; "},
		{"https://files.city.example/", "connect-src 'self' https://files.city.example; media-src https://files.city.example; "},
		{"", "connect-src 'self'; media-src 'none'; "},
		{"; script-src *", "connect-src 'self'; media-src 'none'; "},
		{"javascript://x", "connect-src 'self'; media-src 'none'; "},
	} {
		for language, tag := range map[string]string{say.Chinese: `<html lang="zh-CN">`, say.English: `<html lang="en">`} {
			list, minutes, shared := httptest.NewRecorder(), httptest.NewRecorder(), httptest.NewRecorder()
			if err := Shared(shared, language, c.store, nil); err != nil {
				t.Fatal(err)
			}
			if err := List(list, language, c.store, map[string]any{"title": 200}); err != nil {
				t.Fatal(err)
			}
			if err := Minutes(minutes, language, c.store, map[string]any{"id": `"><script>alert(1)</script>`}); err != nil {
				t.Fatal(err)
			}
			for _, w := range []*httptest.ResponseRecorder{list, minutes, shared} {
				if !strings.Contains(w.Body.String(), tag) || !strings.Contains(w.Body.String(), "<title>"+CommonWords.Say(language, "minutes")) {
					t.Errorf("%s: %s", language, w.Body)
				}
				want := rest + c.want + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
				if got := w.Header().Get("Content-Security-Policy"); got != want {
					t.Errorf("store %q:\ngot  %s\nwant %s", c.store, got, want)
				}
				webtest.Inspect(t, w.Body, []string{"header", "nav", "main", "footer", "h1", "h2"}, "confirm-yes") // which is named when it is asked for
			}
		}
	}
}

func TestFiles(t *testing.T) {
	for name, want := range map[string]bool{"list.js": true, "minutes.js": true, "look.css": true, "base.js": true, "base.css": true,
		"list.html": false, "parts.html": false, "../page.go": false, "": false, "static": false} {
		if got := File(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
