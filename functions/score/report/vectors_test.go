package report

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

// vectors are what an app team checks its own probe with. Every key in them is for
// tests only. WRITE_CASES=1 writes the file again; signatures and sealed session keys
// are random, so those are then others that are as good.
type vectors struct {
	About      string            `json:"about"`
	Server     vectorServer      `json:"server"`
	Reports    []vectorReport    `json:"reports"`
	Refused    []vectorRefusal   `json:"refused"`
	Enrolments []json.RawMessage `json:"enrolments"`
	Batch      string            `json:"batch"` // of the suite sm, with device and prev as in its header
	Challenges []vectorChallenge `json:"challenges"`
	DeviceIDs  []vectorDevice    `json:"device_ids"`
	Tickets    []vectorTicket    `json:"tickets"`
	Windows    []vectorWindow    `json:"windows"`
}

type vectorServer struct {
	Secret       string      `json:"secret"` // as ParseServerKeys reads it
	Public       []PublicKey `json:"public"`
	TicketSecret string      `json:"ticket_secret"`
}

// vectorReport says how a report comes about. The same header, body, session key give
// the same protected and body; hmac gives the same signature too.
type vectorReport struct {
	Suite      Suite           `json:"suite"`
	Private    string          `json:"private"` // of the device: number, or the lent secret
	Public     string          `json:"public"`
	SessionKey string          `json:"session_key,omitempty"`
	Header     string          `json:"header"` // JSON
	Body       string          `json:"body"`   // JSON
	Sealed     json.RawMessage `json:"sealed"`
}

type vectorRefusal struct {
	Name   string          `json:"name"`
	Suite  Suite           `json:"suite"`
	Sealed json.RawMessage `json:"sealed"`
	Code   string          `json:"code"`
}

type vectorDevice struct {
	TenantKey string `json:"tenant_key"`
	Unit      string `json:"unit"`
	PublicKey string `json:"public_key"`
	Device    string `json:"device"`
}

type vectorChallenge struct {
	From      string `json:"from"`
	Of        string `json:"of"`
	Challenge string `json:"challenge"`
}

type vectorTicket struct {
	Ticket Ticket `json:"ticket"`
	Text   string `json:"text"`
	Lent   string `json:"lent,omitempty"` // the key of a session ticket
}

type vectorWindow struct {
	Name     string  `json:"name"`
	Counters []int64 `json:"counters"`
	Accepted []bool  `json:"accepted"`
	Top      int64   `json:"top"`
	Mask     int64   `json:"mask"`
}

const vectorFile = "testdata/vectors.json"

func TestVectors(t *testing.T) {
	if os.Getenv("WRITE_CASES") != "" {
		writeVectors(t)
	}
	data, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	t.Run("reports", func(t *testing.T) { checkReports(t, v) })
	t.Run("refused", func(t *testing.T) { checkRefused(t, v) })
	t.Run("batch and enrolments", func(t *testing.T) { checkBatch(t, v) })
	t.Run("devices and tickets", func(t *testing.T) { checkNames(t, v) })
	t.Run("windows", func(t *testing.T) {
		for _, w := range v.Windows {
			if diff := cmp.Diff(w, runWindow(w.Name, w.Counters...)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", w.Name, diff)
			}
		}
	})
}

func (v vectors) server(t *testing.T) server {
	t.Helper()
	keys, err := ParseServerKeys(v.Server.Secret)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.Server.Public, keys.Public()); diff != "" {
		t.Errorf("public keys (-want +got)\n%s", diff)
	}
	return server{keys: keys, tickets: Tickets{[][]byte{bytesOf(t, v.Server.TicketSecret)}}}
}

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	data, err := unbase64(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (v vectors) keys(t *testing.T) map[Suite]Key {
	keys := map[Suite]Key{}
	for _, r := range v.Reports {
		key, err := ParseKey(r.Suite, bytesOf(t, r.Public))
		if err != nil {
			t.Fatal(err)
		}
		keys[r.Suite] = key
	}
	return keys
}

func checkReports(t *testing.T, v vectors) {
	s, keys := v.server(t), v.keys(t)
	for _, r := range v.Reports {
		var sealed bytes.Buffer
		if err := json.Compact(&sealed, r.Sealed); err != nil {
			t.Fatal(err)
		}
		_, body, err := s.open(sealed.Bytes(), keys[r.Suite])
		if err != nil {
			t.Errorf("%s: %v", r.Suite, err)
			continue
		}
		if diff := cmp.Diff(r.Body, text(body)); diff != "" {
			t.Errorf("%s: body (-want +got)\n%s", r.Suite, diff)
		}
		signing, err := ParseSigningKey(r.Suite, bytesOf(t, r.Private))
		if err != nil {
			t.Fatal(err)
		}
		var h Header
		if err := json.Unmarshal([]byte(r.Header), &h); err != nil {
			t.Fatal(err)
		}
		session := Session{KeyID: h.KeyID, Sealed: h.Key, Ticket: h.Ticket, key: bytesOf(t, r.SessionKey)}
		again, err := Seal(h, []byte(r.Body), session, signing)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fixedPart(t, r.Suite, sealed.Bytes()), fixedPart(t, r.Suite, again)); diff != "" {
			t.Errorf("%s: sealed again (-want +got)\n%s", r.Suite, diff)
		}
	}
}

// fixedPart is what does not change when the same report is sealed again.
func fixedPart(t *testing.T, suite Suite, sealed []byte) (e envelope) {
	t.Helper()
	if err := json.Unmarshal(sealed, &e); err != nil {
		t.Fatal(err)
	}
	if suite != HMAC {
		e.Signature = ""
	}
	return e
}

func checkRefused(t *testing.T, v vectors) {
	s, keys := v.server(t), v.keys(t)
	for _, r := range v.Refused {
		if _, _, err := s.open(r.Sealed, keys[r.Suite]); fault.Code(err) != r.Code {
			t.Errorf("%s: %v, want %s", r.Name, err, r.Code)
		}
	}
}

func checkBatch(t *testing.T, v vectors) {
	b, err := ReadBatch(bytes.NewReader([]byte(v.Batch)))
	if err == nil {
		err = b.Verify(v.keys(t)[SM])
	}
	if err != nil || b.Gaps() != 0 || len(b.Lines) != b.Header.Count {
		t.Errorf("%v, %d gaps, %d of %d lines", err, b.Gaps(), len(b.Lines), b.Header.Count)
	}
	for _, l := range b.Lines {
		if _, err := l.Sealed.Verify(v.keys(t)[SM]); err != nil {
			t.Errorf("line %d: %v", l.Number, err)
		}
	}
	for _, sealed := range v.Enrolments {
		if _, _, err := ParseEnrolment(sealed); err != nil {
			t.Error(err)
		}
	}
}

func checkNames(t *testing.T, v vectors) {
	for _, d := range v.DeviceIDs {
		if got := DeviceID(bytesOf(t, d.TenantKey), d.Unit, bytesOf(t, d.PublicKey)); got != d.Device {
			t.Errorf("device of %s: %s, want %s", d.Unit, got, d.Device)
		}
	}
	for _, c := range v.Challenges {
		if got := base64url(Challenge(c.From, c.Of)); got != c.Challenge {
			t.Errorf("challenge from %s of %s: %s, want %s", c.From, c.Of, got, c.Challenge)
		}
	}
	tickets := v.server(t).tickets
	for _, k := range v.Tickets {
		got, err := tickets.Check(k.Text, k.Ticket.Purpose, k.Ticket.App, k.Ticket.Expires.Add(-time.Second))
		if diff := cmp.Diff(k.Ticket, got); err != nil || diff != "" {
			t.Errorf("ticket: %v (-want +got)\n%s", err, diff)
		}
		if again, err := tickets.Give(k.Ticket); err != nil || again != k.Text {
			t.Errorf("given again it is %s, %v", again, err)
		}
		lent, err := tickets.Lend(k.Text)
		if k.Lent != "" && (err != nil || base64url(lent) != k.Lent) {
			t.Errorf("lent %s, %v, want %s", base64url(lent), err, k.Lent)
		}
	}
}

func runWindow(name string, counters ...int64) vectorWindow {
	v := vectorWindow{Name: name, Counters: counters}
	var w Window
	for _, c := range counters {
		next, took := w.Accept(c)
		v.Accepted = append(v.Accepted, took)
		w = next
	}
	v.Top, v.Mask = w.Top, w.Mask
	return v
}
