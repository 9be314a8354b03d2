package score

// From the bytes that a probe sent to a report that may be decided on: whose it is,
// whether it was changed, whether it is fresh, what it says.

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"xietong.dev/functions/score/attestation"
	"xietong.dev/functions/score/report"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// Codes of refusals that the protocol does not know of.
const (
	CodeUnknownDevice = "unknown_device"
	CodeUnknownApp    = "unknown_app"
	CodeReplayed      = "replayed"
	CodeOtherAccount  = "other_account"
)

// device is what is known of a device without its reports. It never changes.
type device struct {
	id, app, unit string
	suite         report.Suite
	public        []byte
	key           report.Key // of the suite hmac none: it follows from the ticket
}

// receive verifies and opens a sealed report. The address is where it came from, as
// far as anybody knows.
func (s *Score) receive(ctx context.Context, sealed []byte, address string, now time.Time) (*Report, error) {
	parsed, err := report.Parse(sealed)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, parsed, address, now)
}

func (s *Score) open(ctx context.Context, parsed report.Sealed, address string, now time.Time) (*Report, error) {
	h := parsed.Header
	d, err := s.device(ctx, h.App, h.Device)
	if err != nil {
		return nil, err
	}
	key, ticket, err := s.keyOf(d, h, now)
	if err != nil {
		return nil, err
	}
	verified, err := parsed.Verify(key)
	if err != nil {
		return nil, err
	}
	skew, err := report.Fresh(h, now, s.Window, s.Late)
	if err != nil {
		return nil, err
	}
	body, err := verified.Body(s.Keys, s.sessions)
	if err != nil {
		return nil, err
	}
	if ticket.Account != "" && body.Account != ticket.Account {
		return nil, fault.Refusef(CodeOtherAccount, "report: account is not the one that the session's ticket was given to; ask for a new ticket after a change of account")
	}
	r := &Report{ID: h.Report, App: h.App, Unit: d.unit, Device: h.Device, Account: s.account(d.unit, body.Account), Suite: string(h.Suite), Counter: h.Counter,
		At: h.Time.Time, Received: now, Skew: skew, Offline: h.Offline, Digest: parsed.Digest(), Body: body}
	if !h.Offline {
		r.Address = plainAddress(address)
	}
	r.Attested, err = s.attested(ctx, d, body.Attestation, report.Challenge(h.Device, h.Report), now)
	return r, err
}

// device finds a device of an app.
func (s *Score) device(ctx context.Context, app, id string) (device, error) {
	d, there := s.devices.get(id)
	if !there {
		var err error
		if d, err = findDevice(ctx, s.DB, id); err != nil {
			return d, err
		}
		s.devices.put(id, d)
	}
	if d.app != app {
		return d, unknownDevice(id)
	}
	return d, nil
}

func unknownDevice(id string) error {
	return fault.Refusef(CodeUnknownDevice, "report: device %s is not enrolled here; enrol it with a new ticket", id)
}

func findDevice(ctx context.Context, db *pg.DB, id string) (device, error) {
	d := device{id: id}
	err := db.QueryRow(ctx, `SELECT app, unit, suite, key FROM device WHERE id = $1`, id).Scan(&d.app, &d.unit, &d.suite, &d.public)
	if errors.Is(err, pg.ErrNoRows) {
		return d, unknownDevice(id)
	}
	if err != nil {
		return d, fmt.Errorf("find device %s: %w", id, err)
	}
	if d.suite == report.HMAC {
		return d, nil
	}
	d.key, err = report.ParseKey(d.suite, d.public)
	return d, err
}

// keyOf is what a report's signature is verified with. A page's key follows from the
// ticket that it shows.
func (s *Score) keyOf(d device, h report.Header, now time.Time) (report.Key, report.Ticket, error) {
	if d.suite != report.HMAC {
		return d.key, report.Ticket{}, nil
	}
	ticket, err := s.tickets().Check(h.Ticket, report.PurposeSession, h.App, now)
	if err != nil {
		return report.Key{}, ticket, err
	}
	key, err := s.tickets().SessionKey(h.Ticket, h.App, h.Device, now)
	return key, ticket, err
}

// attested checks a platform's statement about a device, where one came.
func (s *Score) attested(ctx context.Context, d device, a *report.Attestation, challenge []byte, now time.Time) (*Attestation, error) {
	if a == nil {
		return nil, nil
	}
	known, err := s.app(ctx, d.app)
	if err != nil {
		return nil, err
	}
	result, err := s.Attest.Verify(attestation.Kind(a.Kind), a.Token, attestation.Want{Nonce: challenge, Packages: known.Packages, Certificates: known.Certificates, PublicKey: d.publicKey(), Now: now})
	if err != nil {
		return nil, fmt.Errorf("check the attestation of device %s: %w", d.id, err)
	}
	if result.Verdict != attestation.Valid {
		s.Log.Info("attestation not valid", "device", d.id, "kind", a.Kind, "verdict", result.Verdict, "reason", result.Reason, "detail", result.Detail)
	}
	return &Attestation{Verdict: string(result.Verdict), Signals: append([]string{}, result.Signals...)}, nil
}

// publicKey is a device's key as platforms attest it; nil where they cannot.
func (d device) publicKey() crypto.PublicKey {
	if d.suite != report.P256 {
		return nil
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), d.public)
	if err != nil {
		return nil
	}
	return key
}

// slow makes a device, and an app, that sends too much wait. It is asked after the
// signature was checked, or anybody could use up another's share.
func (s *Score) slow(r *Report) error {
	for _, limit := range []struct {
		name  string
		each  rate.Limit
		burst int
	}{{"device " + r.Device, rate.Limit(s.DeviceRate), s.DeviceBurst}, {"app " + r.App, rate.Limit(s.AppRate), int(s.AppRate)}} {
		l, there := s.rates.get(limit.name)
		if !there {
			l = rate.NewLimiter(limit.each, max(1, limit.burst))
			s.rates.put(limit.name, l)
		}
		if !l.AllowN(r.Received, 1) {
			return fault.Busy(time.Duration(float64(time.Second)/float64(limit.each)), fmt.Errorf("%s sends more than it may", limit.name))
		}
	}
	return nil
}
