package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
)

// openBare opens a schema like echo's, through a pool as large as a function's.
func openBare(ctx context.Context, url string) (*pg.DB, error) {
	migrations, err := fs.Sub(programs, "echo/migrations")
	if err != nil {
		return nil, err
	}
	return pg.Open(ctx, pg.Config{URL: conf.Secret(url), Connections: 8}, "bare", migrations)
}

// bare lets n workers do nothing but the transaction that ends an event: its
// entry in the ledger, its row, and the record of what it sends.
func bare(ctx context.Context, db *pg.DB, n int) (lap, error) {
	begin := time.Now().Add(warmUp)
	end := begin.Add(lapTime)
	var mu sync.Mutex
	var times []time.Duration
	var wrong error
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for time.Now().Before(end) {
				began := time.Now()
				err := endOne(ctx, db)
				ended := time.Now()
				mu.Lock()
				if err != nil {
					wrong = err
				} else if ended.After(begin) && ended.Before(end) {
					times = append(times, ended.Sub(began))
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if wrong != nil || len(times) == 0 {
		return lap{}, wrong
	}
	slices.Sort(times)
	return lap{Events: len(times), Elapsed: lapTime, P50: times[len(times)/2], P99: times[len(times)*99/100]}, nil
}

// sent is as long as the record of one reply.
var sent = []byte(`[{"data":{"text":"` + strings.Repeat("x", 245) + `"},"rest":"` + strings.Repeat("x", 450) + `"}]`)

func endOne(ctx context.Context, db *pg.DB) error {
	id := rand.Text()
	hash := sha256.Sum256([]byte(id))
	ending := pg.Ending{Key: pg.Key{Source: "/bench", ID: id}, Kind: "dev.xietong.bench.asked.v1", Hash: hash[:], State: pg.StateDone}
	return db.End(ctx, ending, func(tx pg.Tx) ([]byte, error) {
		_, err := tx.Exec(ctx, `INSERT INTO result (id, text) VALUES ($1, $2)`, id, string(sent[:256]))
		return sent, err
	})
}
