package broker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xietong.dev/shared/pg"
)

// DeadQuery selects dead letters. Empty fields select all.
type DeadQuery struct {
	Trigger string
	Type    string
	Reason  string  // a part of the reason
	Seqs    []int64 // of the events
	Limit   int     // for Dead: 100 where it is 0, at most 10,000; for Redrive: all where it is 0
}

// DeadLetter is a delivery that was given up, and its event.
type DeadLetter struct {
	Record
	Delivery Delivery
}

func (q DeadQuery) where() *where {
	w := &where{}
	w.and("d.state = ?", Dead)
	w.equal("d.trigger", q.Trigger)
	w.equal("e.type", q.Type)
	if q.Reason != "" {
		w.and("strpos(d.reason, ?) > 0", q.Reason)
	}
	if len(q.Seqs) > 0 {
		w.and("d.seq = ANY (?)", q.Seqs)
	}
	return w
}

// Dead returns dead letters, the latest first.
func (b *Broker) Dead(ctx context.Context, q DeadQuery) ([]DeadLetter, error) {
	w := q.where()
	rows, err := b.DB.Query(ctx, `SELECT `+deliveryColumns+`, e.attributes, e.data, e.trace, e.received_at FROM delivery d JOIN event e ON e.seq = d.seq`+
		w.sql()+` ORDER BY d.ended_at DESC, d.seq DESC, d.trigger LIMIT `+w.arg(limit(q.Limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	letters, err := collect(rows, scanDeadLetter)
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	return letters, b.addHistories(ctx, letters)
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
	if err := row.Scan(append(l.Delivery.columns(), &attributes, &data, &l.Trace, &l.ReceivedAt)...); err != nil {
		return l, err
	}
	l.Seq = l.Delivery.Seq
	var err error
	l.Event, err = restore(attributes, data)
	return l, err
}

// Redrive sends the dead letters that match on their way again, each with all
// its attempts before it, and returns how many. The event goes out as it first
// did: what had been done for it before is found in the function's ledger. Who
// asked and why is recorded with each.
func (b *Broker) Redrive(ctx context.Context, q DeadQuery, who, why string) (int, error) {
	if who == "" || why == "" {
		return 0, errors.New("redrive: say who asks and why; it is kept with the dead letter")
	}
	var redriven int64
	err := b.DB.InTx(ctx, func(tx pg.Tx) (err error) {
		redriven, err = redrive(ctx, tx, q, who, why)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("redrive dead letters: %w", err)
	}
	b.wakeAll()
	return int(redriven), nil
}

func redrive(ctx context.Context, tx pg.Tx, q DeadQuery, who, why string) (int64, error) {
	ordered, err := heldLanes(ctx, tx)
	if err != nil {
		return 0, err
	}
	w := q.where()
	sql := `SELECT d.seq, d.trigger, e.attributes FROM delivery d JOIN event e ON e.seq = d.seq` + w.sql() + ` ORDER BY d.seq, d.trigger`
	if q.Limit > 0 {
		sql += ` LIMIT ` + w.arg(q.Limit)
	}
	rows, err := tx.Query(ctx, sql+` FOR UPDATE OF d`, w.args...)
	if err != nil {
		return 0, err
	}
	letters, err := collect(rows, func(row pg.Rows) (t turn, err error) {
		var attributes string
		err = row.Scan(&t.seq, &t.trigger, &attributes)
		if ordered[t.trigger] {
			t.key = keyIn(attributes)
		}
		return t, err
	})
	if err != nil || len(letters) == 0 {
		return 0, err
	}
	return int64(len(letters)), sendAgain(ctx, tx, letters, who, why)
}

// sendAgain records the redrive of dead letters and makes them ready, or lets
// them wait for their turn.
func sendAgain(ctx context.Context, tx pg.Tx, letters []turn, who, why string) error {
	inTurn := slices.DeleteFunc(slices.Clone(letters), func(t turn) bool { return t.key == "" })
	states := make([]int16, len(letters))
	for i, l := range letters {
		states[i] = int16(Ready)
		if l.key != "" {
			states[i] = int16(Waiting)
		}
	}
	triggers, _, seqs := columnsOf(letters)
	batch := &pg.Batch{}
	batch.Queue(`INSERT INTO redrive (seq, trigger, who, why, code, reason)
		SELECT d.seq, d.trigger, $3, $4, d.code, d.reason FROM delivery d JOIN unnest($1::bigint[], $2::text[]) AS v (seq, trigger) ON d.seq = v.seq AND d.trigger = v.trigger`,
		seqs, triggers, who, why)
	batch.Queue(`UPDATE delivery d SET state = v.state, attempts = 0, busy = 0, next_at = now(), since = now(), ended_at = NULL
		FROM unnest($1::bigint[], $2::text[], $3::smallint[]) AS v (seq, trigger, state) WHERE d.seq = v.seq AND d.trigger = v.trigger AND d.state = 4`, seqs, triggers, states)
	if len(inTurn) > 0 {
		queueReturns(batch, inTurn)
	}
	return tx.SendBatch(ctx, batch).Close()
}

// Pause stops the deliveries of a Trigger. Its events wait; those under way end.
func (b *Broker) Pause(ctx context.Context, trigger string) error {
	_, err := b.DB.Exec(ctx, `INSERT INTO pause (trigger) SELECT $1::text WHERE NOT EXISTS (SELECT 1 FROM pause WHERE trigger = $1)`, trigger)
	if err != nil && !pg.IsDuplicate(err) {
		return fmt.Errorf("pause trigger %s: %w", trigger, err)
	}
	return nil
}

// Resume lets the deliveries of a Trigger go on.
func (b *Broker) Resume(ctx context.Context, trigger string) error {
	if _, err := b.DB.Exec(ctx, `DELETE FROM pause WHERE trigger = $1`, trigger); err != nil {
		return fmt.Errorf("resume trigger %s: %w", trigger, err)
	}
	b.wakeAll()
	return nil
}
