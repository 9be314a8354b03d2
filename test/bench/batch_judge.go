package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"xietong.dev/events"
)

// line is what a report says of a row.
type line struct {
	Row          int
	SourceID     string `json:"source_id"`
	Op           string
	Result, Code string
}

// lacking is how many books a snapshot lacks, of twenty thousand.
func (t *trial) lacking() int { return t.rows / 40 }

// acts carries out one batch after the other.
func (t *trial) acts() error {
	all := func(int) bool { return true }
	good := func(i int) bool { _, bad := poison(i); return !bad }
	if err := t.act("the batch", "snapshot", upserts(all, t.rows), "catalogued"); err != nil {
		return err
	}
	if err := t.act("the same again", "snapshot", upserts(all, t.rows), "unchanged"); err != nil {
		return err
	}
	lacking := t.lacking()
	if err := t.act("a snapshot that lacks books", "snapshot", upserts(func(i int) bool { return good(i) && i >= lacking }, t.rows), "unchanged"); err != nil {
		return err
	}
	var withdrawals []string
	for i := range t.rows {
		if good(i) && i%8 == 3 {
			withdrawals = append(withdrawals, fmt.Sprintf(`{"op":"withdraw","source_id":"%d","version":2,"reason":"版权到期"}`, i))
		}
	}
	if err := t.withdraw(withdrawals); err != nil {
		return err
	}
	return t.holds(len(withdrawals))
}

// act carries out one batch, and holds its report against what it must be: good rows
// have the result given.
func (t *trial) act(what, mode string, rows []string, result string) error {
	e, err := t.list(mode, rows)
	if err != nil {
		return err
	}
	began, before := time.Now(), t.count()
	t.run(e)
	fmt.Printf("%s: %d rows in %s, %d deliveries, %d kills so far\n", what, len(rows), seconds(time.Since(began)), t.deliveries, t.kills)
	return t.ended(what, e.Subject(), rows, result, before)
}

// ended looks at the report of a batch.
func (t *trial) ended(what, batch string, rows []string, result string, before map[string]int) error {
	done := tell[events.BatchCompleted](t, batch)
	if len(done) != 1 {
		t.fault("%s: it was completed %d times", what, len(done))
		return t.ctx.Err()
	}
	lines, err := t.report(done[0].Report)
	if err != nil {
		return err
	}
	if len(lines) != len(rows) {
		t.fault("%s: the report has %d lines, want %d", what, len(lines), len(rows))
		return nil
	}
	good := 0
	for n, l := range lines {
		var row struct {
			Op       string
			SourceID string `json:"source_id"`
		}
		if err := json.Unmarshal([]byte(rows[n]), &row); err != nil {
			return err
		}
		want := line{Row: n + 1, SourceID: row.SourceID, Op: row.Op, Result: result}
		var i int
		fmt.Sscan(row.SourceID, &i)
		if code, bad := poison(i); bad {
			want.Result, want.Code = "refused", code
		} else {
			good++
		}
		if l != want {
			t.fault("%s, row %d: got %+v, want %+v", what, n+1, l, want)
		}
	}
	t.onceEach(what, result, good, before)
	return nil
}

// onceEach checks that every book was told of once, and none that did not change.
func (t *trial) onceEach(what, result string, good int, before map[string]int) {
	after := t.count()
	for _, kind := range []struct{ kind, result string }{
		{events.BookCatalogued{}.EventType(), "catalogued"}, {events.BookWithdrawn{}.EventType(), "withdrawn"}, {events.BookRestored{}.EventType(), "restored"},
	} {
		want := 0
		if kind.result == result {
			want = good
		}
		if got := after[kind.kind] - before[kind.kind]; got != want {
			t.fault("%s: %d events %s, want %d", what, got, kind.kind, want)
		}
	}
}

// withdraw sends many withdrawals: none happens before its approval, and each once
// after.
func (t *trial) withdraw(rows []string) error {
	const what = "withdrawals"
	e, err := t.list("delta", rows)
	if err != nil {
		return err
	}
	before := t.count()
	t.run(e)
	if planned := tell[events.BatchPlanned](t, e.Subject()); len(planned) != 1 || !planned[0].NeedsApproval {
		t.fault("%s: planned %+v, want one that needs an approval", what, planned)
	}
	if n := t.count()[events.BookWithdrawn{}.EventType()]; n != 0 {
		t.fault("%s: %d before the approval", what, n)
	}
	approval, err := t.event(events.BatchApproved{Batch: e.Subject(), By: "li"})
	if err != nil {
		return err
	}
	t.run(approval)
	fmt.Printf("%s: %d rows after their approval\n", what, len(rows))
	return t.ended(what, e.Subject(), rows, "withdrawn", before)
}

// holds checks what is in the database at the end.
func (t *trial) holds(withdrawn int) error {
	good := 0
	for i := range t.rows {
		if _, bad := poison(i); !bad {
			good++
		}
	}
	for _, q := range []struct {
		what, sql string
		want      int
	}{
		{"books", `SELECT count(*) FROM catalogue.record WHERE sha256 <> ''`, good},
		{"files", `SELECT count(*) FROM catalogue.file`, good},
		{"withdrawn books", `SELECT count(*) FROM catalogue.record WHERE withdrawn`, withdrawn},
		{"lines of the trail", `SELECT count(*) FROM catalogue.trail`, withdrawn},
	} {
		var n int
		if err := t.patiently(func() error { return t.db.QueryRow(t.ctx, q.sql).Scan(&n) }); err != nil {
			return err
		}
		if n != q.want {
			t.fault("%d %s, want %d", n, q.what, q.want)
		}
	}
	return nil
}

// patiently does what the database may not be there for.
func (t *trial) patiently(do func() error) (err error) {
	for range 100 {
		if err = do(); err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return err
}

// count counts the events that were sent by their types.
func (t *trial) count() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[string]int{}
	for _, e := range t.told {
		all[e.Type()]++
	}
	return all
}

// tell decodes the events of a type that are about something.
func tell[T events.Data](t *trial, subject string) (all []T) {
	var zero T
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.told {
		if e.Type() != zero.EventType() || e.Subject() != subject {
			continue
		}
		if data, err := events.Decode[T](e); err == nil {
			all = append(all, data)
		}
	}
	return all
}

// report reads the report of a batch.
func (t *trial) report(o events.Object) (lines []line, err error) {
	body, _, err := t.Blob.Get(t.ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	for row := range strings.Lines(string(text)) {
		var l line
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}
