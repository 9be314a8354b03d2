package facts

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/paraphrases.txt
var paraphrases string

// Sentences as a language model writes them, beside what was said: none of those that are
// true may be taken for invented. Each line: what was said | how it is told.
func TestParaphrases(t *testing.T) {
	for line := range strings.Lines(paraphrases) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		said, told, ok := strings.Cut(strings.TrimSpace(line), "|")
		if !ok {
			t.Fatalf("line %q: want what was said | how it is told", line)
		}
		if missing := Missing(told, said, nil); missing != "" {
			t.Errorf("%s is held not to be said\n said %s\n told %s", missing, said, told)
		}
		if turned := Turned(told, said); turned != "" {
			t.Errorf("%s is held to be turned\n said %s\n told %s", turned, said, told)
		}
	}
}
