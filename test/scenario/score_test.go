package scenario

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/score/probe"
	"xietong.dev/functions/score/report"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// office is an app's own server. It hands on what the probes in the app send: reports
// as events, batches as uploads, everything else to the function.
type office struct {
	*testing.T
	*drive.Runtime
	*httptest.Server
	db      *pg.DB // the function's
	batches [][]byte
}

func openOffice(t *testing.T) *office {
	o := &office{T: t, Runtime: up(t)}
	if status, err := o.Call(limit(t), http.MethodPut, "/score/apps/oa", map[string]any{"name": "办公", "fail": "open", "interval_s": 60}, nil); err != nil || status != http.StatusOK {
		t.Fatalf("add the app: %d, %v", status, err)
	}
	front, err := url.Parse(o.Front)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(front))
	mux.HandleFunc("POST /score/reports", o.handOn)
	mux.HandleFunc("POST /score/batches", o.keepBatch)
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	if o.db, err = pg.Open(limit(t), pg.Config{URL: conf.Secret(o.Database), Connections: 1}, "score", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.db.Close)
	return o
}

// handOn sends a report's event until the broker has it: the same event each time.
func (o *office) handOn(w http.ResponseWriter, r *http.Request) {
	d := events.DeviceReported{App: "oa", Address: "203.0.113.7", Received: events.Moment(time.Now())}
	if err := json.NewDecoder(r.Body).Decode(&d.Sealed); err != nil {
		o.Error(err)
	}
	e, err := events.New(d)
	if err != nil {
		o.Error(err)
	}
	e.SetID(ce.ID("handed on", d.Sealed.Signature))
	e.SetSource("/apps/oa")
	for {
		if status, err := o.Send(r.Context(), e); err == nil && status == http.StatusAccepted || r.Context().Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	io.WriteString(w, "{}")
}

func (o *office) keepBatch(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		o.Error(err)
	}
	o.batches = append(o.batches, text)
	io.WriteString(w, "{}")
}

func (o *office) upload(key string, text []byte) {
	o.Helper()
	if _, err := o.Blob.Put(limit(o.T), "reports", key, bytes.NewReader(text), blob.Put{Size: int64(len(text))}); err != nil {
		o.Fatal(err)
	}
}

// probe enrols a new device.
func (o *office) probe(suite report.Suite) *probe.Probe {
	o.Helper()
	key, err := report.NewSigningKey(suite, rand.Reader)
	if err != nil {
		o.Fatal(err)
	}
	var given struct{ Ticket string }
	ask := map[string]string{"app": "oa", "purpose": report.PurposeDevice, "account": "zhang.wei"}
	if status, err := o.Call(limit(o.T), http.MethodPost, "/score/tickets", ask, &given); err != nil || status != http.StatusCreated {
		o.Fatalf("ask for a ticket: %d, %v", status, err)
	}
	p := &probe.Probe{URL: o.URL, App: "oa", Key: key, Client: http.DefaultClient, Now: time.Now, Random: rand.Reader, Save: func(probe.State) error { return nil }}
	if err := p.Enrol(limit(o.T), report.Enrolment{Ticket: given.Ticket, Platform: "harmonyos", Model: "Mate 70"}); err != nil {
		o.Fatal(err)
	}
	return p
}

// claiming is what a probe says.
func claiming(ids ...string) report.Body {
	b := report.Body{Platform: "harmonyos", OSVersion: "5.0", Model: "Mate 70", AppVersion: "3.2.1", ProbeVersion: "1.0.0", Account: "zhang.wei"}
	for _, id := range ids {
		b.Claimed = append(b.Claimed, report.Claim{ID: id})
	}
	return b
}

// told are the decisions that events tell of, in words, each event once.
func (o *office) told() (all []string) {
	o.Helper()
	text, err := o.Local(limit(o.T), "events", "--json", "--type", events.RiskDecided{}.EventType(), "--limit", "1000")
	if err != nil {
		o.Fatalf("%v\n%s", err, text)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		var e struct {
			ID   string
			Data events.RiskDecided
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			o.Fatalf("%v in %s", err, line)
		}
		if !seen[e.ID] {
			all = append(all, fmt.Sprintf("%s late=%t", e.Data.Outcome, e.Data.Late))
		}
		seen[e.ID] = true
	}
	slices.Sort(all)
	return all
}

func (o *office) count(sql string) (n int) {
	o.Helper()
	if err := o.db.QueryRow(limit(o.T), sql).Scan(&n); err != nil {
		o.Fatalf("%s: %v", sql, err)
	}
	return n
}

// A report that an app's server hands on is decided; so are those that a probe kept,
// once, however often they are uploaded; and a batch that cannot be read says why.
func TestReportsThatAreHandedOnAndKeptAreDecided(t *testing.T) {
	o, ctx := openOffice(t), limit(t)
	if _, err := o.probe(report.SM).Report(ctx, claiming("rt.frida")); err != nil {
		t.Fatal(err)
	}
	await(t, "the decision", func() bool { return len(o.told()) == 1 })
	if diff := cmp.Diff([]string{"challenge late=false"}, o.told()); diff != "" {
		t.Fatalf("decisions (-want +got)\n%s", diff)
	}

	away := o.probe(report.P256)
	for _, b := range []report.Body{claiming(), claiming("rt.frida"), claiming()} {
		if err := away.Keep(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := away.Batch(ctx); err != nil {
		t.Fatal(err)
	}
	batch := o.batches[0]
	o.upload("oa/monday.ndjson", batch)
	want := []string{"allow late=true", "allow late=true", "challenge late=false", "challenge late=true"}
	await(t, "the decisions on the batch", func() bool { return len(o.told()) == len(want) })
	if diff := cmp.Diff(want, o.told()); diff != "" {
		t.Errorf("decisions (-want +got)\n%s", diff)
	}

	o.upload("oa/monday.ndjson", batch) // the same event, since the bucket has no versions
	o.upload("oa/tuesday.ndjson", batch)
	await(t, "the batch under another name", func() bool {
		return o.count(`SELECT count(*) FROM ledger WHERE type = 'dev.xietong.device.batch.uploaded.v1' AND state = 2`) == 2
	})
	if n := o.count(`SELECT count(*) FROM report`); n != len(want) {
		t.Errorf("%d reports after the batch came again, want %d", n, len(want))
	}
	if diff := cmp.Diff(want, o.told()); diff != "" {
		t.Errorf("decisions after the batch came again (-want +got)\n%s", diff)
	}

	o.upload("oa/poisoned.ndjson", append([]byte("{"), batch...))
	await(t, "a dead letter with its reason", func() bool {
		text, _ := o.Local(ctx, "dead", "list", "--function", "score", "--reason", report.CodeMalformed)
		return strings.Contains(text, report.CodeMalformed)
	})
	if _, err := o.Blob.Head(ctx, "reports", "oa/poisoned.ndjson", ""); err != nil {
		t.Errorf("the upload: %v", err)
	}
	if n := o.count(`SELECT count(*) FROM report`); n != len(want) {
		t.Errorf("%d reports after the batch that cannot be read, want %d", n, len(want))
	}
}

// While reports come in, the function is killed at work and the database is restarted:
// each report is decided once, counted once and told of once.
func TestAScoreThatIsKilledAtWorkLosesAndDoublesNothing(t *testing.T) {
	o, ctx := openOffice(t), limit(t)
	var reporting sync.WaitGroup
	var sent atomic.Int64
	end := make(chan struct{})
	for n := range 4 {
		p := o.probe([]report.Suite{report.SM, report.P256}[n%2])
		// Only the first report of a day asks the function itself, for its keys.
		if _, err := p.Report(ctx, claiming()); err != nil {
			t.Fatal(err)
		}
		sent.Add(1)
		reporting.Go(func() {
			for {
				select {
				case <-end:
					return
				case <-time.After(100 * time.Millisecond): // more would be too fast for a device
				}
				if _, err := p.Report(ctx, claiming()); err != nil {
					t.Error(err)
					continue
				}
				sent.Add(1)
			}
		})
	}
	o.killAtWork(ctx)
	killDatabase(t, o.Runtime, syscall.SIGQUIT)
	o.killAtWork(ctx)
	close(end)
	reporting.Wait()

	all := int(sent.Load())
	await(t, "every report is decided", func() bool { return len(o.told()) >= all })
	await(t, "every event has ended", func() bool {
		text, err := o.Local(ctx, "dead", "list")
		return err == nil && strings.HasPrefix(text, "no dead letters") &&
			o.count(`SELECT count(*) FROM ledger WHERE type = 'dev.xietong.device.reported.v1' AND state = 2`) == all
	})
	got := map[string]int{"told": len(o.told()), "decided": o.count(`SELECT count(*) FROM report`), "counters": o.count(`SELECT sum(top) FROM device`),
		"counted at the address": o.count(`SELECT sum(n) FROM minute WHERE kind = 'address'`), "ledger": o.count(`SELECT count(*) FROM ledger WHERE type = 'dev.xietong.device.reported.v1'`)}
	want := map[string]int{"told": all, "decided": all, "counters": all, "counted at the address": all, "ledger": all}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of the reports (-want +got)\n%s", diff)
	}
}

// killAtWork kills the function while it has events in its hands, until the broker
// has seen one of them fail.
func (o *office) killAtWork(ctx context.Context) {
	o.Helper()
	seen := func() (running, failed int, err error) {
		err = o.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM broker.delivery WHERE trigger = 'score-told' AND state = 2), (SELECT count(*) FROM broker.attempt WHERE trigger = 'score-told')`).Scan(&running, &failed)
		return running, failed, err
	}
	before := -1
	await(o.T, "the function died of a kill at work", func() bool {
		running, failed, err := seen()
		switch {
		case err != nil: // the database is away
			return false
		case before < 0:
			before = failed
		case failed > before:
			return true
		}
		if running > 0 {
			err = o.KillAll("score")
		}
		if err != nil {
			o.Fatal(err)
		}
		return false
	})
}
