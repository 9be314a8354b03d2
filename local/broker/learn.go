package broker

// How the deliveries that a cluster makes go, as the functions' ledgers tell it.

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"xietong.dev/shared/pg"
)

// learnLot is how many deliveries one look into a ledger asks for.
const learnLot = 1000

// word is what a function's schema may be called.
var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Learned is what one look into a ledger came to.
type Learned struct {
	Next  int64 // where the next look goes on; 0 where nothing lies behind
	Fresh int   // deliveries that stand otherwise than before
}

// Learn looks into the ledger of a function for the deliveries to it that have not ended:
// the next thousand of events after a number. Its error is SQLSTATE 42501, 42P01 or 3F000
// where the account may not read that ledger, or the function has not made it yet.
func (b *Broker) Learn(ctx context.Context, service string, after int64) (Learned, error) {
	return b.learnOf(ctx, service, after, Afar, AtWork)
}

// LearnOfDead is [Broker.Learn] for a function's dead letters: the cluster's own means may
// have redriven them. There may be many, of which little is to be learned.
func (b *Broker) LearnOfDead(ctx context.Context, service string, after int64) (Learned, error) {
	return b.learnOf(ctx, service, after, Dead)
}

func (b *Broker) learnOf(ctx context.Context, service string, after int64, states ...State) (Learned, error) {
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	found, err := b.learnFrom(ctx, service, after, states)
	if err != nil {
		return Learned{}, fmt.Errorf("the ledger of %s: %w", service, err)
	}
	return found, nil
}

func (b *Broker) learnFrom(ctx context.Context, service string, after int64, states []State) (found Learned, err error) {
	if !word.MatchString(service) {
		return found, errors.New("want a function's word")
	}
	triggers := []string{service}
	for _, l := range b.lanes {
		if l.Service == service {
			triggers = append(triggers, l.Name)
		}
	}
	rows, err := b.DB.Query(ctx, fmt.Sprintf(learnSQL, service), triggers, after, learnLot, states)
	if err != nil {
		return found, err
	}
	all, err := collect(rows, scanLearned)
	if err != nil {
		return found, err
	}
	if len(all) == learnLot {
		found.Next = all[len(all)-1].seq - 1 // an event may have more than one of them: it is looked at again
	}
	found.Fresh, err = b.learn(ctx, all)
	return found, err
}

// learnSQL asks for each delivery alone, by the ledger's key, however large the ledger.
const learnSQL = `SELECT d.seq, d.trigger, d.state, d.attempts, d.code, d.reason, d.started_at, d.ended_at, now(),
		coalesce(l.state, 0), coalesce(l.state = 1 AND l.lease_until > now(), false), coalesce(l.failures, 0), coalesce(l.reason, ''), l.received_at, l.ended_at
	FROM (SELECT d.seq, d.trigger, d.state, d.attempts, d.code, d.reason, d.started_at, d.ended_at, t.source, t.id FROM delivery d JOIN told t ON t.seq = d.seq
		WHERE d.trigger = ANY ($1) AND d.state = ANY ($4) AND d.seq > $2 ORDER BY d.seq, d.trigger LIMIT $3) d
	LEFT JOIN LATERAL (SELECT * FROM (SELECT source, id, state, lease_until, failures, reason, received_at, ended_at FROM %s.ledger) l WHERE l.source = d.source AND l.id = d.id LIMIT 1) l ON true
	ORDER BY d.seq, d.trigger`

// standsAfar is how a delivery stands that a cluster makes.
type standsAfar struct {
	state          State
	attempts, code int
	reason         string
	started, ended *time.Time
}

// entry is what a ledger says of an event.
type entry struct {
	state    int // as in shared/pg: 0 never met, 1 open, 2 done, 3 refused
	held     bool
	failures int
	reason   string
	began    *time.Time // when it was first met
	ended    *time.Time
}

// learned is a delivery and what the ledger says of it now.
type learned struct {
	place
	was standsAfar
	now time.Time
	entry
}

func scanLearned(row pg.Rows) (l learned, err error) {
	return l, row.Scan(&l.seq, &l.trigger, &l.was.state, &l.was.attempts, &l.was.code, &l.was.reason, &l.was.started, &l.was.ended, &l.now,
		&l.entry.state, &l.held, &l.failures, &l.entry.reason, &l.began, &l.entry.ended)
}

// stands decides how a delivery stands. What was answered no ledger says, so it is
// Untold. That a dead letter is done says only an end after its death: done before, it
// died of a reply that did not come out.
func (l learned) stands() standsAfar {
	s := standsAfar{state: Afar, attempts: l.failures, code: Untold, reason: clip(l.entry.reason), started: l.began}
	if l.entry.state == pg.StateRefused {
		s.attempts++
	}
	ended := func(state State) standsAfar {
		s.state, s.ended = state, l.entry.ended
		if l.began != nil && !l.began.Before(*l.entry.ended) {
			s.started = nil // written down when it had ended: when it began is not known
		}
		return s
	}
	switch e := l.entry; {
	case e.state == pg.StateNew, e.state != pg.StateOpen && e.ended == nil:
		return l.was
	case l.was.state == Dead && (e.state != pg.StateDone || !e.ended.After(*l.was.ended)):
		dead := l.was
		dead.attempts = max(dead.attempts, s.attempts)
		return dead
	case e.state == pg.StateDone:
		s.reason = ""
		return ended(Done)
	case e.state == pg.StateRefused && l.now.Sub(*e.ended) > refusedFor:
		return ended(Dead)
	case e.held:
		s.state = AtWork
	}
	return s
}

func (s standsAfar) equal(o standsAfar) bool {
	same := func(a, b *time.Time) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }
	return s.state == o.state && s.attempts == o.attempts && s.code == o.code && s.reason == o.reason && same(s.started, o.started) && same(s.ended, o.ended)
}

// learn writes down what has changed.
func (b *Broker) learn(ctx context.Context, all []learned) (int, error) {
	all = slices.DeleteFunc(all, func(l learned) bool { return l.stands().equal(l.was) })
	if len(all) == 0 {
		return 0, nil
	}
	batch := &pg.Batch{}
	batch.Queue(unpromised)
	for _, l := range all {
		s := l.stands()
		if l.was.state == Dead && s.state == Done {
			batch.Queue(redrivenAfar, l.seq, l.trigger)
		}
		batch.Queue(`UPDATE delivery SET state = $3, attempts = $4, code = $5, reason = $6, started_at = $7, ended_at = $8 WHERE seq = $1 AND trigger = $2 AND state = $9`,
			l.seq, l.trigger, s.state, s.attempts, s.code, s.reason, s.started, s.ended, l.was.state)
	}
	if err := b.DB.SendBatch(ctx, batch).Close(); err != nil {
		return 0, err
	}
	b.news.tell()
	return len(all), nil
}

// redrivenAfar remembers what a letter had died of that somebody redrove elsewhere: it
// may yet come again, late.
const redrivenAfar = `INSERT INTO redrive (seq, trigger, who, why, code, reason) SELECT seq, trigger, '-', 'redriven elsewhere than here', code, reason FROM delivery WHERE seq = $1 AND trigger = $2 AND state = 4`
