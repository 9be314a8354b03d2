package broker

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/pg"
)

// What a Knative broker adds to a dead letter.
const (
	errorDest = "knativeerrordest" // the address that it was for
	errorCode = "knativeerrorcode" // what that answered
	errorData = "knativeerrordata" // the answer's body, in base64
)

// toldDeath is what a dead letter says besides its event.
type toldDeath struct {
	service string // whom it was for: the first part of a host's name
	code    int    // Untold where the broker did not say
	reason  string
}

// receiveDead takes a dead letter. It carries its event whole, so that it may come
// before it.
func (b *Broker) receiveDead(req *http.Request) error {
	h := req.Header.Clone()
	said := h.Get("Ce-" + errorData)
	h.Del("Ce-" + errorData) // in base64 it may be longer than an attribute of ours, and is only shown
	plain := req.Clone(req.Context())
	plain.Header = h
	e, err := b.read(plain)
	if err != nil {
		return err
	}
	d := deathIn(&e, said)
	if err := b.record(req.Context(), e, req.Header.Get("Traceparent")); err != nil {
		return err
	}
	seq, err := b.recorded(req.Context(), knownBy(e))
	if err != nil {
		return err
	}
	return b.die(req.Context(), seq, b.triggersFor(e, d.service), d)
}

// deathIn takes out of a dead letter what the broker added, and leaves the event.
func deathIn(e *Event, said string) toldDeath {
	d := toldDeath{service: serviceAt(attribute(*e, errorDest)), code: Untold}
	if code, err := strconv.Atoi(attribute(*e, errorCode)); err == nil && code >= 0 && code < 1000 {
		d.code = code
	}
	if said == "" {
		said = attribute(*e, errorData)
	}
	d.reason = clip(answerIn(said))
	for _, name := range []string{errorDest, errorCode, errorData} {
		e.SetExtension(name, nil)
	}
	return d
}

// serviceAt is the Service that an address leads to: http://convert.toolbox.svc.cluster.local
// is that of convert.
func serviceAt(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "unknown"
	}
	name, _, _ := strings.Cut(u.Hostname(), ".")
	return name
}

// answerIn reads the body of an answer as brokers put it into a dead letter: most in
// base64, some as it is.
func answerIn(said string) string {
	text, err := base64.StdEncoding.DecodeString(said)
	isText := func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' || !unicode.IsControl(r) }
	if err == nil && utf8.Valid(text) && !strings.ContainsFunc(string(text), func(r rune) bool { return !isText(r) }) {
		return string(text)
	}
	if plain, err := url.PathUnescape(said); err == nil {
		return plain
	}
	return said
}

// triggersFor are the Triggers that led an event to a Service. Of one that no manifest
// names they go by its own name, but for ourselves: what could not be told is told now.
func (b *Broker) triggersFor(e Event, service string) (names []string) {
	for _, l := range b.lanes {
		if l.Service == service && l.passes(e) {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 && service != b.Itself {
		return []string{service}
	}
	slices.Sort(names)
	return names
}

// die makes dead letters of an event's deliveries.
func (b *Broker) die(ctx context.Context, seq int64, triggers []string, d toldDeath) error {
	err := b.DB.InTx(ctx, func(tx pg.Tx) error {
		for _, trigger := range triggers {
			if err := d.end(ctx, tx, place{seq, trigger}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // where its twin is being written too, it comes again
		return fmt.Errorf("record a dead letter: %w", err)
	}
	b.news.tell()
	return nil
}

// end makes a dead letter of one delivery, unless that is none or was one before.
func (d toldDeath) end(ctx context.Context, tx pg.Tx, p place) error {
	var state State
	var code int
	var reason string
	var before bool
	err := tx.QueryRow(ctx, `SELECT state, code, reason, EXISTS (SELECT 1 FROM redrive r WHERE r.seq = d.seq AND r.trigger = d.trigger AND r.code IN ($3, $5) AND r.reason = $4)
		FROM delivery d WHERE seq = $1 AND trigger = $2 FOR UPDATE`, p.seq, p.trigger, d.code, d.reason, Untold).Scan(&state, &code, &reason, &before)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		_, err = tx.Exec(ctx, `INSERT INTO delivery (seq, trigger, state, code, reason, ended_at) VALUES ($1, $2, 4, $3, $4, now())`, p.seq, p.trigger, d.code, d.reason)
		return err
	case err != nil:
		return err
	}
	before = before || state == Discarded && code == d.code && reason == d.reason
	if !dies(state, before) {
		return nil
	}
	_, err = tx.Exec(ctx, `UPDATE delivery SET state = 4, code = $3, reason = $4, ended_at = CASE WHEN state = 4 THEN ended_at ELSE now() END WHERE seq = $1 AND trigger = $2`,
		p.seq, p.trigger, d.code, d.reason)
	return err
}

// dies decides whether a delivery is dead because a dead letter says so. One that is
// being redriven is not: whoever makes it will tell. One that ended otherwise is, unless
// it had died of this before: then the letter is an old one that came again. A function
// may have done an event that the broker gave up all the same, because its reply never
// came out; only a redrive sends that.
func dies(state State, before bool) bool {
	switch state {
	case Ready, Running, Waiting:
		return false
	case Done, Discarded:
		return !before
	}
	return true
}
