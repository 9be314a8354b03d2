package attestation

// This file shows which Android key attestations are accepted, with what they
// attest, and which are refused.

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func wantAndroid(key issuer) Want {
	return Want{Nonce: nonce, Packages: []string{app}, Certificates: []string{signerHex}, PublicKey: key.key.Public(), Now: now}
}

// hardware is an authority for attested keys, and what signs for them in a device.
func hardware(t testing.TB) (root, tee issuer) {
	root = newRoot(t, "root")
	return root, root.issue(t, ecKey(t), authority("factory", 2)).issue(t, ecKey(t), authority("TEE", 3))
}

func TestAndroidAttests(t *testing.T) {
	root, tee := hardware(t)
	v := Verifier{Roots: map[Kind]*Roots{AndroidKey: root.roots(t)}}
	other := bytes.Repeat([]byte{1}, 32)
	for _, c := range []struct {
		name   string
		change func(*device)
		want   []string
	}{
		{"a sound device", func(*device) {}, nil},
		{"StrongBox", func(d *device) { d.attestedBy, d.keptBy = 2, 2 }, nil},
		{"unlocked", func(d *device) { d.locked, d.bootState = false, 2 }, []string{SignalUnlocked, SignalBoot}},
		{"a system signed by its owner", func(d *device) { d.bootState = 1 }, []string{SignalBoot}},
		{"a boot that failed", func(d *device) { d.bootState = 3 }, []string{SignalBoot}},
		{"a boot that only Android vouches for", func(d *device) { d.bootInSoftware = true }, []string{SignalBoot}},
		{"a statement by software", func(d *device) { d.attestedBy = 0 }, []string{SignalSoftware}},
		{"a key kept by software", func(d *device) { d.keptBy = 0 }, []string{SignalSoftware}},
		{"a key from elsewhere", func(d *device) { d.origin = 2 }, []string{SignalSoftware}},
		{"another app", func(d *device) { d.packages = []string{"com.example.game"} }, []string{SignalPackage}},
		{"an app beside ours", func(d *device) { d.packages = []string{app, "com.example.game"} }, []string{SignalPackage}},
		{"no app", func(d *device) { d.packages = nil }, []string{SignalPackage}},
		{"signed anew", func(d *device) { d.digests = [][]byte{other} }, []string{SignalResigned}},
		{"a signer beside ours", func(d *device) { d.digests = [][]byte{signer[:], other} }, []string{SignalResigned}},
	} {
		d := soundDevice()
		c.change(&d)
		key := tee.issue(t, ecKey(t), attestedLeaf(d.description()))
		got, err := v.Verify(AndroidKey, join(key.base64()), wantAndroid(key))
		if diff := cmp.Diff(Result{Verdict: Valid, Signals: c.want}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
		if got, _ := v.Verify(AndroidKey, join(key.base64()[:3]), wantAndroid(key)); got.Verdict != Valid {
			t.Errorf("%s, without its root: %+v", c.name, got)
		}
	}
}

func TestAndroidRefuses(t *testing.T) {
	root, tee := hardware(t)
	revoked, err := ReadRevoked([]byte(`{"entries": {"00aB": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}, "ac": {"status": "SUSPENDED"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	v := Verifier{Roots: map[Kind]*Roots{AndroidKey: root.roots(t)}, Revoked: revoked}
	sound := soundDevice()
	enrolled := ecKey(t)
	under := func(tee issuer) string {
		return join(tee.issue(t, enrolled, attestedLeaf(sound.description())).base64())
	}
	saying := func(description []byte) string {
		return join(tee.issue(t, enrolled, attestedLeaf(description)).base64())
	}
	challenged := func(challenge []byte) string {
		d := sound
		d.challenge = challenge
		return saying(d.description())
	}
	good := under(tee)
	certs := strings.Split(good, ",")
	_, otherTEE := hardware(t)
	long := tee
	for i := range int64(3) {
		long = long.issue(t, ecKey(t), authority("between", i+4))
	}
	old := authority("TEE", 4)
	old.NotAfter = now.AddDate(0, 0, -1)
	plain := attestedLeaf(nil)
	plain.ExtraExtensions = nil
	// An attested key that was made able to issue, and one that was not.
	marked := authority("Android Keystore Key", 1)
	marked.ExtraExtensions = attestedLeaf(sound.description()).ExtraExtensions

	for _, c := range []struct{ name, token, reason string }{
		{"nothing", "", codeMalformed},
		{"no base64", "????", codeMalformed},
		{"a line end", good + "\n", codeMalformed},
		{"a comma behind", good + ",", codeMalformed},
		{"too large", strings.Repeat("A", limitBytes+1), codeTooLarge},
		{"something behind a certificate", behind(t, certs), codeMalformed},
		{"too many certificates", under(long), codeChain},
		{"another root", under(otherTEE), codeChain},
		{"expired", under(tee.issue(t, ecKey(t), old)), codeChain},
		{"another order", join([]string{certs[0], certs[2], certs[1], certs[3]}), codeChain},
		{"a certificate twice", join([]string{certs[0], certs[1], certs[1], certs[2], certs[3]}), codeChain},
		{"signed by itself", join(issuer{}.issue(t, enrolled, attestedLeaf(sound.description())).base64()), codeChain},
		{"signed by a key that may not", under(tee.issue(t, ecKey(t), attestedLeaf(sound.description()))), codeChain},
		{"signed by an attested key", under(tee.issue(t, ecKey(t), marked)), codeExtension},
		{"an extension above the leaf only", join(tee.issue(t, ecKey(t), marked).issue(t, enrolled, plain).base64()), codeExtension},
		{"no extension", join(tee.issue(t, enrolled, plain).base64()), codeExtension},
		{"revoked", under(tee.issue(t, ecKey(t), authority("TEE", 0xab))), codeRevoked},
		{"suspended, further up", under(tee.issue(t, ecKey(t), authority("batch", 0xac)).issue(t, ecKey(t), authority("TEE", 5))), codeRevoked},
		{"another nonce", challenged([]byte("another nonce, not ours")), codeNonce},
		{"a nonce with more behind", challenged(append(slices.Clone(nonce), 0)), codeNonce},
		{"no nonce", challenged(nil), codeNonce},
		{"another key", join(tee.issue(t, ecKey(t), attestedLeaf(sound.description())).base64()), codeKey},
		{"a key of another kind", join(tee.issue(t, rsaKey(t, 2048), attestedLeaf(sound.description())).base64()), codeKey},
	} {
		refused(t, c.name, v, AndroidKey, c.token, Want{Nonce: nonce, Packages: []string{app}, PublicKey: enrolled.Public(), Now: now}, c.reason)
	}
}

// behind appends a byte to the leaf.
func behind(t *testing.T, certs []string) string {
	der, err := base64.StdEncoding.DecodeString(certs[0])
	if err != nil {
		t.Fatal(err)
	}
	return join(append([]string{base64.StdEncoding.EncodeToString(append(der, 0))}, certs[1:]...))
}

// A Google-like authority renews its root over one key: whoever brings the old one
// is accepted if the operator has both, and not if he has the new one alone.
func TestAndroidRenewedRoot(t *testing.T) {
	key := ecKey(t)
	expired := authority("root", 1)
	expired.NotAfter = now.AddDate(0, 0, -1)
	was, is := issuer{}.issue(t, key, expired), issuer{}.issue(t, key, authority("root", 2))
	leaf := was.issue(t, ecKey(t), authority("TEE", 3)).issue(t, ecKey(t), attestedLeaf(soundDevice().description()))
	for _, c := range []struct {
		name string
		pem  []byte
		want Verdict
	}{
		{"both", append(pemOf(was.chain[0]), pemOf(is.chain[0])...), Valid},
		{"the new one", pemOf(is.chain[0]), Invalid},
		{"the expired one", pemOf(was.chain[0]), Invalid},
	} {
		roots, err := ReadRoots(c.pem)
		if err != nil {
			t.Fatal(err)
		}
		v := Verifier{Roots: map[Kind]*Roots{AndroidKey: roots}}
		if got, err := v.Verify(AndroidKey, join(leaf.base64()), wantAndroid(leaf)); err != nil || got.Verdict != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestAndroidFlippedBits(t *testing.T) {
	root, tee := hardware(t)
	v := Verifier{Roots: map[Kind]*Roots{AndroidKey: root.roots(t)}}
	key := tee.issue(t, ecKey(t), attestedLeaf(soundDevice().description()))
	flipEach(t, v, AndroidKey, join(key.base64()), wantAndroid(key))
}
