package minutes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// note sets a note beside the minutes.
func (d *desk) note(body, author string, headers ...string) noteView {
	d.Helper()
	return decoded[noteView](d, d.want(201, d.ask("POST", "/minutes/"+rec+"/notes", body, append(headers, "X-Auth-Id: "+author)...)))
}

// notes are all notes, as somebody sees them.
func (d *desk) notes(author string) []noteView {
	d.Helper()
	return decoded[struct{ Notes []noteView }](d, d.want(200, d.ask("GET", "/minutes/"+rec+"/notes", "", "X-Auth-Id: "+author))).Notes
}

// TestNotes: comments are answered, changed and deleted by their author, and resolved by
// anybody.
func TestNotes(t *testing.T) {
	d := open(t, "MAX_NOTES=5", "MAX_NOTE=10")
	d.summarise("今天讨论年度预算。", "散会。")
	first := d.note(`{"kind":"comment","segment":"0-0","from":4,"to":8,"text":"是哪一年？"}`, "u42", "Idempotency-Key: k1")
	again := d.note(`{"kind":"comment","segment":"0-0","from":4,"to":8,"text":"是哪一年？"}`, "u42", "Idempotency-Key: k1")
	if first.ID != again.ID || first.Spot.Quote != "年度预算" || !first.Mine {
		t.Errorf("first %+v, again %+v", first, again)
	}
	path := "/minutes/" + rec + "/notes"
	d.refused(409, "key_reused", "", d.ask("POST", path, `{"kind":"comment","at_ms":5,"text":"x"}`, "X-Auth-Id: u42", "Idempotency-Key: k1"))
	answer := d.note(`{"kind":"comment","parent":"`+first.ID+`","text":"今年"}`, "u43")
	deeper := d.note(`{"kind":"comment","parent":"`+answer.ID+`","text":"好"}`, "u42")
	if answer.Spot.Quote != "年度预算" || deeper.Parent != first.ID {
		t.Errorf("answers %+v %+v", answer, deeper)
	}
	d.refused(403, "not_author", "only its author", d.ask("PATCH", path+"/"+first.ID, `{"text":"x"}`, "X-Auth-Id: u43"))
	d.refused(403, "not_author", "", d.ask("DELETE", path+"/"+first.ID, "", "X-Auth-Id: u43"))
	changed := decoded[noteView](t, d.want(200, d.ask("PATCH", path+"/"+first.ID, `{"text":"哪一年？"}`, "X-Auth-Id: u42")))
	resolved := decoded[noteView](t, d.want(200, d.ask("PATCH", path+"/"+first.ID, `{"resolved":true}`, "X-Auth-Id: u43")))
	if changed.Text != "哪一年？" || changed.EditedAt == nil || resolved.ResolvedBy != "u43" || resolved.ResolvedAt == nil {
		t.Errorf("changed %+v, resolved %+v", changed, resolved)
	}
	d.want(204, d.ask("DELETE", path+"/"+first.ID, "", "X-Auth-Id: u42"))
	d.want(204, d.ask("DELETE", path+"/"+deeper.ID, "", "X-Auth-Id: u42"))
	if all := d.notes("u42"); len(all) != 2 || !all[0].Deleted || all[0].Text != "" || all[1].ID != answer.ID {
		t.Errorf("what is left: %+v", all)
	}
	for body, message := range map[string]string{
		`{"kind":"smile"}`:             "kind: want one of highlight, comment, done",
		`{"kind":"comment","text":""}`: "text: want 1 to 10",
		`{"kind":"comment","text":"` + strings.Repeat("x", 11) + `"}`:            "text: want 1 to 10",
		`{"kind":"comment","text":"x","at_ms":-1}`:                               "at_ms",
		`{"kind":"highlight"}`:                                                   "segment",
		`{"kind":"highlight","segment":"0-0","from":8,"to":4}`:                   "segment: want a sentence of these minutes, or a stretch",
		`{"kind":"highlight","segment":"0-0","from":1,"to":99}`:                  "segment",
		`{"kind":"highlight","segment":"0-0","last":"1-10000","from":99,"to":1}`: "segment",
		`{"kind":"highlight","segment":"1-10000","last":"0-0","to":1}`:           "segment",
		`{"kind":"done","segment":"0-0"}`:                                        "segment",
		`{"kind":"done","point":"p1"}`:                                           "point", // no action
		`{"kind":"comment","text":"x","parent":"none"}`:                          "parent",
	} {
		d.refused(400, "invalid_field", message, d.ask("POST", path, body))
	}
	d.refused(404, "not_found", "", d.ask("PATCH", path+"/none", `{}`))
	for range 3 {
		d.note(`{"kind":"comment","at_ms":1000,"text":"x"}`, "u42")
	}
	d.refused(409, "too_many_notes", "at most 5", d.ask("POST", path, `{"kind":"comment","at_ms":1000,"text":"x"}`))
}

// TestHighlightsMove: a highlight stays on its words when the transcript is cut
// otherwise, and says so where they are gone.
func TestHighlightsMove(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论年度预算。", "散会。", "补录一句。")
	d.note(`{"kind":"highlight","segment":"0-0","from":4,"to":8}`, "u42")
	d.note(`{"kind":"highlight","segment":"0-20000"}`, "u42")
	mended := meeting(up1, 2, "今天讨论", "散会。", "没有了。")
	mended.Segments[0].EndMS = 4000
	mended.Segments = append(mended.Segments, events.Segment{ID: "0-4000", Speaker: "s1", StartMS: 4000, EndMS: 9000, Text: "年度预算。"})
	d.tell(d.transcribed(30, mended))
	all := d.notes("u42")
	want := Spot{Segment: "0-4000", Last: "0-4000", From: 0, To: 4, StartMS: 4000, EndMS: 9000, Quote: "年度预算"}
	if diff := cmp.Diff(want, all[0].Spot); diff != "" {
		t.Errorf("moved (-want +got)\n%s", diff)
	}
	if gone := all[1].Spot; !gone.Moved || gone.Segment != "0-20000" || gone.Quote != "补录一句。" {
		t.Errorf("gone: %+v", gone)
	}
}

// TestLocate: a quote over several lines is found where the lines are others.
func TestLocate(t *testing.T) {
	line := func(i int, text string) Line {
		return Line{Segment: events.Segment{ID: fmt.Sprint("l", i), StartMS: int64(i) * 1000, EndMS: int64(i)*1000 + 900, Text: text}}
	}
	spot := Spot{Segment: "a", Last: "b", From: 2, To: 2, StartMS: 0, EndMS: 1900, Quote: "预算\n下周"}
	got := locate(spot, []Line{line(0, "讨论预"), line(1, "算"), line(2, "下周定稿")})
	if got.Segment != "l0" || got.Last != "l2" || got.From != 2 || got.To != 2 || got.Moved {
		t.Errorf("found %+v", got)
	}
	if got := locate(spot, nil); !got.Moved {
		t.Errorf("without lines: %+v", got)
	}
}

// TestTicks: what is done stays done when the action is edited or summarised anew.
func TestTicks(t *testing.T) {
	d := open(t)
	transcript := meeting(up1, 1, "李四周五前写好方案。", "散会。")
	summary := summaryOf(transcript)
	summary.Actions = []events.Action{{Point: events.Point{ID: "a1", Text: "李四周五前写好方案", Evidence: summary.Abstract[0].Evidence}, Owner: "李四"}}
	d.tell(d.uploaded(up1, 0), d.transcribed(10, transcript), d.summarised(20, summary))
	tick := d.note(`{"kind":"done","point":"a1"}`, "u42")
	if twice := d.note(`{"kind":"done","point":"a1"}`, "u43"); twice.ID != tick.ID || twice.Author != "u42" {
		t.Errorf("ticked twice: %+v", twice)
	}
	again := summary
	again.Actions = []events.Action{{Point: events.Point{ID: "other", Text: "李四周五前把方案写好", Evidence: summary.Abstract[0].Evidence}}}
	again.Revision = 2
	d.tell(d.summarised(40, again))
	if all := d.notes("u43"); len(all) != 1 || all[0].Spot.Point != "other" || all[0].Spot.Moved || !all[0].Mine {
		t.Errorf("after another summary: %+v", all)
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec+"/notes/"+tick.ID, "", "X-Auth-Id: u43"))
}
