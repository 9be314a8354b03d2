package events

import (
	"net/netip"
	"regexp"
	"time"
)

// How the reports of probes come in, where they do not come over HTTP. A probe is
// the part of a mobile app that reports on the device it runs on.

// DeviceReported hands on one report of a probe. Nobody has opened it yet: what its
// sender says of it is a claim.
type DeviceReported struct {
	App      string       `json:"app"` // whose probe it is
	Sealed   SealedReport `json:"sealed"`
	Address  string       `json:"address,omitempty"` // the IP address that the app's server saw
	Received string       `json:"received"`          // when that server had it: see [Moment]
}

// SealedReport is a report as the probe signed it, each part in base64url without
// padding. Its parts are at most 95 KiB together.
type SealedReport struct {
	Protected string `json:"protected"` // the header
	Body      string `json:"body"`      // encrypted
	Signature string `json:"signature"`
}

// DeviceBatchUploaded says that reports which a probe kept for lack of a network
// have arrived: one sealed report a line.
type DeviceBatchUploaded struct {
	Upload string `json:"upload"`
	Object Object `json:"object"`
	App    string `json:"app,omitempty"` // whose folder it came into; empty where it came into none
}

func (DeviceReported) EventType() string      { return "dev.xietong.device.reported.v1" }
func (DeviceBatchUploaded) EventType() string { return "dev.xietong.device.batch.uploaded.v1" }

func (d DeviceReported) EventSubject() string      { return d.App }
func (d DeviceBatchUploaded) EventSubject() string { return d.Upload }

// The longest parts of a sealed report, in characters: together they stay below what
// a broker carries, with room for the event around them.
const (
	maxProtected = 8192
	maxSealed    = 88_064
	maxSignature = 1024
)

var (
	apps      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	encoded   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	addresses = regexp.MustCompile(`^[0-9a-fA-F:.]{0,45}$`)
	moments   = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$`)
)

// IsApp reports whether s can name an app: 1 to 64 letters, digits, dots, hyphens and
// low lines, beginning with a letter or a digit.
func IsApp(s string) bool { return apps.MatchString(s) }

// Moment writes a time as events do: RFC 3339 in UTC, to the millisecond.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Validate returns an error that names the first field that is wrong.
func (d DeviceReported) Validate() error {
	return first(app("app", d.App), in("sealed", d.Sealed.check()), address("address", d.Address), moment("received", d.Received))
}

// Validate returns an error that names the first field that is wrong.
func (d DeviceBatchUploaded) Validate() error {
	err := first(id("upload", d.Upload), in("object", d.Object.check()))
	if err == nil && d.App != "" {
		err = app("app", d.App)
	}
	return err
}

func (s SealedReport) check() error {
	return first(base64("protected", s.Protected, maxProtected), base64("body", s.Body, maxSealed), base64("signature", s.Signature, maxSignature))
}

func base64(field, v string, most int) error {
	return first(text(field, v, 1, most), matches(field, v, encoded, "base64url without padding"))
}

func app(field, v string) error {
	return matches(field, v, apps, "1 to 64 of A-Z, a-z, 0-9, dot, _ and -")
}

// moment checks a time. That a month has the day, a schema says in words.
func moment(field, v string) error {
	if err := matches(field, v, moments, "a time in UTC such as 2026-11-27T01:30:00.000Z"); err != nil {
		return err
	}
	if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
		return wrong(field, "is %q, which does not fit the calendar: want a day that there is", brief(v))
	}
	return nil
}

// maybeMoment checks a time that need not be there.
func maybeMoment(field, v string) error {
	if v == "" {
		return nil
	}
	return moment(field, v)
}

// order wants one time no earlier than another.
func order(field, v, other, earliest string) error {
	late, _ := time.Parse(time.RFC3339Nano, v)
	early, _ := time.Parse(time.RFC3339Nano, earliest)
	if !late.Before(early) {
		return nil
	}
	return wrong(field, "is %q, which does not fit %s: want no earlier time than %q", v, other, earliest)
}

// address checks an IP address, which may be absent. Its exact form a schema says in words.
func address(field, v string) error {
	if err := matches(field, v, addresses, "an IP address"); err != nil || v == "" {
		return err
	}
	if _, err := netip.ParseAddr(v); err != nil {
		return wrong(field, "is %q, which does not fit the form of an IP address", v)
	}
	return nil
}
