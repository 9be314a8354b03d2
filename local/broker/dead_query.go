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

// choose returns the next letters that match, most at a time, the place that was come
// to, and whether it is the last. The group is not for the database to decide, so it
// may look at more than it takes.
func (q DeadQuery) choose(ctx context.Context, tx pg.Tx, began time.Time, after place, most int) (chosen []place, at place, last bool, err error) {
	look := most
	if q.Group != "" {
		look = redriveLot
	}
	w := q.where()
	w.and("(d.ended_at <= ? OR d.ended_at > now())", began) // what died in the future died before the clock was put right
	sql := `SELECT d.seq, d.trigger, ` + serviceOf + `, d.code, d.reason` + q.from() + w.sql() +
		` AND (d.seq, d.trigger) > (` + w.arg(after.seq) + `, ` + w.arg(after.trigger) + `) ORDER BY d.seq, d.trigger LIMIT ` + w.arg(look)
	rows, err := tx.Query(ctx, sql, w.args...)
	if err != nil {
		return nil, after, false, err
	}
	defer rows.Close()
	seen, at := 0, after
	for ; len(chosen) < most && rows.Next(); seen++ {
		var service, reason string
		var code int
		if err := rows.Scan(&at.seq, &at.trigger, &service, &code, &reason); err != nil {
			return nil, after, false, err
		}
		if q.takes(service, code, reason) {
			chosen = append(chosen, at)
		}
	}
	last = len(chosen) < most && seen < look
	rows.Close()
	return chosen, at, last, rows.Err()
}
