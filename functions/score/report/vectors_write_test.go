package report

// How the vectors are made; TestVectors says when.

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

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
		of := d.header(1).Report
		v.Challenges = append(v.Challenges, vectorChallenge{d.id, of, base64url(Challenge(d.id, of))})
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
