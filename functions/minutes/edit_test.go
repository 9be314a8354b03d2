package minutes

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// read returns the current summary and its ETag.
func (d *desk) read() (SummaryView, string) {
	d.Helper()
	a := d.want(200, d.ask("GET", "/minutes/"+rec+"/summary", ""))
	return decoded[SummaryView](d, a), a.header.Get("ETag")
}

// save puts a summary back as somebody edited it.
func (d *desk) save(s events.Summary, match, author string) answer {
	d.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		d.Fatal(err)
	}
	return d.ask("PUT", "/minutes/"+rec+"/summary", string(text), "If-Match: "+match, "X-Auth-Id: "+author)
}

// TestEdit: a person's edit stands, whatever a machine says later.
func TestEdit(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。", "散会。")
	before, tag := d.read()
	document := *before.Document
	document.Abstract[0].Text = "今天讨论了年度预算。"
	document.Decisions = []events.Point{{Text: "预算下周定稿"}} // no evidence: she was there
	after := decoded[SummaryView](t, d.want(200, d.save(document, tag, "u42")))
	if after.Revision != "edit-1" || after.Origin != ByPerson || after.Author != "u42" || after.Parent != before.Revision || after.NewerAutomatic != "" {
		t.Errorf("edited: %+v", after)
	}
	if p := after.Document.Decisions[0]; p.Text != "预算下周定稿" || p.ID == "" || p.Evidence == nil {
		t.Errorf("new sentence: %+v", p)
	}

	mended := meeting(up1, 2, "今天讨论预算。", "散会。", "补录。")
	d.tell(d.transcribed(30, mended), d.summarised(40, summaryOf(mended)))
	now, tag := d.read()
	if diff := cmp.Diff(after.Document, now.Document); diff != "" || now.Revision != "edit-1" {
		t.Errorf("a machine wrote over a person's edit (-edit +now)\n%s", diff)
	}
	automatic := decoded[SummaryView](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/revisions/"+now.NewerAutomatic, "")))
	if automatic.Origin != ByMachine || automatic.Document.Revision != 2 {
		t.Errorf("flagged as newer: %+v", automatic)
	}

	next := decoded[SummaryView](t, d.want(200, d.save(*now.Document, tag, "u43")))
	if next.Revision != "edit-2" || next.NewerAutomatic != now.NewerAutomatic {
		t.Errorf("second edit: %+v", next)
	}
	d.tell(d.uploaded(up2, 100))
	if v := d.detail(rec); v.State != Uploaded || v.Summary == nil || v.Summary.Revision != "edit-2" {
		t.Errorf("a new upload hides a person's edit: %+v", v)
	}
	d.wantHistory("edit-2", "edit-1", now.NewerAutomatic, before.Revision)
}

// TestTakeOver: a newer automatic summary is offered until a person has taken it over
// or looked it through; the next one is offered again.
func TestTakeOver(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。", "散会。")
	before, tag := d.read()
	d.want(200, d.save(*before.Document, tag, "u42"))
	mended := meeting(up1, 2, "今天讨论预算。", "散会。", "补录。")
	d.tell(d.transcribed(30, mended), d.summarised(40, summaryOf(mended)))
	now, tag := d.read()
	text, err := json.Marshal(now.Document)
	if err != nil {
		t.Fatal(err)
	}
	put := func(base, match string) answer {
		return d.ask("PUT", "/minutes/"+rec+"/summary?base="+base, string(text), "If-Match: "+match, "X-Auth-Id: u42")
	}
	for _, wrong := range []string{"edit-1", "auto-none", "%00", "a%20b"} {
		d.refused(400, "invalid_field", "base: want an automatic revision", put(wrong, tag))
	}
	seen := decoded[SummaryView](t, d.want(200, put(now.NewerAutomatic, tag)))
	if now.NewerAutomatic == "" || seen.NewerAutomatic != "" || seen.Revision != "edit-2" {
		t.Errorf("offered %q, and after it was looked through: %+v", now.NewerAutomatic, seen)
	}
	third := meeting(up1, 3, "今天讨论预算。", "散会。", "又补录。")
	d.tell(d.transcribed(50, third), d.summarised(60, summaryOf(third)))
	if again, _ := d.read(); again.NewerAutomatic == "" || again.NewerAutomatic == now.NewerAutomatic || again.Revision != "edit-2" {
		t.Errorf("a still newer one: %+v", again)
	}
}

func (d *desk) wantHistory(want ...string) {
	d.Helper()
	var got []string
	for _, r := range decoded[struct{ Revisions []SummaryView }](d, d.want(200, d.ask("GET", "/minutes/"+rec+"/revisions", ""))).Revisions {
		got = append(got, r.Revision)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.Errorf("history (-want +got)\n%s", diff)
	}
}

// TestTwoEditors: of many people who save at once, exactly one wins; the others
// learn what to read first.
func TestTwoEditors(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	before, tag := d.read()
	const editors = 8
	answers := make(chan answer, editors)
	for i := range editors {
		document := *before.Document
		document.Abstract = []events.Point{{Text: fmt.Sprintf("第 %d 个人的话", i)}}
		go func() { answers <- d.save(document, tag, fmt.Sprintf("u%d", i)) }()
	}
	won := 0
	for range editors {
		switch a := <-answers; a.status {
		case 200:
			won++
		default:
			d.refused(412, "if_match_stale", "read it again", a)
			if a.header.Get("ETag") != `"edit-1"` {
				t.Errorf("ETag %q", a.header.Get("ETag"))
			}
		}
	}
	if won != 1 {
		t.Errorf("%d editors won", won)
	}
	d.wantHistory("edit-1", before.Revision)
}

// TestSaveAgain: an app whose answer was lost sends the same edit again.
func TestSaveAgain(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	before, tag := d.read()
	document := *before.Document
	document.Abstract = []events.Point{{Text: "改过"}}
	first := d.want(200, d.save(document, tag, "u42"))
	again := d.want(200, d.save(document, tag, "u42"))
	if first.body != again.body {
		t.Errorf("first %s\nagain %s", first.body, again.body)
	}
	d.refused(412, "if_match_stale", "", d.save(document, tag, "u43"))
	d.refused(412, "if_match_stale", "", d.save(document, "W/"+tag, "u42"))
	d.wantHistory("edit-1", before.Revision)
}

// TestPrune: only so many edits are kept; what machines made stays.
func TestPrune(t *testing.T) {
	d := open(t, "MAX_REVISIONS=2")
	d.summarise("今天讨论预算。")
	automatic, tag := d.read()
	for i := range 4 {
		document := *automatic.Document
		document.Abstract = []events.Point{{Text: fmt.Sprint("第", i)}}
		tag = d.want(200, d.save(document, tag, "u42")).header.Get("ETag")
	}
	d.wantHistory("edit-4", "edit-3", automatic.Revision)
}

// TestBadEdits: what is wrong with an edited summary is named.
func TestBadEdits(t *testing.T) {
	d := open(t, "MAX_POINTS=3", "MAX_SUMMARY=64KiB")
	d.summarise("今天讨论预算。")
	_, tag := d.read()
	long := strings.Repeat("长", 4097)
	for body, want := range map[string]string{
		`{"abstract":[{"text":""}]}`:                                                       "abstract[0].text: want 1 to 4096 characters",
		`{"abstract":[{"text":"` + long + `"}]}`:                                           "abstract[0].text: want 1 to 4096 characters",
		`{"decisions":[{"text":"a"},{"text":"b","id":"` + strings.Repeat("x", 65) + `"}]}`: "decisions[1].id: want 0 to 64 characters",
		`{"abstract":[{"text":"a","evidence":[{"start_ms":5,"end_ms":5}]}]}`:               "abstract[0].evidence[0]: want 0 ≤ start_ms < end_ms",
		`{"abstract":[{"text":"a","evidence":[{"start_ms":-5,"end_ms":5}]}]}`:              "abstract[0].evidence[0]: want 0 ≤ start_ms < end_ms",
		`{"abstract":[{"text":"a","evidence":[{"end_ms":5,"quote":"` + long + `"}]}]}`:     "abstract[0].evidence[0].quote: want 0 to 4096",
		`{"abstract":[{"text":"a","evidence":[` + strings.Repeat(`{},`, 50) + `{}]}]}`:     "abstract[0].evidence has 51 entries, want at most 50",
		`{"topics":[{"title":"` + long + `"}]}`:                                            "topics[0].title: want 0 to 200 characters",
		`{"topics":[{"title":"a","start_ms":9,"end_ms":1}]}`:                               "topics[0]: want 0 ≤ start_ms < end_ms",
		`{"topics":[{"title":"a","points":[{"text":""}]}]}`:                                "topics[0].points[0].text: want 1",
		`{"actions":[{"text":"a","owner":"` + long + `"}]}`:                                "actions[0].owner: want 0 to 200",
		`{"actions":[{"text":"a","due":"` + long + `"}]}`:                                  "actions[0].due: want 0 to 200",
		`{"keywords":[{"term":""}]}`:                                                       "keywords[0].term: want 1 to 200",
		`{"abstract":[{"text":"a"},{"text":"b"}],"decisions":[{"text":"c"},{"text":"d"}]}`: "points has 4 entries, want at most 3",
		`{"keywords":[{"term":"a"},{"term":"b"},{"term":"c"},{"term":"d"}]}`:               "keywords has 4 entries, want at most 3",
		`{"engine":{"name":"me"}}`:                                                         "engine cannot be changed",
		`{"recording":"` + up2 + `"}`:                                                      "recording cannot be changed",
		`{"upload":"` + up2 + `"}`:                                                         "upload cannot be changed",
		`{"revision":7}`:                                                                   "revision cannot be changed",
		`{"language":"en"}`:                                                                "language cannot be changed",
		`{"document_version":2}`:                                                           "document_version cannot be changed",
	} {
		d.refused(400, "invalid_field", want, d.ask("PUT", "/minutes/"+rec+"/summary", body, "If-Match: "+tag))
	}
	put := func(body string) answer { return d.ask("PUT", "/minutes/"+rec+"/summary", body, "If-Match: "+tag) }
	d.refused(400, "invalid_body", `no field "abstrakt"`, put(`{"abstrakt":[]}`))
	d.refused(413, "body_large", "65536 bytes", put(`{"abstract":[{"text":"`+strings.Repeat("x", 70_000)+`"}]}`))
	d.refused(428, "if_match_missing", "", d.ask("PUT", "/minutes/"+rec+"/summary", "{}", "If-Match: *"))
	if now, _ := d.read(); now.ETag != tag {
		t.Errorf("a refused edit was kept: %+v", now)
	}
}
