package probe

// What reports are encrypted with: one session key a day.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/shared/fault"
)

// sessionLife is how long a session key is used.
const sessionLife = 24 * time.Hour

func (p *Probe) seal(ctx context.Context, h report.Header, body report.Body) ([]byte, error) {
	plain, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if err := p.openSession(ctx); err != nil {
		return nil, err
	}
	if h.Suite != report.HMAC {
		if h.Nonce, err = newNonce(p.Random); err != nil {
			return nil, err
		}
	}
	return report.Seal(h, plain, p.session, p.Key)
}

// openSession makes a session key for the server's current key once a day.
func (p *Probe) openSession(ctx context.Context) error {
	if p.Key.Suite() == report.HMAC {
		p.session = report.Session{Ticket: p.State.Ticket}
		return nil
	}
	if p.session.Sealed != "" && p.Now().Sub(p.sealed) < sessionLife {
		return nil
	}
	key, err := p.serverKey(ctx)
	if err != nil {
		return err
	}
	session, err := report.NewSession(key, p.Random)
	if err != nil {
		return err
	}
	p.session, p.sealed = session, p.Now()
	return nil
}

func (p *Probe) serverKey(ctx context.Context) (report.PublicKey, error) {
	var answer struct {
		Keys []report.PublicKey `json:"keys"`
	}
	if err := p.get(ctx, "/score/keys", &answer); err != nil {
		return report.PublicKey{}, fmt.Errorf("ask for the server's keys: %w", err)
	}
	for _, k := range answer.Keys {
		if k.Suite == p.Key.Suite() {
			return k, nil
		}
	}
	return report.PublicKey{}, fault.Refusef(report.CodeUnsupportedSuite, "the server has no key for the suite %s", p.Key.Suite())
}
