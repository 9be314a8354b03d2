package report

// The header of a report: what the server must know before it can open anything.

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"xietong.dev/shared/fault"
)

// Header is signed and not encrypted. Key, KeyID and Nonce are empty in the suite
// hmac, Ticket is empty in the others.
type Header struct {
	V       int     `json:"v"`
	Suite   Suite   `json:"suite"`
	App     string  `json:"app"`              // at most 64 of letters, digits, dot, dash, underscore
	Device  string  `json:"device"`           // 32 hex digits, see DeviceID
	Report  string  `json:"report"`           // UUIDv7 (RFC 9562), made once and kept when the report is sent again
	Counter int64   `json:"counter"`          // 1..2^53, grows by one with each report of the device
	Time    Instant `json:"time"`             // when the probe looked, by the device's clock
	Offline bool    `json:"offline"`          // kept for lack of a network, and late
	Link    string  `json:"link,omitempty"`   // in a batch: Link of the line before
	KeyID   string  `json:"key_id,omitempty"` // of the server's key that Key is sealed for
	Key     string  `json:"key,omitempty"`    // sealed session key, base64url
	Nonce   string  `json:"nonce,omitempty"`  // 12 bytes, base64url, never twice with one session key
	Ticket  string  `json:"ticket,omitempty"` // hmac: from which the server knows its key again
}

// Instant is a time as the protocol writes it: RFC 3339, UTC, milliseconds.
type Instant struct{ time.Time }

const instantLayout = "2006-01-02T15:04:05.000Z"

// At is a time cut to milliseconds.
func At(t time.Time) Instant { return Instant{t.UTC().Truncate(time.Millisecond)} }

// MarshalJSON writes for example "2026-03-01T08:00:00.000Z".
func (i Instant) MarshalJSON() ([]byte, error) {
	return []byte(`"` + i.UTC().Format(instantLayout) + `"`), nil
}

// UnmarshalJSON takes no other spelling.
func (i *Instant) UnmarshalJSON(data []byte) error {
	t, err := time.Parse(`"`+instantLayout+`"`, string(data))
	if err != nil || t.Format(`"`+instantLayout+`"`) != string(data) {
		return fmt.Errorf("a time is written like 2026-03-01T08:00:00.000Z")
	}
	i.Time = t
	return nil
}

var (
	appShape    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	deviceShape = regexp.MustCompile(`^[0-9a-f]{32}$`)
	uuid7Shape  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	linkShape   = regexp.MustCompile(`^([A-Za-z0-9_-]{43})?$`)
	ticketShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,900}\.[A-Za-z0-9_-]{43}$`)
)

func parseHeader(protected string) (h Header, err error) {
	data, err := decodeSaid(protected, MaxHeader)
	if err != nil {
		return h, err
	}
	if err := strict(data, 3, &h); err != nil {
		return h, err
	}
	return h, h.check()
}

// decodeSaid tells a newer version before anything else, for all else may be
// different in it.
func decodeSaid(protected string, most int) ([]byte, error) {
	data, err := unbase64(protected)
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, fault.Refusef(CodeTooLarge, "header: %d bytes, at most %d are taken", len(data), most)
	}
	var first struct {
		V     json.Number `json:"v"`
		Suite string      `json:"suite"`
	}
	if err := json.Unmarshal(data, &first); err != nil {
		return nil, fault.Refusef(CodeMalformed, "header: is not an object with v and suite")
	}
	if first.V != "1" {
		return nil, fault.Refusef(CodeUnsupportedVersion, "header: version %.8q, this server speaks 1", first.V)
	}
	if !Suite(first.Suite).known() {
		return nil, fault.Refusef(CodeUnsupportedSuite, "header: suite %.8q, this server speaks sm, p256 and hmac", first.Suite)
	}
	return data, nil
}

func (h Header) check() error {
	for _, f := range []struct {
		field string
		fits  bool
		want  string
	}{
		{"app", appShape.MatchString(h.App), "1 to 64 letters, digits, dots, dashes, underscores"},
		{"device", deviceShape.MatchString(h.Device), "32 hex digits in lower case"},
		{"report", uuid7Shape.MatchString(h.Report), "a UUIDv7 in lower case"},
		{"counter", h.Counter >= 1 && h.Counter <= maxCounter, "1 to 2^53"},
		{"time", !h.Time.IsZero(), "a time"},
		{"link", linkShape.MatchString(h.Link), "the hash of the line before, base64url"},
		{"key", h.Suite == HMAC || len(h.Key) > 0 && len(h.Key) <= maxSealedKey, "a sealed session key"},
		{"nonce", h.Suite == HMAC || len(h.Nonce) == 16, "12 bytes, base64url"},
		{"ticket", h.Suite != HMAC || ticketShape.MatchString(h.Ticket), "the ticket that came with the key"},
	} {
		if !f.fits {
			return fault.Refusef(CodeMalformed, "header: %s must be %s", f.field, f.want)
		}
	}
	return nil
}
