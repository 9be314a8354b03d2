package report

// What the tests make reports of: one device per suite, with keys that never change.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// random is the same in every run.
func random(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// device is a probe that has enrolled.
type device struct {
	*testing.T
	signing SigningKey
	key     Key // what the server knows
	session Session
	id      string
}

// server is what the function has.
type server struct {
	keys     ServerKeys
	tickets  Tickets
	sessions *Sessions
}

func newServer(t testing.TB) server {
	t.Helper()
	keys, err := NewServerKeys(random(1))
	if err != nil {
		t.Fatal(err)
	}
	return server{keys, Tickets{[][]byte{bytes.Repeat([]byte{7}, 32)}}, &Sessions{Most: 100}}
}

var suites = []Suite{SM, P256, HMAC}

func (s server) device(t testing.TB, suite Suite) device {
	t.Helper()
	d, err := s.enrolled(suite)
	if err != nil {
		t.Fatal(err)
	}
	d.T, _ = t.(*testing.T)
	return d
}

func (s server) enrolled(suite Suite) (d device, err error) {
	if suite == HMAC {
		return s.lent()
	}
	if d.signing, err = NewSigningKey(suite, random(2)); err != nil {
		return d, err
	}
	public := d.signing.Public()
	if d.key, err = ParseKey(suite, public); err != nil {
		return d, err
	}
	d.id = DeviceID([]byte("tenant key of the tests"), "finance", public)
	for _, k := range s.keys.Public() {
		if k.Suite == suite {
			d.session, err = NewSession(k, random(3))
		}
	}
	return d, err
}

func (s server) lent() (d device, err error) {
	d.id = "00112233445566778899aabbccddeeff"
	d.session.Ticket, err = s.tickets.Give(Ticket{Purpose: PurposeSession, App: "cn.example.oa", Device: d.id, Expires: At(noon.Add(time.Hour)), Nonce: "n1"})
	if err != nil {
		return d, err
	}
	secret, err := s.tickets.Lend(d.session.Ticket)
	if err != nil {
		return d, err
	}
	if d.signing, err = ParseSigningKey(HMAC, secret); err != nil {
		return d, err
	}
	d.key, err = s.tickets.SessionKey(d.session.Ticket, "cn.example.oa", d.id, noon)
	return d, err
}

// header is of the device's nth report.
func (d device) header(n int64) Header {
	h := Header{V: 1, Suite: d.signing.Suite(), App: "cn.example.oa", Device: d.id,
		Report: fmt.Sprintf("019531f0-0000-7000-8000-%012x", n), Counter: n, Time: At(noon)}
	if h.Suite != HMAC {
		h.Nonce = base64url(fmt.Appendf(nil, "%012d", n))
	}
	return h
}

func (d device) seal(h Header, body string) []byte {
	sealed, err := Seal(h, []byte(body), d.session, d.signing)
	if err != nil {
		d.Fatal(err)
	}
	return sealed
}

// open does what the function does with a report before it decides.
func (s server) open(sealed []byte, key Key) (Header, Body, error) {
	parsed, err := Parse(sealed)
	if err != nil {
		return Header{}, Body{}, err
	}
	verified, err := parsed.Verify(key)
	if err != nil {
		return Header{}, Body{}, err
	}
	body, err := verified.Body(s.keys, s.sessions)
	return verified.Header(), body, err
}

var usual = Body{
	Platform: "android", OSVersion: "15", Model: "办公终端 T10", AppVersion: "3.2.1", ProbeVersion: "1.0.0", Account: "zhang.wei",
	Claimed: []Claim{{ID: "sys.root", Detail: "su in /system/xbin"}, {ID: "rt.frida"}},
	Place:   &Place{Lat: 30.2741, Lon: 120.1551, AccuracyM: 35}, Network: &Network{Kind: "wifi", Wifi: "8f434346648f6b96df89dda901c5176b"},
	NextS: 50, Acks: []string{"019531f0-0000-7000-8000-0000000000aa"},
}

func text(body any) string {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(data)
}
