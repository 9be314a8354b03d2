package minutes

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
)

func TestDue(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 2, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name    string
		r       Retention
		created time.Time
		want    time.Time
	}{
		{"for ever", Retention{At: day(1)}, day(1), time.Time{}},
		{"after its days", Retention{Days: 10, At: day(1)}, day(8), day(18)},
		{"not before it was announced", Retention{Days: 1, At: day(5)}, day(1), day(12)},
	} {
		if got := c.r.due(c.created, 7*24*time.Hour); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// old is minutes of an age in days.
func (d *desk) old(number, days int, unit string) string {
	d.Helper()
	id := fmt.Sprintf("%032d", number)
	at := time.Now().UTC().Add(-time.Duration(days) * 24 * time.Hour)
	o := d.put("recordings", id+"/a.wav", []byte("RIFF"))
	e := event(d, "uploaded "+id, 0, events.RecordingUploaded{Recording: id, Upload: fmt.Sprintf("%032x", number+1000), Object: o, Name: "a.wav", MediaType: "audio/wav"})
	e.SetTime(at)
	e.SetExtension(events.Unit, unit)
	d.tell(e)
	return id
}

// tended deletes what is due, as the runtime has it done every minute.
func (d *desk) tended() (deleted []string) {
	d.Helper()
	err := d.minutes.tend(d.Context(), func(_ context.Context, e fn.Event) error {
		deleted = append(deleted, e.Subject())
		e.SetSource("/functions/minutes")
		if a := d.Deliver(d, e); a.Status != 204 || len(a.Sent) != 1 || a.Sent[0].Type() != (events.MinutesDeleted{}).EventType() {
			return fmt.Errorf("%d %s, sent %v", a.Status, a.Body, a.Sent)
		}
		return nil
	})
	if err != nil {
		d.Fatal(err)
	}
	return deleted
}

// TestRetention: what is older than its unit keeps it goes, after it was announced, a
// bounded number at a time and the oldest first; what is on hold or another unit's stays.
func TestRetention(t *testing.T) {
	d := open(t, "RETENTION_BATCH=2", "RETENTION_ACCOUNTS=archivist")
	first, second, third := d.old(1, 50, "default"), d.old(2, 45, "default"), d.old(3, 40, "default")
	kept, young, other := d.old(4, 60, "default"), d.old(5, 20, "default"), d.old(6, 90, "other")
	d.want(200, d.ask("PUT", "/minutes/"+kept+"/hold", `{"why":"审计"}`, "X-Auth-Id: auditor"))
	d.refused(403, "may_not_keep", "RETENTION_ACCOUNTS", d.ask("PUT", "/minutes/retention", `{"days":30}`, "X-Auth-Id: clerk"))
	v := decoded[retentionView](t, d.want(200, d.ask("PUT", "/minutes/retention", `{"days":30}`, "X-Auth-Id: archivist")))
	var going []string
	for _, g := range v.Going {
		going = append(going, g.ID)
	}
	if diff := cmp.Diff([]string{first, second, third, young}, going); diff != "" || !v.MayChange || v.Days != 30 {
		t.Errorf("announced (-want +got)\n%s\n%+v", diff, v)
	}
	if diff := cmp.Diff([]reasonCount{{"审计", 1}}, v.Holds); diff != "" {
		t.Error(diff)
	}
	detail := decoded[Detail](t, d.want(200, d.ask("GET", "/minutes/"+first, "")))
	if on := detail.Access.DeletesOn; on == nil || !on.Equal(v.Since.Add(7*24*time.Hour)) {
		t.Errorf("first goes on %v, since %v", on, v.Since)
	}
	if got := d.tended(); len(got) != 0 {
		t.Errorf("%q went before the notice was over", got)
	}
	d.minutes.Now = func() time.Time { return time.Now().Add(7*24*time.Hour + time.Minute) }
	for _, want := range [][]string{{first, second}, {third}, nil} {
		if diff := cmp.Diff(want, d.tended()); diff != "" {
			t.Errorf("deleted (-want +got)\n%s", diff)
		}
	}
	p := decoded[proof](t, d.want(200, d.ask("GET", "/minutes/"+first+"/deletion", "")))
	if p.Why != ByRetention || p.Account != "" || len(p.Functions) != 1 || p.Functions[0].Objects != 1 {
		t.Errorf("proof %+v", p)
	}
	for _, id := range []string{kept, young} {
		d.want(200, d.ask("GET", "/minutes/"+id, ""))
	}
	d.want(200, d.ask("GET", "/minutes/"+other, "", "X-Unit: other"))
	d.want(200, d.ask("PUT", "/minutes/retention", `{"days":0}`, "X-Auth-Id: archivist"))
	d.minutes.Now = func() time.Time { return time.Now().AddDate(9, 0, 0) }
	if got := d.tended(); len(got) != 0 {
		t.Errorf("%q went although they are kept for ever", got)
	}
	d.refused(400, "invalid_field", "36525", d.ask("PUT", "/minutes/retention", `{"days":-1}`, "X-Auth-Id: archivist"))
	d.refused(400, "invalid_field", "days", d.ask("PUT", "/minutes/retention", `{}`, "X-Auth-Id: archivist"))
}

// TestHold: nobody deletes minutes while a reason stands; each is lifted by whoever gave
// it, or by the owner.
func TestHold(t *testing.T) {
	d := open(t, "MAX_HOLDS=2", "MAX_REASON=10")
	d.summarise("今天讨论预算。")
	d.setRights("owner", `{"owner":"owner","visibility":"unit","editors":["auditor","clerk"]}`)
	hold := func(account, why string) answer {
		return d.ask("PUT", "/minutes/"+rec+"/hold", fmt.Sprintf(`{"why":%q}`, why), "X-Auth-Id: "+account)
	}
	lift := func(account, why string) answer {
		return d.ask("DELETE", "/minutes/"+rec+"/hold?why="+url.QueryEscape(why), "", "X-Auth-Id: "+account)
	}
	for range 2 {
		d.want(200, hold("auditor", "审计"))
	}
	now := decoded[Access](t, d.want(200, hold("clerk", "诉讼")))
	if len(now.Holds) != 2 || now.Holds[0].Account != "auditor" {
		t.Errorf("holds %+v", now.Holds)
	}
	d.refused(409, "too_many_holds", "at most 2", hold("clerk", "再来一个"))
	d.refused(400, "invalid_field", "why", hold("clerk", "12345678901"))
	d.refused(400, "invalid_field", "why", hold("clerk", " "))
	d.refused(409, "held", "审计", d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: owner"))
	d.refused(403, "forbidden", "auditor", lift("clerk", "审计"))
	d.want(200, lift("auditor", "审计"))
	d.refused(409, "held", "诉讼", d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: owner"))
	for range 2 {
		d.want(200, lift("owner", "诉讼"))
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: owner"))
	d.gone()
}
