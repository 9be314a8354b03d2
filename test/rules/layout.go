package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxReadme is what an operator reads at night.
const maxReadme = 60

// rootFiles wants at the root what a newcomer looks for first.
func rootFiles(t Tree) []string {
	var broken []string
	for name, begins := range map[string]string{
		"LICENSE": "Apache License", "README.md": "# ", "README.zh-CN.md": "# ", ".gitignore": "", ".ci/run": "#!", "go.work": "go ",
	} {
		text, there := t.Files[name]
		if !there || !strings.HasPrefix(strings.TrimSpace(string(text)), begins) {
			broken = append(broken, fmt.Sprintf("%s: want such a file, beginning with %q", name, begins))
		}
	}
	slices.Sort(broken)
	return broken
}

// layout wants the same files in every function's folder, and one word
// everywhere.
func layout(t Tree) []string {
	var broken []string
	for _, word := range t.functions() {
		folder := "functions/" + word + "/"
		for _, name := range []string{"README.md", "knative.yaml", word + ".go", "open.go", "go.mod", "cmd/" + word + "/main.go"} {
			if _, there := t.Files[folder+name]; !there {
				broken = append(broken, folder+name+": is missing")
			}
		}
		if len(t.match(`^`+folder+`testdata/`)) == 0 {
			broken = append(broken, folder+"testdata: is missing: a case is a file that anyone can read")
		}
		broken = append(broken, oneWord(t, folder, word)...)
		broken = append(broken, migrations(t, folder)...)
		broken = append(broken, readme(t, folder)...)
	}
	return broken
}

func oneWord(t Tree, folder, word string) []string {
	var broken []string
	for name, want := range map[string]string{
		"go.mod":                     `(?m)^module xietong\.dev/functions/` + word + `$`,
		word + ".go":                 `(?m)^package ` + word + `$`,
		"cmd/" + word + "/main.go":   `(?m)^func main\(\) \{ fn\.Main\(` + word + `\.Open(, .+)?\) \}$`,
		"knative.yaml":               `(?m)^\s*-? *image: ["']?xietong/` + word + `:`,
		"knative.yaml#the Service's": `(?m)^kind: Service\nmetadata:\n  name: ` + word + `$`,
	} {
		name, _, _ = strings.Cut(name, "#")
		if text, there := t.Files[folder+name]; there && !regexp.MustCompile(want).Match(text) {
			broken = append(broken, fmt.Sprintf("%s%s: want a line like %s", folder, name, want))
		}
	}
	slices.Sort(broken)
	return broken
}

func migrations(t Tree, folder string) []string {
	var broken []string
	files := t.match(`^` + folder + `migrations/`)
	for i, name := range files {
		if want := fmt.Sprintf("%smigrations/%04d_", folder, i+1); !strings.HasPrefix(name, want) || !regexp.MustCompile(`_[a-z0-9_]+\.sql$`).MatchString(name) {
			broken = append(broken, fmt.Sprintf("%s: want %s<what>.sql: migrations are numbered without a gap", name, want))
		}
	}
	stores := t.match(`^` + folder + `store[a-z_]*\.go$`)
	if (len(files) == 0) != (len(stores) == 0) {
		broken = append(broken, folder+": migrations/ and store.go come together: tables, and the SQL on them")
	}
	return broken
}

func readme(t Tree, folder string) []string {
	text, there := t.Files[folder+"README.md"]
	if !there {
		return nil
	}
	var broken []string
	if n := strings.Count(string(text), "\n"); n > maxReadme {
		broken = append(broken, fmt.Sprintf("%sREADME.md: %d lines, want at most %d", folder, n, maxReadme))
	}
	for _, section := range []string{"In", "Out", "Environment", "Failures", "Try it"} {
		if !regexp.MustCompile(`(?mi)^##? .*\b` + section + `\b`).Match(text) {
			broken = append(broken, fmt.Sprintf("%sREADME.md: no heading says %q", folder, section))
		}
	}
	return broken
}
