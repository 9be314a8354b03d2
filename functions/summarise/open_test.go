package summarise_test

import (
	"strings"
	"testing"

	"xietong.dev/functions/summarise"
	"xietong.dev/shared/pg/pgtest"
)

// A setting that is missing or cannot be read is an error that names it.
func TestOpen(t *testing.T) {
	complete := map[string]string{
		"S3_ENDPOINT": "http://127.0.0.1:9", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "secret",
		"DATABASE_URL": pgtest.URL(t, summarise.Word, summarise.Migrations()),
	}
	for _, c := range []struct{ name, value, want string }{
		{"MAX_TIME", "", ""},
		{"MAX_TRANSCRIPT", "1MiB", ""},
		{"MAX_TRANSCRIPT", "large", "MAX_TRANSCRIPT"},
		{"MAX_SENTENCES", "0", "MAX_SENTENCES"},
		{"MAX_POINTS", "-1", "MAX_POINTS"},
		{"MAX_TIME", "soon", "MAX_TIME"},
		{"TIME_ZONE", "Europe/Berlin", ""},
		{"TIME_ZONE", "here", "TIME_ZONE"},
		{"LLM_URL", "https://llm.example", "LLM_MODEL"},
		{"LLM_URL", "llm.example", "LLM_URL"},
		{"LLM_PARALLEL", "0", ""}, // of no model
		{"S3_ENDPOINT", "", "S3_ENDPOINT"},
		{"DATABASE_URL", "", "DATABASE_URL"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			f, err := summarise.Open(t.Context(), func(name string) string {
				if name == c.name {
					return c.value
				}
				return complete[name]
			})
			if err == nil {
				f.DB.Close()
			}
			if got := err == nil; got != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that names %q", err, c.want)
			}
		})
	}
}

// What a language model needs is read only where one is configured.
func TestOpenWithModel(t *testing.T) {
	complete := map[string]string{
		"S3_ENDPOINT": "http://127.0.0.1:9", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "secret", "LLM_URL": "http://127.0.0.1:9", "LLM_MODEL": "qwen3",
		"DATABASE_URL": pgtest.URL(t, summarise.Word, summarise.Migrations()),
	}
	for _, c := range []struct{ name, value, want string }{
		{"LLM_TEMPERATURE", "0.2", ""},
		{"LLM_TEMPERATURE", "3", "LLM_TEMPERATURE"},
		{"LLM_BUDGET", "240s", "LLM_BUDGET"},
		{"LLM_TIMEOUT", "0s", "LLM_TIMEOUT"},
		{"LLM_PARALLEL", "0", "LLM_PARALLEL"},
		{"LLM_MAX_TOKENS", "0", "LLM_MAX_TOKENS"},
		{"LLM_MAX_PARTS", "-1", "LLM_MAX_PARTS"},
		{"LLM_MAX_ANSWER", "0", "LLM_MAX_ANSWER"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			f, err := summarise.Open(t.Context(), func(name string) string {
				if name == c.name {
					return c.value
				}
				return complete[name]
			})
			if err == nil {
				f.DB.Close()
			}
			if got := err == nil; got != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that names %q", err, c.want)
			}
		})
	}
}
