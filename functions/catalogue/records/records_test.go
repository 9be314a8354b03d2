package records

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Each case is a batch, and what comes of it: the header, then a row a line.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 10 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil || len(a.Files) != 2 {
				t.Fatal(err)
			}
			limits := defaults(t)
			limits.Version = 7
			got := written(read(t, batch(t, a.Files[0].Name, string(a.Files[0].Data)), limits))
			if os.Getenv("WRITE") != "" {
				a.Files[1].Data = []byte(got)
				os.WriteFile(path, txtar.Format(a), 0o644)
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
