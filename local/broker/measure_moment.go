package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// seqAt returns the seq from which on every event was accepted at a moment or after
// it. Events are numbered in the order in which they come, so it looks at few.
func (b *Broker) seqAt(ctx context.Context, at time.Time) (int64, error) {
	var low, high int64
	if err := b.DB.QueryRow(ctx, `SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) + 1 FROM event`).Scan(&low, &high); err != nil {
		return 0, fmt.Errorf("find the events of a moment: %w", err)
	}
	for low < high {
		middle := low + (high-low)/2
		var seq int64
		var later bool
		err := b.DB.QueryRow(ctx, `SELECT seq, received_at >= $2 FROM event WHERE seq >= $1 ORDER BY seq LIMIT 1`, middle, at).Scan(&seq, &later)
		switch {
		case err == nil && !later:
			low = seq + 1
		case err == nil, errors.Is(err, pg.ErrNoRows): // swept meanwhile
			high = middle
		default:
			return 0, fmt.Errorf("find the events of a moment: %w", err)
		}
	}
	return low, nil
}
