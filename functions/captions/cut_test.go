package captions

import (
	"testing"
	"time"

	"xietong.dev/shared/speech/speechtest"
)

func TestCut(t *testing.T) {
	most := frames(20 * time.Second)
	for _, c := range []struct {
		name  string
		scene []speechtest.Stretch
		ended bool
		least float64 // seconds of the piece
		most  float64
	}{
		{"silence waits", []speechtest.Stretch{speechtest.Pause(5)}, false, 0, 0},
		{"long silence is put aside", []speechtest.Stretch{speechtest.Pause(12)}, false, 11, 12},
		{"a sentence that goes on waits", []speechtest.Stretch{speechtest.Pause(1), speechtest.Voice(4, 1)}, false, 0, 0},
		{"a sentence ends with a pause", []speechtest.Stretch{speechtest.Pause(1), speechtest.Voice(4, 1), speechtest.Pause(1)}, false, 4.8, 5.6},
		{"a pause within a sentence is none", []speechtest.Stretch{speechtest.Voice(2, 1), speechtest.Pause(0.25), speechtest.Voice(2, 1)}, false, 0, 0},
		{"a long sentence is cut", []speechtest.Stretch{speechtest.Pause(1), speechtest.Voice(20, 1)}, false, 15, 21},
		{"all that is left at the end", []speechtest.Stretch{speechtest.Pause(1), speechtest.Voice(2, 1)}, true, 3, 3},
	} {
		got := float64(cut(levelsOf(speechtest.Voiced(3, 0.001, c.scene...)), most, c.ended)) * 0.02
		if got < c.least || got > c.most {
			t.Errorf("%s: %.2f s, want %.2f to %.2f", c.name, got, c.least, c.most)
		}
	}
}
