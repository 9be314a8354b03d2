package rules

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// goVersion is the language that every module is written in.
const goVersion = "1.26.0"

// modules wants each module named after its folder, in one version of Go, and
// replaced by nothing but its neighbours.
func modules(t Tree) []string {
	var broken []string
	for name, mod := range goMods(t) {
		folder := path.Dir(name)
		say := func(format string, args ...any) { broken = append(broken, name+": "+fmt.Sprintf(format, args...)) }
		if want := ours + folder; mod.Module == nil || mod.Module.Mod.Path != want {
			say("want module %s", want)
		}
		if mod.Go == nil || mod.Go.Version != goVersion || mod.Toolchain != nil {
			say("want go %s and no toolchain", goVersion)
		}
		for _, r := range mod.Replace {
			if !strings.HasPrefix(r.Old.Path, ours) || path.Join(folder, r.New.Path) != strings.TrimPrefix(r.Old.Path, ours) {
				say("replaces %s by %s: only a neighbour may be replaced, by its folder", r.Old.Path, r.New.Path)
			}
		}
		if strings.HasPrefix(folder, "functions/") && !slices.Equal(replaced(mod), []string{ours + "events", ours + "shared"}) {
			say("replaces %v: want exactly %sevents and %sshared", replaced(mod), ours, ours)
		}
	}
	slices.Sort(broken)
	return broken
}

func goMods(t Tree) map[string]*modfile.File {
	mods := map[string]*modfile.File{}
	for _, name := range t.match(`(^|/)go\.mod$`) {
		mod, err := modfile.Parse(name, t.Files[name], nil)
		if err != nil {
			mod = &modfile.File{} // without a module line it breaks the rule of modules
		}
		mods[name] = mod
	}
	return mods
}

func replaced(mod *modfile.File) []string {
	var old []string
	for _, r := range mod.Replace {
		old = append(old, r.Old.Path)
	}
	slices.Sort(old)
	return old
}

// versions wants one version of each dependency: the workspace picks the
// highest for all, so that a module with a lower one is never tested as it is
// deployed.
func versions(t Tree) []string {
	chosen := map[string]map[string][]string{} // dependency, version, modules
	for name, mod := range goMods(t) {
		for _, r := range mod.Require {
			if chosen[r.Mod.Path] == nil {
				chosen[r.Mod.Path] = map[string][]string{}
			}
			chosen[r.Mod.Path][r.Mod.Version] = append(chosen[r.Mod.Path][r.Mod.Version], path.Dir(name))
		}
	}
	var broken []string
	for dependency, byVersion := range chosen {
		if len(byVersion) < 2 {
			continue
		}
		line := dependency + ":"
		for _, version := range slices.Sorted(maps.Keys(byVersion)) {
			slices.Sort(byVersion[version])
			line += fmt.Sprintf(" %s in %s;", version, strings.Join(byVersion[version], ", "))
		}
		broken = append(broken, strings.TrimSuffix(line, ";"))
	}
	slices.Sort(broken)
	return broken
}

// workspace wants every module in go.work, and nothing else there.
func workspace(t Tree) []string {
	work, err := modfile.ParseWork("go.work", t.Files["go.work"], nil)
	if err != nil {
		return []string{err.Error()}
	}
	var broken []string
	if work.Go == nil || work.Go.Version != goVersion || work.Toolchain != nil || len(work.Godebug)+len(work.Replace) > 0 {
		broken = append(broken, "go.work: want go "+goVersion+" and use lines, nothing else")
	}
	used := map[string]bool{}
	for _, u := range work.Use {
		used[path.Clean(u.Path)] = true
		if _, there := t.Files[path.Join(u.Path, "go.mod")]; !there {
			broken = append(broken, "go.work: uses "+u.Path+", which holds no go.mod")
		}
	}
	for _, name := range t.match(`(^|/)go\.mod$`) {
		if !used[path.Dir(name)] {
			broken = append(broken, "go.work: does not use ./"+path.Dir(name))
		}
	}
	return broken
}
