package attestation

// This file shows what the operator configures, what a caller must want, and what
// the parsers make of bytes from anywhere.

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWithoutRootsNothingIsChecked(t *testing.T) {
	for _, v := range []Verifier{
		{},
		{Roots: map[Kind]*Roots{AndroidKey: nil, HarmonyOS: {}, "ios": newRoot(t, "root").roots(t)}},
	} {
		for _, kind := range []Kind{AndroidKey, HarmonyOS, "ios", ""} {
			want := Want{Nonce: nonce, Packages: []string{app}, Now: now}
			got, err := v.Verify(kind, "anything", want)
			if diff := cmp.Diff(Result{Verdict: None, Reason: codeNoRoots}, got); diff != "" || err != nil {
				t.Errorf("%q: %v %s", kind, err, diff)
			}
		}
	}
}

func TestWantMustAskForSomething(t *testing.T) {
	root := newRoot(t, "root")
	v := Verifier{Roots: map[Kind]*Roots{AndroidKey: root.roots(t)}}
	for _, c := range []struct {
		name   string
		change func(*Want)
		err    string
	}{
		{"a short nonce", func(w *Want) { w.Nonce = make([]byte, minNonceBytes-1) }, "a nonce of 15 bytes: give 16 to 48"},
		{"a long nonce", func(w *Want) { w.Nonce = make([]byte, maxNonceBytes+1) }, "a nonce of 49 bytes: give 16 to 48"},
		{"no packages", func(w *Want) { w.Packages = nil }, "no package names: give those of the app"},
		{"no time", func(w *Want) { w.Now = time.Time{} }, "no time to compare with"},
		{"no key", func(w *Want) { w.PublicKey = nil }, "no public key: give the one that the device enrolled with"},
	} {
		want := wantAndroid(root)
		c.change(&want)
		_, err := v.Verify(AndroidKey, "", want)
		if err == nil || err.Error() != "verify attestation: "+c.err {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReadRootsRefuses(t *testing.T) {
	root, leaf := service(t)
	good := string(pemOf(root.chain[0]))
	for name, data := range map[string]string{
		"nothing":           " \n",
		"no PEM":            "root",
		"text behind":       good + "root",
		"a key":             string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY"})),
		"no certificate":    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})),
		"one that is below": good + string(pemOf(leaf.chain[1])),
		"a leaf":            string(pemOf(issuer{}.issue(t, ecKey(t), harmonyLeaf()).chain[0])),
	} {
		if _, err := ReadRoots([]byte(data)); err == nil {
			t.Errorf("%s is taken for roots", name)
		}
	}
}

func TestReadRevoked(t *testing.T) {
	got, err := ReadRevoked([]byte(`{"entries": {"00C3": {"status": "REVOKED"}, "1f": {"status": "SOMETHING_NEW"}}}`))
	if diff := cmp.Diff(Revoked{"c3": true, "1f": true}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for _, data := range []string{``, `{}`, `[]`, `{"entries": {"no hex": {"status": "REVOKED"}}}`, `{"entries": {"1f": {}}}`} {
		if _, err := ReadRevoked([]byte(data)); err == nil {
			t.Errorf("%q is taken for a list", data)
		}
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for reason := range texts() {
		if zh, en := Text(reason); zh == "" || en == "" {
			t.Errorf("%s has no words", reason)
		}
	}
}

func TestReadKeyDescriptionRefuses(t *testing.T) {
	num, level, empty := integer(300), enumerated(1), tlv(0x30)
	description := func(software, hardware []byte) []byte {
		return tlv(0x30, num, level, num, level, octets(nonce), octets(nil), software, hardware)
	}
	hardware := func(values ...[]byte) []byte { return description(empty, tlv(0x30, values...)) }
	application := func(id []byte) []byte { return description(tlv(0x30, tagged(tagApplicationID, id)), empty) }
	good := soundDevice().description()
	key, yes, state := octets(make([]byte, 32)), tlv(1, []byte{0xff}), enumerated(0)
	for _, c := range []struct {
		name string
		der  []byte
		err  string
	}{
		{"nothing", nil, "syntax error"},
		{"something behind", append(good, 0), "1 bytes behind"},
		{"an element too many", tlv(0x30, num, level, num, level, octets(nonce), octets(nil), empty, empty, empty), "9 elements"},
		{"a set", tlv(0x31), "instead of tag 16"},
		{"version 0", tlv(0x30, integer(0), level, num, level, octets(nil), octets(nil), empty, empty), "version 0"},
		{"a level that there is not", tlv(0x30, num, enumerated(3), num, level, octets(nil), octets(nil), empty, empty), "levels 3"},
		{"a level that is a number", tlv(0x30, num, num, num, level, octets(nil), octets(nil), empty, empty), "element 1"},
		{"an untagged value", hardware(num), "class 0"},
		{"a tag twice", hardware(tagged(tagOrigin, integer(0)), tagged(tagOrigin, integer(2))), "twice"},
		{"two values in a tag", hardware(tagged(1, append(integer(0), integer(0)...))), "behind the value"},
		{"a tag without value", hardware(tagged(1, nil)), "tag 1"},
		{"an origin that is text", hardware(tagged(tagOrigin, octets(nil))), "origin"},
		{"a root of trust too short", hardware(tagged(tagRootOfTrust, tlv(0x30, key, yes))), "2 elements"},
		{"a root of trust too long", hardware(tagged(tagRootOfTrust, tlv(0x30, key, yes, state, key, key))), "5 elements"},
		{"a boolean that is not DER", hardware(tagged(tagRootOfTrust, tlv(0x30, key, tlv(1, []byte{1}), state))), "element 1"},
		{"a boot state that there is not", hardware(tagged(tagRootOfTrust, tlv(0x30, key, yes, enumerated(4)))), "boot state 4"},
		{"an application id that is not in octets", application(empty), "application id"},
		{"something behind the application id", application(octets(append(tlv(0x30, tlv(0x31), tlv(0x31)), 0))), "1 bytes behind"},
		{"a package of three", application(octets(tlv(0x30, tlv(0x31, tlv(0x30, key, num, num)), tlv(0x31)))), "3 elements"},
		{"a digest that is a number", application(octets(tlv(0x30, tlv(0x31), tlv(0x31, num)))), "digest 0"},
		{"endless lists", hardware(tlv(0x30, []byte(strings.Repeat("\x05\x00", maxElements+1)))), "class 0"},
		{"too many elements", tlv(0x30, []byte(strings.Repeat("\x05\x00", maxElements+1))), "more than 128"},
	} {
		if _, err := readKeyDescription(c.der); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzKeyDescription looks for a panic, and for bytes behind that are let through.
func FuzzKeyDescription(f *testing.F) {
	f.Add(soundDevice().description())
	f.Add(tlv(0x30))
	f.Fuzz(func(t *testing.T, der []byte) {
		if _, err := readKeyDescription(der); err != nil {
			return
		}
		if _, err := readKeyDescription(append(der, 0)); err == nil {
			t.Error("a byte behind is let through")
		}
	})
}

// FuzzJWS looks for a panic in what is read before and after the signature, which
// no fuzzer gets past.
func FuzzJWS(f *testing.F) {
	f.Add([]byte(`{"alg":"ES256","x5c":["AAAA"]}`), []byte(`{"basicIntegrity":true,"hapBundleName":"a","nonce":"bm9uY2Ugb2YgYSByZXBvcnQsIGNob3NlbiBieSB1cw==","timestamp":1795770000000}`))
	f.Add([]byte(`{}`), []byte(`{"detail":["jailbreak"]}`))
	f.Fuzz(func(t *testing.T, header, payload []byte) {
		enc := base64.RawURLEncoding
		token, err := openJWS(enc.EncodeToString(header) + "." + enc.EncodeToString(payload) + ".AA")
		if err == nil && (len(token.chain) == 0 || len(token.chain) > maxChain) {
			t.Errorf("%d certificates are let through", len(token.chain))
		}
		var said integrity
		if readJSON(payload, &said) == nil && said.check(wantHarmony()) == nil {
			said.finding(wantHarmony())
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	root, leaf := service(b)
	token := jwsOf(b, leaf, fields{"alg": "ES256", "x5c": leaf.base64()}, soundPayload())
	v := Verifier{Roots: map[Kind]*Roots{HarmonyOS: root.roots(b)}}
	for b.Loop() {
		if got, err := v.Verify(HarmonyOS, token, wantHarmony()); err != nil || got.Verdict != Valid {
			b.Fatalf("%+v, %v", got, err)
		}
	}
}
