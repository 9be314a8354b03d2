package speech

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/child"
)

func TestReadPocketsphinx(t *testing.T) {
	out := `good morning
<s> 1.160 1.260 0.999900
good 1.270 1.540 0.999900
<sil> 1.541 1.549 1.000000
[NOISE] 1.541 1.549 0.500000
morning(2) 1.550 2.040 1.000100
</s> 2.050 2.300 1.000000

<s> 3.000 3.100 1.000000
</s> 3.110 3.200 1.000000
yes
<s> 4.000 4.010 1.000000
yes 4.020 4.300 1.5e-05
</s> 4.310 4.400 1.000000
`
	p := func(v float64) *float64 { return &v }
	want := []Segment{
		{StartMS: 1270, EndMS: 2040, Text: "good morning", Words: []Word{
			{Text: "good", StartMS: 1270, EndMS: 1540, Confidence: p(1)}, {Text: "morning", StartMS: 1550, EndMS: 2040, Confidence: p(1)}}},
		{StartMS: 4020, EndMS: 4300, Text: "yes", Words: []Word{{Text: "yes", StartMS: 4020, EndMS: 4300, Confidence: p(0)}}},
	}
	got, err := readPocketsphinx(out)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for _, nonsense := range []string{"Segmentation fault", "good morning\ngood 1.27 1.54 0.9", "{\"text\":\"hello\"}\n", "hello\n\nhello\n"} {
		if got, err := readPocketsphinx(nonsense); err == nil || !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%q: got %v, %v, want an error", nonsense, got, err)
		}
	}
}

// script makes a program of a few lines of shell, to stand in for an engine
// that does not do as it should.
func script(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "engine")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPocketsphinxFails(t *testing.T) {
	speech := Speech{WAV: WAV(make([]int16, SampleRate)), LengthMS: 1000}
	engine := func(path string) Pocketsphinx {
		return Pocketsphinx{Path: path, Wall: 5 * time.Second, Memory: 2 << 30}
	}
	for name, c := range map[string]struct {
		path string
		want string
	}{
		"nonsense":  {script(t, "cat >/dev/null; echo what is this"), "pocketsphinx answered nonsense"},
		"exits":     {script(t, "echo no model >&2; exit 1"), "exit status 1: no model"},
		"crashes":   {script(t, "kill -SEGV $$"), "SIGSEGV"},
		"floods":    {script(t, "cat /dev/zero"), "limit of 1048576 bytes output"},
		"not there": {"no-such-engine", "environment variable POCKETSPHINX"},
	} {
		if _, err := engine(c.path).Hear(t.Context(), speech); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	hangs := engine(script(t, "sleep 600"))
	hangs.Wall = 200 * time.Millisecond
	var limit *child.LimitError
	if _, err := hangs.Hear(t.Context(), speech); !errors.As(err, &limit) || limit.Limit != child.LimitWall {
		t.Errorf("hangs: got %v, want the wall time", err)
	}
}

func TestPocketsphinxServesEnglish(t *testing.T) {
	for language, want := range map[string]bool{"": true, "en": true, "en-GB": true, "zh": false, "ja": false} {
		if err := (Pocketsphinx{}).Serves(language); (err == nil) != want {
			t.Errorf("Serves(%q) = %v", language, err)
		}
	}
}
