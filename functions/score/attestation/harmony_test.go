package attestation

// This file shows which HarmonyOS tokens are accepted, with what they attest, and
// which are refused.

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func wantHarmony() Want {
	return Want{Nonce: nonce, Packages: []string{app}, Certificates: []string{signerHex}, Now: now}
}

// service is an authority for HarmonyOS tokens and the certificate it signs with.
func service(t testing.TB) (root, leaf issuer) {
	root = newRoot(t, "root")
	return root, root.issue(t, ecKey(t), authority("between", 2)).issue(t, ecKey(t), harmonyLeaf())
}

func with(f fields, name string, value any) fields {
	out := maps.Clone(f)
	out[name] = value
	return out
}

func without(f fields, name string) fields {
	out := maps.Clone(f)
	delete(out, name)
	return out
}

func TestHarmonyAttests(t *testing.T) {
	root, leaf := service(t)
	v := Verifier{Roots: map[Kind]*Roots{HarmonyOS: root.roots(t)}}
	sound := soundPayload()
	older := fields{ // SysIntegrity of HMS on Android
		"advice": "RESTORE_TO_FACTORY_ROM", "apkPackageName": app, "apkDigestSha256": "6Ihk",
		"apkCertificateDigestSha256": []string{base64.StdEncoding.EncodeToString(signer[:])},
		"basicIntegrity":             true, "nonce": sound["nonce"], "timestampMs": now.UnixMilli(),
	}
	for _, c := range []struct {
		name    string
		payload fields
		want    Result
	}{
		{"a sound device", sound, Result{Verdict: Valid}},
		{"the older payload", older, Result{Verdict: Valid}},
		{"not intact", with(with(sound, "basicIntegrity", false), "detail", []string{"jailbreak", "attack"}),
			Result{Verdict: Valid, Signals: []string{SignalIntegrity}, Detail: `the platform finds ["jailbreak" "attack"]`}},
		{"not intact, older", with(older, "basicIntegrity", false), Result{Verdict: Valid, Signals: []string{SignalIntegrity}}},
		{"findings beside a good verdict", with(sound, "detail", []string{"emulator"}),
			Result{Verdict: Valid, Signals: []string{SignalIntegrity}, Detail: `the platform finds ["emulator"]`}},
		{"another app", with(sound, "hapBundleName", "com.example.game"), Result{Verdict: Valid, Signals: []string{SignalPackage}}},
		{"signed anew", with(sound, "hapCertificateSha256", strings.Repeat("0", 64)), Result{Verdict: Valid, Signals: []string{SignalResigned}}},
		{"one strange signer beside ours", with(older, "apkCertificateDigestSha256", []string{signerHex, "00"}), Result{Verdict: Valid, Signals: []string{SignalResigned}}},
		{"no signer", without(older, "apkCertificateDigestSha256"), Result{Verdict: Valid, Signals: []string{SignalResigned}}},
		{"at the edge of the window", with(sound, "timestamp", now.Add(-fresh).UnixMilli()), Result{Verdict: Valid}},
		{"fields that we do not know", with(sound, "appId2", []any{fields{"a": 1}}), Result{Verdict: Valid}},
	} {
		got, err := v.Verify(HarmonyOS, jwsOf(t, leaf, fields{"alg": "ES256", "typ": "JOSE", "x5c": leaf.base64()}, c.payload), wantHarmony())
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
}

// Each algorithm with its key, and the chain with and without its root.
func TestHarmonyAlgorithms(t *testing.T) {
	root, leaf := service(t)
	byRSA := leaf.above.issue(t, rsaKey(t, 2048), harmonyLeaf())
	byCommonName := harmonyLeaf()
	byCommonName.DNSNames, byCommonName.Subject.CommonName = nil, harmonyHost
	v := Verifier{Roots: map[Kind]*Roots{HarmonyOS: root.roots(t)}}
	for _, c := range []struct {
		alg  string
		leaf issuer
		x5c  []string
	}{
		{"ES256", leaf, leaf.base64()},
		{"ES256", leaf, leaf.base64()[:2]},
		{"RS256", byRSA, byRSA.base64()},
		{"PS256", byRSA, byRSA.base64()},
		{"ES256", leaf.above.issue(t, leaf.key, byCommonName), nil},
	} {
		if c.x5c == nil {
			c.x5c = c.leaf.base64()
		}
		got, err := v.Verify(HarmonyOS, jwsOf(t, c.leaf, fields{"alg": c.alg, "x5c": c.x5c}, soundPayload()), wantHarmony())
		if diff := cmp.Diff(Result{Verdict: Valid}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.alg, err, diff)
		}
	}
}

func TestHarmonyRefuses(t *testing.T) {
	root, leaf := service(t)
	v := Verifier{Roots: map[Kind]*Roots{HarmonyOS: root.roots(t)}}
	sound, header := soundPayload(), fields{"alg": "ES256", "x5c": leaf.base64()}
	leafOf := func(change func(*x509.Certificate)) issuer {
		template := harmonyLeaf()
		change(template)
		return leaf.above.issue(t, ecKey(t), template)
	}
	signedBy := func(leaf issuer) string {
		return jwsOf(t, leaf, fields{"alg": "ES256", "x5c": leaf.base64()}, sound)
	}
	saying := func(payload fields) string { return jwsOf(t, leaf, header, payload) }
	headed := func(header fields) string { return jwsOf(t, leaf, header, sound) }
	good := signedBy(leaf)
	parts := strings.Split(good, ".")

	_, other := service(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long := newRoot(t, "long root")
	longRoots := long
	for i := range int64(5) {
		long = long.issue(t, ecKey(t), authority("between", i+2))
	}
	long = long.issue(t, ecKey(t), harmonyLeaf())
	weak := leaf.above.issue(t, rsaKey(t, 1024), harmonyLeaf())
	// A modulus in size only: nothing is signed with it.
	huge := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), maxRSABits, 1), E: 65537}
	oversized := leaf.above.issueFor(t, huge, nil, harmonyLeaf()).base64()

	for _, c := range []struct{ name, token, reason string }{
		{"nothing", "", codeMalformed},
		{"two parts", parts[0] + "." + parts[1], codeMalformed},
		{"four parts", good + ".", codeMalformed},
		{"a line end", good + "\n", codeMalformed},
		{"padding", good + "=", codeMalformed},
		{"too large", good + strings.Repeat("A", limitBytes), codeTooLarge},
		{"a header that is no object", signJWS(t, leaf, nil, []byte(`null`), []byte(`{}`)), codeMalformed},
		{"something behind the header", signJWS(t, leaf, nil, []byte(`{"alg":"ES256"} {}`), []byte(`{}`)), codeMalformed},
		{"a deep header", headed(with(header, "deep", [][][][]int{{{{1}}}})), codeMalformed},
		{"no alg", headed(without(header, "alg")), codeMalformed},
		{"no x5c", headed(without(header, "x5c")), codeMalformed},
		{"an empty x5c", headed(with(header, "x5c", []string{})), codeChain},
		{"x5c that is no certificate", headed(with(header, "x5c", []string{"AAAA"})), codeMalformed},
		{"a key in the header", headed(with(header, "jwk", fields{"kty": "EC"})), codeAlgorithm},
		{"an address of keys in the header", headed(with(header, "jku", "https://example.com")), codeAlgorithm},
		{"an address of certificates in the header", headed(with(header, "x5u", "https://example.com")), codeAlgorithm},
		{"critical fields", headed(with(header, "crit", []string{"b64"})), codeAlgorithm},
		{"alg none", parts[0] + "." + parts[1] + ".", codeSignature},
		{"alg none, said so", unsigned(t, with(header, "alg", "none"), sound), codeAlgorithm},
		{"alg none, empty", unsigned(t, with(header, "alg", ""), sound), codeAlgorithm},
		{"HS256 with the public key", hs256(t, with(header, "alg", "HS256"), sound, leaf.chain[0]), codeAlgorithm},
		{"RS256 with an EC key", headed(with(header, "alg", "RS256")), codeAlgorithm},
		{"ES384 with a P-256 key", headed(with(header, "alg", "ES384")), codeAlgorithm},
		{"ES256 with a P-384 key", signedBy(leaf.above.issue(t, p384, harmonyLeaf())), codeAlgorithm},
		{"a weak RSA key", jwsOf(t, weak, fields{"alg": "RS256", "x5c": weak.base64()}, sound), codeAlgorithm},
		{"an RSA key made to cost time", headed(with(header, "x5c", oversized)), codeAlgorithm},
		{"another root", signedBy(other), codeChain},
		{"another root, left out", jwsOf(t, other, fields{"alg": "ES256", "x5c": other.base64()[:2]}, sound), codeChain},
		{"a leaf that signed itself", signedBy(issuer{}.issue(t, leaf.key, harmonyLeaf())), codeChain},
		{"the root alone", jwsOf(t, root, fields{"alg": "ES256", "x5c": root.base64()}, sound), codeChain},
		{"a certificate missing between", headed(with(header, "x5c", leaf.base64()[:1])), codeChain},
		{"another order", headed(with(header, "x5c", []string{leaf.base64()[1], leaf.base64()[0], leaf.base64()[2]})), codeChain},
		{"a certificate beside the path", headed(with(header, "x5c", append(leaf.base64()[:2], other.base64()[1]))), codeChain},
		{"too many certificates", signedBy(long), codeChain},
		{"signed by a leaf", signedBy(leaf.issue(t, ecKey(t), harmonyLeaf())), codeChain},
		{"expired", signedBy(leafOf(func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) })), codeChain},
		{"not yet valid", signedBy(leafOf(func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 0, 1) })), codeChain},
		{"another name", signedBy(leafOf(func(c *x509.Certificate) { c.DNSNames = []string{"www.example.com"} })), codeName},
		{"a wildcard", signedBy(leafOf(func(c *x509.Certificate) { c.DNSNames = []string{"*.platform.hicloud.com"} })), codeName},
		{"the name beside another one", signedBy(leafOf(func(c *x509.Certificate) {
			c.DNSNames, c.Subject.CommonName = []string{"www.example.com"}, harmonyHost
		})), codeName},
		{"signed with another key", jwsOf(t, other, header, sound), codeSignature},
		{"another nonce", saying(with(sound, "nonce", base64.StdEncoding.EncodeToString([]byte("another nonce, not ours")))), codeNonce},
		{"the nonce cut short", saying(with(sound, "nonce", base64.StdEncoding.EncodeToString(nonce[:16]))), codeNonce},
		{"no nonce", saying(without(sound, "nonce")), codeNonce},
		{"stale", saying(with(sound, "timestamp", now.Add(-fresh).UnixMilli()-1)), codeStale},
		{"from the future", saying(with(sound, "timestamp", now.Add(fresh).UnixMilli()+1)), codeStale},
		{"no time", saying(without(sound, "timestamp")), codeMalformed},
		{"two times", saying(with(sound, "timestampMs", now.UnixMilli())), codeMalformed},
		{"no verdict", saying(without(sound, "basicIntegrity")), codeMalformed},
		{"no package", saying(without(sound, "hapBundleName")), codeMalformed},
		{"two packages", saying(with(sound, "apkPackageName", app)), codeMalformed},
		{"a verdict that is no boolean", saying(with(sound, "basicIntegrity", "true")), codeMalformed},
		{"a deep payload", saying(with(sound, "deep", [][][][]int{{{{1}}}})), codeMalformed},
	} {
		refused(t, c.name, v, HarmonyOS, c.token, wantHarmony(), c.reason)
	}
	v.Roots[HarmonyOS] = longRoots.roots(t)
	short := jwsOf(t, long, fields{"alg": "ES256", "x5c": long.base64()[:maxChain]}, sound)
	if got, err := v.Verify(HarmonyOS, short, wantHarmony()); err != nil || got.Verdict != Valid {
		t.Errorf("the longest chain: %+v, %v", got, err)
	}
}

func refused(t *testing.T, name string, v Verifier, kind Kind, token string, want Want, reason string) {
	t.Helper()
	got, err := v.Verify(kind, token, want)
	if got.Detail == "" || err != nil {
		t.Errorf("%s: there is no detail, or an error: %v", name, err)
	}
	got.Detail = ""
	if diff := cmp.Diff(Result{Verdict: Invalid, Signals: []string{SignalFailed}, Reason: reason}, got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func unsigned(t *testing.T, header, payload fields) string {
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	p, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(p) + "."
}

// hs256 signs with what everybody knows: the public key in each form it could be taken for.
func hs256(t *testing.T, header, payload fields, cert *x509.Certificate) string {
	token := unsigned(t, header, payload)
	mac := hmac.New(sha256.New, cert.RawSubjectPublicKeyInfo)
	mac.Write([]byte(strings.TrimSuffix(token, ".")))
	return token + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Every bit of every byte of a good token, flipped: none is accepted.
func TestHarmonyFlippedBits(t *testing.T) {
	root, leaf := service(t)
	v := Verifier{Roots: map[Kind]*Roots{HarmonyOS: root.roots(t)}}
	flipEach(t, v, HarmonyOS, jwsOf(t, leaf, fields{"alg": "ES256", "x5c": leaf.base64()}, soundPayload()), wantHarmony())
}

func flipEach(t *testing.T, v Verifier, kind Kind, good string, want Want) {
	t.Helper()
	if got, err := v.Verify(kind, good, want); err != nil || got.Verdict != Valid {
		t.Fatalf("the good token: %+v, %v", got, err)
	}
	accepted := 0
	for at := range len(good) {
		for bit := range 8 {
			bad := []byte(good)
			bad[at] ^= 1 << bit
			got, err := v.Verify(kind, string(bad), want)
			if err != nil || got.Verdict != Invalid {
				accepted++
				t.Errorf("bit %d of byte %d: %+v, %v", bit, at, got, err)
			}
		}
	}
	t.Logf("%d of %d accepted", accepted, 8*len(good))
}
