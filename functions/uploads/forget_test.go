package uploads

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn/fntest"
)

// TestDeletedMinutesAreForgotten: the names of what was uploaded leave the ledger, those
// of other recordings stay, and a notice that comes again sends nothing.
func TestDeletedMinutesAreForgotten(t *testing.T) {
	const gone, stays = "11111111111111111111111111111111", "22222222222222222222222222222222"
	store := &blob.Memory{}
	n := namer(t, store)
	h := fntest.Start(t, n.Function())
	for _, id := range []string{gone, stays} {
		put(t, store, "recordings", id+"/预算.srt", "1\n00:00:00,000 --> 00:00:01,000\n预算\n", map[string]string{"title": "预算会"})
		if a := h.Twice(t, eventOf(t, "notice of "+id, notice(id+"/预算.srt"))); len(a.Sent) != 1 || a.Sent[0].Subject() != id {
			t.Fatalf("%d %s %v", a.Status, a.Body, a.Sent)
		}
	}
	e, err := events.New(events.MinutesDeleted{Recording: gone})
	if err != nil {
		t.Fatal(err)
	}
	e.SetID("deleted")
	e.SetSource("/functions/minutes")
	sent := h.Twice(t, e).Sent
	if len(sent) != 1 {
		t.Fatalf("sent %v", sent)
	}
	got, err := events.Decode[events.RecordingForgotten](sent[0])
	if diff := cmp.Diff(events.RecordingForgotten{Recording: gone, Function: "uploads", Payloads: 1}, got); diff != "" || err != nil {
		t.Errorf("(-want +got) %v\n%s", err, diff)
	}
	for id, want := range map[string]int{gone: 0, stays: 1} {
		if a := h.Deliver(t, eventOf(t, "notice of "+id, notice(id+"/预算.srt"))); a.Status != 204 || len(a.Sent) != want {
			t.Errorf("%s: %d, sent %d again, want %d", id, a.Status, len(a.Sent), want)
		}
	}
	rows, err := n.DB.Query(t.Context(), `SELECT convert_from(coalesce(sent, ''), 'UTF8') || reason FROM ledger WHERE subject = $1`, gone)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil || strings.Contains(text, "预算") {
			t.Errorf("the ledger holds %s (%v)", text, err)
		}
	}
}
