package catalogue

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// reportLine is what the report says of a row.
type reportLine struct {
	Row      int    `json:"row"`
	SourceID string `json:"source_id,omitempty"`
	Op       string `json:"op,omitempty"`
	Version  int64  `json:"version,omitempty"`
	Result   string `json:"result"` // catalogued, unchanged, older, withdrawn, restored or refused
	Code     string `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// complete writes the report of a batch whose rows have all ended. It may be written
// more than once, and is the same each time; only one says that it is there.
func (c *Catalogue) complete(ctx context.Context, b batch) (fn.Outcome, error) {
	counts, report, err := c.report(ctx, b.id)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		b, err := lockBatch(ctx, tx, b.id)
		if err != nil || b.state != stateRunning {
			return nil, err
		}
		b.state, b.report = stateCompleted, &report
		if err := saveBatch(ctx, tx, b); err != nil {
			return nil, err
		}
		if err := dropRows(ctx, tx, b.id); err != nil {
			return nil, err
		}
		return events.NewAll(events.BatchCompleted{Batch: b.id, Source: b.source, Counts: counts, Report: report})
	}, nil
}

// report writes what became of each row, in their order, and counts it.
func (c *Catalogue) report(ctx context.Context, batch string) (counts events.RowCount, o events.Object, err error) {
	f, err := c.scratchFile()
	if err != nil {
		return counts, o, err
	}
	defer f.Close()
	if counts, err = c.writeReport(ctx, batch, f); err != nil {
		return counts, o, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return counts, o, err
	}
	o, err = c.putAt(ctx, "batches/"+batch+"/report.jsonl", io.NewSectionReader(f, 0, size), size, "application/jsonl")
	return counts, o, err
}

func (c *Catalogue) writeReport(ctx context.Context, batch string, to io.Writer) (counts events.RowCount, err error) {
	out := bufio.NewWriter(to)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = eachEnd(ctx, c.DB, batch, func(line reportLine) error {
		count(&counts, result(line.Result))
		return lines.Encode(line)
	})
	if err != nil {
		return counts, err
	}
	return counts, out.Flush()
}

// count counts one row by what becomes of it.
func count(c *events.RowCount, r result) {
	c.Rows++
	switch r {
	case catalogued:
		c.Catalogue++
	case unchanged:
		c.Unchanged++
	case older:
		c.Older++
	case withdrawn:
		c.Withdraw++
	case restored:
		c.Restore++
	case refused:
		c.Refused++
	}
}
