package minutes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// glossary writes the terms of a unit.
func (d *desk) glossary(terms, match, author string) answer {
	d.Helper()
	return d.ask("PUT", "/minutes/glossary", `{"terms":`+terms+`}`, "If-Match: "+match, "X-Auth-Id: "+author)
}

// TestGlossary: terms are written once, told once, and never over somebody else's.
func TestGlossary(t *testing.T) {
	d := open(t, "MAX_TERMS=3", "MAX_GLOSSARY=2KiB")
	if a := d.want(200, d.ask("GET", "/minutes/glossary", "")); a.body != `{"version":0,"terms":[]}`+"\n" || a.header.Get("ETag") != `"0"` {
		t.Errorf("none yet: %s", a.body)
	}
	d.want(200, d.glossary(`[{"text":" 海信 ","heard":["海鑫","海信","海鑫"]},{"text":"海信","heard":["嗨信"]}]`, `"0"`, "u42"))
	a := d.want(200, d.glossary(`[{"text":" 海信 ","heard":["海鑫","海信","海鑫"]},{"text":"海信","heard":["嗨信"]}]`, `"0"`, "u42")) // once more
	got := decoded[glossaryView](t, a)
	want := []events.Term{{Text: "海信", Heard: []string{"海鑫", "嗨信"}}}
	if diff := cmp.Diff(want, got.Terms); diff != "" || got.Version != 1 || got.Author != "u42" {
		t.Errorf("%+v (-want +got)\n%s", got, diff)
	}
	all := sent[events.GlossaryChanged](d)
	for _, e := range all {
		if diff := cmp.Diff(events.GlossaryChanged{Unit: "default", Version: 1, Terms: want}, e); diff != "" {
			t.Errorf("told (-want +got)\n%s", diff)
		}
	}
	d.refused(412, "if_match_stale", "glossary has changed", d.glossary(`[]`, `"0"`, "u43"))
	d.refused(412, "if_match_stale", "", d.glossary(`[]`, `"one"`, "u43"))
	d.refused(428, "if_match_missing", "", d.ask("PUT", "/minutes/glossary", `{"terms":[]}`))
	d.refused(400, "invalid_field", "terms[0].text: want 1 to 100", d.glossary(`[{"text":" "}]`, `"1"`, ""))
	d.refused(400, "invalid_field", "terms[0].heard[0]", d.glossary(`[{"text":"a","heard":["\u0007"]}]`, `"1"`, ""))
	d.refused(400, "invalid_field", "terms has 4 entries, want at most 3", d.glossary(`[{"text":"a"},{"text":"b"},{"text":"c"},{"text":"d"}]`, `"1"`, ""))
	d.refused(413, "body_large", "2048", d.glossary(`[`+string(make([]byte, 3000))+`]`, `"1"`, ""))
	d.want(200, d.glossary(`[]`, `"1"`, "u42"))
	if other := d.want(200, d.ask("GET", "/minutes/glossary", "", "X-Unit: other")); other.body != `{"version":0,"terms":[]}`+"\n" {
		t.Errorf("another unit sees %s", other.body)
	}
}
