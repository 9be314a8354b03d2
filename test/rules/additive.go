package rules

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// breaking is what takes from the version before something that it uses. Each
// expression finds one clause, which may hold what makes it harmless.
var breaking = []struct {
	clause, harmless *regexp.Regexp
	why              string
}{
	{regexp.MustCompile(`\bDROP (?:TABLE|COLUMN|SCHEMA|VIEW|SEQUENCE|DEFAULT)\b`), none, "what the version before reads and writes stays, until no version uses it"},
	{regexp.MustCompile(`\bALTER TABLE \S+ DROP \S+`), regexp.MustCompile(` DROP (?:CONSTRAINT|COLUMN)$`), "what the version before reads and writes stays, until no version uses it"},
	{regexp.MustCompile(`\bRENAME\b`), none, "the version before knows the old name: add the new beside it"},
	{regexp.MustCompile(`\bALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b`), none, "the version before reads the old type: add a column beside it"},
	{regexp.MustCompile(`.*\bSET NOT NULL\b`), regexp.MustCompile(`\bSET DEFAULT\b`), "the version before does not fill the column: give it a default first, in the same statement"},
	{regexp.MustCompile(`\bADD (?:COLUMN )?[^,]*\bNOT NULL\b[^,]*`), regexp.MustCompile(`\bDEFAULT\b`), "the version before does not fill the column: give it a default"},
	{regexp.MustCompile(`\bADD (?:CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)\b`), none, "the version before may write rows that break it"},
}

var none = regexp.MustCompile(`$^`)

// additive wants every migration after the first to leave the version before
// working: during a deploy both run on the same schema, and a rollback runs the
// old one on the new schema.
func additive(t Tree) []string {
	var broken []string
	first := map[string]bool{}
	for _, name := range t.match(`^(functions/[^/]+/migrations|shared/pg/ledger|local/broker/migrations)/[^/]+\.sql$`) {
		if folder := path.Dir(name); !first[folder] {
			first[folder] = true
			continue
		}
		for _, s := range statements(string(t.Files[name])) {
			for _, b := range breaking {
				for _, found := range b.clause.FindAllString(s.text, -1) {
					if !b.harmless.MatchString(found) {
						broken = append(broken, fmt.Sprintf("%s:%d: %q: %s", name, s.line, found, b.why))
					}
				}
			}
		}
	}
	return broken
}

type statement struct {
	text string // on one line, in capitals
	line int    // where it begins
}

// statements takes SQL apart, without its comments. Semicolons in texts are
// taken for ends, which no migration of ours has.
func statements(text string) (all []statement) {
	var s statement
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "--")
		for j, part := range strings.Split(strings.ToUpper(line), ";") {
			if j > 0 {
				all, s = append(all, s), statement{}
			}
			if words := strings.Join(strings.Fields(part), " "); words != "" {
				if s.text == "" {
					s.line = i + 1
				}
				s.text = strings.TrimSpace(s.text + " " + words)
			}
		}
	}
	return append(all, s)
}
