package broker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
)

// claimed is one delivery to be made.
type claimed struct {
	*lane
	seq        int64
	attempts   attempts
	attributes string
	more       string
	data       []byte
	trace      string
	hops       int
}

// key is what the event is delivered in turn of.
func (c claimed) key() string {
	if !c.Ordered {
		return ""
	}
	return keyIn(c.attributes)
}

// deliver makes one attempt and records what came of it.
func (b *Broker) deliver(ctx context.Context, c claimed) {
	started := time.Now()
	a := b.attempt(ctx, c)
	if ctx.Err() != nil {
		return // the broker stops; the next one starts this delivery again
	}
	v := judge(ctx, a, b.MaxEvent, time.Now())
	if v.reply != nil && b.Forward != nil {
		v = b.handOn(ctx, v, replyTrace(a.header, c.trace))
	}
	e := b.conclude(c, v, a)
	e.seq, e.trigger, e.key, e.started = c.seq, c.Name, c.key(), started
	b.end(ctx, c, e)
}

// handOn hands a reply to the broker of the cluster. The delivery is done only when that
// one has it; else it is made again, and the function's ledger gives the same reply.
func (b *Broker) handOn(ctx context.Context, v verdict, trace string) verdict {
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	if err := b.Forward(ctx, *v.reply, trace); err != nil {
		return verdict{kind: again, code: http.StatusBadGateway, reason: clip("the reply cannot be handed to the broker: " + err.Error())}
	}
	v.reply = nil
	return v
}

// attempt sends the event to its subscriber.
func (b *Broker) attempt(ctx context.Context, c claimed) answer {
	ctx, cancel := context.WithTimeout(ctx, c.Delivery.Timeout)
	defer cancel()
	req, err := c.request(ctx)
	if err != nil {
		return answer{err: err}
	}
	res, err := c.service.Do(req)
	if err != nil {
		return answer{err: late(ctx, err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, int64(b.MaxEvent)+1))
	return answer{status: res.StatusCode, header: res.Header, body: body, err: late(ctx, err)}
}

// late tells a time-out from other errors, however the transport words it.
func late(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c claimed) request(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.Service+cmp.Or(c.Path, "/"), bytes.NewReader(c.data))
	if err != nil {
		return nil, err
	}
	for _, text := range []string{c.attributes, c.more} {
		if text == "" {
			continue
		}
		var attributes map[string]string
		if err := json.Unmarshal([]byte(text), &attributes); err != nil {
			return nil, fmt.Errorf("read the attributes of event %d: %w", c.seq, err)
		}
		ce.WriteAttributes(req.Header, attributes)
	}
	req.Header.Set("Prefer", "reply")
	req.Header.Set("Traceparent", c.trace)
	return req, nil
}

// toldOf are the lanes that are told of this delivery's death.
func (c claimed) toldOf(more string) (names []string) {
	if len(c.sinks) == 0 {
		return nil
	}
	letter, err := letterOf(c.attributes, more, c.data)
	for _, s := range c.sinks {
		if err != nil || s.takes(letter) { // rather told of too much than of nothing
			names = append(names, s.Name)
		}
	}
	return names
}

// letterOf is a dead letter as a sink sees it: the event, and what the broker adds.
func letterOf(attributes, more string, data []byte) (Event, error) {
	all := map[string]string{}
	for _, text := range []string{attributes, more} {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return Event{}, err
		}
	}
	return ce.New(all, data)
}

// conclude decides what an answer does to the delivery, its reply included.
func (b *Broker) conclude(c claimed, v verdict, a answer) ending {
	if v.reply == nil {
		return b.next(v, c.attempts, c.Delivery)
	}
	if c.hops >= b.MaxHops {
		return b.next(verdict{kind: never, code: v.code, reason: fmt.Sprintf("replied to a reply to a reply, %d times over: this is a loop", c.hops)}, c.attempts, c.Delivery)
	}
	reply, err := b.accept(*v.reply, replyTrace(a.header, c.trace), c.hops+1)
	if err != nil {
		return b.next(verdict{kind: again, code: http.StatusBadGateway, reason: clip("the reply cannot be taken: " + err.Error())}, c.attempts, c.Delivery)
	}
	e := b.next(v, c.attempts, c.Delivery)
	e.reply = &reply
	return e
}

// replyTrace is the trace that a reply goes on in: its own, or that of its cause.
func replyTrace(h http.Header, cause string) string {
	if own := h.Get("Traceparent"); traceparent.MatchString(own) {
		return own
	}
	return cause
}

// refused reports whether the server refuses what it was given, and always will.
func refused(err error) bool { return pg.State(err) != "" && !pg.IsAway(err) }

// end commits the end of a delivery, its reply and its dead letter together. It
// holds the slot until then, so that what is under way stays bounded, and tries
// until the database takes it.
func (b *Broker) end(ctx context.Context, c claimed, e ending) {
	defer func() {
		c.service.give(1)
		b.signal()
	}()
	if e.state == Dead {
		b.Log.Warn("dead letter", slog.String("trigger", c.Name), slog.Int64("seq", c.seq), slog.Int("code", e.code), slog.String("reason", e.reason))
		e.more = deadLetterAttributes(c, e)
		e.sinks = c.toldOf(e.more)
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := b.queue.do(ctx, &write{ends: []ending{e}})
		if err == nil && e.state == Ready {
			time.AfterFunc(e.wait, func() { c.service.mark(c.lane); b.signal() })
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		b.Log.Error("end of a delivery not stored; will try again", slog.String("trigger", c.Name), slog.Int64("seq", c.seq), slog.Any("error", err))
		if refused(err) {
			// The server refuses these very rows, so repeating them is useless:
			// say that instead, and leave the rest to a redrive.
			e = ending{seq: e.seq, trigger: e.trigger, key: e.key, started: e.started, state: Dead, counted: 1, code: e.code, reason: clip("its end cannot be stored: " + err.Error())}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
