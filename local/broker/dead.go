package broker

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/shared/pg"
)

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
