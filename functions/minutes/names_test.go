package minutes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// name changes a speaker.
func (d *desk) name(speaker, body string) answer {
	d.Helper()
	return d.ask("PATCH", "/minutes/"+rec+"/speakers/"+speaker, body, "X-Auth-Id: u42")
}

// TestSpeakers: one name, everywhere; two speakers who are one; and back again.
func TestSpeakers(t *testing.T) {
	d := open(t)
	transcript := meeting(up1, 1, "我来写方案。", "好。", "散会。")
	summary := summaryOf(transcript)
	summary.Actions = []events.Action{{Point: summary.Abstract[0], Owner: "张三"}}
	d.tell(d.uploaded(up1, 0), d.transcribed(10, transcript), d.summarised(20, summary))
	d.refused(404, "not_found", "", d.name("s9", `{"label":"王五"}`))
	d.refused(400, "invalid_field", "into: want another speaker", d.name("s1", `{"into":"s1"}`))
	d.refused(400, "invalid_field", "label", d.name("s1", `{"label":"a\u0000b"}`))
	d.want(200, d.name("s1", `{"label":"王主任","account":"wang"}`))
	wantOwner := func(label string) {
		t.Helper()
		v := d.detail(rec)
		if v.Speakers[0].Label != label || v.Summary.Document.Actions[0].Owner != label {
			t.Errorf("speaker %+v, owner %s, want %s", v.Speakers[0], v.Summary.Document.Actions[0].Owner, label)
		}
	}
	wantOwner("王主任")
	d.want(200, d.name("s1", `{"label":"王局长"}`))
	wantOwner("王局长")
	if v := d.detail(rec); v.Speakers[0].Account != "wang" {
		t.Errorf("what was left out is gone: %+v", v.Speakers[0])
	}

	mended := meeting(up1, 2, "我来写方案。", "好。", "散会。")
	d.tell(d.transcribed(30, mended))
	wantOwner("王局长") // another transcript keeps the name
	d.want(200, d.name("s2", `{"into":"s1"}`))
	if v := d.detail(rec); len(v.Speakers) != 1 || d.lines("")[1].Speaker != "s1" {
		t.Errorf("one speaker: %+v", v.Speakers)
	}
	requested := d.asked(`{"kind":"meeting"}`)
	if requested[0].Speakers[0].Label != "王局长" || requested[0].Speakers[1].Label != "王局长" {
		t.Errorf("summarised with %+v", requested[0].Speakers)
	}
	d.want(200, d.ask("POST", "/minutes/"+rec+"/speakers/restore", `{"number":1}`))
	wantOwner("王主任")
	if v := d.detail(rec); len(v.Speakers) != 2 {
		t.Errorf("two again: %+v", v.Speakers)
	}
	d.want(200, d.ask("POST", "/minutes/"+rec+"/speakers/restore", `{"number":0}`))
	wantOwner("张三")
	d.refused(400, "invalid_field", "number: want a whole number from 0 to 5", d.ask("POST", "/minutes/"+rec+"/speakers/restore", `{"number":77}`))
}

// TestOwners: a label that two speakers had stands for neither.
func TestOwners(t *testing.T) {
	heard := []events.Speaker{{ID: "s1", Label: "甲"}, {ID: "s2", Label: "乙"}, {ID: "s3"}}
	names := Names{}.rename(up1, heard[0], "乙", "", "").rename(up1, heard[2], "丙", "", "")
	got := names.name(up1, heard).owners
	if diff := cmp.Diff(map[string]string{"甲": "乙"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	other := names.name(up2, []events.Speaker{{ID: "s1", Label: "别人"}, {ID: "s3"}})
	if diff := cmp.Diff([]events.Speaker{{ID: "s1", Label: "别人"}, {ID: "s3", Label: "丙"}}, other.speakers); diff != "" {
		t.Errorf("of another upload (-want +got)\n%s", diff)
	}
}
