package rules

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"golang.org/x/mod/modfile"
)

// requires wants each module to import what it requires directly: a function's
// go.mod holds nothing of another's dependencies. That what is indirect comes of
// those, go mod tidy proves (see [Alone]).
func requires(t Tree) []string {
	imported := map[string][]string{} // by the folder of the module
	for _, s := range t.Go {
		module := t.module(path.Dir(s.Path))
		for _, spec := range s.Syntax.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			imported[module] = append(imported[module], name)
		}
	}
	var broken []string
	for name, mod := range goMods(t) {
		used := suppliers(mod, imported[path.Dir(name)])
		for _, r := range mod.Require {
			if used[r.Mod.Path] == r.Indirect {
				broken = append(broken, fmt.Sprintf("%s: %s is %s: run go mod tidy there", name, r.Mod.Path, why(r.Indirect)))
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// suppliers returns which required modules the imported packages are of: each is
// of the one with the longest path, since modules nest.
func suppliers(mod *modfile.File, imported []string) map[string]bool {
	used := map[string]bool{}
	for _, name := range imported {
		longest := ""
		for _, r := range mod.Require {
			if isOrUnder(name, r.Mod.Path) && len(r.Mod.Path) > len(longest) {
				longest = r.Mod.Path
			}
		}
		used[longest] = true
	}
	return used
}

func why(indirect bool) string {
	if indirect {
		return "marked indirect, but the module imports it"
	}
	return "required, but no file of the module imports it"
}

// module returns the folder of the module that a folder belongs to.
func (t Tree) module(folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, there := t.Files[path.Join(folder, "go.mod")]; there {
			return folder
		}
	}
	return folder
}
