package minutes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// sent is what was sent of one kind, oldest first.
func sent[T events.Data](d *desk) (all []T) {
	d.Helper()
	var kind T
	for _, e := range d.Sent() {
		if e.Type() != kind.EventType() {
			continue
		}
		data, err := events.Decode[T](e)
		if err != nil {
			d.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

// asked posts a request for another summary, and returns what was sent because of it.
func (d *desk) asked(body string, headers ...string) []events.SummaryRequested {
	d.Helper()
	d.want(204, d.ask("POST", "/minutes/"+rec+"/summary", body, headers...))
	return sent[events.SummaryRequested](d)
}

// TestSummariseAgain: whoever summarises is asked once for each key, with the newest
// transcript.
func TestSummariseAgain(t *testing.T) {
	d := open(t)
	id := d.create(`{"title":"周会","name":"a.wav"}`).ID
	d.refused(409, "no_transcript", "", d.ask("POST", "/minutes/"+id+"/summary", `{}`))
	d.summarise("今天讨论预算。", "散会。")
	d.refused(400, "invalid_field", "kind: want one of meeting", d.ask("POST", "/minutes/"+rec+"/summary", `{"kind":"party time"}`))
	d.refused(400, "invalid_field", "languages has 4 entries", d.ask("POST", "/minutes/"+rec+"/summary", `{"languages":["zh","en","ja","fr"]}`))
	d.refused(400, "invalid_field", "languages[0]", d.ask("POST", "/minutes/"+rec+"/summary", `{"languages":["中文"]}`))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"recorded_at":"2026-03-04T09:30:00+08:00"}`))
	d.asked(`{"kind":"official","languages":["en"]}`, "Idempotency-Key: k1")
	all := d.asked(`{"kind":"official","languages":["en"]}`, "Idempotency-Key: k1")
	want := events.SummaryRequested{Recording: rec, Upload: up1, Revision: 1, Transcript: all[0].Transcript, Kind: "official", Languages: []string{"en"},
		Speakers: []events.Speaker{{ID: "s1", Label: "张三"}, {ID: "s2", Label: "李四", Track: 1}}, RecordedAt: "2026-03-04T01:30:00.000Z"}
	for _, got := range all {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
