package score

// How reports come in: one with an answer, one as an event, many in a batch.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// reasonsTold is how many reasons an event has room for; the strongest come first.
const reasonsTold = 50

// shards are the rows over which writers of one minute are spread.
const shards = 8

// answer decides on a report at once, in a transaction of its own. What became due
// to be told is returned with it.
func (s *Score) answer(ctx context.Context, r *Report) (d Decided, due []string, err error) {
	err = s.inTx(ctx, func(tx pg.Tx) error {
		w := newShared()
		if d, err = s.decide(ctx, tx, r, w); err != nil {
			return err
		}
		due, err = w.flush(ctx, tx, rand.IntN(shards))
		return err
	})
	if errors.Is(err, errReplayed) || pg.IsDuplicate(err) { // the latter: its id is another report's
		d, err = s.repeated(ctx, s.DB, r)
	}
	return d, due, err
}

// repeated finds what a report came to that was decided before. A counter that was
// used for another report is counted against the device, and refused.
func (s *Score) repeated(ctx context.Context, db *pg.DB, r *Report) (Decided, error) {
	d := Decided{Report: r, Repeated: true}
	var digest []byte
	err := db.QueryRow(ctx, `SELECT p.digest, p.decision, p.ruleset, s.hash FROM report p JOIN ruleset s ON s.version = p.ruleset WHERE p.id = $1 AND p.device = $2`, r.ID, r.Device).
		Scan(&digest, &d.Decision, &d.Version, &d.Hash)
	switch {
	case err == nil && bytes.Equal(digest, r.Digest):
		return d, nil
	case err != nil && !errors.Is(err, pg.ErrNoRows):
		return d, fmt.Errorf("find report %s: %w", r.ID, err)
	}
	_, err = db.Exec(ctx, countSQL, "replay", r.Device, minuteOf(r.Received), rand.IntN(shards), 1)
	if err != nil {
		return d, fmt.Errorf("count a replay of device %s: %w", r.Device, err)
	}
	return d, fault.Refusef(CodeReplayed, "report: counter %d of the device was used before, or is more than %d behind; count on, and never use one twice", r.Counter, report.WindowSize)
}

// reported handles a report that an upstream app hands on.
func (s *Score) reported(ctx context.Context, d events.DeviceReported) (fn.Outcome, error) {
	sealed, err := json.Marshal(d.Sealed)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	received, err := time.Parse(time.RFC3339Nano, d.Received)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	r, err := s.receive(ctx, sealed, d.Address, received)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) { return s.record(ctx, tx, r) }, nil
}

// record decides on reports in an event's own transaction, and returns what there
// is to tell: each decision, and alerts. Of a batch, what was decided before or has
// a counter that was used for another is left out: it must not fail on one line.
// Alone, the one is told again and the other refused.
func (s *Score) record(ctx context.Context, tx pg.Tx, all ...*Report) (told []fn.Event, err error) {
	defer func() {
		if pg.IsDuplicate(err) { // it lost a race for a new row
			err = fault.Busy(time.Second, err)
		}
	}()
	w := newShared()
	for _, r := range all {
		d, err := s.decide(ctx, tx, r, w)
		if errors.Is(err, errReplayed) && len(all) > 1 {
			continue
		}
		if errors.Is(err, errReplayed) {
			d, err = s.repeated(ctx, s.DB, r)
		}
		if err != nil {
			return nil, err
		}
		e, err := s.decidedEvent(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		told = append(told, e)
	}
	due, err := w.flush(ctx, tx, rand.IntN(shards))
	if err != nil {
		return nil, err
	}
	alerts, err := tellAlerts(ctx, tx, due, s.Now())
	return append(told, alerts...), err
}

// decidedEvent tells of a decision.
func (s *Score) decidedEvent(ctx context.Context, tx pg.Tx, d Decided) (fn.Event, error) {
	set, err := s.Sets.of(ctx, tx, d.Version)
	if err != nil {
		return fn.Event{}, err
	}
	r := d.Report
	told := events.RiskDecided{Report: r.ID, App: r.App, Unit: r.Unit, Device: r.Device, Account: r.Account, Outcome: string(d.Decision.Outcome), Score: d.Decision.Score,
		Limited: d.Decision.Limited, Ruleset: events.Ruleset{Version: d.Version, Hash: d.Hash}, Time: events.Moment(r.At), Late: r.Offline}
	for _, reason := range d.Decision.Reasons[:min(len(d.Decision.Reasons), reasonsTold)] {
		rule := set.rules[reason.Rule]
		told.Reasons = append(told.Reasons, events.RiskReason{Rule: reason.Rule, Zh: rule.Zh, En: rule.En})
	}
	return events.New(told)
}

// uploaded handles a batch of reports that were kept while there was no network.
// What is wrong with a line stands in the log, with its number; the others count.
func (s *Score) uploaded(ctx context.Context, d events.DeviceBatchUploaded) (fn.Outcome, error) {
	batch, err := s.readBatch(ctx, d.Object)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	from, err := s.sender(ctx, batch, now)
	if err != nil {
		return nil, err
	}
	var all []*Report
	for _, line := range batch.Lines {
		r, err := s.line(ctx, line, now)
		switch {
		case err != nil && !fault.IsInvalid(err):
			return nil, err
		case err != nil:
			s.Log.Warn("line of a batch not taken", "batch", batch.Header.Batch, "device", from.id, "line", line.Number, "reason", err)
			continue
		}
		all = append(all, r)
	}
	if len(all) == 0 && len(batch.Lines) > 0 {
		return nil, fault.Refusef("no_reports", "batch %s of %d lines has none that can be taken: %w", batch.Header.Batch, len(batch.Lines), batch.Lines[0].Err)
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		gaps, err := chain(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			r.Gaps = gaps
		}
		return s.record(ctx, tx, all...)
	}, nil
}

// sender is the device that a batch is of, once its signature has shown so.
func (s *Score) sender(ctx context.Context, b report.Batch, now time.Time) (device, error) {
	d, err := s.device(ctx, b.Header.App, b.Header.Device)
	if err != nil {
		return d, err
	}
	key, _, err := s.keyOf(d, report.Header{App: b.Header.App, Device: b.Header.Device, Ticket: b.Header.Ticket}, now)
	if err != nil {
		return d, err
	}
	return d, b.Verify(key)
}

// chain counts the places where reports are missing: in a batch, and between it and
// the device's last one.
func chain(ctx context.Context, tx pg.Tx, b report.Batch) (gaps int, err error) {
	var last string
	if err := tx.QueryRow(ctx, `SELECT chain FROM device WHERE id = $1 FOR UPDATE`, b.Header.Device).Scan(&last); err != nil {
		return 0, fmt.Errorf("read the chain of device %s: %w", b.Header.Device, err)
	}
	gaps = b.Gaps()
	if last != b.Header.Prev && last != b.Header.Last { // the latter came before
		gaps++
	}
	_, err = tx.Exec(ctx, `UPDATE device SET chain = $2 WHERE id = $1`, b.Header.Device, b.Header.Last)
	return gaps, err
}

// line opens one report of a batch.
func (s *Score) line(ctx context.Context, line report.Line, now time.Time) (*Report, error) {
	if line.Err != nil {
		return nil, line.Err
	}
	return s.open(ctx, line.Sealed, "", now)
}

func (s *Score) readBatch(ctx context.Context, o events.Object) (report.Batch, error) {
	if o.Size > int64(s.MaxBatch) {
		return report.Batch{}, fault.Refusef(report.CodeTooLarge, "batch %s has %d bytes, over %d; send it in several", o.Key, o.Size, s.MaxBatch)
	}
	body, _, err := s.Store.Get(ctx, o.Bucket, o.Key, o.Version)
	if errors.Is(err, blob.ErrNotFound) {
		return report.Batch{}, fault.Refusef(events.RefusedMissing, "batch %s is no longer in bucket %s; upload it again", o.Key, o.Bucket)
	}
	if err != nil {
		return report.Batch{}, fmt.Errorf("read batch %s: %w", o.Key, err)
	}
	defer body.Close()
	return report.ReadBatch(body) // it reads no more than the protocol allows
}

// reasons puts a decision's reasons into words.
func (l *loaded) reasons(d rules.Decision, language string) []map[string]any {
	all := []map[string]any{}
	for _, r := range d.Reasons {
		rule := l.rules[r.Rule]
		text := rule.Zh
		if language == "en" {
			text = rule.En
		}
		all = append(all, map[string]any{"rule": r.Rule, "text": text, "category": r.Category, "weight": r.Weight, "basis": r.Basis})
	}
	return all
}
