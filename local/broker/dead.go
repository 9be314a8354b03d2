package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xietong.dev/shared/pg"
)

// DeadQuery selects dead letters. Empty fields select all.
type DeadQuery struct {
	Trigger string
	Service string // the function that they were for
	Type    string
	Reason  string     // a part of the reason
	Group   string     // the ID of a [DeadGroup]
	Since   time.Time  // died no earlier
	Until   time.Time  // died no later
	Seqs    []int64    // of the events
	Letters []LetterID // these alone
	Before  DeadMark   // for Dead alone: those behind this one; the zero mark is before the first
	Limit   int        // for Dead alone: 100 where it is 0, at most 10,000
}

// LetterID names one dead letter: an event may have several, one for each Trigger.
type LetterID struct {
	Seq     int64
	Trigger string
}

// DeadMark is the place of a letter in the order of Dead.
type DeadMark struct {
	EndedAt time.Time
	LetterID
}

// DeadLetter is a delivery that was given up, and its event.
type DeadLetter struct {
	Record
	Service  string // the function that it was for
	Delivery Delivery
}

// Mark is the letter's place in the order of Dead.
func (l DeadLetter) Mark() DeadMark {
	return DeadMark{*l.Delivery.EndedAt, LetterID{l.Delivery.Seq, l.Delivery.Trigger}}
}

// serviceOf is the Service of a lane, and the Trigger itself where no broker that
// knew it has run.
const serviceOf = `coalesce(l.service, d.trigger)`

// Where dead letters are, with and without their events.
const (
	deaths  = ` FROM delivery d LEFT JOIN lane l ON l.trigger = d.trigger`
	letters = deaths + ` JOIN event e ON e.seq = d.seq`
)

// from is where to look for what matches. Events are only read where one asks for
// something of theirs.
func (q DeadQuery) from() string {
	if q.Type == "" {
		return deaths
	}
	return letters
}

// where is all of the query that the database decides: all but the group.
func (q DeadQuery) where() *where {
	w := &where{}
	w.and("d.state = ?", Dead)
	w.equal("d.trigger", q.Trigger)
	w.equal(serviceOf, q.Service)
	w.equal("e.type", q.Type)
	if q.Reason != "" {
		w.and("strpos(d.reason, ?) > 0", q.Reason)
	}
	if !q.Since.IsZero() {
		w.and("d.ended_at >= ?", q.Since)
	}
	if !q.Until.IsZero() {
		w.and("d.ended_at <= ?", q.Until)
	}
	if len(q.Seqs) > 0 {
		w.and("d.seq = ANY (?)", q.Seqs)
	}
	if len(q.Letters) > 0 {
		w.among(q.Letters)
	}
	return w
}

// among takes the named letters alone.
func (w *where) among(letters []LetterID) {
	seqs, triggers := make([]int64, len(letters)), make([]string, len(letters))
	for i, l := range letters {
		seqs[i], triggers[i] = l.Seq, l.Trigger
	}
	w.conditions = append(w.conditions, `(d.seq, d.trigger) IN (SELECT * FROM unnest(`+w.arg(seqs)+`::bigint[], `+w.arg(triggers)+`::text[]))`)
}

// takes reports whether a dead letter is of the group that is asked for.
func (q DeadQuery) takes(service string, code int, reason string) bool {
	return q.Group == "" || q.Group == groupID(service, code, fingerprint(reason))
}

// String says which dead letters are meant, as a person reads it.
func (q DeadQuery) String() string {
	var said []string
	say := func(name, value string) {
		if value != "" {
			said = append(said, name+"="+strconv.Quote(value))
		}
	}
	say("trigger", q.Trigger)
	say("function", q.Service)
	say("type", q.Type)
	say("reason", q.Reason)
	say("group", q.Group)
	say("since", moment(q.Since))
	say("until", moment(q.Until))
	if len(q.Seqs) > 0 {
		said = append(said, fmt.Sprint("numbers=", q.Seqs))
	}
	if len(q.Letters) > 0 {
		said = append(said, fmt.Sprint("letters=", q.Letters))
	}
	if len(said) == 0 {
		return "all"
	}
	return clip(strings.Join(said, " "))
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// Dead returns dead letters, the latest first.
func (b *Broker) Dead(ctx context.Context, q DeadQuery) ([]DeadLetter, error) {
	found, err := b.findDead(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("find dead letters: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	w := DeadQuery{Letters: found}.where()
	all, err := b.lettersOf(ctx, w, latestFirst)
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	return all, nil
}

// latestFirst is the order of Dead, which a [DeadMark] is a place in.
const latestFirst = ` ORDER BY d.ended_at DESC, d.seq DESC, d.trigger DESC`

// findDead returns which letters a page of Dead is of. The group is not for the database
// to decide, so it is read on until the page is full, but without events.
func (b *Broker) findDead(ctx context.Context, q DeadQuery) ([]LetterID, error) {
	w, most := q.where(), limit(q.Limit)
	if m := q.Before; !m.EndedAt.IsZero() {
		w.conditions = append(w.conditions, `(d.ended_at, d.seq, d.trigger) < (`+w.arg(m.EndedAt)+`, `+w.arg(m.Seq)+`, `+w.arg(m.Trigger)+`)`)
	}
	sql := `SELECT d.seq, d.trigger, ` + serviceOf + `, d.code, d.reason` + q.from() + w.sql() + latestFirst
	if q.Group == "" {
		sql += ` LIMIT ` + w.arg(most)
	}
	rows, err := b.DB.Query(ctx, sql, w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []LetterID
	for rows.Next() && len(found) < most {
		var id LetterID
		var service, reason string
		var code int
		if err := rows.Scan(&id.Seq, &id.Trigger, &service, &code, &reason); err != nil {
			return nil, err
		}
		if q.takes(service, code, reason) {
			found = append(found, id)
		}
	}
	rows.Close()
	return found, rows.Err()
}

// ErrNoLetter says that there is no such delivery.
var ErrNoLetter = errors.New("there is no such delivery")

// Letter returns one delivery with its event, a dead letter or what was one. Where
// trigger is empty it is the event's first dead letter, or its first delivery.
func (b *Broker) Letter(ctx context.Context, seq int64, trigger string) (DeadLetter, error) {
	w := &where{}
	w.and("d.seq = ?", seq)
	w.equal("d.trigger", trigger)
	all, err := b.lettersOf(ctx, w, ` ORDER BY d.state <> 4, d.trigger LIMIT 1`)
	switch {
	case err != nil:
		return DeadLetter{}, fmt.Errorf("read the letter %d: %w", seq, err)
	case len(all) == 0:
		return DeadLetter{}, fmt.Errorf("read the letter %d: %w", seq, ErrNoLetter)
	}
	return all[0], nil
}

// lettersOf reads letters whole.
func (b *Broker) lettersOf(ctx context.Context, w *where, order string) ([]DeadLetter, error) {
	rows, err := b.DB.Query(ctx, `SELECT `+deliveryColumns+`, `+serviceOf+`, e.attributes, e.data, e.trace, e.received_at`+letters+w.sql()+order, w.args...)
	if err != nil {
		return nil, err
	}
	all, err := collect(rows, scanDeadLetter)
	if err != nil {
		return nil, err
	}
	return all, b.addHistories(ctx, all)
}

func (b *Broker) addHistories(ctx context.Context, letters []DeadLetter) error {
	seqs, deliveries := make([]int64, len(letters)), make([]Delivery, len(letters))
	for i, l := range letters {
		seqs[i], deliveries[i] = l.Delivery.Seq, l.Delivery
	}
	err := b.addHistory(ctx, seqs, deliveries)
	for i := range letters {
		letters[i].Delivery = deliveries[i]
	}
	return err
}

func scanDeadLetter(row pg.Rows) (DeadLetter, error) {
	var l DeadLetter
	var attributes string
	var data []byte
	if err := row.Scan(append(l.Delivery.columns(), &l.Service, &attributes, &data, &l.Trace, &l.ReceivedAt)...); err != nil {
		return l, err
	}
	l.Seq = l.Delivery.Seq
	var err error
	l.Event, err = restore(attributes, data)
	return l, err
}

// Pause stops the deliveries of a Trigger. Its events wait; those under way end. Who
// asks must be there.
func (b *Broker) Pause(ctx context.Context, trigger, who, why string) error {
	act := Act{Who: who, What: ActPause, Why: why, About: trigger}
	err := b.heed(ctx, act, `INSERT INTO pause (trigger) SELECT $1::text WHERE NOT EXISTS (SELECT 1 FROM pause WHERE trigger = $1)`)
	if err != nil && !pg.IsDuplicate(err) {
		return fmt.Errorf("pause trigger %s: %w", trigger, err)
	}
	return nil
}

// Resume lets the deliveries of a Trigger go on. Who asks must be there.
func (b *Broker) Resume(ctx context.Context, trigger, who, why string) error {
	act := Act{Who: who, What: ActResume, Why: why, About: trigger}
	if err := b.heed(ctx, act, `DELETE FROM pause WHERE trigger = $1`); err != nil {
		return fmt.Errorf("resume trigger %s: %w", trigger, err)
	}
	b.wakeAll()
	return nil
}

// heed changes a Trigger, and writes down who did where that changed anything.
func (b *Broker) heed(ctx context.Context, act Act, sql string) error {
	return b.DB.InTx(ctx, func(tx pg.Tx) error {
		n, err := affected(tx.Exec(ctx, sql, act.About))
		if err != nil || n == 0 {
			return err
		}
		act.Count = 1
		return act.note(ctx, tx)
	})
}
