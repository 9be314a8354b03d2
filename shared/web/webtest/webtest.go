// Package webtest looks at pages as everybody needs them: with names for those who
// hear them, and with nothing in them that runs.
package webtest

import (
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"xietong.dev/shared/web"
)

// Read returns a file of a site, or a common one.
func Read(t *testing.T, files fs.FS, name string) string {
	t.Helper()
	text, err := fs.ReadFile(files, name)
	if err != nil {
		text, err = fs.ReadFile(web.Common(), name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Scripts are a script, those that it loads, and those that they load.
func Scripts(t *testing.T, files fs.FS, script string) []string {
	t.Helper()
	all := []string{script}
	for i := 0; i < len(all); i++ {
		for _, found := range loads.FindAllStringSubmatch(Read(t, files, all[i]), -1) {
			if !slices.Contains(all, found[1]) {
				all = append(all, found[1])
			}
		}
	}
	return all
}

var loads = regexp.MustCompile(`from '\./([a-z]+\.js)'`)

// Inspect looks through a page: every control has a name, no two elements have one id,
// nothing runs within its own text, and there are the landmarks. Controls whose id is
// among later are named once they are needed.
func Inspect(t *testing.T, body io.Reader, landmarks []string, later ...string) {
	t.Helper()
	tree, err := html.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		a := attributes(n)
		seen[n.Data]++
		if id := a["id"]; id != "" {
			if seen["#"+id]++; seen["#"+id] == 2 {
				t.Errorf("two elements are called %s", id)
			}
		}
		for name := range a {
			if strings.HasPrefix(name, "on") || name == "style" {
				t.Errorf("%s has %s", n.Data, name)
			}
		}
		if n.Data == "script" && (a["src"] == "" || a["type"] != "module") {
			t.Errorf("a script %v", a)
		}
		if !named(n, a) && !slices.Contains(later, a["id"]) {
			t.Errorf("a %s without a name: %v", n.Data, a)
		}
	}
	for _, name := range landmarks {
		if seen[name] == 0 {
			t.Errorf("no %s", name)
		}
	}
}

func attributes(n *html.Node) map[string]string {
	a := map[string]string{}
	for _, attribute := range n.Attr {
		a[attribute.Key] = attribute.Val
	}
	return a
}

// named reports whether an element has the name that its kind needs.
func named(n *html.Node, a map[string]string) bool {
	if a["aria-label"] != "" || a["aria-labelledby"] != "" || a["title"] != "" || a["aria-hidden"] == "true" {
		return true
	}
	switch n.Data {
	case "button", "a", "summary":
		return words(n) != ""
	case "input", "textarea", "select", "progress": // what they hold is no name
		return a["type"] == "hidden" || n.Parent.Data == "label"
	case "nav", "aside", "dialog":
		return false
	case "form":
		return a["role"] == ""
	}
	return true
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

// hands are the ways in which a script makes a page of text, or a style.
var hands = regexp.MustCompile(`(?i)innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment|DOMParser|\beval\b|new Function|setAttribute\('(on|style|href|src)|cssText|javascript:`)

// Text wants scripts to write what they are given as text, and never as HTML, style or
// the address of a script.
func Text(t *testing.T, files fs.FS, scripts ...string) {
	t.Helper()
	for _, name := range scripts {
		if found := hands.FindString(Read(t, files, name)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// Plain wants pages and style sheets to hold no style of their own in the text, and to
// load nothing.
func Plain(t *testing.T, files fs.FS, names ...string) {
	t.Helper()
	for _, name := range names {
		if found := regexp.MustCompile(`(?i)\sstyle=|<style|url\(|@import`).FindString(Read(t, files, name)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}
