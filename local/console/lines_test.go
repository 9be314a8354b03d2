package console

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// aLine is what a function logs about an event.
func aLine(n int, event string) string {
	return fmt.Sprintf(`{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"line %d","function":"reader","event":%q,"type":"t","subject":"s","correlation":"c","trace":"0","sent":%d,"took":21000000}`+"\n", n, event, n)
}

func TestLinesAboutAnEvent(t *testing.T) {
	said := func(n int) logLine {
		return logLine{At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Level: "INFO", Message: fmt.Sprint("line ", n), Rest: fmt.Sprintf("sent=%d  took=21ms", n)}
	}
	many, last := "", []logLine{}
	for i := range 200 {
		if many += aLine(i, "a"); i >= 200-logMost {
			last = append(last, said(i))
		}
	}
	for name, c := range map[string]struct {
		log  string
		want []logLine
	}{
		"of another event, broken, not JSON":    {aLine(1, "a") + aLine(2, "b") + "panic: \"event\":\"a\"\n{\"event\":\n" + aLine(3, "a"), []logLine{said(1), said(3)}},
		"the last without its end":              {aLine(1, "b") + strings.TrimSuffix(aLine(2, "a"), "\n"), []logLine{said(2)}},
		"lines longer than a block":             {aLine(1, "a") + strings.Repeat("x", 3*logBlock) + "\n" + aLine(2, "a"), []logLine{said(1), said(2)}},
		"the newest of many":                    {many, last},
		"none in the last 4 MB, and one before": {aLine(1, "a") + strings.Repeat(strings.Repeat("y", 1023)+"\n", logLook/1024), nil},
		"one in the last 4 MB, and one before":  {aLine(1, "a") + strings.Repeat(strings.Repeat("y", 1023)+"\n", logLook/1024) + aLine(2, "a"), []logLine{said(2)}},
		"nothing":                               {"", nil},
	} {
		path := filepath.Join(t.TempDir(), "reader.log")
		if err := os.WriteFile(path, []byte(c.log), 0o600); err != nil {
			t.Fatal(err)
		}
		lines, short, err := linesAbout(path, "a")
		if diff := cmp.Diff(c.want, lines); diff != "" || err != nil || short != (len(c.log) > logLook) {
			t.Errorf("%s: %v, short %t\n%s", name, err, short, diff)
		}
	}
	if lines, _, err := linesAbout(filepath.Join(t.TempDir(), "none.log"), "a"); lines != nil || err != nil {
		t.Errorf("a function that never ran: %v, %v", lines, err)
	}
}
