package console

import (
	"io/fs"
	"regexp"
	"testing"

	"xietong.dev/shared/web"
)

// Whatever the pages of dead letters say has its words, in both languages.
func TestTheWordsOfDeadLettersAreThere(t *testing.T) {
	all := words()
	for file, pattern := range map[string]string{
		"dead.html": `\$?\.Say "([^"]+)"`, "letter.html": `\$?\.Say "([^"]+)"`, "runs.html": `\$?\.Say "([^"]+)"`, "acts.html": `\$?\.Say "([^"]+)"`,
		"dead.js": `say\('([^']+)'`, "runs.js": `say\('([^']+)'[,)]`,
	} {
		text, err := fs.ReadFile(web.Files(static), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			table := all
			if file == "dead.js" {
				table = deadScript
			}
			if table[found[1]].Zh == "" || table[found[1]].En == "" {
				t.Errorf("%s says %q, for which there are no words", file, found[1])
			}
		}
	}
	for _, state := range []string{"ready", "running", "waiting", "done", "dead", "discarded"} {
		if all["letter state "+state].Zh == "" {
			t.Errorf("the state %s has no words", state)
		}
	}
	for _, what := range []string{"redrive", "abort", "pause", "resume", "discard", "replay"} {
		if all["act "+what].Zh == "" {
			t.Errorf("the act %s has no words", what)
		}
	}
	for _, problem := range []string{"dead no why", "dead none ticked", "dead none left"} {
		if all[problem].Zh == "" {
			t.Errorf("the problem %q has no words", problem)
		}
	}
}
