package convert

import (
	"os"
	"strings"
	"testing"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
)

// What becomes what stands in the README as the code has it, and every format
// that can be asked for is one that something becomes.
func TestTheREADMESaysWhatBecomesWhat(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), formats.Table()) {
		t.Errorf("README.md lacks this table:\n%s", formats.Table())
	}
	made := map[string]bool{}
	for _, way := range formats.Ways() {
		made[string(way.To)] = true
	}
	for _, f := range events.Formats() {
		if !made[f] {
			t.Errorf("%s can be asked for, and nothing becomes it", f)
		}
		delete(made, f)
	}
	for f := range made {
		t.Errorf("%s can be made, and nobody can ask for it", f)
	}
}
