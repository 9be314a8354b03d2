package captions

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/speech/speechtest"
)

// Each line of testdata/cut.txt is a stream of sound, and where it is cut.
func TestCut(t *testing.T) {
	text, err := os.ReadFile("testdata/cut.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cases++
		part := strings.Split(line, "|")
		name, ended := strings.TrimSpace(part[0]), strings.TrimSpace(part[2]) == "ended"
		var least, most float64
		if _, err := fmt.Sscan(part[3], &least, &most); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := float64(cut(levelsOf(speechtest.Voiced(3, 0.001, scene(t, part[1])...)), frames(20*time.Second), ended)) * 0.02
		if got < least || got > most {
			t.Errorf("%s: %.2f s, want %.2f to %.2f", name, got, least, most)
		}
	}
	if cases < 8 {
		t.Errorf("%d cases, want them all", cases)
	}
}

// scene reads what is heard.
func scene(t *testing.T, text string) (stretches []speechtest.Stretch) {
	for _, one := range strings.Split(text, ",") {
		var kind string
		var seconds float64
		if _, err := fmt.Sscan(one, &kind, &seconds); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
		switch kind {
		case "voice":
			stretches = append(stretches, speechtest.Voice(seconds, 1))
		case "pause":
			stretches = append(stretches, speechtest.Pause(seconds))
		default:
			t.Fatalf("%s: want voice or pause", one)
		}
	}
	return stretches
}
