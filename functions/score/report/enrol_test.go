package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

func enrolment(t *testing.T, s server) Enrolment {
	ticket, err := s.tickets.Give(Ticket{Purpose: PurposeDevice, App: "cn.example.oa", Expires: At(noon.Add(time.Hour)), Nonce: "n"})
	if err != nil {
		t.Fatal(err)
	}
	return Enrolment{App: "cn.example.oa", Ticket: ticket, Platform: "android", Model: "T10", Time: At(noon),
		Attestation: &Attestation{Kind: "android.key", Token: "MIIB"}}
}

func TestEnrolment(t *testing.T) {
	s := newServer(t)
	for _, suite := range []Suite{SM, P256} {
		d := s.device(t, suite)
		want := enrolment(t, s)
		sealed, err := SealEnrolment(want, d.signing)
		if err != nil {
			t.Fatal(err)
		}
		got, key, err := ParseEnrolment(sealed)
		if err != nil {
			t.Fatal(err)
		}
		want.V, want.Suite, want.PublicKey = 1, suite, base64url(d.signing.Public())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if _, _, err := s.open(d.seal(d.header(1), text(usual)), key); err != nil {
			t.Errorf("a report after it: %v", err)
		}
	}
}

func TestEnrolmentsThatAreRefused(t *testing.T) {
	s := newServer(t)
	d, other := s.device(t, SM), s.device(t, P256)
	for name, c := range map[string]struct {
		change func(e *Enrolment)
		key    SigningKey
		code   string
	}{
		"a ticket that is none": {func(e *Enrolment) { e.Ticket = "x" }, d.signing, CodeBadTicket},
		"no platform":           {func(e *Enrolment) { e.Platform = "" }, d.signing, CodeMalformed},
		"no app":                {func(e *Enrolment) { e.App = "办公" }, d.signing, CodeMalformed},
		"half an attestation":   {func(e *Enrolment) { e.Attestation.Token = "" }, d.signing, CodeMalformed},
		"hmac":                  {func(*Enrolment) {}, s.device(t, HMAC).signing, CodeUnsupportedSuite},
	} {
		e := enrolment(t, s)
		c.change(&e)
		sealed, err := SealEnrolment(e, c.key)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := ParseEnrolment(sealed); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	// Somebody else's key is shown, and signed with an own one.
	e := enrolment(t, s)
	e.V, e.Suite, e.PublicKey = 1, P256, base64url(other.signing.Public())
	mine, err := NewSigningKey(P256, random(42))
	if err != nil {
		t.Fatal(err)
	}
	stolen := envelope{Protected: base64url([]byte(text(e)))}
	sealed, err := stolen.signed(mine, "enrol."+stolen.Protected)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ParseEnrolment(sealed); fault.Code(err) != CodeBadSignature {
		t.Errorf("a key that its sender does not hold: %v", err)
	}
}

func TestDeviceID(t *testing.T) {
	key := []byte("tenant")
	a := DeviceID(key, "finance", []byte{4, 1})
	if !deviceShape.MatchString(a) {
		t.Errorf("%q is no device id", a)
	}
	for name, b := range map[string]string{
		"another unit":       DeviceID(key, "police", []byte{4, 1}),
		"another key":        DeviceID(key, "finance", []byte{4, 2}),
		"another tenant key": DeviceID([]byte("tenant2"), "finance", []byte{4, 1}),
	} {
		if a == b {
			t.Errorf("%s, the same device", name)
		}
	}
}
