package conf

import (
	"fmt"
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
