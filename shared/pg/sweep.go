package pg

import (
	"context"
	"fmt"
	"time"
)

// Sweep removes the ledger's entries that ended longer ago than keep, and those
// that were begun and never came again; at most so many, and returns how many
// they were. An event that comes again after that is taken for a new one, so
// keep must be longer than any redelivery or redrive can come. Instances may
// sweep at the same time: what one has in hand, a delivery too, the other leaves.
func (db *DB) Sweep(ctx context.Context, keep time.Duration, most int) (int, error) {
	tag, err := db.Exec(ctx, `DELETE FROM ledger WHERE (source, id) IN (
		SELECT source, id FROM ledger
		WHERE (ended_at < now() - $1::bigint * interval '1 millisecond' OR ended_at IS NULL)
			AND (state <> $2 OR lease_until < now() - $1::bigint * interval '1 millisecond')
		LIMIT $3 FOR UPDATE SKIP LOCKED)`, keep.Milliseconds(), StateOpen, most)
	if err != nil {
		return 0, fmt.Errorf("sweep the ledger: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
