package broker

// How a Search becomes SQL: where to look, and what to take of it.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// within is where a list looks: the newest events between two numbers, and no more
// of them than it may look at. What matches is chosen from those, so that a search
// that finds little does not read all that is stored.
func (b *Broker) within(ctx context.Context, s Search) (string, *where, error) {
	w := &where{}
	if s.After > 0 {
		w.and("seq > ?", s.After)
	}
	if s.Before > 0 {
		w.and("seq < ?", s.Before)
	}
	w.equal("correlation", s.Correlation)
	if !s.Since.IsZero() {
		seq, err := b.seqAt(ctx, s.Since)
		if err != nil {
			return "", w, err
		}
		w.and("seq >= ?", seq)
	}
	if !s.Until.IsZero() {
		seq, err := b.seqAt(ctx, s.Until.Add(time.Microsecond)) // the database's own smallest step
		if err != nil {
			return "", w, err
		}
		w.and("seq < ?", seq)
	}
	sql := w.sql() + ` ORDER BY seq DESC LIMIT ` + w.arg(s.look())
	w.conditions = nil
	return sql, w, nil
}

// match adds what an event must be to be taken.
func (b *Broker) match(ctx context.Context, s Search, w *where) error {
	if s.Type != "" {
		w.and("strpos(e.type, ?) > 0", s.Type)
	}
	w.holds("unit", s.Unit)
	w.holds("id", s.ID)
	w.holds("causationid", s.CausedBy)
	w.mentions(s.Text)
	return b.stands(ctx, s, w)
}

// holds asks for an attribute by how its name and its value stand in the text of the
// attributes. Quotes within a value are escaped there, so nothing else reads so.
func (w *where) holds(attribute, value string) {
	if value != "" {
		w.and("strpos(e.attributes, ?) > 0", `"`+attribute+`":`+quoted(value))
	}
}

// mentions asks for a text in the attributes or the data, as it is or as it stands
// within JSON.
func (w *where) mentions(text string) {
	if text == "" {
		return
	}
	inJSON := quoted(text)
	inJSON = inJSON[1 : len(inJSON)-1]
	plain, escaped := w.arg([]byte(text)), w.arg(inJSON)
	w.conditions = append(w.conditions, `(strpos(e.attributes, `+escaped+`) > 0 OR position(`+plain+`::bytea IN e.data) > 0 OR position(`+w.arg([]byte(inJSON))+`::bytea IN e.data) > 0)`)
}

func quoted(text string) string {
	out, _ := json.Marshal(text) // a text cannot fail
	return string(out)
}

// stands asks how the deliveries stand. Each is asked for event by event: joined, the
// database may decide to read every delivery there is.
func (b *Broker) stands(ctx context.Context, s Search, w *where) error {
	if s.Service == "" && s.Outcome == "" {
		return nil
	}
	of := ` FROM delivery d WHERE d.seq = e.seq`
	if s.Service != "" {
		triggers, err := b.triggersOf(ctx, s.Service)
		if err != nil {
			return err
		}
		of += ` AND d.trigger = ANY (` + w.arg(triggers) + `)`
	}
	switch s.Outcome {
	case OnItsWay:
		w.conditions = append(w.conditions, `(SELECT count(*)`+of+` AND d.state IN (1, 2, 5, 7, 8)) > 0`)
	case AllDone:
		w.conditions = append(w.conditions, `(SELECT count(*) > 0 AND max(abs(d.state - 3)) = 0`+of+`)`)
	case SomeDead:
		w.conditions = append(w.conditions, `(SELECT count(*)`+of+` AND d.state = 4) > 0`)
	case Untaken:
		w.conditions = append(w.conditions, `(SELECT count(*)`+of+`) = 0`)
	case "":
		w.conditions = append(w.conditions, `(SELECT count(*)`+of+`) > 0`)
	default:
		return fmt.Errorf("outcome %q: want underway, done, dead or untaken", s.Outcome)
	}
	return nil
}

// triggersOf are the Triggers that deliver to a function. One that no broker wrote
// down goes by its own name.
func (b *Broker) triggersOf(ctx context.Context, service string) ([]string, error) {
	rows, err := b.DB.Query(ctx, `SELECT trigger FROM lane WHERE service = $1`, service)
	if err != nil {
		return nil, err
	}
	triggers, err := collect(rows, func(row pg.Rows) (name string, err error) { return name, row.Scan(&name) })
	return append(triggers, service), err
}
