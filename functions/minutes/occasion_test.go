package minutes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// TestKind: what an uploader says of a recording is shown until a person says
// otherwise, and both stay through whatever comes later.
func TestKind(t *testing.T) {
	d := open(t)
	e := d.uploaded(up1, 0)
	arrived, err := events.Decode[events.RecordingUploaded](e)
	if err != nil {
		t.Fatal(err)
	}
	arrived.Kind, arrived.RecordedAt, arrived.Place = "class", "2026-03-03T06:30:00.000Z", "二楼教室"
	arrived.Participants = []events.Participant{{Name: "王老师", Account: "u7", Role: events.RoleChair}}
	d.tell(event(t, "uploaded-with-kind", 1, arrived))
	at := time.Date(2026, 3, 3, 6, 30, 0, 0, time.UTC)
	shown := func() (got Detail) {
		v := d.detail(rec)
		return Detail{Kind: v.Kind, Participants: v.Participants, RecordedAt: v.RecordedAt, Title: v.Title, Place: v.Place, Issue: v.Issue, Issuer: v.Issuer, Copies: v.Copies}
	}
	want := Detail{Kind: "class", Participants: arrived.Participants, RecordedAt: &at, Title: "会议-aa", Place: "二楼教室"}
	if diff := cmp.Diff(want, shown()); diff != "" {
		t.Errorf("as uploaded (-want +got)\n%s", diff)
	}
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"kind":"party"}`))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"participants":[{"name":"张三","role":"absent"},{"name":"李四","account":"u2","track":1}]}`))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"recorded_at":"2026-03-04T09:30:00+08:00","place":" 三楼会议室 ","issue":"12"}`))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"issuer":"某市人民政府办公室","copies":"各区人民政府"}`))
	d.tell(event(t, "uploaded-again", 2, arrived))
	one := 1
	want.Kind, want.Participants = "party", []events.Participant{{Name: "张三", Role: "absent"}, {Name: "李四", Account: "u2", Track: &one}}
	at = time.Date(2026, 3, 4, 1, 30, 0, 0, time.UTC)
	want.Place, want.Issue, want.Issuer, want.Copies = "三楼会议室", "12", "某市人民政府办公室", "各区人民政府"
	if diff := cmp.Diff(want, shown()); diff != "" {
		t.Errorf("as corrected (-want +got)\n%s", diff)
	}
	list := decoded[listing](t, d.ask("GET", "/minutes", ""))
	if len(list.Minutes) != 1 || list.Minutes[0].Kind != "party" {
		t.Errorf("listed as %+v", list.Minutes)
	}
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"place":"","recorded_at":""}`))
	if got := shown(); got.Place != arrived.Place || got.RecordedAt.Format(time.RFC3339) != "2026-03-03T06:30:00Z" || got.Issue != "12" {
		t.Errorf("after a person's words were taken back: %+v", got)
	}
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"participants":[]}`))
	if got := shown(); len(got.Participants) != 0 {
		t.Errorf("after all were taken out: %+v", got.Participants)
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
	var left int
	if err := d.minutes.DB.QueryRow(t.Context(), `SELECT count(*) FROM minutes WHERE given_kind <> '' OR given_participants <> '' OR given_particulars <> '' OR kind <> ''`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows still know the kind of deleted minutes: %v", left, err)
	}
}

// TestCreateOfAKind: the kind travels with the upload, so that every function knows it.
func TestCreateOfAKind(t *testing.T) {
	d := open(t)
	const body = `{"title":"支部大会","name":"a.wav","kind":"party","participants":[{"name":"张三"}]}`
	made := d.create(body, "Idempotency-Key: k")
	if got := made.Upload.Headers.Get("X-Amz-Meta-Kind"); got != "party" {
		t.Errorf("the upload is of kind %q: %v", got, made.Upload.Headers)
	}
	if v := d.detail(made.ID); v.Kind != "party" || len(v.Participants) != 1 {
		t.Errorf("%+v", v)
	}
	if again := d.create(body, "Idempotency-Key: k"); again.ID != made.ID {
		t.Errorf("the same request made %s and %s", made.ID, again.ID)
	}
	d.refused(409, "key_reused", "", d.ask("POST", "/minutes", `{"title":"支部大会","name":"a.wav","kind":"class"}`, "Idempotency-Key: k"))
}

func TestKindRefused(t *testing.T) {
	d := open(t, "MAX_PARTICIPANTS=2")
	d.tell(d.uploaded(up1, 0))
	many := strings.Repeat(`{"name":"x"},`, 2) + `{"name":"x"}`
	for body, field := range map[string]string{
		`{"kind":"banquet"}`:                                                    "kind",
		`{"kind":""}`:                                                           "kind",
		`{"participants":[` + many + `]}`:                                       "participants",
		`{"participants":[{"name":""}]}`:                                        "participants.name",
		`{"participants":[{"name":"a\nb"}]}`:                                    "participants",
		`{"participants":[{"name":"x","track":1000}]}`:                          "participants.track",
		`{"participants":[{"name":"x","role":"host"}]}`:                         "participants.role",
		`{"recorded_at":"2026-03-04 09:30"}`:                                    "recorded_at",
		`{"recorded_at":"0001-01-01T00:00:00+08:00"}`:                           "recorded_at",
		`{"recorded_at":"9999-12-31T23:59:00-08:00"}`:                           "recorded_at",
		`{"place":"a\u0000b"}`:                                                  "place",
		`{"place":"` + strings.Repeat("厅", 256) + `"}`:                          "place",
		`{"issue":"` + strings.Repeat("1", 33) + `"}`:                           "issue",
		`{"issuer":"` + strings.Repeat("局", 256) + `"}`:                         "issuer",
		`{"copies":"` + strings.Repeat("区", 1025) + `"}`:                        "copies",
		fmt.Sprintf(`{"participants":[{"name":%q}]}`, strings.Repeat("张", 256)): "participants.name",
		fmt.Sprintf(`{"participants":[{"name":"x","account":"%0256d"}]}`, 0):    "participants.account",
	} {
		for _, to := range []struct{ method, path string }{{"PATCH", "/minutes/" + rec}, {"POST", "/minutes"}} {
			if a := d.ask(to.method, to.path, body); a.status != 400 || !strings.Contains(a.body, field) {
				t.Errorf("%s %s: %d %s, want 400 naming %s", to.method, body, a.status, a.body, field)
			}
		}
	}
}
