package broker

// What comes after an event that was seen, for whoever watches.

import (
	"context"
	"fmt"
	"sync"

	"xietong.dev/shared/pg"
)

// Came is what came after an event that was seen.
type Came struct {
	Entries []Entry // oldest first
	At      int64   // where the next call goes on
	Skipped int     // how many more matched: those before the entries
}

// followLook bounds how many events one call looks at.
const followLook = 5_000

// Follow returns the events after a number that match, the newest most of them, and how
// many it left out. No event appears later before one that was seen: the broker commits
// one group of events after the other. Where nothing came that costs one look at an
// index.
func (b *Broker) Follow(ctx context.Context, s Search, after int64, most int) (Came, error) {
	came, seqs, err := b.came(ctx, s, after)
	if err != nil {
		return Came{At: after}, fmt.Errorf("follow events: %w", err)
	}
	if len(seqs) > most {
		came.Skipped, seqs = len(seqs)-most, seqs[len(seqs)-most:]
	}
	if len(seqs) == 0 {
		return came, nil
	}
	came.Entries, err = b.entries(ctx, entryColumns+` FROM event e WHERE e.seq = ANY ($1) ORDER BY e.seq`, []any{seqs})
	if err != nil {
		return Came{At: after}, fmt.Errorf("follow events: %w", err)
	}
	return came, nil
}

// came returns the numbers of those that match.
func (b *Broker) came(ctx context.Context, s Search, after int64) (Came, []int64, error) {
	c := Came{At: after}
	w := &where{}
	w.and("seq > ?", after)
	window := `(SELECT * FROM event` + w.sql() + ` ORDER BY seq LIMIT ` + w.arg(followLook) + `) e`
	w.conditions = []string{"true"}
	if err := b.match(ctx, s, w); err != nil {
		return c, nil, err
	}
	rows, err := b.DB.Query(ctx, `SELECT e.seq, (`+w.all()+`) FROM `+window+` ORDER BY e.seq`, w.args...)
	if err != nil {
		return c, nil, err
	}
	var seqs []int64
	_, err = collect(rows, func(row pg.Rows) (matches bool, err error) {
		if err = row.Scan(&c.At, &matches); matches {
			seqs = append(seqs, c.At)
		}
		return matches, err
	})
	return c, seqs, err
}

// Head is the number of the newest event; 0 where there is none.
func (b *Broker) Head(ctx context.Context) (int64, error) {
	var head int64
	err := b.DB.QueryRow(ctx, `SELECT coalesce(max(seq), 0) FROM event`).Scan(&head)
	if err != nil {
		return 0, fmt.Errorf("find the newest event: %w", err)
	}
	return head, nil
}

// News returns a channel that is closed when this broker has next accepted events or
// ended deliveries. Ask for it before looking. What another process does it does not
// tell: whoever waits must also look now and then.
func (b *Broker) News() <-chan struct{} { return b.news.next() }

// news tells all who wait that something has happened.
type news struct {
	mu sync.Mutex
	ch chan struct{}
}

func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
	}
	return n.ch
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
	}
}
