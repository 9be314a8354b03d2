package score

// What reports write into rows that other reports write too. It is gathered while
// reports are decided and written at the end, table by table and each in the order
// of its keys: writers that take the same rows in the same order wait for each
// other, and never in a circle (measured: 4 writers of unsorted rows deadlock and
// write 21 reports a second, of sorted ones 3,499).

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xietong.dev/shared/pg"
)

// countSQL adds to a counter. Like all that is changed or added here it does without
// ON CONFLICT, which not every database has: where another adds the same row at the
// same moment the transaction fails as a duplicate, and is done again.
const countSQL = `WITH known AS (UPDATE minute SET n = n + $5 WHERE kind = $1 AND key = $2 AND minute = $3 AND shard = $4 RETURNING 1)
	INSERT INTO minute (kind, key, minute, shard, n) SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM known)`

// attempts at a transaction that loses a race for a new row.
const attempts = 4

// inTx runs work in a transaction, and again where it loses such a race.
func (s *Score) inTx(ctx context.Context, work func(pg.Tx) error) (err error) {
	for range attempts {
		if err = s.DB.InTx(ctx, work); !pg.IsDuplicate(err) {
			break
		}
	}
	return err
}

type linkKey struct{ kind, a, b string }

type minuteKey struct {
	kind, key string
	minute    int64
}

type placeAt struct {
	lat, lon float64
	at       time.Time
}

// shared are rows that reports have in common, gathered.
type shared struct {
	links   map[linkKey][2]time.Time // first and last
	minutes map[minuteKey]int
	places  map[string]placeAt
	alerts  map[alertKey]hits
}

func newShared() *shared {
	return &shared{map[linkKey][2]time.Time{}, map[minuteKey]int{}, map[string]placeAt{}, map[alertKey]hits{}}
}

// met notes that two were met with each other.
func (w *shared) met(kind, a, b string, at time.Time) {
	if a == "" || b == "" {
		return
	}
	k := linkKey{kind, a, b}
	span, there := w.links[k]
	if !there {
		span = [2]time.Time{at, at}
	}
	w.links[k] = [2]time.Time{earlier(span[0], at), later(span[1], at)}
}

func (w *shared) count(kind, key string, at time.Time) {
	w.minutes[minuteKey{kind, key, minuteOf(at)}]++
}

// put notes where an account is, unless a later place is known.
func (w *shared) put(account string, p placeAt) {
	if known, there := w.places[account]; !there || known.at.Before(p.at) {
		w.places[account] = p
	}
}

// flush writes all of it, and returns the alerts that are to be told of. The shard
// keeps writers of one address apart.
func (w *shared) flush(ctx context.Context, tx pg.Tx, shard int) (due []string, err error) {
	b := &pg.Batch{}
	for _, k := range slices.SortedFunc(maps.Keys(w.links), func(x, y linkKey) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	}) {
		b.Queue(`WITH known AS (UPDATE link SET first_at = least(first_at, $4), last_at = greatest(last_at, $5) WHERE kind = $1 AND a = $2 AND b = $3 RETURNING 1)
			INSERT INTO link (kind, a, b, first_at, last_at) SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM known)`, k.kind, k.a, k.b, w.links[k][0], w.links[k][1])
	}
	for _, k := range slices.SortedFunc(maps.Keys(w.minutes), func(x, y minuteKey) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.key, y.key), cmp.Compare(x.minute, y.minute))
	}) {
		b.Queue(countSQL, k.kind, k.key, k.minute, shard, w.minutes[k])
	}
	for _, account := range slices.Sorted(maps.Keys(w.places)) {
		p := w.places[account]
		b.Queue(`WITH known AS (UPDATE place SET lat = CASE WHEN at < $4 THEN $2 ELSE lat END, lon = CASE WHEN at < $4 THEN $3 ELSE lon END, at = greatest(at, $4) WHERE account = $1 RETURNING 1)
			INSERT INTO place (account, lat, lon, at) SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM known)`, account, p.lat, p.lon, p.at)
	}
	if b.Len() > 0 {
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return nil, fmt.Errorf("write what reports share: %w", err)
		}
	}
	return flushAlerts(ctx, tx, w.alerts)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
