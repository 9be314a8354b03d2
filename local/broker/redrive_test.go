package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

// condemned is a broker with n dead letters, whose subscriber condemns them again.
func condemned(t *testing.T, n int) (*Broker, *subscriber) {
	s := subscribe(t, body(422, "unreadable"))
	b := open(t, Config{Triggers: []manifest.Trigger{trigger("all", "svc")}, Subscribers: map[string]Subscriber{"svc": at(s.Server, 8)}})
	run(t, b)
	for i := range n {
		publish(t, b, newEvent(fmt.Sprint(i), "t"))
	}
	idle(t, b)
	return b, s
}

func onlyRun(t *testing.T, b *Broker) RedriveRun {
	t.Helper()
	runs, err := b.RedriveRuns(t.Context(), 0)
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs %+v (%v), want one", runs, err)
	}
	return runs[0]
}

func wantRun(t *testing.T, run RedriveRun, state RunState, done, total int) {
	t.Helper()
	if run.State != state || run.Done != done || run.Total != total || (run.EndedAt == nil) != (state == Going || state == Lost) {
		t.Errorf("the run is %+v, want %v after %d of %d", run, state, done, total)
	}
}

func TestARunIsRecordedWithWhoAndWhy(t *testing.T) {
	b, s := condemned(t, 3)
	var told []RedriveRun
	r := Redrive{DeadQuery: DeadQuery{Reason: "unreadable", Type: "t"}, Who: "li.wei", Why: "decoder mended", Rate: 2, Progress: func(r RedriveRun) { told = append(told, r) }}
	run, err := b.Redrive(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	wantRun(t, run, Ended, 3, 3)
	wantRun(t, onlyRun(t, b), Ended, 3, 3)
	if run.Who != "li.wei" || run.Why != "decoder mended" || run.Rate != 2 || run.Filter != `type="t" reason="unreadable"` {
		t.Errorf("the run is %+v, want all of what was asked for", run)
	}
	if len(told) != 1 || told[0].Done != 2 || told[0].State != Going {
		t.Errorf("was told %+v, want once, after two", told)
	}
	if n := len(s.received()); n != 6 {
		t.Errorf("%d deliveries, want 6: what died again in the run is not sent in circles", n)
	}
	for _, told := range everything(t, b) {
		if d := told.Deliveries[0]; len(d.Redrives) != 1 || d.Redrives[0].Run != run.ID || d.Redrives[0].Who != "li.wei" {
			t.Errorf("the redrives are %+v, want one, of run %d", d.Redrives, run.ID)
		}
	}
}

func TestARedriveThatIsNotOne(t *testing.T) {
	b := open(t, Config{})
	for want, r := range map[string]Redrive{
		"say who asks and why": {Who: "li.wei"},
		"the rate is -1":       {Who: "li.wei", Why: "x", Rate: -1},
	} {
		if _, err := b.Redrive(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v ended with %v, want %s", r, err, want)
		}
	}
	if runs, err := b.RedriveRuns(t.Context(), 0); err != nil || len(runs) != 0 {
		t.Errorf("runs %+v (%v), want none", runs, err)
	}
}

// Two end it: the caller that goes, and an abort from beside.
func TestARunIsAborted(t *testing.T) {
	for name, abort := range map[string]func(b *Broker, id int64, cancel func()) error{
		"by its caller": func(_ *Broker, _ int64, cancel func()) error { cancel(); return nil },
		"by another's command": func(b *Broker, id int64, _ func()) error {
			return b.AbortRedrive(context.Background(), id, "li.wei", "enough")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := condemned(t, 5)
			beside := open(t, Config{DB: b.DB})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := Redrive{Who: "li.wei", Why: "try", Rate: 2, Progress: func(r RedriveRun) {
				if err := abort(beside, r.ID, cancel); err != nil {
					t.Error(err)
				}
			}}
			run, err := b.Redrive(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			idle(t, b)
			wantRun(t, run, Aborted, 2, 5)
			wantRun(t, onlyRun(t, b), Aborted, 2, 5)
			if n := len(s.received()); n != 7 {
				t.Errorf("%d deliveries, want the 5 and 2 again", n)
			}
			if err := b.AbortRedrive(t.Context(), run.ID, "li.wei", "enough"); !errors.Is(err, ErrNotGoing) {
				t.Errorf("aborted again with %v, want that it does not go on", err)
			}
		})
	}
}

// A process is killed after its first lot. Its run shows as lost, and the same
// redrive sends the rest: each letter once.
func TestARunWhoseProcessDiedIsStartedAgain(t *testing.T) {
	b, s := condemned(t, 5)
	if err := b.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	r := Redrive{Who: "li.wei", Why: "try", Rate: 2}
	killed, err := b.beginRun(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.redriveLot(t.Context(), r, &killed, place{}); err != nil {
		t.Fatal(err)
	}
	wantRun(t, onlyRun(t, b), Going, 2, 5)
	if _, err := b.DB.Exec(t.Context(), `UPDATE redrive_run SET beat_at = beat_at - interval '2 minutes'`); err != nil {
		t.Fatal(err)
	}
	wantRun(t, onlyRun(t, b), Lost, 2, 5)
	r.Rate = 0
	run, err := b.Redrive(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, run, Ended, 3, 3)
	if err := b.Resume(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	idle(t, b)
	if n := count(t, b.DB, `SELECT count(DISTINCT seq) FROM redrive`); n != 5 || len(s.received()) != 10 {
		t.Errorf("%d letters were redriven in %d deliveries, want 5 and 5 more", n, len(s.received())-5)
	}
}

// More dead letters than a lot holds, of which few are of the group.
func TestARunGoesThroughLots(t *testing.T) {
	b, s := condemned(t, 1)
	if err := b.Pause(t.Context(), "all", "li.wei", "try"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops) SELECT 10000 + n, 't', '', '', '{}', '', '', 0 FROM generate_series(1, 2 * $1::int + 1) n`,
		`INSERT INTO delivery (seq, trigger, state, code, reason, ended_at) SELECT 10000 + n, 'all', 4, 422, CASE n % 500 WHEN 0 THEN 'page ' || n ELSE 'other' END, now() FROM generate_series(1, 2 * $1::int + 1) n`,
	} {
		if _, err := b.DB.Exec(t.Context(), sql, redriveLot); err != nil {
			t.Fatal(err)
		}
	}
	run, err := b.Redrive(t.Context(), Redrive{DeadQuery: DeadQuery{Group: groupID("svc", 422, "page #")}, Who: "li.wei", Why: "try"})
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, run, Ended, 4, 4)
	run, err = b.Redrive(t.Context(), Redrive{Who: "li.wei", Why: "try"})
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, run, Ended, 2*redriveLot+1+1-4, 2*redriveLot+1+1-4)
	if n := len(s.received()); n != 1 {
		t.Errorf("%d deliveries, want none while the Trigger is paused", n-1)
	}
}

func TestWhatDiedWhileTheClockWasAheadIsRedriven(t *testing.T) {
	b, _ := condemned(t, 1)
	if _, err := b.DB.Exec(t.Context(), `UPDATE delivery SET ended_at = now() + interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	redriveAll(t, b, 1)
	idle(t, b)
}

func TestWhatAQuerySays(t *testing.T) {
	for want, q := range map[string]DeadQuery{
		"all": {},
		`trigger="a" function="b" type="c" reason="d e" group="f" since="2026-03-01T12:00:00Z" numbers=[1 2]`: {
			Trigger: "a", Service: "b", Type: "c", Reason: "d e", Group: "f", Since: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Seqs: []int64{1, 2}},
	} {
		if got := q.String(); got != want {
			t.Errorf("says %s, want %s", got, want)
		}
	}
}
