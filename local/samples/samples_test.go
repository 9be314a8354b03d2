package samples

import (
	"io/fs"
	"strings"
	"testing"
)

func TestEverySampleIsThere(t *testing.T) {
	for _, s := range All() {
		info, err := fs.Stat(Files, s.File)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 || info.Size() > 1_200_000 {
			t.Errorf("%s has %d bytes, want some, and few enough for a repository", s.File, info.Size())
		}
		if s.Script == "" {
			continue
		}
		script, err := fs.ReadFile(Files, s.Script)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(script)) {
			if !strings.HasPrefix(line, "A: ") && !strings.HasPrefix(line, "B: ") {
				t.Errorf("%s: line %q does not say who speaks", s.Script, line)
			}
		}
	}
}
