package broker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"xietong.dev/shared/pg"
)

// turn is the place of an event in the order of its key, at an ordered Trigger.
type turn struct {
	trigger, key string
	seq          int64
}

// partition is the attribute whose events an ordered Trigger delivers in turn.
const partition = "partitionkey"

// keyIn returns the partition key among attributes as the database holds them.
func keyIn(attributes string) string {
	var all map[string]string
	if json.Unmarshal([]byte(attributes), &all) != nil {
		return "" // the delivery will fail of it and say so
	}
	return all[partition]
}

// tellLanes writes down what each lane is, once. It must be there before the
// first delivery in turn: its rows are the lock.
func (b *Broker) tellLanes(ctx context.Context) error {
	b.telling.Lock()
	defer b.telling.Unlock()
	if b.told {
		return nil
	}
	for _, l := range b.lanes {
		tag, err := b.DB.Exec(ctx, `UPDATE lane SET service = $2, ordered = $3 WHERE trigger = $1`, l.Name, l.Service, l.Ordered)
		if err == nil && tag.RowsAffected() == 0 {
			_, err = b.DB.Exec(ctx, `INSERT INTO lane (trigger, service, ordered) VALUES ($1, $2, $3)`, l.Name, l.Service, l.Ordered)
		}
		if err != nil {
			return fmt.Errorf("write down Trigger %s: %w", l.Name, err)
		}
	}
	b.told = true
	return nil
}

// holdLanes is what whoever touches turns begins with: those of a key must be
// seen whole, and between two statements nobody else may put one in.
const holdLanes = `SELECT trigger, ordered FROM lane ORDER BY trigger FOR UPDATE`

// heldLanes holds the lanes and returns which are ordered.
func heldLanes(ctx context.Context, tx pg.Tx) (map[string]bool, error) {
	rows, err := tx.Query(ctx, holdLanes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ordered := map[string]bool{}
	for rows.Next() {
		var trigger string
		var is bool
		if err := rows.Scan(&trigger, &is); err != nil {
			return nil, err
		}
		ordered[trigger] = is
	}
	return ordered, rows.Err()
}

// key is what a lane delivers an accepted event in turn of, and "" where it does not.
func (a accepted) key(l *lane) string {
	if !l.Ordered || a.told != "" {
		return ""
	}
	return a.partition
}

// begins is the state in which a lane's delivery of an event begins.
func (a accepted) begins(l *lane) State {
	switch {
	case a.told != "":
		return Afar
	case a.key(l) != "":
		return Waiting
	}
	return Ready
}

// turnsOf returns the turns that accepted events take.
func turnsOf(events []accepted, seqs []int64) (turns []turn) {
	for i, a := range events {
		for _, l := range a.lanes {
			if key := a.key(l); key != "" {
				turns = append(turns, turn{l.Name, key, seqs[i]})
			}
		}
	}
	return turns
}

// turnsThatEnd returns the turns of deliveries that end.
func turnsThatEnd(ends []ending) (turns []turn) {
	for _, e := range ends {
		if e.key != "" && e.state != Ready {
			turns = append(turns, turn{e.trigger, e.key, e.seq})
		}
	}
	return turns
}

// queueInTurn lets deliveries come into their turns and go, and makes ready
// whose turn it is then.
func queueInTurn(batch *pg.Batch, come, gone []turn, woken map[string]bool) {
	if len(come) > 0 {
		queueTurns(batch, come)
	}
	if len(gone) > 0 {
		queueLeaves(batch, gone)
	}
	if all := slices.Concat(come, gone); len(all) > 0 {
		queuePromotions(batch, all)
		for _, t := range all {
			woken[t.trigger] = true
		}
	}
}

// queueTurns puts deliveries that wait into their turns.
func queueTurns(batch *pg.Batch, turns []turn) {
	triggers, keys, seqs := columnsOf(turns)
	batch.Queue(`INSERT INTO turn (trigger, key, place, seq) SELECT trigger, key, seq, seq FROM unnest($1::text[], $2::text[], $3::bigint[]) AS v (trigger, key, seq)`,
		triggers, keys, seqs)
}

// queueLeaves takes out of their turns the deliveries that have ended. One whose
// claim the server forgot has not, and keeps its turn.
func queueLeaves(batch *pg.Batch, turns []turn) {
	triggers, keys, seqs := columnsOf(turns)
	batch.Queue(`DELETE FROM turn t USING unnest($1::text[], $2::text[], $3::bigint[]) AS v (trigger, key, seq), delivery d
		WHERE t.trigger = v.trigger AND t.key = v.key AND t.place IN (0, v.seq) AND t.seq = v.seq
		AND d.seq = v.seq AND d.trigger = v.trigger AND d.state + 0 > 2 AND d.state + 0 < 5`, triggers, keys, seqs)
}

// queuePromotions makes ready the first of each key where it waits.
func queuePromotions(batch *pg.Batch, turns []turn) {
	triggers, keys, _ := columnsOf(oneOfEachKey(turns))
	batch.Queue(`UPDATE delivery d SET state = 1, next_at = greatest(d.next_at, now()) FROM (
			SELECT v.trigger, (SELECT t.seq FROM turn t WHERE t.trigger = v.trigger AND t.key = v.key ORDER BY t.place LIMIT 1) AS seq
			FROM unnest($1::text[], $2::text[]) AS v (trigger, key)) first
		WHERE d.seq = first.seq AND d.trigger = first.trigger AND d.state + 0 = 5`, triggers, keys)
}

// queueReturns puts dead letters that were redriven into their turns by seq:
// before what was accepted after them, but for what runs, which ends first.
func queueReturns(batch *pg.Batch, turns []turn) {
	triggers, keys, _ := columnsOf(oneOfEachKey(turns))
	const ofKeys = ` FROM turn t JOIN unnest($1::text[], $2::text[]) AS v (trigger, key) ON t.trigger = v.trigger AND t.key = v.key`
	batch.Queue(`UPDATE delivery d SET state = 5 WHERE d.state = 1 AND (d.seq, d.trigger) IN (SELECT t.seq, t.trigger`+ofKeys+`)`, triggers, keys)
	batch.Queue(`UPDATE turn t SET place = CASE d.state WHEN 2 THEN 0 ELSE t.seq END FROM unnest($1::text[], $2::text[]) AS v (trigger, key), delivery d
		WHERE t.trigger = v.trigger AND t.key = v.key AND d.seq = t.seq AND d.trigger = t.trigger AND (d.state = 2 OR t.place = 0)`, triggers, keys)
	queueTurns(batch, turns)
	queuePromotions(batch, turns)
}

// takeTurns makes the turns of all that has not ended anew, as the Triggers are
// now. Nothing runs yet.
func (b *Broker) takeTurns(ctx context.Context, tx pg.Tx) error {
	names := []string{}
	for _, l := range b.lanes {
		if l.Ordered {
			names = append(names, l.Name)
		}
	}
	turns, err := unended(ctx, tx, names)
	if err != nil {
		return err
	}
	batch := &pg.Batch{}
	batch.Queue(`DELETE FROM turn`)
	batch.Queue(`UPDATE delivery SET state = 1 WHERE state = 5`)
	if len(turns) > 0 {
		queueTurns(batch, turns)
		batch.Queue(`UPDATE delivery d SET state = 5 FROM turn t WHERE d.seq = t.seq AND d.trigger = t.trigger AND d.state = 1`)
		queuePromotions(batch, turns)
	}
	return tx.SendBatch(ctx, batch).Close()
}

// unended returns the turns of what has not ended, in order.
func unended(ctx context.Context, tx pg.Tx, names []string) ([]turn, error) {
	rows, err := tx.Query(ctx, `SELECT d.seq, d.trigger, e.attributes FROM delivery d JOIN event e ON e.seq = d.seq
		WHERE d.state IN (1, 2, 5) AND d.trigger = ANY ($1) ORDER BY d.seq, d.trigger`, names)
	if err != nil {
		return nil, err
	}
	turns, err := collect(rows, func(row pg.Rows) (t turn, err error) {
		var attributes string
		if err = row.Scan(&t.seq, &t.trigger, &attributes); err == nil {
			t.key = keyIn(attributes)
		}
		return t, err
	})
	return slices.DeleteFunc(turns, func(t turn) bool { return t.key == "" }), err
}

// oneOfEachKey returns one turn for each key, sorted.
func oneOfEachKey(turns []turn) []turn {
	one := slices.SortedFunc(slices.Values(turns), func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.trigger, b.trigger), cmp.Compare(a.key, b.key))
	})
	return slices.CompactFunc(one, func(a, b turn) bool { return a.trigger == b.trigger && a.key == b.key })
}

func columnsOf(turns []turn) (triggers, keys []string, seqs []int64) {
	for _, t := range turns {
		triggers, keys, seqs = append(triggers, t.trigger), append(keys, t.key), append(seqs, t.seq)
	}
	return triggers, keys, seqs
}
