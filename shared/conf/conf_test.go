package conf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type sample struct {
	Wait time.Duration `env:"WAIT,default=8h"`
	Size Bytes         `env:"SIZE,default=1.5MiB"`
	Key  Secret        `env:"KEY,required"`
}

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if v, ok := strings.CutPrefix(p, name+"="); ok {
				return v
			}
		}
		return ""
	}
}

func TestReadFillsDefaultsAndValues(t *testing.T) {
	var got sample
	if err := Read(env("KEY=k", "WAIT="), &got); err != nil {
		t.Fatal(err)
	}
	if want := (sample{8 * time.Hour, 1536 << 10, "k"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := Read(env("KEY=k", "WAIT=2s", "SIZE=7"), &got); err != nil {
		t.Fatal(err)
	}
	if want := (sample{2 * time.Second, 7, "k"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestErrorsNameTheVariable(t *testing.T) {
	for variable, getenv := range map[string]func(string) string{
		"KEY":  env(),
		"WAIT": env("KEY=k", "WAIT=soon"),
		"SIZE": env("KEY=k", "SIZE=big"),
		"-":    env("KEY=k", "SIZE=-1"),
		"999":  env("KEY=k", "SIZE=99999999999TiB"),
		"NaN":  env("KEY=k", "SIZE=NaN"),
	} {
		var got sample
		err := Read(getenv, &got)
		if err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: got %v", variable, err)
		}
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	got := sample{Key: "hunter2"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, got); strings.Contains(text, "hunter2") {
			t.Errorf("%s shows %s", verb, text)
		}
	}
	if got.Key.Reveal() != "hunter2" {
		t.Error("the value is lost")
	}
}

// hold writes a file as a platform does that hands over a secret.
func hold(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o400); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFileHoldsTheValue(t *testing.T) {
	for text, want := range map[string]Secret{
		"hunter2":                      "hunter2",
		"hunter2\n":                    "hunter2",
		" two words \r\n":              " two words ",
		"line\nline\n":                 "line\nline",
		strings.Repeat("x", maxFile-1): Secret(strings.Repeat("x", maxFile-1)),
	} {
		var got sample
		if err := Read(env("KEY_FILE="+hold(t, text), "SIZE_FILE="+hold(t, "7\n")), &got); err != nil {
			t.Fatal(err)
		}
		if got.Key != want || got.Size != 7 {
			t.Errorf("%.20q: got %.20q and %d", text, got.Key.Reveal(), got.Size)
		}
	}
}

func TestAFileThatHoldsNoValueIsNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere")
	for want, getenv := range map[string]func(string) string{
		"environment variable KEY_FILE: open " + missing: env("KEY_FILE=" + missing),
		"is empty":                        env("KEY_FILE=" + hold(t, "\n")),
		"holds more than 65536 bytes":     env("KEY_FILE=" + hold(t, strings.Repeat("x", maxFile+1))),
		"KEY_FILE: KEY is set as well":    env("KEY=hunter2", "KEY_FILE="+hold(t, "hunter2")),
		"SIZE: Size: ":                    env("KEY=k", "SIZE_FILE="+hold(t, "big")),
		"environment variable WAIT_FILE:": env("KEY=k", "WAIT_FILE="+missing),
	} {
		err := Read(getenv, &sample{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
