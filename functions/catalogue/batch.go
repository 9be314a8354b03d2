package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// A batch goes through these states. Rows are read into the database when it is
// planned, so that each event finds its own without reading the list again.
const (
	stateNew       = "new"
	statePlanned   = "planned" // waits for an approval
	stateRunning   = "running"
	stateCompleted = "completed"
)

// Why a batch is refused, besides the reasons of package records.
const (
	CodeSource       = "wrong_source" // it speaks of another's books than whose folder it lies in
	CodeUnknownBatch = "unknown_batch"
	CodeNotApproved  = "not_approved"
)

// forecast is what a batch would change.
type forecast struct {
	counts    events.RowCount
	ended     int // rows that need nothing more
	withdrawn int // books that would go, of those that are there
	books     int // of the source, that are there
	snapshot  bool
	absent    int // of a snapshot
}

// plan reads a list and says what it would change. Nothing of it is kept before it
// was read to its end and found whole.
func (c *Catalogue) plan(ctx context.Context, d events.BatchUploaded) (fn.Outcome, error) {
	state, err := enterBatch(ctx, c.DB, d)
	if err != nil || state != stateNew {
		return nil, err
	}
	if err := c.checkWhole(ctx, d); err != nil {
		return nil, err
	}
	mode, err := c.stage(ctx, d)
	if err != nil {
		return nil, err
	}
	f, err := foresee(ctx, c.DB, d.Batch, d.Source)
	if err != nil {
		return nil, err
	}
	if f.snapshot = mode == records.Snapshot; f.snapshot {
		if f.absent, err = countAbsent(ctx, c.DB, d.Batch, d.Source); err != nil {
			return nil, err
		}
	}
	return c.planned(d, f), nil
}

// readList opens a list at its beginning.
func (c *Catalogue) readList(ctx context.Context, d events.BatchUploaded) (*records.Reader, io.Closer, error) {
	body, _, err := c.open(ctx, d.Object)
	if err != nil {
		return nil, nil, err
	}
	r, err := records.Open(ctx, body, d.Name, c.Batch)
	if err != nil {
		body.Close()
		return nil, nil, err
	}
	return r, body, nil
}

// checkWhole reads a list to its end: only there it shows whether it is whole.
func (c *Catalogue) checkWhole(ctx context.Context, d events.BatchUploaded) error {
	r, body, err := c.readList(ctx, d)
	if err != nil {
		return err
	}
	defer body.Close()
	if h := r.Header(); h.Form == records.FormJSON && h.Source != d.Source {
		return fault.Refusef(CodeSource, "the list is of source %q and lies in the folder of %q; put it into its own", h.Source, d.Source)
	}
	for {
		var bad *records.RowError
		switch _, err := r.Next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.As(err, &bad):
			return err
		}
	}
}

// stage reads the rows of a list into the database, and ends those that another row
// of the list overrules.
func (c *Catalogue) stage(ctx context.Context, d events.BatchUploaded) (mode string, err error) {
	r, body, err := c.readList(ctx, d)
	if err != nil {
		return "", err
	}
	defer body.Close()
	return r.Header().Mode, stageRows(ctx, c.DB, d.Batch, &staged{reader: r, batch: d.Batch, source: d.Source})
}

// planned is the outcome of a plan.
func (c *Catalogue) planned(d events.BatchUploaded, f forecast) fn.Outcome {
	why, needs := c.approval(f)
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		b, err := lockBatch(ctx, tx, d.Batch)
		if err != nil || b.state != stateNew {
			return nil, err
		}
		b.state, b.rows, b.ended = stateRunning, f.counts.Rows, f.ended
		if needs {
			b.state = statePlanned
		}
		if err := saveBatch(ctx, tx, b); err != nil {
			return nil, err
		}
		told := []events.Data{events.BatchPlanned{Batch: d.Batch, Source: d.Source, Counts: f.counts, NeedsApproval: needs, Why: why}}
		if !needs {
			told = append(told, b.fanOut(c.Rows)...)
		}
		return events.NewAll(told...)
	}
}

// approval says whether a batch needs one, and whatever else whoever looks at the
// plan should know.
func (c *Config) approval(f forecast) (why string, needs bool) {
	var said []string
	if f.withdrawn > c.Withdrawals && float64(f.withdrawn) > c.WithdrawalShare*float64(f.books) {
		said, needs = append(said, fmt.Sprintf("it withdraws %d of %d books", f.withdrawn, f.books)), true
	}
	if f.absent > 0 {
		said = append(said, fmt.Sprintf("%d books of the source are not in the snapshot; they stay, for only a row withdraws a book", f.absent))
	}
	return strings.Join(said, "; "), needs
}

// fanOut asks for all rows of a batch, some at a time. Of one in which nothing is to
// be done it asks for the first, for the report to be written.
func (b batch) fanOut(rows int) (all []events.Data) {
	if b.ended == b.rows {
		return b.wake()
	}
	for first := 1; first <= b.rows; first += rows {
		all = append(all, events.BatchRowsRequested{Batch: b.id, First: first, Last: min(first+rows-1, b.rows)})
	}
	return all
}

// wake asks for the first row again, once all rows have ended: who finds that writes
// the report.
func (b batch) wake() []events.Data {
	return []events.Data{events.BatchRowsRequested{Batch: b.id, First: 1, Last: 1}}
}

// approve lets a batch begin.
func (c *Catalogue) approve(_ context.Context, d events.BatchApproved) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		b, err := lockBatch(ctx, tx, d.Batch)
		switch {
		case err != nil:
			return nil, err
		case b.state == "" || b.state == stateNew:
			return nil, fault.Refusef(CodeUnknownBatch, "batch %s does not wait for an approval", d.Batch)
		case b.state != statePlanned:
			return nil, nil // approved before
		}
		b.state, b.approvedBy = stateRunning, d.By
		if err := saveBatch(ctx, tx, b); err != nil {
			return nil, err
		}
		return events.NewAll(b.fanOut(c.Rows)...)
	}, nil
}

// refuseBatch keeps why a list was given up, and tells whoever waits for it. Nothing
// of it was carried out: it is still new, and can be sent again.
func refuseBatch(e events.Event, why refusal) fn.Outcome {
	// The rest of the data may be what was wrong with it.
	var d struct {
		Batch, Source string
		Object        events.Object
	}
	if e.DataAs(&d) != nil {
		return nil
	}
	told := events.BatchRefused{Batch: d.Batch, Source: d.Source, Object: d.Object, Stage: Word, Code: why.code, Reason: why.reason}
	if told.Validate() != nil {
		return nil
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		b, err := lockBatch(ctx, tx, d.Batch)
		if err != nil || b.state != "" && b.state != stateNew {
			return nil, err
		}
		b.reason = why.code + ": " + why.reason
		if err := saveBatch(ctx, tx, b); err != nil {
			return nil, err
		}
		return events.NewAll(told)
	}
}
