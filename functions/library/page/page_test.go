package page

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := static.ReadFile("static/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWords: whatever the page says is in the table, and all that is there is said.
func TestWords(t *testing.T) {
	said := map[string]bool{"contents": true, "marks": true, "search": true, "settings": true} // the panels' names, by their ids
	for _, found := range regexp.MustCompile(`say\(([^()]*)\)|say "(\w+)"`).FindAllStringSubmatch(read(t, "read.js")+read(t, "read.html"), -1) {
		for _, key := range regexp.MustCompile(`'(\w+)'|^(\w+)$`).FindAllStringSubmatch(found[1]+found[2], -1) {
			said[key[1]+key[2]] = true
		}
	}
	for key := range Words {
		if !said[key] && !strings.Contains(read(t, "read.js"), "'"+key+"'") {
			t.Errorf("%s is never said", key)
		}
	}
	for key := range said {
		if _, has := Words[key]; !has && key != "key" && key != "name" {
			t.Errorf("there are no words for %s", key)
		}
	}
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
	tree, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	landmarks := map[string]int{}
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		landmarks[n.Data]++
		a := map[string]string{}
		for _, attribute := range n.Attr {
			a[attribute.Key] = attribute.Val
			if strings.HasPrefix(attribute.Key, "on") {
				t.Errorf("%s has %s", n.Data, attribute.Key)
			}
		}
		switch named := a["aria-label"] != "" || a["title"] != "" || words(n) != "" || n.Parent.Data == "label"; {
		case n.Data == "button" || n.Data == "input" || n.Data == "textarea":
			if !named {
				t.Errorf("a %s without a name: %v", n.Data, a)
			}
		case n.Data == "script" && a["src"] == "":
			t.Error("a script within the page")
		}
	}
	for _, name := range []string{"header", "nav", "main", "footer", "aside", "h1"} {
		if landmarks[name] == 0 {
			t.Errorf("no %s", name)
		}
	}
	if landmarks["script"] != 1 {
		t.Errorf("%d scripts", landmarks["script"])
	}
}

func words(n *html.Node) string {
	text := ""
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text += strings.TrimSpace(d.Data)
		}
	}
	return text
}

func TestFiles(t *testing.T) {
	for name, want := range map[string]bool{"read.js": true, "frame.js": true, "read.css": true, "read.html": false, "../page.go": false, "": false, "static": false} {
		if got := File(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
