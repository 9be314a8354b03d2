package fn

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	leastRetention = 24 * time.Hour
	sweepEvery     = 10 * time.Minute
	sweepBatch     = 1000 // entries in one transaction
)

// checkRetention refuses a ledger that forgets while events may still come again.
func (c Config) checkRetention() error {
	if c.LedgerRetention != 0 && c.LedgerRetention < leastRetention {
		return errors.New("environment variable LEDGER_RETENTION: want at least 24h, or 0 which keeps every entry: an event that comes again after it is done again")
	}
	return nil
}

// sweep removes old entries of the ledger, at the start and every now and then,
// until ctx ends.
func (r *runtime) sweep(ctx context.Context) {
	if r.config.LedgerRetention == 0 {
		return
	}
	for {
		total, err := r.sweepAll(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.log.Warn("ledger not swept; will try again", slog.Any("error", err))
		case total > 0:
			r.log.Info("ledger swept", slog.Int("entries", total), slog.Duration("older_than", r.config.LedgerRetention))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
	}
}

func (r *runtime) sweepAll(ctx context.Context) (total int, err error) {
	for {
		n, err := r.DB.Sweep(ctx, r.config.LedgerRetention, sweepBatch)
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}
