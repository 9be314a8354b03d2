package fn

import (
	"context"
	"log/slog"
	"time"
)

// tend calls the function's Tend every now and then until ctx ends.
func (r *runtime) tend(ctx context.Context) {
	if r.Tend == nil || r.config.TendEvery <= 0 {
		return
	}
	tick := time.NewTicker(r.config.TendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.Tend(ctx, r.apply); err != nil && ctx.Err() == nil {
			r.log.Warn("not tended; will try again", slog.Any("error", err))
		}
	}
}
