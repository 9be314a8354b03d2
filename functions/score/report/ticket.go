package report

// Tickets: what the server gave out, and knows again without having kept it.

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xietong.dev/shared/fault"
)

// Ticket says what its bearer may do. An app's own server asks for one and hands it to
// the app, so that only its app can enrol.
type Ticket struct {
	Purpose string  `json:"purpose"` // device: enrol a key; session: report with the suite hmac
	App     string  `json:"app"`
	Account string  `json:"account,omitempty"` // empty: not known yet
	Device  string  `json:"device,omitempty"`  // session: the device that reports
	Expires Instant `json:"expires"`
	Nonce   string  `json:"nonce"` // makes two tickets differ; a device ticket is good once if its giver remembers this
}

// The purposes of tickets.
const (
	PurposeDevice  = "device"
	PurposeSession = "session"
)

// Tickets gives and checks tickets with HMAC (RFC 2104) over SM3.
type Tickets struct {
	Secrets [][]byte // at least 32 bytes each; the first one gives, all of them check
}

// Give writes a ticket as text: letters, digits, dash, underscore and one dot.
func (t Tickets) Give(ticket Ticket) (string, error) {
	if len(t.Secrets) == 0 || len(t.Secrets[0]) < 32 {
		return "", errors.New("give a ticket: the secret for tickets is shorter than 32 bytes")
	}
	data, err := json.Marshal(ticket)
	if err != nil {
		return "", err
	}
	said := base64url(data)
	text := said + "." + base64url(sm3MAC(t.Secrets[0], "ticket "+said))
	if !ticketShape.MatchString(text) {
		return "", fault.Refusef(CodeTooLarge, "ticket: app, account and nonce are too long together")
	}
	return text, nil
}

// Check reads a ticket of one purpose for one app. It refuses with bad_ticket or
// expired_ticket.
func (t Tickets) Check(text, purpose, app string, now time.Time) (Ticket, error) {
	ticket, _, err := t.read(text)
	switch {
	case err != nil:
		return Ticket{}, err
	case ticket.Purpose != purpose || ticket.App != app:
		return Ticket{}, fault.Refusef(CodeBadTicket, "ticket: is for %s of %s", ticket.Purpose, ticket.App)
	case !now.Before(ticket.Expires.Time):
		return Ticket{}, fault.Refusef(CodeExpiredTicket, "ticket: was good until %s, here it is %s: ask for a new one", ticket.Expires.Format(instantLayout), At(now).Format(instantLayout))
	}
	return ticket, nil
}

// SessionKey is the key of the suite hmac that was lent with a session ticket to one
// device of one app. It follows from the ticket, so nobody has to keep it. Offline
// reports are held to the time they are received too: a key that was lent yesterday may
// have been found since.
func (t Tickets) SessionKey(text, app, device string, received time.Time) (Key, error) {
	ticket, err := t.Check(text, PurposeSession, app, received)
	if err != nil {
		return Key{}, err
	}
	if ticket.Device != device {
		return Key{}, fault.Refusef(CodeBadTicket, "ticket: is for another device")
	}
	lent, err := t.Lend(text)
	if err != nil {
		return Key{}, err
	}
	return ParseKey(HMAC, lent)
}

// Lend is what a page gets to sign with: [MACSize] bytes.
func (t Tickets) Lend(text string) ([]byte, error) {
	_, secret, err := t.read(text)
	if err != nil {
		return nil, err
	}
	return sm3MAC(secret, "session "+text), nil
}

func (t Tickets) read(text string) (ticket Ticket, secret []byte, err error) {
	said, signature, _ := strings.Cut(text, ".")
	shown, err := unbase64(signature)
	if err != nil {
		return ticket, nil, errTicket
	}
	for _, secret := range t.Secrets {
		if !hmac.Equal(shown, sm3MAC(secret, "ticket "+said)) {
			continue
		}
		data, err := unbase64(said)
		if err != nil || json.Unmarshal(data, &ticket) != nil {
			return ticket, nil, errTicket
		}
		return ticket, secret, nil
	}
	return ticket, nil, errTicket
}

var errTicket = fault.Refusef(CodeBadTicket, "ticket: is not one that this server gave")

func sm3MAC(key []byte, message string) []byte {
	m := hmac.New(sm3.New, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}
