package report

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"crypto/elliptic"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

func TestEverySuiteThereAndBack(t *testing.T) {
	s := newServer(t)
	for _, suite := range suites {
		t.Run(string(suite), func(t *testing.T) {
			d := s.device(t, suite)
			for n := int64(1); n <= 3; n++ { // the second and third use the session key that was kept
				want := d.header(n)
				want.Key, want.KeyID, want.Ticket = d.session.Sealed, d.session.KeyID, d.session.Ticket
				header, body, err := s.open(d.seal(d.header(n), text(usual)), d.key)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, header); diff != "" {
					t.Errorf("header (-want +got)\n%s", diff)
				}
				if diff := cmp.Diff(usual, body); diff != "" {
					t.Errorf("body (-want +got)\n%s", diff)
				}
			}
		})
	}
}

// Every bit of a report that has no more than its envelope needs is covered by the
// signature, by the shape of the envelope, or by both.
func TestNoFlippedBitPasses(t *testing.T) {
	s := newServer(t)
	for _, suite := range suites {
		t.Run(string(suite), func(t *testing.T) {
			d := s.device(t, suite)
			sealed := d.seal(d.header(1), text(usual))
			for bit := range 8 * len(sealed) {
				flipped := bytes.Clone(sealed)
				flipped[bit/8] ^= 1 << (bit % 8)
				if _, _, err := s.open(flipped, d.key); !fault.IsInvalid(err) {
					t.Errorf("bit %d of byte %d, %q: %v", bit%8, bit/8, flipped[bit/8], err)
				}
			}
		})
	}
}

// Whoever holds the device's key but spoils what it protects is refused too: here the
// signature fits, and the ciphertext, the nonce or the sealed key does not.
func TestWhatASignatureDoesNotCover(t *testing.T) {
	s := newServer(t)
	for _, suite := range []Suite{SM, P256} {
		d := s.device(t, suite)
		for name, c := range map[string]struct {
			spoil func(h *Header, session *Session)
			code  string
		}{
			"another key":      {func(_ *Header, session *Session) { session.key = bytes.Repeat([]byte{9}, sessionSize) }, CodeUndecryptable},
			"a cut sealed key": {func(_ *Header, session *Session) { session.Sealed = session.Sealed[4:] }, CodeUndecryptable},
			"no server key":    {func(_ *Header, session *Session) { session.KeyID = "0123456789abcdef" }, CodeUnknownKey},
		} {
			h, session := d.header(1), d.session
			c.spoil(&h, &session)
			sealed, err := Seal(h, []byte(text(usual)), session, d.signing)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.open(sealed, d.key); fault.Code(err) != c.code {
				t.Errorf("%s, %s: %v, want %s", suite, name, err, c.code)
			}
		}
	}
}

func TestKeysOfOthers(t *testing.T) {
	s := newServer(t)
	for _, suite := range suites {
		for _, other := range suites {
			d := s.device(t, suite)
			key := s.device(t, other).key
			if suite == other {
				made, err := NewSigningKey(suite, random(99))
				if err != nil {
					t.Fatal(err)
				}
				if key, err = ParseKey(suite, made.Public()); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := s.open(d.seal(d.header(1), "{}"), key); fault.Code(err) != CodeBadSignature {
				t.Errorf("a report of %s with another key of %s: %v", suite, other, err)
			}
		}
	}
}

// ECDSA has a second signature for every report and SM2 has none. The second one
// changes neither the id nor the counter, so that it is the same report again.
func TestTheOtherHalfOfASignature(t *testing.T) {
	s := newServer(t)
	for suite, order := range map[Suite]*big.Int{P256: elliptic.P256().Params().N, SM: s.device(t, SM).key.point.Params().N} {
		d := s.device(t, suite)
		parsed, err := Parse(d.seal(d.header(1), text(usual)))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := unbase64(parsed.Signature)
		if err != nil {
			t.Fatal(err)
		}
		half := new(big.Int).SetBytes(raw[32:])
		half.Sub(order, half).FillBytes(raw[32:])
		parsed.Signature = base64url(raw)
		verified, err := parsed.Verify(d.key)
		switch {
		case suite == SM && fault.Code(err) != CodeBadSignature:
			t.Errorf("SM2 took n-s: %v", err)
		case suite == P256 && err != nil:
			t.Errorf("ECDSA did not take n-s: %v", err)
		case suite == P256 && verified.Header().Report != d.header(1).Report:
			t.Error("it became another report")
		}
	}
}

func TestSessionsKeepSoMany(t *testing.T) {
	sessions := &Sessions{Most: 2}
	for _, name := range []string{"a", "b", "a", "c"} { // a was used after b
		if _, has := sessions.find(name); !has {
			sessions.keep(session{name, []byte(name)})
		}
	}
	var got []string
	for _, name := range []string{"a", "b", "c"} {
		if key, has := sessions.find(name); has {
			got = append(got, string(key))
		}
	}
	if diff := cmp.Diff([]string{"a", "c"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestServerKeysFromConfiguration(t *testing.T) {
	keys, err := NewServerKeys(random(5))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseServerKeys(keys.Secret())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keys.Public(), again.Public()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	sm, p256, _ := strings.Cut(keys.Secret(), " ")
	for text, want := range map[string]string{
		"":                "there is no server key for the suite sm",
		sm:                "there is no server key for the suite p256",
		p256 + " x":       "server key 2: suite \"x\" has no server key; sm and p256 have",
		"sm:??":           "server key 1 is not written as suite:base64url",
		sm + " hmac:AAAA": "server key 2: suite \"hmac\" has no server key; sm and p256 have",
	} {
		if _, err := ParseServerKeys(text); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := ParseServerKeys("sm:AAAA"); err == nil {
		t.Error("a short number is taken for a key")
	}
}

// A server that has new keys still opens what was sealed for the old ones.
func TestServerKeysThatRotate(t *testing.T) {
	s := newServer(t)
	newer, err := NewServerKeys(random(6))
	if err != nil {
		t.Fatal(err)
	}
	d := s.device(t, SM)
	sealed := d.seal(d.header(1), text(usual))
	if _, _, err := (server{keys: newer}).open(sealed, d.key); fault.Code(err) != CodeUnknownKey {
		t.Errorf("only new keys: %v", err)
	}
	both, err := ParseServerKeys(newer.Secret() + " " + s.keys.Secret())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := (server{keys: both}).open(sealed, d.key); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	s := newServer(f)
	keys := map[Suite]Key{}
	for _, suite := range suites {
		d, err := s.enrolled(suite)
		if err != nil {
			f.Fatal(err)
		}
		sealed, err := Seal(d.header(1), []byte(text(usual)), d.session, d.signing)
		if err != nil {
			f.Fatal(err)
		}
		keys[suite] = d.key
		f.Add(sealed)
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		parsed, err := Parse(sealed)
		if err != nil {
			if !fault.IsInvalid(err) {
				t.Errorf("asks to try again: %v", err)
			}
			return
		}
		if verified, err := parsed.Verify(keys[parsed.Header.Suite]); err == nil {
			if _, err := verified.Body(s.keys, s.sessions); err != nil {
				t.Errorf("signed, and does not open: %v", err)
			}
		}
	})
}

func BenchmarkReport(b *testing.B) {
	s := newServer(b)
	for _, suite := range suites {
		d, err := s.enrolled(suite)
		if err != nil {
			b.Fatal(err)
		}
		sealed, err := Seal(d.header(1), []byte(text(usual)), d.session, d.signing)
		if err != nil {
			b.Fatal(err)
		}
		parsed, err := Parse(sealed)
		if err != nil {
			b.Fatal(err)
		}
		verified, err := parsed.Verify(d.key)
		if err != nil {
			b.Fatal(err)
		}
		for name, do := range map[string]func() error{
			"parse":         func() error { _, err := Parse(sealed); return err },
			"verify":        func() error { _, err := parsed.Verify(d.key); return err },
			"body_known":    func() error { _, err := verified.Body(s.keys, s.sessions); return err },
			"body_unsealed": func() error { _, err := verified.Body(s.keys, nil); return err },
		} {
			b.Run(string(suite)+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// shuffled gives 1..n in an order in which nothing is overtaken by more than most.
func shuffled(n, most int, r *rand.Rand) []int64 {
	order := make([]int64, n)
	for i := range order {
		order[i] = int64(i + 1)
	}
	for from := 0; from < n; from += most {
		block := order[from:min(from+most, n)]
		r.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
	}
	return order
}
