package rules

import (
	"bytes"
	"fmt"
	"go/ast"
	goformat "go/format"
	"path"
	"slices"
	"strings"
)

// maxLines is the length of a file that a tired reader still takes in.
const maxLines = 400

// comments wants every package to tell its story.
func comments(t Tree) []string {
	documented := map[string]bool{}
	for _, s := range t.Go {
		key := path.Dir(s.Path)
		documented[key] = documented[key] || tells(s.Syntax)
	}
	var broken []string
	for folder, is := range documented {
		if !is {
			broken = append(broken, folder+": no file begins with a package comment (Package word …; Command word … for a main)")
		}
	}
	slices.Sort(broken)
	return broken
}

func tells(f *ast.File) bool {
	if f.Doc == nil {
		return false
	}
	text := f.Doc.Text()
	name := strings.TrimSuffix(f.Name.Name, "_test")
	return strings.HasPrefix(text, "Package "+name+" ") || f.Name.Name == "main" && text != ""
}

func format(t Tree) []string {
	var broken []string
	for _, s := range t.Go {
		if tidy, err := goformat.Source(t.Files[s.Path]); err != nil || !bytes.Equal(tidy, t.Files[s.Path]) {
			broken = append(broken, s.Path+": is not as gofmt writes it")
		}
	}
	return broken
}

func lengths(t Tree) []string {
	var broken []string
	for _, s := range t.Go {
		if n := bytes.Count(t.Files[s.Path], []byte("\n")); n > maxLines && !strings.HasSuffix(s.Path, "_test.go") {
			broken = append(broken, fmt.Sprintf("%s: %d lines, want at most %d: split it by what it is about", s.Path, n, maxLines))
		}
	}
	return broken
}

// inits finds code that runs without having been called.
func inits(t Tree) []string {
	var broken []string
	for _, s := range t.Go {
		for _, d := range s.Syntax.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil && f.Name.Name == "init" {
				broken = append(broken, s.at(f.Pos(), "func init: make it by hand where it is used"))
			}
		}
	}
	return broken
}

// skips finds tests that do not test. What they need is installed, or the test
// fails and says so.
func skips(t Tree) []string {
	forbidden := []string{"Skip", "Skipf", "SkipNow", "Short"}
	var broken []string
	for _, s := range t.Go {
		if !s.isTest() {
			continue
		}
		ast.Inspect(s.Syntax, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			if f, is := call.Fun.(*ast.SelectorExpr); is && slices.Contains(forbidden, f.Sel.Name) {
				if on, is := f.X.(*ast.Ident); is && slices.Contains([]string{"t", "b", "f", "tb", "testing"}, on.Name) {
					broken = append(broken, s.at(n.Pos(), "%s.%s: a test that is skipped proves nothing", on.Name, f.Sel.Name))
				}
			}
			return true
		})
	}
	return broken
}
