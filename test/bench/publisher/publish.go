package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/shared/ce"
)

// publishers share a sink and the endpoint of their replies.
type publishers struct {
	sink    string
	client  *http.Client
	waiting sync.Map // by subject, the channel of whoever waits for the reply
}

// result is what a run came to.
type result struct {
	All      int // events, those of the warm-up included
	Events   int
	Elapsed  time.Duration
	P50, P99 time.Duration
}

// arrived takes a reply. One that comes again finds nobody waiting.
func (p *publishers) arrived(w http.ResponseWriter, req *http.Request) {
	at := time.Now()
	if waiter, there := p.waiting.LoadAndDelete(req.Header.Get("Ce-Subject")); there {
		waiter.(chan time.Time) <- at
	}
	w.WriteHeader(http.StatusNoContent)
}

// run lets n publishers work, first to warm up and then to be measured.
func (p *publishers) run(n int, kind string, warm, measured time.Duration) (result, error) {
	begin := time.Now().Add(warm)
	end := begin.Add(measured)
	var mu sync.Mutex
	var times []time.Duration
	var wrong error
	count := 0
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for time.Now().Before(end) {
				sent, arrived, err := p.once(kind)
				mu.Lock()
				count++
				if err != nil {
					wrong = err
				} else if arrived.After(begin) && arrived.Before(end) {
					times = append(times, arrived.Sub(sent))
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(times) == 0 && wrong == nil {
		wrong = errors.New("no reply came")
	}
	if wrong != nil {
		return result{}, wrong
	}
	slices.Sort(times)
	return result{All: count, Events: len(times), Elapsed: measured, P50: times[len(times)/2], P99: times[len(times)*99/100]}, nil
}

// body is a quarter of a kilobyte, as an event is that names an object.
var body = `{"text":"` + strings.Repeat("x", 245) + `"}`

// post posts an event, and comes again as it is asked to while the queue is full.
func (p *publishers) post(id, kind string) error {
	for {
		req, err := http.NewRequest(http.MethodPost, p.sink, strings.NewReader(body))
		if err != nil {
			return err
		}
		for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": id, "Ce-Subject": id, "Ce-Source": "/bench", "Ce-Type": kind,
			"Ce-Time": time.Now().UTC().Format(time.RFC3339Nano), "Content-Type": "application/json"} {
			req.Header.Set(name, value)
		}
		res, err := p.client.Do(req)
		if err != nil {
			return err
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		switch res.StatusCode {
		case http.StatusAccepted:
			return nil
		case http.StatusTooManyRequests:
			time.Sleep(ce.RetryAfter(res.Header, time.Now()))
		default:
			return fmt.Errorf("the broker answered %s", res.Status)
		}
	}
}

// once sends an event and waits for its reply, the time included for which the
// broker has it wait.
func (p *publishers) once(kind string) (sent, arrived time.Time, err error) {
	id := rand.Text()
	reply := make(chan time.Time, 1)
	p.waiting.Store(id, reply)
	defer p.waiting.Delete(id)
	sent = time.Now()
	if err := p.post(id, kind); err != nil {
		return sent, arrived, err
	}
	select {
	case arrived = <-reply:
		return sent, arrived, nil
	case <-time.After(30 * time.Second):
		return sent, arrived, fmt.Errorf("no reply to event %s within 30 s", id)
	}
}
