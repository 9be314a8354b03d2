package score

// One report's way through its transaction: what is known, the decision, what is
// written. A single report and a batch take the same way.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
)

// Report is a probe's report that was verified and opened.
type Report struct {
	ID       string
	App      string
	Unit     string // the app's
	Device   string
	Account  string // hashed under the unit; empty where nobody is logged in
	Address  string // that it came from; empty where it was kept for later, or came by event without one
	Suite    string
	Counter  int64
	At       time.Time     // when it happened, by the device's clock
	Received time.Time     // by ours
	Skew     time.Duration // of the device's clock
	Offline  bool
	Gaps     int    // reports that are missing before it in its batch
	Digest   []byte // SHA-256 of the sealed report
	Body     report.Body
	Attested *Attestation // of a token that came with it; nil where none did
}

// Attestation is what a platform says of a device.
type Attestation struct {
	Verdict string   // none, valid or invalid
	Signals []string // ids of the catalogue
}

// Decided is what a report came to.
type Decided struct {
	Report   *Report
	Version  int    // of the rule set
	Hash     string // of the rule set
	Decision rules.Decision
	Commands []Command
	Repeated bool // it was decided before
}

// decide takes a report into the rows of its device and decides on it. What it
// shares with other reports is gathered, for flush.
func (s *Score) decide(ctx context.Context, tx pg.Tx, r *Report, w *shared) (Decided, error) {
	known, err := look(ctx, tx, r)
	if err != nil {
		return Decided{}, err
	}
	if r.Attested != nil {
		known.Attestation, known.Attested, known.AttestedAt = r.Attested.Verdict, r.Attested.Signals, &r.Received
	}
	known.expire(r.Received, s.AttestationAge)
	known.recall(r, w)
	live, shadow, err := s.Sets.both(ctx, tx, known.Live, known.Shadow)
	if err != nil {
		return Decided{}, err
	}
	in := features(r, known, s.Zone)
	if err := in.Check(); err != nil {
		return Decided{}, err
	}
	d := Decided{Report: r, Version: live.version, Hash: live.hash, Decision: live.program.Decide(&in), Commands: known.Commands}
	row := row{Report: r, features: in, decided: d}
	if shadow != nil {
		if other := shadow.program.Decide(&in); !same(other, d.Decision) {
			row.shadow = &shadowed{Version: shadow.version, Decision: other}
		}
	}
	if err := save(ctx, tx, row); err != nil {
		return Decided{}, err
	}
	w.take(r, known, in)
	w.alert(r, live, d.Decision, known.Suppressed, s.AlertWindow)
	return d, nil
}

// expire forgets what a platform attested too long ago to say anything of now.
func (s *seen) expire(now time.Time, age time.Duration) {
	if s.AttestedAt != nil && now.Sub(*s.AttestedAt) > age {
		s.Attestation, s.Attested, s.lapsed = "none", nil, true
	}
}

// recall adds what reports before this one in its batch will write.
func (s *seen) recall(r *Report, w *shared) {
	if p, there := w.places[r.Account]; there && (s.PlaceAt == nil || s.PlaceAt.Before(p.at)) {
		s.Lat, s.Lon, s.PlaceAt = &p.lat, &p.lon, &p.at
	}
	if span, there := w.links[linkKey{"da", r.Device, r.Account}]; there {
		first := span[0]
		if s.PairSince != nil {
			first = earlier(first, *s.PairSince)
		}
		s.PairSince = &first
	}
}

// take gathers what a report adds to rows that it shares with others.
func (w *shared) take(r *Report, known seen, in rules.Input) {
	w.met("da", r.Device, r.Account, r.At)
	w.met("xd", r.Address, r.Device, r.At)
	w.met("xa", r.Address, r.Account, r.At)
	if r.Address != "" {
		w.count("address", r.Address, r.At)
		if !known.AddressKnows {
			w.count("new", r.Address, r.At)
			w.count("farm", farmKey(r), r.At)
		}
	}
	if p := r.Body.Place; p != nil && r.Account != "" {
		w.put(r.Account, placeAt{coarse(p.Lat), coarse(p.Lon), r.At})
	}
}

// coarse rounds a coordinate to about a kilometre: enough for how far somebody
// came, and not where he lives.
func coarse(degrees float64) float64 { return float64(int64(degrees*100)) / 100 }

// same reports whether two decisions would be told alike.
func same(a, b rules.Decision) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// row is a report as it is kept.
type row struct {
	*Report
	features rules.Input
	decided  Decided
	shadow   *shadowed
}

type shadowed struct {
	Version  int            `json:"version"`
	Decision rules.Decision `json:"decision"`
}

// save writes a report, and what its device is known by from now on.
func save(ctx context.Context, tx pg.Tx, r row) error {
	body, err := json.Marshal(r.kept())
	if err != nil {
		return fmt.Errorf("write report %s: %w", r.ID, err)
	}
	d := r.decided.Decision
	b := &pg.Batch{}
	b.Queue(`INSERT INTO report (id, at, received_at, app, unit, device, account, address, digest, body, features, ruleset, outcome, rank, decision, shadow)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, r.ID, r.At, r.Received, r.App, r.Unit, r.Device, r.Account, r.Address,
		r.Digest, body, r.features, r.decided.Version, d.Outcome, d.Outcome.Rank(), d, r.shadow)
	b.Queue(`UPDATE device SET last_at = $2, app_version = $3 WHERE id = $1 AND (last_at IS NULL OR last_at < $2)`, r.Device, r.At, r.Body.AppVersion)
	if a := r.Attested; a != nil {
		b.Queue(`UPDATE device SET attestation = $2, attested = $3, attested_at = $4 WHERE id = $1`, r.Device, a.Verdict, a.Signals, r.Received)
	}
	for _, id := range r.Body.Acks {
		b.Queue(`UPDATE command SET acked_at = $2, acked_by = $3 WHERE id = $1 AND entity IN ($4, $5) AND acked_at IS NULL`, id, r.Received, r.ID, r.Device, r.Account)
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("write report %s: %w", r.ID, err)
	}
	return nil
}

// kept is a report's body as it is stored: no account by name, no place closer
// than a kilometre, no token.
func (r *Report) kept() report.Body {
	b := r.Body
	b.Account, b.Attestation = "", nil
	if b.Place != nil {
		p := *b.Place
		p.Lat, p.Lon = coarse(p.Lat), coarse(p.Lon)
		b.Place = &p
	}
	return b
}
