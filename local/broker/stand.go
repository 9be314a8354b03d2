package broker

// How things stand now, for people who look.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"xietong.dev/shared/pg"
)

// TriggerStanding is how the deliveries of one Trigger stand.
type TriggerStanding struct {
	Trigger, Service string
	Limit            time.Duration // of one attempt; 0 where this broker does not know the Trigger
	Ready            int           // due, or in their pause before the next attempt
	Running          int
	Failing          int // of those that a cluster delivers: have failed, and are to be tried again
	Waiting          int // for their turn
	Dead             int
	DeadLately       int           // of these, died within the last hour
	Came, Ended      int           // within the last five minutes; of redriven letters only the end of young ones counts
	Paused           *time.Time    // since when it delivers nothing
	Oldest           time.Duration // how long the oldest of those ready or waiting has been on its way
	Late             time.Duration // how long the one that is due longest has been due; none may be
	Longest          time.Duration // how long the longest of those running has been
}

// Queue is how many deliveries have not begun, or wait to begin again.
func (s TriggerStanding) Queue() int { return s.Ready + s.Waiting }

// Overdue reports whether a delivery runs for longer than one may: its function
// neither answers nor was it given up.
func (s TriggerStanding) Overdue() bool { return s.Limit > 0 && s.Longest > s.Limit+overdueAfter }

// Growing reports whether more comes than ends, and what is due waits for it. A burst
// that is being worked off is no growth.
func (s TriggerStanding) Growing() bool {
	return s.Paused == nil && s.Queue() >= growingFrom && s.Late > lateAfter && s.Came > s.Ended
}

const (
	overdueAfter = 5 * time.Second // an attempt that is given up needs a moment to be written down
	growingFrom  = 20              // deliveries
	lateAfter    = time.Minute
	recently     = 5 * time.Minute
	lately       = time.Hour
	maxStanding  = 100_000 // rows that each look at them reads at most
)

// TriggerStandings returns how each Trigger stands, by function and name. Of each state it
// counts no further than 100,000.
func (b *Broker) TriggerStandings(ctx context.Context, now time.Time) ([]TriggerStanding, error) {
	services, err := b.serviceNames(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]*TriggerStanding{}
	of := func(trigger string) *TriggerStanding {
		if all[trigger] == nil {
			all[trigger] = &TriggerStanding{Trigger: trigger, Service: cmp.Or(services[trigger], trigger)}
		}
		return all[trigger]
	}
	for _, l := range b.lanes {
		of(l.Name).Limit = l.Delivery.Timeout
	}
	for _, read := range []func(context.Context, time.Time, func(string) *TriggerStanding) error{b.unended, b.died, b.flow, b.paused} {
		if err := read(ctx, now, of); err != nil {
			return nil, fmt.Errorf("see how deliveries stand: %w", err)
		}
	}
	standings := make([]TriggerStanding, 0, len(all))
	for _, s := range all {
		standings = append(standings, *s)
	}
	slices.SortFunc(standings, func(a, b TriggerStanding) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Trigger, b.Trigger))
	})
	return standings, nil
}

// unended counts what is on its way.
func (b *Broker) unended(ctx context.Context, now time.Time, of func(string) *TriggerStanding) error {
	return b.each(ctx, func(row pg.Rows) error {
		var trigger string
		var state State
		var n, failing int
		var since, due, started *time.Time
		if err := row.Scan(&trigger, &state, &n, &since, &due, &started, &failing); err != nil {
			return err
		}
		s := of(trigger)
		s.Failing += failing
		switch state {
		case Ready, Afar:
			s.Ready, s.Late = s.Ready+n, max(s.Late, age(due, now))
		case Waiting:
			s.Waiting = n
		case Running:
			s.Running, s.Longest = s.Running+n, age(started, now)
			return nil
		case AtWork: // began before, perhaps more than once: for how long now the ledger does not say
			s.Running += n
			return nil
		}
		s.Oldest = max(s.Oldest, age(since, now))
		return nil
	}, `SELECT trigger, state, count(*), min(since), min(next_at), min(started_at), count(*) FILTER (WHERE state = 7 AND attempts > 0)
		FROM (SELECT trigger, state, since, next_at, started_at, attempts FROM delivery WHERE state IN (1, 2, 5, 7, 8) LIMIT $1) few GROUP BY 1, 2`, maxStanding)
}

// age is how long ago something was; nothing where it was not, or is to come.
func age(at *time.Time, now time.Time) time.Duration {
	if at == nil {
		return 0
	}
	return max(0, now.Sub(*at))
}

// died counts dead letters.
func (b *Broker) died(ctx context.Context, now time.Time, of func(string) *TriggerStanding) error {
	return b.each(ctx, func(row pg.Rows) error {
		var trigger string
		var n, fresh int
		err := row.Scan(&trigger, &n, &fresh)
		if s := of(trigger); err == nil {
			s.Dead, s.DeadLately = n, fresh
		}
		return err
	}, `SELECT trigger, count(*), count(*) FILTER (WHERE ended_at >= $1)
		FROM (SELECT trigger, ended_at FROM delivery WHERE state = 4 LIMIT $2) few GROUP BY 1`, now.Add(-lately), maxStanding)
}

// flow counts what came and what ended in the last minutes, among the events of the
// last hour.
func (b *Broker) flow(ctx context.Context, now time.Time, of func(string) *TriggerStanding) error {
	fresh, err := b.seqAt(ctx, now.Add(-recently))
	if err != nil {
		return err
	}
	first, err := b.seqAt(ctx, now.Add(-lag))
	if err != nil {
		return err
	}
	return b.each(ctx, func(row pg.Rows) error {
		var trigger string
		var came, ended int
		err := row.Scan(&trigger, &came, &ended)
		if s := of(trigger); err == nil {
			s.Came, s.Ended = came, ended
		}
		return err
	}, `SELECT trigger, count(*) FILTER (WHERE seq >= $2), count(*) FILTER (WHERE ended_at >= $3)
		FROM (SELECT trigger, seq, ended_at FROM delivery WHERE seq >= $1 ORDER BY seq DESC LIMIT $4) newest GROUP BY 1`,
		first, fresh, now.Add(-recently), maxStanding)
}

func (b *Broker) paused(ctx context.Context, _ time.Time, of func(string) *TriggerStanding) error {
	return b.each(ctx, func(row pg.Rows) error {
		var trigger string
		var at time.Time
		err := row.Scan(&trigger, &at)
		if err == nil {
			of(trigger).Paused = &at
		}
		return err
	}, `SELECT trigger, at FROM pause`)
}

// each calls do with every row.
func (b *Broker) each(ctx context.Context, do func(pg.Rows) error, sql string, args ...any) error {
	rows, err := b.DB.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = collect(rows, func(row pg.Rows) (struct{}, error) { return struct{}{}, do(row) })
	return err
}

// Load is how full the broker is.
type Load struct {
	Queued, Most int  // deliveries on their way, and how many there may be before events from outside are refused
	Refusing     bool // since the last count somebody was refused
}

// Load returns how full this broker is, as of its last count some seconds ago.
func (b *Broker) Load() Load {
	return Load{Queued: int(b.queued.Load()), Most: b.MaxQueued, Refusing: b.refusing.Load()}
}

// StoryStates returns how many deliveries of a story are in which state.
func (b *Broker) StoryStates(ctx context.Context, correlation string) (map[State]int, error) {
	states := map[State]int{}
	err := b.each(ctx, func(row pg.Rows) error {
		var state State
		var n int
		err := row.Scan(&state, &n)
		states[state] = n
		return err
	}, `SELECT d.state, count(*) FROM event e JOIN delivery d ON d.seq = e.seq WHERE e.correlation = $1 GROUP BY 1`, correlation)
	if err != nil {
		return nil, fmt.Errorf("see how a story stands: %w", err)
	}
	return states, nil
}
