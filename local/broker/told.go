package broker

// What the broker of a cluster tells: every event, and every dead letter. It tells them
// as it tells a function, so they come twice, late, and in any order.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"xietong.dev/shared/pg"
)

// Tellers are the two addresses that a cluster's Triggers post to: events takes every
// event, dead those that could not be delivered, with what the broker adds to them
// (knativeerrordest, knativeerrorcode, knativeerrordata). Both answer as [Broker.ServeHTTP]
// does, under any name: who may reach them is for the caller to decide.
func (b *Broker) Tellers() (events, dead http.Handler) {
	serve := func(receive func(*http.Request) error) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { b.serve(w, req, receive) })
	}
	return serve(b.receiveTold), serve(b.receiveDead)
}

func (b *Broker) receiveTold(req *http.Request) error {
	e, err := b.read(req)
	if err != nil {
		return err
	}
	return b.record(req.Context(), e, req.Header.Get("Traceparent"))
}

// record writes down an event that another broker delivers, with a delivery for each
// Trigger that it passes, once.
func (b *Broker) record(ctx context.Context, e Event, trace string) error {
	a, err := b.accept(e, trace, 0)
	if err != nil {
		return err
	}
	a.told = knownBy(e)
	if _, err := b.recorded(ctx, a.told); !errors.Is(err, pg.ErrNoRows) {
		return err
	}
	if err := b.queue.do(ctx, &write{events: []accepted{a}}); err != nil && !pg.IsDuplicate(err) {
		return err
	}
	return nil
}

// recorded returns the number of an event that was told of.
func (b *Broker) recorded(ctx context.Context, key string) (seq int64, err error) {
	if err = b.DB.QueryRow(ctx, `SELECT seq FROM told WHERE key = $1`, key).Scan(&seq); err != nil {
		return 0, fmt.Errorf("look for an event that was told before: %w", err)
	}
	return seq, nil
}

// knownBy is the same for an event whenever it comes, also where somebody between has
// written its JSON otherwise. The data belongs to it: who uses an id a second time for
// something else is refused by the functions, and that is to be seen.
func knownBy(e Event) string {
	h := sha256.New()
	for _, part := range []string{e.Source(), e.ID(), e.Type()} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	h.Write(canonical(e.Data()))
	return hex.EncodeToString(h.Sum(nil))
}

// canonical writes JSON in one way: without white space, with sorted keys. Other data it
// leaves alone.
func canonical(data []byte) []byte {
	var value any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&value) != nil || d.More() {
		return data
	}
	text, err := json.Marshal(value)
	if err != nil {
		return data
	}
	return text
}

// queueTold remembers which events were told of.
func queueTold(batch *pg.Batch, events []accepted, seqs []int64) {
	for i, a := range events {
		if a.told != "" {
			batch.Queue(`INSERT INTO told (key, seq, source, id) VALUES ($1, $2, $3, $4)`, a.told, seqs[i], a.event.Source(), a.event.ID())
		}
	}
}

// giveUpUnknown ends redriven letters whose function no manifest names: there is no
// address to send them to.
func (b *Broker) giveUpUnknown(ctx context.Context, names []string) {
	const why = `the Trigger is gone: no knative.yaml that the console has names it, so it knows nobody to send this to`
	tag, err := b.DB.Exec(ctx, `UPDATE delivery SET state = 4, code = 0, ended_at = now(), reason = $2 WHERE state IN (1, 5) AND trigger <> ALL ($1)`, names, why)
	if err == nil && tag.RowsAffected() > 0 {
		b.news.tell()
	}
}

// Untold is the Code of an answer that nobody told of: a ledger says how the work on an
// event ended, and not what was answered.
const Untold = -1

// refusedFor is how long a refusal waits for its dead letter, which knows more of it. A
// function's refusal is final, so it counts as dead then, whether or not anybody tells.
const refusedFor = 15 * time.Second
