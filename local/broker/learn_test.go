package broker

import (
	"context"
	"errors"
	"testing"
	"time"

	"xietong.dev/shared/pg"
)

// learnAll looks into the ledger of convert once.
func (a *afar) learnAll() {
	a.Helper()
	for _, learn := range []func(context.Context, string, int64) (Learned, error){a.Learn, a.LearnOfDead} {
		if got, err := learn(a.Context(), "convert", 0); err != nil || got.Next != 0 {
			a.Fatalf("learned %+v, %v", got, err)
		}
	}
}

// end writes the end of an event as fn does.
func (a *afar) end(id string, fence int64, state int, reason string) {
	a.Helper()
	err := a.ledger.End(a.Context(), pg.Ending{Key: pg.Key{Source: "/test", ID: id}, Kind: "t", Hash: []byte{1}, Fence: fence, State: state, Reason: reason}, func(pg.Tx) ([]byte, error) { return nil, nil })
	if err != nil {
		a.Fatal(err)
	}
}

func (a *afar) claim(id string, lease time.Duration) int64 {
	a.Helper()
	k := pg.Key{Source: "/test", ID: id}
	e, err := a.ledger.Look(a.Context(), k, []byte{1}, lease)
	if err != nil {
		a.Fatal(err)
	}
	fence, err := a.ledger.Claim(a.Context(), k, "t", []byte{1}, e, lease)
	if err != nil {
		a.Fatal(err)
	}
	return fence
}

func TestTheLedgerTellsHowADeliveryGoes(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	const minutes = "1 minutes-told afar 0 0"
	a.tell(false, newEvent("1", "t"), nil)
	a.learnAll()
	a.wants("the function has not met it", "1 convert-told afar 0 0", minutes)
	fence := a.claim("1", time.Minute)
	a.learnAll()
	a.wants("it is at work", "1 convert-told at work 0 -1", minutes)
	if _, err := a.ledger.Fail(t.Context(), pg.Key{Source: "/test", ID: "1"}, fence, "the disk is full"); err != nil {
		t.Fatal(err)
	}
	a.learnAll()
	a.wants("it has failed once", "1 convert-told afar 1 -1 the disk is full", minutes)
	standings, err := a.TriggerStandings(t.Context(), time.Now())
	if err != nil || standings[0].Ready != 1 || standings[0].Failing != 1 || standings[1].Ready != 1 || standings[1].Failing != 0 {
		t.Errorf("the Triggers stand at %+v, %v", standings, err)
	}
	fence = a.claim("1", time.Minute)
	a.end("1", fence, pg.StateDone, "")
	a.learnAll()
	a.wants("it is done", "1 convert-told done 1 -1", minutes)
	if d := everything(t, a.Broker)[0].Deliveries[0]; d.StartedAt == nil || !d.StartedAt.Before(*d.EndedAt) {
		t.Errorf("it took from %v to %v", d.StartedAt, d.EndedAt)
	}
}

func TestAnEventThatWasDoneBeforeItWasToldOf(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	a.end("1", 0, pg.StateDone, "")
	a.tell(false, newEvent("1", "t"), nil)
	a.learnAll()
	a.wants("done", "1 convert-told done 0 -1", "1 minutes-told afar 0 0")
	if d := everything(t, a.Broker)[0].Deliveries[0]; d.StartedAt != nil {
		t.Errorf("it began at %v, which nobody can know", d.StartedAt)
	}
	m, err := a.Measure(t.Context(), time.Now().Add(-time.Minute), time.Now().Add(time.Minute), time.Minute)
	if got := m.All.Total; err != nil || got.Done != 1 || got.Handled != (Times{}) {
		t.Errorf("measured %+v (%v), want one that is done and no times", got, err)
	}
}

func TestARefusalWaitsForItsDeadLetter(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	a.tell(false, newEvent("1", "t"), nil)
	a.end("1", 0, pg.StateRefused, "not_media: no recording")
	a.learnAll()
	a.wants("refused a moment ago", "1 convert-told afar 1 -1 not_media: no recording", "1 minutes-told afar 0 0")
	if _, err := a.ledger.Exec(t.Context(), `UPDATE ledger SET ended_at = ended_at - interval '2 minutes'`); err != nil {
		t.Fatal(err)
	}
	a.learnAll()
	a.wants("refused for long", "1 convert-told dead 1 -1 not_media: no recording", "1 minutes-told afar 0 0")
	a.tell(true, newEvent("1", "t"), died("422", "not_media: no recording\n"))
	a.wants("and told of after all", "1 convert-told dead 1 422 not_media: no recording", "1 minutes-told afar 0 0")
}

// A letter that is redriven by the cluster's own means is done when the ledger says so
// after its death. What was done before it died of something that the ledger cannot know.
func TestALetterThatWasRedrivenElsewhere(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	a.end("1", 0, pg.StateDone, "")
	for _, id := range []string{"1", "2"} {
		a.tell(true, newEvent(id, "t"), died("502", "its reply is not taken"))
	}
	a.end("2", 0, pg.StateDone, "")
	a.learnAll()
	want := []string{"1 convert-told dead 0 502 its reply is not taken", "1 minutes-told afar 0 0", "2 convert-told done 0 -1", "2 minutes-told afar 0 0"}
	a.wants("one was redriven", want...)
	a.tell(true, newEvent("2", "t"), died("502", "its reply is not taken"))
	a.wants("and its old letter came again", want...)
}

func TestALedgerIsReadLotByLot(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	const n = learnLot + 10
	for _, sql := range []string{
		`INSERT INTO broker.event (seq, type, subject, correlation, attributes, data, trace, hops) SELECT n, 't', '', '', '{"specversion":"1.0","id":"' || n || '","source":"/test","type":"t"}', '', '', 0 FROM generate_series(1, $1::int) n`,
		`INSERT INTO broker.told (key, seq, source, id) SELECT n, n, '/test', n FROM generate_series(1, $1::int) n`,
		`INSERT INTO broker.delivery (seq, trigger, state) SELECT n, 'convert-told', 7 FROM generate_series(1, $1::int) n`,
		`INSERT INTO convert.ledger (source, id, type, hash, state, ended_at) SELECT '/test', n, 't', '', 2, now() FROM generate_series(1, $1::int) n`,
	} {
		if _, err := a.DB.Exec(t.Context(), sql, n); err != nil {
			t.Fatal(err)
		}
	}
	got, err := a.Learn(t.Context(), "convert", 0)
	if err != nil || got != (Learned{Next: learnLot - 1, Fresh: learnLot}) {
		t.Fatalf("learned %+v, %v", got, err)
	}
	if got, err = a.Learn(t.Context(), "convert", got.Next); err != nil || got != (Learned{Fresh: n - learnLot}) {
		t.Fatalf("learned %+v, %v", got, err)
	}
	if n := count(t, a.DB, `SELECT count(*) FROM delivery WHERE state = 7`); n != 0 {
		t.Errorf("%d are not done", n)
	}
}

func TestALedgerThatCannotBeRead(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	for service, want := range map[string]string{"minutes": "42P01", `m"; DROP TABLE x`: ""} {
		_, err := a.Learn(t.Context(), service, 0)
		if state := pg.State(err); err == nil || want != "" && state != want && state != "3F000" {
			t.Errorf("%s: %v, want %s", service, err, want)
		}
	}
	if _, err := a.Learn(t.Context(), "convert", 0); err != nil || errors.Is(err, pg.ErrNoRows) {
		t.Error(err)
	}
}

// What nobody tells the end of is kept as a dead letter is, and then goes.
func TestOldRecordsOfAClusterGo(t *testing.T) {
	a := beside(t, subscribe(t, status(204)))
	for _, id := range []string{"old", "young"} {
		a.tell(false, newEvent(id, "t"), nil)
	}
	for _, sql := range []string{`UPDATE event SET received_at = now() - interval '31 days' WHERE seq = 1`, `UPDATE delivery SET since = now() - interval '31 days' WHERE seq = 1`} {
		if _, err := a.DB.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	(&sweep{Broker: a.Broker}).all(t.Context())
	a.wants("what is left", "young convert-told afar 0 0", "young minutes-told afar 0 0")
	if n := count(t, a.DB, `SELECT count(*) FROM told`); n != 1 {
		t.Errorf("%d are remembered as told of, want 1", n)
	}
}
