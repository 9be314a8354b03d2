package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// receive is the broker's part: it takes what the catalogue sends.
func (c *cataloguing) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e, err := ce.Read(r.Context(), r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e.Type() {
	case events.BookTextRequested{}.EventType():
		c.texts = append(c.texts, e)
	case events.BookCoverRequested{}.EventType():
		c.covers = append(c.covers, e)
	}
	w.WriteHeader(http.StatusAccepted)
}

// asked returns the texts and the covers that were asked for since the last time.
func (c *cataloguing) asked() (texts, covers []events.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts, covers = c.texts, c.covers
	c.texts, c.covers = nil, nil
	return texts, covers
}

// deliver hands events to the processes, as many at once as they take, and returns
// when each was done: its rows are committed, and what it came to is sent.
func (c *cataloguing) deliver(ctx context.Context, all []events.Event) error {
	queue := make(chan events.Event, len(all))
	for _, e := range all {
		queue <- e
	}
	close(queue)
	errs := make(chan error, len(c.addresses)*c.slots)
	for _, address := range c.addresses {
		for range c.slots {
			go func() {
				var err error
				for e := range queue {
					if err == nil {
						err = deliverOne(ctx, address, e)
					}
				}
				errs <- err
			}()
		}
	}
	var err error
	for range cap(errs) {
		err = errors.Join(err, <-errs)
	}
	return err
}

func deliverOne(ctx context.Context, address string, e events.Event) error {
	req, err := ce.NewRequest(ctx, address, e)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if said, err := io.ReadAll(res.Body); err != nil || res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.500s: %w", e.Type(), e.ID(), res.Status, said, err)
	}
	return nil
}
