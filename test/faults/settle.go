package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
	"xietong.dev/test/faults/evidence"
	"xietong.dev/test/faults/judge"
)

// errNotIdle says that something is on its way that does not come to its end.
var errNotIdle = errors.New("the broker does not become idle")

// drain waits until nothing is on its way in the broker.
func (w *world) drain(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	for quiet := 0; quiet < 3; quiet++ {
		if wait(limit, 300*time.Millisecond) != nil {
			return errors.Join(ctx.Err(), errNotIdle)
		}
		_, db, err := w.now(ctx)
		if err != nil {
			return err
		}
		var left int64
		err = db.QueryRow(ctx, `SELECT count(*) FROM broker.delivery WHERE state IN (1, 2, 5)`).Scan(&left)
		switch {
		case pg.IsAway(err): // the last fault had it start again
			quiet = -1
		case err != nil:
			return fmt.Errorf("look whether the broker is idle: %w", err)
		case left > 0:
			quiet = -1
		}
	}
	return nil
}

// collect reads the evidence as it stands.
func (w *world) collect(ctx context.Context, l *load) (evidence.Evidence, error) {
	r, db, err := w.now(ctx)
	if err != nil {
		return evidence.Evidence{}, err
	}
	e, err := evidence.Read(ctx, db, r.Blob, l.promises())
	for _, word := range evidence.Functions() {
		if err == nil && e.Effects[word] == nil {
			err = fmt.Errorf("%s keeps no tally: it was not built with the tag faults", word)
		}
	}
	return e, err
}

// rounds is how often the dead letters that are no poison are sent on their way
// again, as an operator does after an outage.
const rounds = 3

// settle brings a run to its end: drained, what was condemned with the guilty
// redriven, a sample of the mended redriven, a sample of what is done repeated.
// Where something never comes to its end, the evidence says what.
func (w *world) settle(ctx context.Context, l *load) (s settled, err error) {
	if err := w.drain(ctx); err != nil {
		return w.stuck(ctx, l, err)
	}
	if s.before, err = w.collect(ctx, l); err != nil {
		return s, err
	}
	s.condemned = judge.Innocent(s.before)
	if s.repeated, err = w.repeatDone(ctx, s.before); err != nil {
		return s, err
	}
	if err := w.mend(ctx, l, &s); err != nil {
		return s, err
	}
	for round := 0; ; round++ {
		if err := w.drain(ctx); err != nil {
			return w.stuck(ctx, l, err)
		}
		if s.evidence, err = w.collect(ctx, l); err != nil {
			return s, err
		}
		dead := judge.Innocent(s.evidence)
		if len(dead) == 0 || round == rounds {
			return s, nil
		}
		if err := w.redrive(ctx, dead, "condemned by a fault"); err != nil {
			return s, err
		}
	}
}

// stuck is the evidence of a run that did not come to its end.
func (w *world) stuck(ctx context.Context, l *load, err error) (s settled, _ error) {
	if !errors.Is(err, errNotIdle) || ctx.Err() != nil {
		return s, err
	}
	fmt.Println(err)
	s.stuck = true
	s.evidence, err = w.collect(ctx, l)
	return s, err
}

// settled is what a run has come to.
type settled struct {
	before, evidence evidence.Evidence
	condemned        []evidence.Delivery // dead and no poison, when first drained
	mended           []evidence.Delivery // dead letters that were redriven after their cause was mended
	unmended         []string            // what was wrong with them
	repeated         int
	stuck            bool // it did not come to its end
}

// mend puts the missing objects there, and redrives the events that died for
// want of them.
func (w *world) mend(ctx context.Context, l *load, s *settled) error {
	mended := l.expectMended()
	sender := &sender{Context: ctx, load: l}
	ids := map[string]bool{}
	for _, m := range mended {
		ids[m.event] = true
		if _, err := sender.put(ctx, "artifacts", m.key, given()["zh.srt"], nil); err != nil {
			return fmt.Errorf("mend %s: %w", m.key, err)
		}
	}
	seqs := map[int64]bool{}
	for _, e := range s.before.Events {
		seqs[e.Seq] = e.Source == source && ids[e.ID]
	}
	for _, d := range s.before.Deliveries {
		if seqs[d.Seq] && d.Trigger == toTranscripts && d.State == evidence.Dead {
			s.mended = append(s.mended, d)
		}
	}
	if len(s.mended) < len(mended) {
		s.unmended = []string{fmt.Sprintf("of %d events whose object was missing only %d were dead", len(mended), len(s.mended))}
	}
	return w.redrive(ctx, s.mended, "the object is there now")
}

// batch is how many dead letters one command redrives.
const batch = 200

// redrive sends dead letters on their way again, with the operator's command.
func (w *world) redrive(ctx context.Context, dead []evidence.Delivery, why string) error {
	byTrigger := map[string][]string{}
	for _, d := range dead {
		byTrigger[d.Trigger] = append(byTrigger[d.Trigger], strconv.FormatInt(d.Seq, 10))
	}
	r, _, err := w.now(ctx)
	if err != nil {
		return err
	}
	for trigger, seqs := range byTrigger {
		for some := range slices.Chunk(seqs, batch) {
			args := append([]string{"dead", "redrive", "--trigger", trigger, "--who", "faults", "--why", why}, some...)
			if text, err := r.Local(ctx, args...); err != nil {
				return fmt.Errorf("redrive: %w: %s", err, text)
			}
		}
	}
	return nil
}

// sample is how many events that are done are sent once more.
const sample = 200

// repeatDone sends again, unchanged, what functions sent and what is done.
func (w *world) repeatDone(ctx context.Context, e evidence.Evidence) (int, error) {
	r, db, err := w.now(ctx)
	if err != nil {
		return 0, err
	}
	rows, err := db.Query(ctx, `SELECT attributes, data FROM broker.event WHERE type LIKE 'dev.xietong.%' AND NOT EXISTS
		(SELECT 1 FROM broker.delivery WHERE delivery.seq = event.seq AND state <> 3) ORDER BY seq % 97, seq LIMIT $1`, sample)
	if err != nil {
		return 0, err
	}
	sent, err := resend(ctx, r, rows)
	if err == nil && sent == 0 && len(e.Events) > sample {
		err = errors.New("nothing was done that could be repeated")
	}
	return sent, err
}

func resend(ctx context.Context, r *drive.Runtime, rows pg.Rows) (n int, err error) {
	defer rows.Close()
	for rows.Next() {
		var attributes string
		var data []byte
		if err := rows.Scan(&attributes, &data); err != nil {
			return n, err
		}
		e, err := restore(attributes, data)
		if err != nil {
			return n, err
		}
		if status, err := r.Send(ctx, e); err != nil || status != 202 {
			return n, fmt.Errorf("send event %s again: %d %w", e.ID(), status, err)
		}
		n++
	}
	return n, rows.Err()
}
