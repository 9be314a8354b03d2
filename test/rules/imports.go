package rules

import (
	"go/ast"
	"path"
	"strconv"
	"strings"
)

const ours = "xietong.dev/"

// fence keeps a library in one place.
type fence struct {
	library string
	inside  func(Source) bool
	where   string
}

func fences() []fence {
	return []fence{
		{"github.com/jackc/pgx/v5", mayUsePgx, "shared/pg, a function's store*.go, local"},
		{"github.com/minio/minio-go/v7", within("shared/blob"), "shared/blob"},
		{"github.com/aws/aws-lambda-go", within("shared/fn"), "shared/fn"},
		{"github.com/klippa-app/go-pdfium", within("shared/pages"), "shared/pages"},
		{"github.com/versity/versitygw", within("local"), "local"},
		{"github.com/cloudevents/sdk-go/sql/v2", within("shared/manifest", "local/broker"), "shared/manifest, local/broker"},
		{"os/exec", mayRunPrograms, "shared/child, shared/pg/private, local, infra, test and tests"},
	}
}

func within(folders ...string) func(Source) bool {
	return func(s Source) bool { return s.in(folders...) }
}

func mayUsePgx(s Source) bool {
	return s.in("shared/pg", "local") || s.in("functions") && strings.HasPrefix(path.Base(s.Path), "store")
}

func mayRunPrograms(s Source) bool {
	return s.isTest() || s.in("shared/child", "shared/pg/private", "local", "infra", "test")
}

// imports says who may import whom. Only then can a function be deployed alone,
// and a library be replaced in one place.
func imports(t Tree) []string {
	var broken []string
	for _, s := range t.Go {
		for _, spec := range s.Syntax.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if why := forbidden(s, imported); why != "" {
				broken = append(broken, s.at(spec.Pos(), "imports %s: %s", imported, why))
			}
		}
		broken = append(broken, readsEnvironment(s)...)
	}
	return broken
}

func forbidden(s Source, imported string) string {
	for _, f := range fences() {
		if isOrUnder(imported, f.library) && !f.inside(s) {
			return "only in " + f.where
		}
	}
	if strings.HasSuffix(path.Base(imported), "test") && imported != ours+"test" && !s.isTest() && !s.in("test") {
		return "only in tests"
	}
	switch own := owner(s.Path); {
	case !strings.HasPrefix(imported, ours):
		return foreign(own, imported)
	case !isOrUnder(imported, ours+own):
		return sibling(own, strings.TrimPrefix(imported, ours))
	}
	return ""
}

// owner returns the folder of the module that a file belongs to.
func owner(name string) string {
	parts := strings.Split(name, "/")
	if parts[0] == "functions" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// foreign bounds what the contract itself may lean on.
func foreign(own, imported string) string {
	isStandard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	if own == "events" && !isStandard && imported != "github.com/cloudevents/sdk-go/v2/event" {
		return "events knows only the standard library and the event of CloudEvents"
	}
	return ""
}

func sibling(own, imported string) string {
	switch {
	case isOrUnder(imported, "local"), isOrUnder(imported, "infra"), isOrUnder(imported, "test"):
		return "nobody imports local, infra or test"
	case own == "events", own == "shared":
		return own + " stands on no sibling"
	case own == "test" && isOrUnder(imported, "functions") && strings.HasSuffix(path.Base(imported), "test"):
		return "" // what makes a function's test data, for tests across functions
	case own == "test" && (imported == "functions/score/probe" || imported == "functions/score/report"):
		return "" // the reference probe and its protocol are there for other programs
	case isOrUnder(imported, "functions"):
		return "functions meet through events and objects alone"
	}
	return ""
}

func isOrUnder(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// readsEnvironment finds the environment read anywhere but in main, which hands
// it on as an argument. Who runs programs may hand on the whole.
func readsEnvironment(s Source) []string {
	if s.isTest() || s.in("test", "shared/child") || s.Syntax.Name.Name == "main" || s.Path == "shared/fn/main.go" {
		return nil
	}
	var broken []string
	ast.Inspect(s.Syntax, func(n ast.Node) bool {
		selector, is := n.(*ast.SelectorExpr)
		if !is {
			return true
		}
		from, is := selector.X.(*ast.Ident)
		if !is || from.Name != "os" && from.Name != "syscall" {
			return true
		}
		switch name := selector.Sel.Name; {
		case name == "Getenv", name == "LookupEnv", name == "Environ" && !mayRunPrograms(s):
			broken = append(broken, s.at(n.Pos(), "reads the environment by %s.%s: take it as an argument (getenv func(string) string)", from.Name, name))
		}
		return true
	})
	return broken
}
