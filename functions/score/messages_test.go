package score

import (
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/web"
)

// said is a place in the source that refuses: its words, and how many arguments they
// get; -1 where that cannot be seen.
type said struct {
	key  string
	args int
}

// saidIn finds what a file refuses with: web.Field, web.Refuse and web.Problem.
func saidIn(t *testing.T, file string) (all []said) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := f.X.(*ast.Ident); !ok || x.Name != "web" {
				return true
			}
			if at, refuses := map[string]int{"Field": 0, "Refuse": 1}[f.Sel.Name]; refuses {
				all = append(all, said{literal(n.Args[at]), len(n.Args) - at - 1})
			}
		case *ast.CompositeLit:
			if f, ok := n.Type.(*ast.SelectorExpr); ok && f.Sel.Name == "Problem" && problemText(n) != "" {
				all = append(all, said{problemText(n), -1})
			}
		}
		return true
	})
	return all
}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		text, _ := strconv.Unquote(l.Value)
		return text
	}
	return ""
}

func problemText(n *ast.CompositeLit) (key string) {
	for _, e := range n.Elts {
		pair := e.(*ast.KeyValueExpr)
		if name := pair.Key.(*ast.Ident).Name; name == "Text" || name == "Code" && key == "" {
			key = literal(pair.Value)
		}
	}
	return key
}

// What is refused anywhere here is said in both languages, with as many arguments as
// the words have places.
func TestEveryRefusalHasWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, s := range saidIn(t, file) {
			if s.key == "" {
				t.Errorf("%s refuses in words that cannot be found", file)
			}
			n++
			if text, own := messages["error."+s.key]; own {
				for _, words := range []string{text.Zh, text.En} {
					if places := strings.Count(words, "%") - 2*strings.Count(words, "%%"); s.args >= 0 && places != s.args {
						t.Errorf("%s: %s gets %d arguments: %q", file, s.key, s.args, words)
					}
				}
			} else if shown := common(t, s.key); strings.Contains(shown, "error."+s.key) {
				t.Errorf("%s: %s has no words", file, s.key)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d refusals were found", n)
	}
}

// common is what web says itself.
func common(t *testing.T, key string) string {
	t.Helper()
	w := httptest.NewRecorder()
	web.API{Log: slog.Default()}.Fail(w, httptest.NewRequest("GET", "/", nil), web.Field(key, "a"))
	return w.Body.String()
}

// Lists and checks are explained in both languages.
func TestEveryCodeHasWords(t *testing.T) {
	keys := []string{"check.unknown_device", "check.no_report", "check.muted", "check.other_account", "check.blocked", "check.step_up", "check.denied"}
	for _, name := range builtIn {
		keys = append(keys, "list."+name)
	}
	for _, key := range keys {
		if text := messages[key]; text.Zh == "" || text.En == "" {
			t.Errorf("%s is said as %+v", key, text)
		}
	}
}

// A list that the starter set reads is shown to people, with what it does.
func TestListsOfTheStarterSetAreBuiltIn(t *testing.T) {
	names := regexp.MustCompile(`'([a-z_]+)' in lists`)
	for _, r := range rules.Starter().Rules {
		for _, m := range names.FindAllStringSubmatch(r.When, -1) {
			if m[1] != "blocked" && !slices.Contains(builtIn, m[1]) {
				t.Errorf("rule %s reads the list %s", r.ID, m[1])
			}
		}
	}
}
