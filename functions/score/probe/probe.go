// Package probe is a small reference for probes inside apps: it shows in Go what a
// probe has to do to be understood by the function score.
//
//	in   a ticket of the app's own server, and bodies that say what was seen
//	out  an enrolled key, reports that are answered, batches of what was kept offline
//
// What the server refuses comes back as a refusal with the server's code; everything
// else is worth another try: later, or with Keep and Batch.
package probe

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/shared/fault"
)

// Probe reports for one device. All fields but State are set once; its methods may be
// called by many at once, and wait for one another.
type Probe struct {
	URL    string // of the function, without a path
	App    string
	Key    report.SigningKey
	Client *http.Client
	Now    func() time.Time
	Random io.Reader
	// Save keeps the state before it is used: a counter that is used twice after a
	// restart is a replay.
	Save  func(State) error
	State State

	mu      sync.Mutex
	session report.Session
	sealed  time.Time // when session was made
}

// State is what a probe must not forget.
type State struct {
	Device  string   `json:"device"`
	Ticket  string   `json:"ticket,omitempty"` // hmac: the session ticket
	Counter int64    `json:"counter"`          // of the last report
	Prev    string   `json:"prev,omitempty"`   // link of the last report that was sent in a batch
	Kept    [][]byte `json:"kept,omitempty"`   // sealed reports that wait for a network
}

// Answer is what the server says to a report. Why, it tells the app's back end alone.
type Answer struct {
	Report   string    `json:"report"`
	Outcome  string    `json:"outcome"` // allow, monitor, warn, challenge, block
	Decided  bool      `json:"decided"` // false: the server could not decide, and the app's fail mode speaks
	NextS    int64     `json:"next_s"`  // seconds to wait before the next report
	Commands []Command `json:"commands"`
}

// Command is to be carried out, and then named in acks of a later body.
type Command struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// Enrol shows the key to the server and learns the device's id. Of e only what is not
// the probe's own needs to be set: ticket, platform, model, attestation.
func (p *Probe) Enrol(ctx context.Context, e report.Enrolment) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.App, e.Time = p.App, report.At(p.Now())
	sealed, err := report.SealEnrolment(e, p.Key)
	if err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	var answer struct {
		Device string `json:"device"`
	}
	if err := p.post(ctx, "/score/devices", "application/json", sealed, &answer); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	next := p.State
	next.Device = answer.Device
	return p.keep(next)
}

// Report sends a body at once. When an answer is lost the same bytes are sent once more,
// which the server counts once; when the server has other keys than the probe knew, the
// report is sealed again for those.
func (p *Probe) Report(ctx context.Context, body report.Body) (answer Answer, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, err := p.header(false)
	if err != nil {
		return answer, fmt.Errorf("report: %w", err)
	}
	sealed, err := p.seal(ctx, h, body)
	if err == nil {
		err = p.post(ctx, "/score/reports", "application/json", sealed, &answer)
	}
	if worthAnother(err) {
		if fault.Code(err) == report.CodeUnknownKey {
			p.session = report.Session{}
			sealed, err = p.seal(ctx, h, body)
		}
		if sealed != nil {
			err = p.post(ctx, "/score/reports", "application/json", sealed, &answer)
		}
	}
	if err != nil {
		return answer, fmt.Errorf("report %s: %w", h.Report, err)
	}
	return answer, nil
}

// worthAnother: a server that asks to wait is not asked again at once.
func worthAnother(err error) bool {
	_, busy := fault.RetryAfter(err)
	return err != nil && !busy && (!fault.IsInvalid(err) || fault.Code(err) == report.CodeUnknownKey)
}

// Keep seals a body for a later batch. It needs no network when the probe has sealed a
// session key today.
func (p *Probe) Keep(ctx context.Context, body report.Body) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, err := p.header(true)
	if err != nil {
		return fmt.Errorf("keep a report: %w", err)
	}
	sealed, err := p.seal(ctx, h, body)
	if err != nil {
		return fmt.Errorf("keep report %s: %w", h.Report, err)
	}
	next := p.State
	next.Kept = append(next.Kept[:len(next.Kept):len(next.Kept)], sealed)
	return p.keep(next)
}

// Batch sends what was kept, the oldest first, at most as many as a batch takes. What
// the server took is forgotten here; what it refused as a whole stays.
func (p *Probe) Batch(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := fitting(p.State.Kept)
	if len(kept) == 0 {
		return nil
	}
	id, err := newID(p.Now(), p.Random)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	batch, err := report.SealBatch(report.BatchHeader{App: p.App, Device: p.State.Device, Batch: id, Prev: p.State.Prev,
		Time: report.At(p.Now()), Ticket: p.State.Ticket}, kept, p.Key)
	if err != nil {
		return fmt.Errorf("batch %s: %w", id, err)
	}
	if err := p.post(ctx, "/score/batches", "application/x-ndjson", batch, nil); err != nil {
		return fmt.Errorf("batch %s: %w", id, err)
	}
	next := p.State
	next.Prev = report.Link(p.Key.Suite(), kept[len(kept)-1])
	next.Kept = next.Kept[len(kept):]
	return p.keep(next)
}

// fitting is how much of what was kept goes into one batch.
func fitting(kept [][]byte) [][]byte {
	size := report.MaxHeader * 2 // the header line, in base64url
	for i, sealed := range kept {
		size += len(sealed) + 1
		if i == report.MaxBatchReport || size > report.MaxBatch {
			return kept[:i]
		}
	}
	return kept
}

// header takes the next counter, and remembers that before anybody sees it.
func (p *Probe) header(offline bool) (h report.Header, err error) {
	h = report.Header{V: report.Version, Suite: p.Key.Suite(), App: p.App, Device: p.State.Device, Time: report.At(p.Now()), Offline: offline}
	if h.Report, err = newID(p.Now(), p.Random); err != nil {
		return h, err
	}
	if offline {
		h.Link = p.State.Prev
		if n := len(p.State.Kept); n > 0 {
			h.Link = report.Link(h.Suite, p.State.Kept[n-1])
		}
	}
	next := p.State
	next.Counter++
	h.Counter = next.Counter
	return h, p.keep(next)
}

func (p *Probe) keep(next State) error {
	if err := p.Save(next); err != nil {
		return fmt.Errorf("save the probe's state: %w", err)
	}
	p.State = next
	return nil
}
