package rules

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// exempt are files whose words are not ours, or that must name what they forbid.
const exempt = `(^|/)(go\.sum|go\.work\.sum|LICENSE)$|^test/rules/`

// machine finds what is true on one machine only.
func machine(t Tree) []string {
	return phrases(t, regexp.MustCompile(`(^|[^a-zA-Z0-9_}.])/(work|root|home|tmp)/[a-zA-Z0-9_.-]+|proxy\.golang\.org|sum\.golang\.org|\bgoproxy\b|registry\.npmjs\.org|pypi\.org|deb\.debian\.org`),
		"is a place on one machine or a registry: name it by configuration, or leave it out")
}

// unfinished finds notes to oneself.
func unfinished(t Tree) []string {
	return phrases(t, regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`), "is work left over: do it, or file an issue")
}

func phrases(t Tree, wanted *regexp.Regexp, why string) []string {
	skip := regexp.MustCompile(exempt)
	var broken []string
	for _, name := range t.match(`.`) {
		if skip.MatchString(name) || bytes.IndexByte(t.Files[name], 0) >= 0 {
			continue
		}
		for i, line := range strings.Split(string(t.Files[name]), "\n") {
			if found := wanted.FindString(line); found != "" {
				broken = append(broken, fmt.Sprintf("%s:%d: %q %s", name, i+1, strings.TrimSpace(found), why))
			}
		}
	}
	return broken
}

// portable finds SQL that a PostgreSQL-compatible database may lack, or that
// was measured to fail under load.
func portable(t Tree) []string {
	wanted := regexp.MustCompile(`(?i)\bON CONFLICT\b|\bLISTEN [a-z]|\bNOTIFY [a-z]|\bpg_notify\b|pg_(try_)?advisory|\bSERIALIZABLE\b|\bCREATE DOMAIN\b|multirange|\blo_create\b|\bxid8\b`)
	const why = "%q is not portable: plain INSERT and pg.IsDuplicate, UPDATE before INSERT, ids made in Go"
	var broken []string
	for _, name := range t.match(`^(functions|shared)/.*\.sql$`) {
		for i, line := range strings.Split(string(t.Files[name]), "\n") {
			statement, _, _ := strings.Cut(line, "--")
			if found := wanted.FindString(statement); found != "" {
				broken = append(broken, fmt.Sprintf("%s:%d: "+why, name, i+1, found))
			}
		}
	}
	for _, s := range t.Go {
		if s.isTest() || !s.in("functions", "shared") {
			continue
		}
		ast.Inspect(s.Syntax, func(n ast.Node) bool {
			if literal, is := n.(*ast.BasicLit); is && literal.Kind == token.STRING {
				if found := wanted.FindString(literal.Value); found != "" {
					broken = append(broken, s.at(n.Pos(), why, found))
				}
			}
			return true
		})
	}
	return broken
}

// messages wants whatever people read in both languages, with the same
// arguments.
func messages(t Tree) []string {
	var broken []string
	for _, s := range t.Go {
		ast.Inspect(s.Syntax, func(n ast.Node) bool {
			table, is := n.(*ast.CompositeLit)
			if !is || !isNamed(table.Type, "say", "Table") {
				return true
			}
			for _, e := range table.Elts {
				if pair, is := e.(*ast.KeyValueExpr); is {
					if why := incomplete(pair.Value); why != "" {
						broken = append(broken, s.at(pair.Pos(), "%s", why))
					}
				}
			}
			return true
		})
	}
	return broken
}

func isNamed(e ast.Expr, from, name string) bool {
	selector, is := e.(*ast.SelectorExpr)
	if !is || selector.Sel.Name != name {
		return false
	}
	x, is := selector.X.(*ast.Ident)
	return is && x.Name == from
}

func incomplete(e ast.Expr) string {
	text, is := e.(*ast.CompositeLit)
	if !is {
		return "write the message here, in Chinese and in English"
	}
	said := map[string]string{}
	for i, part := range text.Elts {
		name := []string{"Zh", "En", ""}[min(i, 2)]
		if pair, is := part.(*ast.KeyValueExpr); is {
			name, part = fmt.Sprint(pair.Key), pair.Value
		}
		said[name] = literal(part)
	}
	zh, en := said["Zh"], said["En"]
	isHan := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	switch {
	case strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "":
		return "a message needs both Zh and En"
	case strings.ContainsFunc(en, isHan):
		return fmt.Sprintf("the English message %q holds Chinese", en)
	case verbs(zh) != verbs(en):
		return fmt.Sprintf("Zh takes %q and En takes %q: want the same arguments, each of the same kind", verbs(zh), verbs(en))
	}
	return ""
}

// literal returns the text of a string, also of one that is put together.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	}
	return ""
}

// verbs returns what a format takes, by the place of the argument: %[2]d is the
// second wherever it stands.
func verbs(format string) string {
	var found []string
	verb := regexp.MustCompile(`%[-+# 0]*[0-9.]*(?:\[([0-9]+)\])?([a-zA-Z])`)
	for i, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1) {
		found = append(found, cmp.Or(m[1], strconv.Itoa(i+1))+m[2])
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
