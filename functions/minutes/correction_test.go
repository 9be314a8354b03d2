package minutes

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines are the transcript as people left it.
func (d *desk) lines(query string) []Line {
	d.Helper()
	return decoded[struct{ Segments []Line }](d, d.want(200, d.ask("GET", "/minutes/"+rec+"/transcript"+query, ""))).Segments
}

// correct edits one line.
func (d *desk) correct(segment, text, match, author string) answer {
	d.Helper()
	body, _ := json.Marshal(map[string]string{"text": text})
	return d.ask("PUT", "/minutes/"+rec+"/transcript/"+segment, string(body), "If-Match: "+match, "X-Auth-Id: "+author)
}

// TestCorrect: a line is put right, and what was heard stays beside it.
func TestCorrect(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论遇算。", "散会。")
	d.refused(428, "if_match_missing", "", d.ask("PUT", "/minutes/"+rec+"/transcript/0-0", `{"text":"x"}`))
	d.refused(404, "not_found", "", d.correct("9-9", "x", `"0"`, "u42"))
	first := d.want(200, d.correct("0-0", "今天讨论预算。", `"0"`, "u42"))
	again := d.want(200, d.correct("0-0", "今天讨论预算。", `"0"`, "u42")) // its answer was lost
	if first.body != again.body || first.header.Get("ETag") != `"1"` {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	d.refused(412, "if_match_stale", "line has changed", d.correct("0-0", "别的", `"0"`, "u43"))
	line := d.lines("")[0]
	want := Edit{Edits: 1, Author: "u42", At: line.Edit.At, Heard: "今天讨论遇算。"}
	if diff := cmp.Diff(want, *line.Edit); diff != "" || line.Text != "今天讨论预算。" {
		t.Errorf("%q (-want +got)\n%s", line.Text, diff)
	}
	if words := d.lines("?words=1")[0]; words.Text != "今天讨论预算。" || len(words.Words) == 0 {
		t.Errorf("with words: %+v", words)
	}
	d.want(200, d.correct("0-0", "今天讨论年度预算。", `"1"`, "u43"))
	history := decoded[struct {
		Line
		Edits []lineRevision
	}](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/transcript/0-0", "")))
	if len(history.Edits) != 2 || history.Edits[0].Author != "u43" || history.Edits[1].Text != "今天讨论预算。" || history.Edits[1].Heard != "今天讨论遇算。" {
		t.Errorf("history %+v", history.Edits)
	}
}

// TestCorrectedAndHeardAgain: another transcript overwrites no edited line; where they
// differ both are shown until somebody chooses.
func TestCorrectedAndHeardAgain(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论遇算。", "散会。", "补录。")
	d.want(200, d.correct("0-0", "今天讨论预算。", `"0"`, "u42"))
	d.want(200, d.correct("1-10000", "散会了。", `"0"`, "u42"))
	mended := meeting(up1, 2, "今天讨论愚蒜。", "散会了。", "补录。")
	d.tell(d.transcribed(30, mended))
	lines := d.lines("")
	if lines[0].Text != "今天讨论预算。" || lines[0].Edit.Other != "今天讨论愚蒜。" || lines[1].Edit.Other != "" {
		t.Errorf("heard again: %+v %+v", lines[0], lines[1].Edit)
	}
	d.want(200, d.correct("0-0", "今天讨论预算。", `"1"`, "u42"))
	if line := d.lines("")[0]; line.Edit.Other != "" {
		t.Errorf("chosen: %+v", line.Edit)
	}

	joined := meeting(up1, 3, "今天讨论愚蒜。", "散会了。", "补录。")
	joined.Segments[0].ID, joined.Segments[0].StartMS = "0-100", 100
	joined.Segments[1].ID, joined.Segments[1].EndMS = "1-10500", 29_000
	joined.Segments[1].StartMS = 10_500
	d.tell(d.transcribed(40, joined))
	lines = d.lines("")
	if lines[0].Text != "今天讨论预算。" || lines[0].Edit.Other != "今天讨论愚蒜。" {
		t.Errorf("cut a little otherwise: %+v %+v", lines[0], lines[0].Edit)
	}
	if lines[1].Text != "散会了。" || lines[1].Edit != nil {
		t.Errorf("the same words: %+v", lines[1])
	}
}

// TestPlace: every correction finds the line that it belongs to.
func TestPlace(t *testing.T) {
	spans := []span{{"0-0", 0, 0, 10}, {"0-10", 0, 10, 20}, {"1-5", 1, 5, 40}}
	for name, c := range map[string]struct {
		correction Correction
		want       string
	}{
		"by its id":             {Correction{Segment: "0-10", Track: 1, StartMS: 5, EndMS: 40}, "0-10"},
		"by what overlaps most": {Correction{Segment: "gone", StartMS: 8, EndMS: 19}, "0-10"},
		"on its own track":      {Correction{Segment: "gone", Track: 1, StartMS: 0, EndMS: 6}, "1-5"},
		"nearest in time":       {Correction{Segment: "gone", StartMS: 90, EndMS: 95}, "0-10"},
		"a track that is gone":  {Correction{Segment: "gone", Track: 7, StartMS: 30, EndMS: 40}, "1-5"},
	} {
		if got := place(spans, []Correction{c.correction}); len(got[c.want]) != 1 {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	if got := place(nil, []Correction{{Segment: "gone"}}); len(got) != 0 {
		t.Errorf("without lines: %v", got)
	}
}
