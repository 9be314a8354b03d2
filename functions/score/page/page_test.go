package page

import (
	"io/fs"
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

// scripts are all scripts of the page.
func scripts(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(own, "*.js")
	if err != nil {
		t.Fatal(err)
	}
	return append(names, "base.js")
}

// families are words that are said by a code of the API.
var families = regexp.MustCompile(`^(outcome|basis|basis_means|category|severity|kind|moment|command|attestation|suite|state|change|fail|limited|what|will|for|lasting)_`)

// TestWords: whatever the page says is in its table, and all that is there is said.
func TestWords(t *testing.T) {
	said, all := map[string]bool{}, read(t, "score.html")
	for _, name := range scripts(t) {
		all += read(t, name)
	}
	for _, call := range regexp.MustCompile(`\bsay\(([^()]*)|Say "(\w+)"`).FindAllStringSubmatch(all, -1) {
		said[call[2]] = true
		for _, key := range regexp.MustCompile(`'(\w+[^_'])'`).FindAllStringSubmatch(call[1], -1) {
			said[key[1]] = true
		}
	}
	delete(said, "")
	table := words()
	for key := range table {
		if !said[key] && !strings.Contains(all, "'"+key+"'") && !families.MatchString(key) {
			t.Errorf("%s is never said", key)
		}
	}
	for key := range said {
		if _, has := table[key]; !has && key != "open" {
			t.Errorf("there are no words for %s", key)
		}
	}
}

// TestFamilies: each code that the API answers with has its words.
func TestFamilies(t *testing.T) {
	for family, codes := range map[string]string{
		"outcome": "allow monitor warn challenge block", "basis": "claimed attested derived address", "basis_means": "claimed attested derived address",
		"kind": "device account address model app_version probe_version", "moment": "decision alert command change", "command": "block unblock step_up",
		"will": "block unblock step_up put_live put_shadow put_draft", "limited": "claimed_alone address_alone allowed", "state": "draft shadow live retired",
		"category": "app behaviour config device list location malware multi network runtime system time token ui virtual", "severity": "info low medium high critical",
		"for": "hour day week month quarter", "lasting": "d h min s",
	} {
		for code := range strings.FieldsSeq(codes) {
			if _, has := words()[family+"_"+code]; !has {
				t.Errorf("there are no words for %s_%s", family, code)
			}
		}
	}
}

// TestTheScriptsWriteText: what comes from reports becomes text and never HTML or style.
func TestTheScriptsWriteText(t *testing.T) {
	webtest.Text(t, own, scripts(t)...)
	webtest.Plain(t, own, "score.html", "score.css")
}

// TestPage: it is in the reader's language, every control has a name, nothing runs
// within its own text, and the name of whoever acts cannot break out of it.
func TestPage(t *testing.T) {
	for language, want := range map[string]string{say.Chinese: `<html lang="zh-CN">`, say.English: `<html lang="en">`} {
		w := httptest.NewRecorder()
		if err := Write(w, language, `"><script>alert(1)</script>`); err != nil {
			t.Fatal(err)
		}
		if got := w.Body.String(); !strings.Contains(got, want) || !strings.Contains(got, "<title>"+words().Say(language, "risk")) || strings.Contains(got, "<script>") {
			t.Errorf("%s: %s", language, got)
		}
		if got := w.Header().Get("Content-Security-Policy"); got != web.Policy {
			t.Errorf("the policy is %s", got)
		}
		webtest.Inspect(t, w.Body, []string{"header", "nav", "main", "h1"})
	}
}

// TestNobody: who is not named is told that nothing can be changed.
func TestNobody(t *testing.T) {
	for who, want := range map[string]bool{"": true, "chen": false} {
		w := httptest.NewRecorder()
		if err := Write(w, say.English, who); err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(w.Body.String()[strings.Index(w.Body.String(), "<main"):], "</main>")
		if got := strings.Contains(body, "Nobody is signed in"); got != want {
			t.Errorf("%q: %v", who, got)
		}
	}
}

func TestFiles(t *testing.T) {
	for name, want := range map[string]bool{"score.js": true, "score.css": true, "base.js": true, "base.css": true, "score.html": false, "../page.go": false, "": false, "static": false} {
		if got := File(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
