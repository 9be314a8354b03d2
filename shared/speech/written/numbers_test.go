package written

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// labelled is a line as it is said and as it should be written.
type labelled struct{ said, want string }

func lines(t testing.TB, file string) (all []labelled) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := s.Text(); line != "" && line[0] != '#' {
			said, want, changes := strings.Cut(line, " = ")
			if !changes {
				want = said
			}
			all = append(all, labelled{said, want})
		}
	}
	return all
}

// The share of changed lines that are right (precision) and of lines to be
// changed that are (recall) stands in the log.
func TestNumbersAreWritten(t *testing.T) {
	for _, file := range []string{"zh", "zh_later", "en", "en_later"} {
		all, language := lines(t, "testdata/"+file+".txt"), file[:2]
		changed, right, wanted := 0, 0, 0
		for _, l := range all {
			got := Line{Text: l.said}.With(Numbers(l.said, language)).Text
			if got != l.want {
				t.Errorf("%s: %s became %s, want %s", language, l.said, got, l.want)
			}
			if got != l.said {
				changed++
			}
			if l.want != l.said {
				wanted++
				if got == l.want {
					right++
				}
			}
		}
		t.Logf("%s: %d lines, %d changed; precision %.3f, recall %.3f", file, len(all), changed, float64(right)/float64(changed), float64(right)/float64(wanted))
		if len(all) < 30 {
			t.Errorf("%s: %d lines", language, len(all))
		}
	}
}
