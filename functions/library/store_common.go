package library

// Which keys many books have: PostgreSQL's statistics of the editions know it.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"xietong.dev/shared/pg"
)

// commonKeys are the keys that many editions have. The zero value reads them when they
// are asked for, and again from time to time.
type commonKeys struct {
	mu    sync.Mutex
	until time.Time
	books float64
	share map[int32]float64 // of the books, by key; nil where there are no statistics yet
	rest  float64           // no key that is not among them has a larger one
}

// statisticsLast is how long statistics are taken for true.
const statisticsLast = time.Minute

// most is how many editions may have all of some keys, by estimate: no more than have the
// rarest of them. It is infinite where nobody knows.
func (c *commonKeys) most(ctx context.Context, tx pg.Tx, keys []int32) (float64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); !now.Before(c.until) {
		if err := c.read(ctx, tx); err != nil {
			return 0, fmt.Errorf("read the statistics of editions: %w", err)
		}
		c.until = now.Add(statisticsLast)
	}
	if c.share == nil {
		return math.Inf(1), nil
	}
	least := 1.
	for _, k := range keys {
		share, common := c.share[k]
		if !common {
			share = c.rest
		}
		least = min(least, share)
	}
	return least * c.books, nil
}

func (c *commonKeys) read(ctx context.Context, tx pg.Tx) error {
	c.share = nil
	var keys []int32
	var shares []float32 // and behind those of the keys the least and the greatest of them
	err := tx.QueryRow(ctx, `SELECT c.reltuples, s.most_common_elems::text::integer[], s.most_common_elem_freqs FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = 'k'
		WHERE c.oid = 'edition'::regclass AND s.most_common_elems IS NOT NULL`).Scan(&c.books, &keys, &shares)
	if errors.Is(err, pg.ErrNoRows) {
		return nil
	}
	if err != nil || len(shares) <= len(keys) {
		return err
	}
	c.share, c.rest = map[int32]float64{}, float64(shares[len(keys)])
	for i, k := range keys {
		c.share[k] = float64(shares[i])
	}
	return nil
}
