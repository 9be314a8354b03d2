package setup

import (
	"slices"
	"testing"

	"xietong.dev/shared/manifest"
)

const root = "../.."

func TestFunctionsSayWhatTheyNeed(t *testing.T) {
	all, err := needs(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range all {
		names = append(names, n.Name)
	}
	for _, want := range []string{"postgresql", "ffmpeg", "pocketsphinx-en-us"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s among %v", want, names)
		}
	}
}

func TestMissing(t *testing.T) {
	pkg := func(name, sign string) manifest.Package { return manifest.Package{Name: name, Sign: sign} }
	all := []need{{pkg("dash", "sh"), ToRun}, {pkg("a", "no-such-program"), ToRun}, {pkg("b", "/no/such/*"), ToTest}, {pkg("a", "no-such-program"), ToRun}, {pkg("base-files", "/et?"), ToTest}}
	if got := missing(ToRun, all); !slices.Equal(got, []string{"a"}) {
		t.Errorf("to run: %v, want a", got)
	}
	if got := missing(ToTest, all); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("to test: %v, want a and b", got)
	}
}
