package rules

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const root = "../.."

func TestRepository(t *testing.T) {
	tree, err := Read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range All() {
		t.Run(rule.Name, func(t *testing.T) {
			for _, line := range rule.Check(tree) {
				t.Error(line)
			}
		})
	}
}

func TestEveryModuleBuildsAlone(t *testing.T) {
	tree, err := Read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for name := range goMods(tree) {
		folder := filepath.Join(root, filepath.Dir(name))
		t.Run(filepath.Dir(name), func(t *testing.T) {
			t.Parallel()
			if err := Alone(t.Context(), folder); err != nil {
				t.Error(err)
			}
		})
	}
}

// Each fixture is a tree that breaks one rule, and what the rule says to it.
func TestEveryRuleCanFail(t *testing.T) {
	for _, rule := range All() {
		archive, err := txtar.ParseFile(filepath.Join("testdata", rule.Name+".txtar"))
		if err != nil {
			t.Error(err)
			continue
		}
		got := strings.Join(rule.Check(read(t, archive)), "\n")
		if want := strings.TrimSpace(said(archive)); got != want || want == "" {
			t.Errorf("%s says\n%s\nwant\n%s", rule.Name, got, want)
		}
	}
}

func TestAModuleThatCannotStandAloneFails(t *testing.T) {
	for _, broken := range []struct{ source, want string }{
		{"package a\n\nimport _ \"xietong.dev/nowhere\"\n", "go build"},
		{"package a\n\nimport \"fmt\"\n\nfunc A() { fmt.Printf(\"%d\", \"x\") }\n", "go vet"},
		{"package a\n", "go mod tidy"},
	} {
		dir := t.TempDir()
		mod := "module xietong.dev/a\n\ngo 1.26.0\n"
		if broken.want == "go mod tidy" {
			mod += "\nrequire xietong.dev/b v0.0.0\n\nreplace xietong.dev/b => ./b\n"
			write(t, filepath.Join(dir, "b", "go.mod"), "module xietong.dev/b\n\ngo 1.26.0\n")
		}
		write(t, filepath.Join(dir, "go.mod"), mod)
		write(t, filepath.Join(dir, "a.go"), broken.source)
		if err := Alone(t.Context(), dir); err == nil || !strings.HasPrefix(err.Error(), broken.want) {
			t.Errorf("want a failure of %s, got %v", broken.want, err)
		}
	}
}

func read(t *testing.T, archive *txtar.Archive) Tree {
	t.Helper()
	fsys, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := fs.Sub(fsys, "tree")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Read(sub)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func said(archive *txtar.Archive) string {
	for _, f := range archive.Files {
		if f.Name == "said" {
			return string(f.Data)
		}
	}
	return ""
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
