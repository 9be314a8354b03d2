package score

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"xietong.dev/functions/score/rules"
	"xietong.dev/functions/score/signal"
)

// The README counts what there is.
func TestTheREADMECountsSignalsAndRules(t *testing.T) {
	text := string(must(os.ReadFile("README.md")))
	for _, want := range []string{fmt.Sprintf("Signals, %d,", len(signal.All())), fmt.Sprintf("%d rules", len(rules.Starter().Rules))} {
		if !strings.Contains(text, want) {
			t.Errorf("README.md does not say %q", want)
		}
	}
}
