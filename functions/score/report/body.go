package report

// The body of a report: what the probe saw.

import (
	"math"
	"regexp"
	"unicode/utf8"

	"xietong.dev/shared/fault"
)

// Body is what the probe claims. Nothing in it is proven; only an attestation can be.
type Body struct {
	Platform     string       `json:"platform"` // android, ios, harmonyos, h5, miniprogram; or one that is not known yet
	OSVersion    string       `json:"os_version,omitempty"`
	Model        string       `json:"model,omitempty"`
	AppVersion   string       `json:"app_version,omitempty"`
	ProbeVersion string       `json:"probe_version,omitempty"`
	Account      string       `json:"account,omitempty"`        // as the app names it
	Claimed      []Claim      `json:"claimed,omitempty"`        // each id once
	Attestation  *Attestation `json:"attestation,omitempty"`    // what the platform says of app and device
	Place        *Place       `json:"place,omitempty"`          // WGS 84
	Network      *Network     `json:"network,omitempty"`        // hashed, never in plain
	UTCOffsetMin *int         `json:"utc_offset_min,omitempty"` // minutes east of Greenwich by the device's zone, -720..840
	NextS        int64        `json:"next,omitempty"`           // seconds until the probe will report again, at most a week; 0 = not known
	Acks         []string     `json:"acks,omitempty"`           // ids of commands that were carried out
}

// Claim is a signal that the probe says it saw. Whether its id is in the catalogue is
// not asked here: a newer probe may know more signals than this server.
type Claim struct {
	ID     string `json:"id"`
	Detail string `json:"detail,omitempty"`
}

// Attestation is a platform's word on app and device, to be verified by its kind.
type Attestation struct {
	Kind  string `json:"kind"`
	Token string `json:"token"`
}

// Place is where the device says it is. Degrees, and metres.
type Place struct {
	Lat       float64 `json:"lat"`
	Lon       float64 `json:"lon"`
	AccuracyM float64 `json:"accuracy_m,omitempty"`
}

// Network says by what the device is connected. Names of networks and cells can tell
// where a person lives, so the probe hashes them, keyed per app.
type Network struct {
	Kind string `json:"kind,omitempty"` // wifi, cellular, wired, …
	Wifi string `json:"wifi,omitempty"` // 32 to 64 hex digits
	Cell string `json:"cell,omitempty"` // 32 to 64 hex digits
}

var (
	signalShape  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,48}){1,3}$`)
	kindShape    = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,31}$`)
	hashShape    = regexp.MustCompile(`^([0-9a-f]{32,64})?$`)
	commandShape = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

const maxNextS = 7 * 24 * 3600

// ParseBody reads the JSON of a body and refuses whatever breaks a limit.
func ParseBody(plain []byte) (b Body, err error) {
	if len(plain) > MaxBody {
		return b, fault.Refusef(CodeTooLarge, "body: %d bytes, at most %d are taken", len(plain), MaxBody)
	}
	if err := strict(plain, MaxDepth, &b); err != nil {
		return Body{}, err
	}
	for _, check := range []func() error{b.checkTexts, b.checkClaimed, b.checkParts, b.checkAcks} {
		if err := check(); err != nil {
			return Body{}, err
		}
	}
	return b, nil
}

func (b Body) checkTexts() error {
	if !kindShape.MatchString(b.Platform) {
		return fault.Refusef(CodeMalformed, "body: platform must be one word in lower case, like android")
	}
	for _, f := range []struct {
		field, text string
		most        int
	}{
		{"os_version", b.OSVersion, MaxText}, {"model", b.Model, MaxText}, {"app_version", b.AppVersion, MaxText},
		{"probe_version", b.ProbeVersion, MaxText}, {"account", b.Account, MaxAccount},
	} {
		if n := utf8.RuneCountInString(f.text); n > f.most {
			return fault.Refusef(CodeTooLarge, "body: %s has %d characters, at most %d are taken", f.field, n, f.most)
		}
	}
	return nil
}

func (b Body) checkClaimed() error {
	if len(b.Claimed) > MaxClaimed {
		return fault.Refusef(CodeTooLarge, "body: claimed has %d signals, at most %d are taken", len(b.Claimed), MaxClaimed)
	}
	seen := make(map[string]bool, len(b.Claimed))
	for _, c := range b.Claimed {
		switch {
		case !signalShape.MatchString(c.ID):
			return fault.Refusef(CodeMalformed, "body: claimed: %.80q is not an id like rt.frida", c.ID)
		case seen[c.ID]:
			return fault.Refusef(CodeMalformed, "body: claimed: %s stands twice", c.ID)
		case utf8.RuneCountInString(c.Detail) > MaxDetail:
			return fault.Refusef(CodeTooLarge, "body: claimed: the detail of %s is longer than %d characters", c.ID, MaxDetail)
		}
		seen[c.ID] = true
	}
	return nil
}

func (b Body) checkParts() error {
	if a := b.Attestation; a != nil {
		switch {
		case !kindShape.MatchString(a.Kind) || a.Token == "":
			return fault.Refusef(CodeMalformed, "body: attestation needs kind (one word in lower case) and token")
		case len(a.Token) > MaxToken:
			return fault.Refusef(CodeTooLarge, "body: attestation: token has %d bytes, at most %d are taken", len(a.Token), MaxToken)
		}
	}
	if p := b.Place; p != nil && (math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180 || p.AccuracyM < 0 || p.AccuracyM > 1e7) {
		return fault.Refusef(CodeMalformed, "body: place: lat is -90..90, lon -180..180, accuracy_m 0..10000000")
	}
	if n := b.Network; n != nil && (n.Kind != "" && !kindShape.MatchString(n.Kind) || !hashShape.MatchString(n.Wifi) || !hashShape.MatchString(n.Cell)) {
		return fault.Refusef(CodeMalformed, "body: network: kind is one word, wifi and cell are hashes of 32 to 64 hex digits and never the names")
	}
	if o := b.UTCOffsetMin; o != nil && (*o < -720 || *o > 840) {
		return fault.Refusef(CodeMalformed, "body: utc_offset_min is -720..840")
	}
	if b.NextS < 0 || b.NextS > maxNextS {
		return fault.Refusef(CodeMalformed, "body: next is 0..%d seconds", maxNextS)
	}
	return nil
}

func (b Body) checkAcks() error {
	if len(b.Acks) > MaxAcks {
		return fault.Refusef(CodeTooLarge, "body: acks has %d commands, at most %d are taken", len(b.Acks), MaxAcks)
	}
	for _, id := range b.Acks {
		if !commandShape.MatchString(id) {
			return fault.Refusef(CodeMalformed, "body: acks: %.80q is not the id of a command", id)
		}
	}
	return nil
}
