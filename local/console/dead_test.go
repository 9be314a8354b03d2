package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/broker"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

func TestEveryDeathHasItsWords(t *testing.T) {
	for _, c := range []struct {
		code   int
		reason string
		want   string
	}{
		{422, "not_media: \"notes.wav\" holds text/plain", "refused"},
		{400, "", "refused"},
		{404, "", "failed"}, {408, "", "failed"}, {409, "", "failed"}, {500, "", "failed"},
		{502, "answered 200 with a reply that cannot be read", "failed"},
		{429, "", "busy"},
		{301, "answered 301: a redirect", "moved"},
		{0, "there was no answer in time", "late"},
		{200, "there was no answer in time", "late"},
		{0, "there was no answer: connection refused", "silent"},
		{0, "the Trigger is gone: no knative.yaml names it any more", "gone"},
		{200, "replied to a reply to a reply, 64 times over: this is a loop", "loop"},
	} {
		if got := death(c.code, c.reason); got != c.want {
			t.Errorf("%d %q is a death of %s, want %s", c.code, c.reason, got, c.want)
		}
		for _, key := range []string{"died " + c.want, "mend " + c.want} {
			if _, has := deadWords[key]; !has {
				t.Errorf("there are no words for %s", key)
			}
		}
	}
}

func TestAFilterStandsInTheAddress(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 123456000, time.UTC)
	for _, f := range []deadFilter{
		{},
		{Function: "transcribe", Trigger: "transcribe-chunk-cut", Type: "t", Reason: `<b>"三国&=?`, Group: "a0d21abe", Since: at, Until: at.Add(time.Hour)},
	} {
		got, err := readDeadFilter(httptest.NewRequest("GET", f.Address(), nil), time.UTC)
		if diff := cmp.Diff(f, got); diff != "" || err != nil {
			t.Errorf("%s came back with %v: %s", f.Address(), err, diff)
		}
	}
	if got := (deadFilter{Group: "a0d21abe", Type: "t"}).Whole(); got != "/console/dead?type=t" {
		t.Errorf("whatever the group is %s", got)
	}
}

func TestMomentsAreReadAsBrowsersWriteThem(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for text, want := range map[string]string{
		"":                          "0001-01-01T00:00:00Z",
		"2026-03-01T08:00":          "2026-03-01T00:00:00Z",
		"2026-03-01T08:00:09":       "2026-03-01T00:00:09Z",
		"2026-03-01T08:00:00.5Z":    "2026-03-01T08:00:00Z",
		"2026-03-01T08:00:00+08:00": "2026-03-01T00:00:00Z",
		"yesterday":                 "refused",
	} {
		at, err := readMoment(httptest.NewRequest("GET", "/?since="+url.QueryEscape(text), nil), "since", zone)
		got := at.UTC().Format(time.RFC3339)
		if err != nil {
			got = "refused"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestAPlaceInTheListStandsInTheAddress(t *testing.T) {
	want := broker.DeadMark{EndedAt: time.Date(2026, 3, 1, 8, 0, 0, 123456000, time.UTC), LetterID: broker.LetterID{Seq: 7, Trigger: "a~b"}}
	if got := readMark(httptest.NewRequest("GET", address("/", field{"before", markName(want)}), nil)); got != want {
		t.Errorf("came back as %+v, want %+v", got, want)
	}
	for _, text := range []string{"", "x", "2026-03-01T08:00:00Z~x~t", "x~7~t", "2026-03-01T08:00:00Z~7"} {
		if got := readMark(httptest.NewRequest("GET", "/?before="+url.QueryEscape(text), nil)); got != (broker.DeadMark{}) {
			t.Errorf("%q is the place %+v, want the beginning", text, got)
		}
	}
}

// form is a visit that sends a form.
func form(values url.Values) *visit {
	r := httptest.NewRequest("POST", "/console/dead/discard", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return &visit{desk: &desk{Console: &Console{Now: time.Now}}, r: r}
}

func ticked(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%d~all", i+1))
	}
	return names
}

// What is done is what was asked for, and never everything by omission.
func TestWhatAFormMeans(t *testing.T) {
	why := []string{"test data"}
	for name, c := range map[string]struct {
		form    url.Values
		want    broker.DeadQuery
		problem string
		status  int
	}{
		"ticked":          {form: url.Values{"do": {"discard"}, "letter": {"7~all", "8~a~b"}, "why": why, "type": {"t"}}, want: broker.DeadQuery{Letters: []broker.LetterID{{Seq: 7, Trigger: "all"}, {Seq: 8, Trigger: "a~b"}}}},
		"a page ticked":   {form: url.Values{"do": {"discard"}, "letter": ticked(deadPage), "why": {""}}, want: broker.DeadQuery{Letters: lettersOf(deadPage)}, problem: "dead no why"},
		"more ticked":     {form: url.Values{"do": {"discard"}, "letter": ticked(deadPage + 1), "why": why}, status: 400},
		"nothing ticked":  {form: url.Values{"do": {"discard"}, "why": why}, status: 400},
		"nothing said":    {form: url.Values{"why": why}, status: 400},
		"ticked and all":  {form: url.Values{"do": {"discard-all"}, "letter": {"7~all"}, "why": why}, status: 400},
		"all of a filter": {form: url.Values{"do": {"discard-all"}, "type": {"t"}, "group": {"a0d21abe"}, "why": why}, want: broker.DeadQuery{Type: "t", Group: "a0d21abe"}},
		"no letter":       {form: url.Values{"do": {"discard"}, "letter": {"x"}, "why": why}, status: 400},
		"no moment":       {form: url.Values{"do": {"discard-all"}, "until": {"x"}, "why": why}, status: 400},
		"a long why":      {form: url.Values{"do": {"discard-all"}, "why": {strings.Repeat("长", maxWhy)}}},
		"too long a why":  {form: url.Values{"do": {"discard-all"}, "why": {strings.Repeat("长", maxWhy+1)}}, problem: "dead no why"},
		"a blank why":     {form: url.Values{"do": {"discard-all"}, "why": {" \n"}}, problem: "dead no why"},
	} {
		q, _, problem, err := form(c.form).asked()
		var refused *web.Problem
		if errors.As(err, &refused) != (c.status != 0) || refused != nil && refused.Status != c.status {
			t.Errorf("%s: ended with %v, want status %d", name, err, c.status)
			continue
		}
		if diff := cmp.Diff(c.want, q); diff != "" || problem != c.problem {
			t.Errorf("%s: problem %q, want %q; %s", name, problem, c.problem, diff)
		}
	}
}

func lettersOf(n int) (ids []broker.LetterID) {
	for i := range n {
		ids = append(ids, broker.LetterID{Seq: int64(i + 1), Trigger: "all"})
	}
	return ids
}

func TestDataIsReadableOrNot(t *testing.T) {
	for data, want := range map[string]string{
		`{"a":1,"n":9007199254740993}`: "{\n  \"a\": 1,\n  \"n\": 9007199254740993\n}",
		"":                             "",
		"plain text":                   "plain text",
		"\xff\x00":                     "binary",
		"a\x00":                        "binary",
	} {
		got, binary := readable([]byte(data))
		if binary {
			got = "binary"
		}
		if got != want {
			t.Errorf("%q is shown as %q, want %q", data, got, want)
		}
	}
	if got := string(compact("{\n  \"a\": 1 }")); got != `{"a":1}` {
		t.Errorf("sent as %s", got)
	}
	if got := string(compact("{ not JSON")); got != "{ not JSON" {
		t.Errorf("sent as %s", got)
	}
}

func TestDataIsHeldAgainstItsContract(t *testing.T) {
	for typ, want := range map[string]string{"dev.xietong.recording.uploaded.v1": "field recording is missing", "com.example.other": ""} {
		e := broker.Event{}
		e.SetSpecVersion("1.0")
		e.SetType(typ)
		e.SetDataContentType("application/json")
		e.DataEncoded = []byte(`{}`)
		if err := fits(e); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", typ, err, want)
		}
	}
}

func TestAnActOfAnotherPartHasItsOwnWord(t *testing.T) {
	v := &visit{desk: &desk{site: &web.Site{Words: words()}}, language: say.English}
	for what, want := range map[string]string{broker.ActDiscard: "discarded", "polished the door": "polished the door"} {
		if got := v.actWord(what); got != want {
			t.Errorf("%s is called %q, want %q", what, got, want)
		}
	}
}

func TestALetterAwaitsTheRunThatWasBegun(t *testing.T) {
	sent := []broker.Redriven{{Run: 3, At: noon}}
	before, after := noon.Add(-time.Second), noon.Add(time.Second)
	for _, c := range []struct {
		address string
		letter  broker.Delivery
		want    int64
	}{
		{"/", broker.Delivery{State: broker.Dead}, 0},
		{"/?run=x", broker.Delivery{State: broker.Dead}, 0},
		{"/?run=3", broker.Delivery{State: broker.Dead}, 3},
		{"/?run=4", broker.Delivery{State: broker.Dead, Redrives: sent}, 4},
		{"/?run=3", broker.Delivery{State: broker.Dead, Redrives: sent, EndedAt: &after}, 0},
		{"/?run=3", broker.Delivery{State: broker.Dead, Redrives: sent, EndedAt: &before}, 3}, // the run came while the letter was read
		{"/?run=4", broker.Delivery{State: broker.Ready, Redrives: sent}, 0},
	} {
		if got := awaited(httptest.NewRequest(http.MethodGet, c.address, nil), c.letter); got != c.want {
			t.Errorf("at %s %+v awaits run %d, want %d", c.address, c.letter, got, c.want)
		}
	}
}

func TestWhichEventWasSent(t *testing.T) {
	for name, want := range map[string]string{"4f2a": "4f2a", "": "", "<b> x": "", strings.Repeat("x", 129): ""} {
		r := httptest.NewRequest(http.MethodGet, "/?sent="+url.QueryEscape(name), nil)
		if got := sentID(r); got != want {
			t.Errorf("%q is the event %q, want %q", name, got, want)
		}
	}
}
