package console

// The stream of events that the list follows: server-sent events whose id is the number
// that was come to, so that a browser goes on where it was, whichever process answers.

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"xietong.dev/local/broker"
)

// A stream sends at most so many events at a time, so often; what more came it leaves
// out, and says how many and which. After a pause it sends as many as a page holds.
const (
	streamBurst = eventsHeld
	streamMost  = 30
	streamTick  = 200 * time.Millisecond
	streamPulse = 15 * time.Second // how long it is silent at most
	streamLook  = time.Second      // for what another process accepted
	streamStall = 30 * time.Second // how long a browser may not read
)

// eventsLeftOut are events that were not sent: those between two numbers.
type eventsLeftOut struct {
	Count  int   `json:"count"`
	After  int64 `json:"after"`
	Before int64 `json:"before"`
}

// streamEvents follows the events that match, from a number on.
func (v *visit) streamEvents() error {
	s, err := v.eventSearch()
	if err != nil {
		return err
	}
	at := s.After
	if last := v.r.Header.Get("Last-Event-ID"); last != "" {
		if at, err = eventNumber("Last-Event-ID", last); err != nil {
			return err
		}
	}
	s.After = 0
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers would hold events back
	w := &eventStream{visit: v, out: http.NewResponseController(v.w)}
	defer w.out.SetWriteDeadline(time.Time{}) // the connection may serve another request
	if err := w.write("retry: 1000\n\n"); err == nil {
		w.follow(s, at)
	}
	return nil // what went wrong after the first byte ends the stream, and the browser comes again
}

type eventStream struct {
	*visit
	out  *http.ResponseController
	last time.Time // when something was sent
}

func (w *eventStream) write(text string) error {
	w.out.SetWriteDeadline(time.Now().Add(streamStall))
	if _, err := w.w.Write([]byte(text)); err != nil {
		return err
	}
	w.last = w.Now()
	return w.out.Flush()
}

// follow sends what comes until the browser goes, the person's time is over or the
// console stops.
func (w *eventStream) follow(s broker.Search, at int64) {
	for send := streamBurst; ; send = streamMost {
		b := w.Broker()
		news := b.News()
		came, err := b.Follow(w.r.Context(), s, at, send)
		if err == nil {
			err = w.say(at, came)
		}
		if err != nil {
			if w.r.Context().Err() == nil {
				w.Log.Warn("a stream of events ends", slog.Any("error", err))
			}
			return
		}
		full := came.At != at
		if at = came.At; !w.rest(full, news) {
			return
		}
	}
}

// rest waits until there may be more, and reports whether to go on.
func (w *eventStream) rest(full bool, news <-chan struct{}) bool {
	if !w.pause(streamTick, nil) {
		return false
	}
	return full || w.pause(streamLook, news)
}

func (w *eventStream) pause(d time.Duration, news <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.r.Context().Done():
		return false
	case <-w.Stopping:
		return false
	case <-news:
	case <-timer.C:
	}
	return w.Now().Before(w.who.Until)
}

// say sends what came, or after a while that nothing did.
func (w *eventStream) say(at int64, came broker.Came) error {
	if len(came.Entries) == 0 {
		if w.Now().Sub(w.last) < streamPulse {
			return nil
		}
		return w.write(fmt.Sprintf("id: %d\n\n", came.At)) // no event, but where to go on
	}
	message := struct {
		Events  []eventLine    `json:"events"`
		Skipped *eventsLeftOut `json:"skipped,omitempty"`
	}{Events: w.eventLines(came.Entries)}
	if came.Skipped > 0 {
		message.Skipped = &eventsLeftOut{came.Skipped, at, came.Entries[0].Seq}
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return w.write(fmt.Sprintf("id: %d\ndata: %s\n\n", came.At, text))
}
