package rules

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Tree is what a repository holds.
type Tree struct {
	Files map[string][]byte // by path
	Go    []Source          // the Go files among them, in the order of their paths
}

// Source is one Go file.
type Source struct {
	Path   string
	Syntax *ast.File
	Places *token.FileSet
}

// Read reads a tree, without what git keeps and what a build leaves behind.
func Read(fsys fs.FS) (Tree, error) {
	t := Tree{Files: map[string][]byte{}}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == ".state" || name == "bin"):
			return fs.SkipDir
		case !entry.Type().IsRegular() || strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".out"):
			return nil
		}
		t.Files[name], err = fs.ReadFile(fsys, name)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("read the tree: %w", err)
	}
	return t, t.parse()
}

func (t *Tree) parse() error {
	for _, name := range t.match(`\.go$`) {
		places := token.NewFileSet()
		syntax, err := parser.ParseFile(places, name, t.Files[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		t.Go = append(t.Go, Source{name, syntax, places})
	}
	return nil
}

// match returns the files whose path matches a pattern, in order.
func (t Tree) match(pattern string) []string {
	wanted := regexp.MustCompile(pattern)
	var names []string
	for name := range t.Files {
		if wanted.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// functions returns the words of the functions.
func (t Tree) functions() []string {
	var words []string
	for _, name := range t.match(`^functions/[^/]+/`) {
		words = append(words, strings.Split(name, "/")[1])
	}
	return slices.Compact(words)
}

// below returns the Go files in a folder and the folders under it.
func (t Tree) below(folder string) []Source {
	var under []Source
	for _, s := range t.Go {
		if strings.HasPrefix(s.Path, folder+"/") {
			under = append(under, s)
		}
	}
	return under
}

// isTest reports whether the file is compiled for tests alone: its own name or
// its package's ends in test.
func (s Source) isTest() bool {
	return strings.HasSuffix(s.Path, "_test.go") || strings.HasSuffix(path.Base(path.Dir(s.Path)), "test")
}

// in reports whether the file stands in one of the folders.
func (s Source) in(folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(s.Path, folder+"/") })
}

// at says where something stands, as an editor understands it.
func (s Source) at(pos token.Pos, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.Path, s.Places.Position(pos).Line, fmt.Sprintf(format, args...))
}
