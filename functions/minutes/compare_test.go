package minutes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// TestCompareAndRestore: two revisions sentence by sentence; the older one counts again
// as a new one that says so.
func TestCompareAndRestore(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。", "散会。")
	before, tag := d.read()
	document := *before.Document
	document.Abstract[0].Text = "今天讨论了年度预算。"
	document.Decisions = []events.Point{{ID: "d1", Text: "下周定稿"}}
	document.Keywords = nil
	tag = d.want(200, d.save(document, tag, "u42")).header.Get("ETag")
	got := decoded[struct{ Sentences []Compared }](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/revisions/"+before.Revision+"/compare?with=edit-1", ""))).Sentences
	var short []string
	for _, c := range got {
		short = append(short, c.List+" "+c.Change)
	}
	if diff := cmp.Diff([]string{"abstract changed", "decisions added", "keywords removed"}, short); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec+"/revisions/edit-1/compare?with=edit-9", ""))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec+"/revisions/edit-1/compare", ""))
	path := "/minutes/" + rec + "/revisions/" + before.Revision + "/restore"
	d.refused(428, "if_match_missing", "", d.ask("POST", path, ""))
	d.refused(412, "if_match_stale", "", d.ask("POST", path, "", "If-Match: "+before.ETag))
	after := decoded[SummaryView](t, d.want(200, d.ask("POST", path, "", "If-Match: "+tag, "X-Auth-Id: u43")))
	if after.Revision != "edit-2" || after.Restores != before.Revision || after.Author != "u43" || after.Document.Abstract[0].Text != "今天讨论预算。" {
		t.Errorf("restored: %+v", after)
	}
	d.wantHistory("edit-2", "edit-1", before.Revision)
}

// TestMatch: sentences are the same by id, or by where they rest and what they say.
func TestMatch(t *testing.T) {
	at := func(start, end int64) []events.Evidence {
		return []events.Evidence{{Segment: "x", StartMS: start, EndMS: end, Quote: "x"}}
	}
	one := func(list, id, text string, start int64) SummaryItem {
		return SummaryItem{List: list, ID: id, Text: text, Evidence: at(start, start+10)}
	}
	before := []SummaryItem{one("decisions", "a", "预算下周定稿", 0), one("decisions", "b", "会议室重新装修", 50), one("actions", "c", "李四写方案", 90)}
	after := []SummaryItem{
		one("decisions", "b", "会议室要重新装修", 50),      // its id
		one("decisions", "x", "预算于下周定稿。", 2),       // about the same place and words
		one("abstract", "c", "李四写方案", 90),          // of another list
		one("actions", "c", "Nothing alike", 4000), // an id that names another sentence now
	}
	if diff := cmp.Diff(map[int]int{0: 1, 1: 0}, match(before, after)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
