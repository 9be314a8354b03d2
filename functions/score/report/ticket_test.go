package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

func TestTickets(t *testing.T) {
	secret, older := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	want := Ticket{Purpose: PurposeDevice, App: "cn.example.oa", Account: "zhang.wei", Expires: At(noon.Add(time.Minute)), Nonce: "n"}
	give := func(secrets ...[]byte) string {
		text, err := Tickets{secrets}.Give(want)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	text := give(secret)
	changed := "A" + text[1:]
	for _, c := range []struct {
		name, text, purpose, app string
		now                      time.Time
		code                     string
	}{
		{"as given", text, PurposeDevice, "cn.example.oa", noon, ""},
		{"given with the secret before", give(older), PurposeDevice, "cn.example.oa", noon, ""},
		{"another purpose", text, PurposeSession, "cn.example.oa", noon, CodeBadTicket},
		{"another app", text, PurposeDevice, "cn.example.mail", noon, CodeBadTicket},
		{"too late", text, PurposeDevice, "cn.example.oa", noon.Add(time.Minute), CodeExpiredTicket},
		{"changed", changed, PurposeDevice, "cn.example.oa", noon, CodeBadTicket},
		{"cut", text[:len(text)-1], PurposeDevice, "cn.example.oa", noon, CodeBadTicket},
		{"of another server", give(bytes.Repeat([]byte{3}, 32)), PurposeDevice, "cn.example.oa", noon, CodeBadTicket},
		{"nothing", "", PurposeDevice, "cn.example.oa", noon, CodeBadTicket},
	} {
		got, err := Tickets{[][]byte{secret, older}}.Check(c.text, c.purpose, c.app, c.now)
		if fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
		if diff := cmp.Diff(want, got); c.code == "" && diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
	for bit := range 8 * len(text) {
		flipped := []byte(text)
		flipped[bit/8] ^= 1 << (bit % 8)
		if _, err := (Tickets{[][]byte{secret}}).Check(string(flipped), PurposeDevice, "cn.example.oa", noon); fault.Code(err) != CodeBadTicket {
			t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
	}
}

func TestTicketsThatAreNotGiven(t *testing.T) {
	if _, err := (Tickets{[][]byte{make([]byte, 31)}}).Give(Ticket{}); err == nil || fault.IsInvalid(err) {
		t.Errorf("a short secret: %v", err)
	}
	if _, err := (Tickets{[][]byte{make([]byte, 32)}}).Give(Ticket{Account: strings.Repeat("x", 1000)}); fault.Code(err) != CodeTooLarge {
		t.Errorf("a long account: %v", err)
	}
}

func TestASessionTicketKeepsItsKey(t *testing.T) {
	s := newServer(t)
	d := s.device(t, HMAC)
	first, err := s.tickets.Lend(d.session.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	rotated := Tickets{append([][]byte{bytes.Repeat([]byte{8}, 32)}, s.tickets.Secrets...)}
	second, err := rotated.Lend(d.session.Ticket)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("after the secret changed the lent key is another: %v", err)
	}
	if strings.Contains(d.session.Ticket, base64url(first)) {
		t.Error("the ticket tells the key")
	}
	other, err := s.tickets.Give(Ticket{Purpose: PurposeDevice, App: "cn.example.oa", Device: d.id, Expires: At(noon.Add(time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text, app, device string
		received                time.Time
		code                    string
	}{
		{"as lent", d.session.Ticket, "cn.example.oa", d.id, noon, ""},
		{"not ours", d.session.Ticket + "A", "cn.example.oa", d.id, noon, CodeBadTicket},
		{"another app", d.session.Ticket, "cn.example.mail", d.id, noon, CodeBadTicket},
		{"another device", d.session.Ticket, "cn.example.oa", strings.Repeat("f", 32), noon, CodeBadTicket},
		{"another purpose", other, "cn.example.oa", d.id, noon, CodeBadTicket},
		{"too late", d.session.Ticket, "cn.example.oa", d.id, noon.Add(time.Hour), CodeExpiredTicket},
	} {
		if _, err := s.tickets.SessionKey(c.text, c.app, c.device, c.received); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}
