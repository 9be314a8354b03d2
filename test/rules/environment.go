package rules

import (
	"fmt"
	"go/ast"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// environment wants every variable that a function reads in its README, and no
// other there or in its manifest: an operator sets what stands there.
func environment(t Tree) []string {
	shared := variables(t.below("shared"))
	var broken []string
	for _, word := range t.functions() {
		folder := "functions/" + word
		own := variables(t.below(folder))
		read := maps.Clone(shared)
		maps.Copy(read, own)
		said := named(t.Files[folder+"/README.md"], "`([A-Z][A-Z0-9_]*)(?:=[^`]*)?`")
		for _, name := range slices.Sorted(maps.Keys(own)) {
			if !said[name] {
				broken = append(broken, fmt.Sprintf("%s/README.md: does not name %s, which %s reads", folder, name, own[name]))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(said)) {
			if strings.Contains(name, "_") && read[name] == "" {
				broken = append(broken, fmt.Sprintf("%s/README.md: names %s, which no Config reads", folder, name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(named(t.Files[folder+"/knative.yaml"], `(?m)^\s*-? *\{? *name: ["']?([A-Z][A-Z0-9_]*)["']?`))) {
			if read[name] == "" {
				broken = append(broken, fmt.Sprintf("%s/knative.yaml: sets %s, which no Config reads", folder, name))
			}
		}
	}
	return broken
}

// variables returns the names in env tags, and where they stand.
func variables(sources []Source) map[string]string {
	found := map[string]string{}
	for _, s := range sources {
		if s.isTest() {
			continue
		}
		ast.Inspect(s.Syntax, func(n ast.Node) bool {
			field, is := n.(*ast.Field)
			if !is || field.Tag == nil {
				return true
			}
			tag, _ := strconv.Unquote(field.Tag.Value)
			name, _, _ := strings.Cut(reflect.StructTag(tag).Get("env"), ",")
			if name != "" {
				found[name] = s.Path
			}
			return true
		})
	}
	return found
}

func named(text []byte, pattern string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		found[string(m[1])] = true
	}
	return found
}
