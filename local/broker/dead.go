package broker

import (
	"context"
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
	Reason  string    // a part of the reason
	Group   string    // the ID of a [DeadGroup]
	Since   time.Time // died no earlier
	Until   time.Time // died no later
	Seqs    []int64   // of the events
	Limit   int       // for Dead alone: 100 where it is 0, at most 10,000
}

// DeadLetter is a delivery that was given up, and its event.
type DeadLetter struct {
	Record
	Service  string // the function that it was for
	Delivery Delivery
}

// serviceOf is the Service of a lane, and the Trigger itself where no broker that
// knew it has run.
const serviceOf = `coalesce(l.service, d.trigger)`

// letters is where dead letters are.
const letters = ` FROM delivery d JOIN event e ON e.seq = d.seq LEFT JOIN lane l ON l.trigger = d.trigger`

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
	return w
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
	w, most := q.where(), limit(q.Limit)
	sql := `SELECT ` + deliveryColumns + `, ` + serviceOf + `, e.attributes, e.data, e.trace, e.received_at` + letters + w.sql() + ` ORDER BY d.ended_at DESC, d.seq DESC, d.trigger`
	if q.Group == "" {
		sql += ` LIMIT ` + w.arg(most)
	}
	rows, err := b.DB.Query(ctx, sql, w.args...)
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	defer rows.Close()
	var all []DeadLetter
	for rows.Next() && len(all) < most {
		l, err := scanDeadLetter(rows)
		if err != nil {
			return nil, fmt.Errorf("read dead letters: %w", err)
		}
		if q.takes(l.Service, l.Delivery.Code, l.Delivery.Reason) {
			all = append(all, l)
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
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
