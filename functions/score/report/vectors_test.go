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

func writeVectors(t *testing.T) {
	s := newServer(t)
	v := vectors{
		About:  "Test vectors of package report, for probes in any language. Every key in here is for tests only. protected and body follow from header, body, session_key; signatures of sm and p256 and the sealed session key in header are samples to verify and to open.",
		Server: vectorServer{s.keys.Secret(), s.keys.Public(), base64url(s.tickets.Secrets[0])},
		Windows: []vectorWindow{
			runWindow("in order", 1, 2, 3, 4),
			runWindow("in disorder", 2, 1, 5, 3, 4),
			runWindow("each twice", 1, 1, 2, 2, 1, 2),
			runWindow("62 behind is new, 63 behind is not", 64, 2, 1),
			runWindow("a leap forgets what was before", 1, 2, 1000, 2, 938, 937),
			runWindow("the first and the last counter", 0, 1, 9007199254740992, 9007199254740993),
		},
	}
	for _, suite := range suites {
		d := s.device(t, suite)
		v.Reports = append(v.Reports, vectorOf(t, d))
		v.Refused = append(v.Refused, refusalsOf(d)...)
		if suite == HMAC {
			continue
		}
		sealed, err := SealEnrolment(enrolment(t, s), d.signing)
		if err != nil {
			t.Fatal(err)
		}
		v.Enrolments = append(v.Enrolments, sealed)
		v.DeviceIDs = append(v.DeviceIDs, vectorDevice{base64url([]byte("tenant key of the tests")), "finance", base64url(d.signing.Public()), d.id})
	}
	d := s.device(t, SM)
	v.Batch = string(d.batch(d.chain(3, ""), ""))
	v.Tickets = s.vectorTickets(t)
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func vectorOf(t *testing.T, d device) vectorReport {
	t.Helper()
	sealed := d.seal(d.header(1), text(usual))
	h := d.header(1)
	h.Key, h.KeyID, h.Ticket = d.session.Sealed, d.session.KeyID, d.session.Ticket
	private := d.signing.mac
	switch d.signing.suite {
	case SM:
		private = d.signing.sm.D.FillBytes(make([]byte, 32))
	case P256:
		private = d.signing.p256.D.FillBytes(make([]byte, 32))
	}
	return vectorReport{d.signing.suite, base64url(private), base64url(d.signing.Public()), base64url(d.session.key), text(h), text(usual), sealed}
}

// refusalsOf are reports of a probe that went wrong, or of somebody who means harm.
func refusalsOf(d device) []vectorRefusal {
	suite := d.signing.suite
	changed := func(from, to string) json.RawMessage {
		return bytes.Replace(d.seal(d.header(2), `{"platform":"h5"}`), []byte(from), []byte(to), 1)
	}
	newer := d.header(2)
	newer.V = 2
	return []vectorRefusal{
		{"an IMEI", suite, d.seal(d.header(2), `{"platform":"h5","imei":"490154203237518"}`), CodeForbiddenField},
		{"a field twice", suite, d.seal(d.header(2), `{"platform":"h5","model":"a","model":"b"}`), CodeMalformed},
		{"no platform", suite, d.seal(d.header(2), `{}`), CodeMalformed},
		{"version 2", suite, d.seal(newer, `{"platform":"h5"}`), CodeUnsupportedVersion},
		{"a signature of another report", suite, d.signedAs(3, 2), CodeBadSignature},
		{"no body", suite, changed(`"body"`, `"text"`), CodeMalformed},
	}
}

// signedAs is one report with the signature of another.
func (d device) signedAs(signed, sent int64) json.RawMessage {
	other, report := fixedPart(d.T, HMAC, d.seal(d.header(signed), "{}")), fixedPart(d.T, HMAC, d.seal(d.header(sent), "{}"))
	report.Signature = other.Signature
	return json.RawMessage(text(report))
}

func (s server) vectorTickets(t *testing.T) []vectorTicket {
	t.Helper()
	all := []vectorTicket{
		{Ticket: Ticket{Purpose: PurposeDevice, App: "cn.example.oa", Account: "张伟", Expires: At(noon.Add(time.Hour)), Nonce: "a1"}},
		{Ticket: Ticket{Purpose: PurposeSession, App: "cn.example.oa", Device: "00112233445566778899aabbccddeeff", Expires: At(noon.Add(time.Hour)), Nonce: "a2"}},
	}
	for i := range all {
		var err error
		if all[i].Text, err = s.tickets.Give(all[i].Ticket); err != nil {
			t.Fatal(err)
		}
		if all[i].Ticket.Purpose != PurposeSession {
			continue
		}
		lent, err := s.tickets.Lend(all[i].Text)
		if err != nil {
			t.Fatal(err)
		}
		all[i].Lent = base64url(lent)
	}
	return all
}
