package fn_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// load sends events without a pause, each once, and counts what became of them.
type load struct {
	address      string
	done, failed atomic.Int64
	ended        atomic.Bool
	senders      sync.WaitGroup
	underWay     sync.WaitGroup // requests that are longer than the rest
}

// startLoad begins with half of the senders keeping their connections, as a
// queue's proxy does, and half opening one for each event, as a probe does.
func startLoad(t *testing.T, address string, senders int) *load {
	l := &load{address: address}
	for i := range senders {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 1}}
		l.senders.Go(func() {
			for n := 0; !l.ended.Load(); n++ {
				l.send(t, client, fmt.Sprintf("load %d-%d", i, n), orders{Wait: "5ms"})
			}
		})
	}
	t.Cleanup(l.stop)
	return l
}

func (l *load) stop() {
	l.ended.Store(true)
	l.senders.Wait()
}

func (l *load) send(t *testing.T, client *http.Client, id string, o orders) {
	body, _ := json.Marshal(order(id, o))
	res, err := client.Post(l.address, "application/cloudevents+json", bytes.NewReader(body))
	if err != nil {
		l.failed.Add(1)
		t.Errorf("%s: %v", id, err)
		return
	}
	text, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != 204 {
		l.failed.Add(1)
		t.Errorf("%s: %d %s", id, res.StatusCode, text)
		return
	}
	l.done.Add(1)
}

func (l *load) reaches(t *testing.T, n int64) {
	t.Helper()
	within(t, 10*time.Second, fmt.Sprintf("%d events are done", n), func() bool { return l.done.Load() >= n })
}

// ends checks that the function ends well and did all that it acknowledged.
func (l *load) ends(t *testing.T, p *program) {
	t.Helper()
	p.cmd.Wait()
	if status := p.cmd.ProcessState.ExitCode(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	l.underWay.Wait()
	if rows := int64(len(p.rows(t))); rows != l.done.Load() || l.failed.Load() != 0 {
		t.Errorf("%d events acknowledged, %d failed, %d rows", l.done.Load(), l.failed.Load(), rows)
	}
}

func (p *program) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "the signal is noticed", func() bool { return strings.Contains(p.logs.String(), `"draining"`) })
}

func TestDrainWhereTheSignalComesBeforeTheLastRequest(t *testing.T) { // OpenFaaS
	p := start(t, "DRAIN_DELAY=3s")
	l := startLoad(t, p.address(t), 4)
	l.reaches(t, 40)
	l.underWay.Go(func() { l.send(t, http.DefaultClient, "under way", orders{Wait: "4s"}) })
	l.reaches(t, 60)
	p.terminate(t)
	before := l.done.Load()
	l.reaches(t, before+40)
	if status, closes := get(t, l.address+"health/ready"); status != 503 || !closes {
		t.Errorf("readiness while draining: %d, connection closed %v; want 503 and a connection that nobody sends on when it is closed later", status, closes)
	}
	l.stop() // the platform has noticed
	l.ends(t, p)
	t.Logf("%d events before the signal, %d after it", before, l.done.Load()-before)
}

func TestDrainWhereTheSignalComesAfterTheLastRequest(t *testing.T) { // Knative
	p := start(t)
	l := startLoad(t, p.address(t), 4)
	l.reaches(t, 40)
	l.underWay.Go(func() { l.send(t, http.DefaultClient, "under way", orders{Wait: "1s"}) })
	within(t, 5*time.Second, "the last request is under way", func() bool { return p.claimed(t, "under way") })
	l.stop()
	if !p.claimed(t, "under way") {
		t.Fatal("nothing is under way any more")
	}
	p.terminate(t)
	l.ends(t, p)
}

func TestDrainGivesUpWhatOutlastsItsLimit(t *testing.T) {
	p := start(t, "DRAIN_LIMIT=100ms")
	address := p.address(t)
	answer := make(chan int, 1)
	go func() { answer <- post(t, address, order("endless", orders{Wait: "1h"})) }()
	within(t, 5*time.Second, "the work has begun", func() bool { return p.claimed(t, "endless") })
	began := time.Now()
	if status := p.stop(t); status != 0 || time.Since(began) > 4*time.Second {
		t.Errorf("exit status %d after %v, want 0 soon", status, time.Since(began))
	}
	if status := <-answer; status != 500 {
		t.Errorf("the sender was told %d, want 500", status)
	}
	if p.claimed(t, "endless") {
		t.Error("the claim is still held: the next delivery would have to wait")
	}
}

// claimed reports whether an event's work is under way.
func (p *program) claimed(t *testing.T, id string) bool {
	t.Helper()
	var n int
	if err := p.db.QueryRow(t.Context(), `SELECT count(*) FROM ledger WHERE id = $1 AND state = 1 AND lease_until > now()`, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n == 1
}

func get(t *testing.T, address string) (status int, closes bool) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return 0, false
	}
	res.Body.Close()
	return res.StatusCode, res.Close
}

func post(t *testing.T, address string, e any) int {
	body, _ := json.Marshal(e)
	res, err := http.Post(address, "application/cloudevents+json", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}
