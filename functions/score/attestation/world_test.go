package attestation

// This file is the world of the tests: authorities that issue good tokens of both
// kinds, which each case spoils in one way.

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

var (
	now   = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	nonce = []byte("nonce of a report, chosen by us")
	app   = "cn.gov.example.office"
	// The SHA-256 of an app's signing certificate, as bytes and as the operator writes it.
	signer    = sha256.Sum256([]byte("the app's signing certificate"))
	signerHex = hex.EncodeToString(signer[:])
)

// issuer is a certificate with its key, and all above it, root last.
type issuer struct {
	key   crypto.Signer
	chain []*x509.Certificate
	above *issuer
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newRoot makes an authority of its own.
func newRoot(t testing.TB, name string) issuer {
	return issuer{}.issue(t, ecKey(t), authority(name, 1))
}

// authority is the template of a certificate that may issue others.
func authority(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

// issue signs a certificate for a key; the zero issuer signs a root.
func (i issuer) issue(t testing.TB, key crypto.Signer, template *x509.Certificate) issuer {
	t.Helper()
	return i.issueFor(t, key.Public(), key, template)
}

// issueFor signs for a public key whose private half may not be there.
func (i issuer) issueFor(t testing.TB, public crypto.PublicKey, key crypto.Signer, template *x509.Certificate) issuer {
	t.Helper()
	parent, signer := template, key
	if len(i.chain) > 0 {
		parent, signer = i.chain[0], i.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key, append([]*x509.Certificate{cert}, i.chain...), &i}
}

func (i issuer) base64() []string {
	out := make([]string, len(i.chain))
	for n, cert := range i.chain {
		out[n] = base64.StdEncoding.EncodeToString(cert.Raw)
	}
	return out
}

// roots is what the operator would configure: the top of the chain, as PEM.
func (i issuer) roots(t testing.TB) *Roots {
	t.Helper()
	roots, err := ReadRoots(pemOf(i.chain[len(i.chain)-1]))
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

func pemOf(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

// fields is JSON to be.
type fields = map[string]any

// harmonyLeaf is the template of the service's certificate.
func harmonyLeaf() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "integrity"}, DNSNames: []string{harmonyHost},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 1, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

// soundPayload is what a sound device gets.
func soundPayload() fields {
	return fields{
		"hapCertificateSha256": strings.ToUpper(signerHex), "hapBundleName": app, "appId": "1",
		"basicIntegrity": true, "nonce": base64.StdEncoding.EncodeToString(nonce), "timestamp": now.UnixMilli(),
	}
}

// jwsOf signs a token. The header says what it is told to, whatever signs.
func jwsOf(t testing.TB, leaf issuer, header, payload fields) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	p, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return signJWS(t, leaf, header["alg"], h, p)
}

func signJWS(t testing.TB, leaf issuer, alg any, header, payload []byte) string {
	t.Helper()
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString(header) + "." + enc.EncodeToString(payload)
	hash := sha256.Sum256([]byte(signed))
	var signature []byte
	var err error
	switch key := leaf.key.(type) {
	case *rsa.PrivateKey:
		if alg == "PS256" {
			signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, hash[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			break
		}
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		r, s, err = ecdsa.Sign(rand.Reader, key, hash[:])
		size := (key.Params().BitSize + 7) / 8
		signature = append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + enc.EncodeToString(signature)
}

// device is what a key attestation describes; its zero value is not sound, see soundDevice.
type device struct {
	attestedBy, keptBy int
	challenge          []byte
	locked             bool
	bootState          int
	origin             int
	packages           []string
	digests            [][]byte
	bootInSoftware     bool // the root of trust stands where only Android vouches for it
}

func soundDevice() device {
	return device{
		attestedBy: 1, keptBy: 1, challenge: nonce, locked: true,
		packages: []string{app}, digests: [][]byte{signer[:]},
	}
}

// description encodes the extension. DER is put together by hand, since spoilt
// ones are wanted as well.
func (d device) description() []byte {
	var packages, digests []byte
	for _, name := range d.packages {
		packages = append(packages, tlv(0x30, octets([]byte(name)), integer(7))...)
	}
	for _, sum := range d.digests {
		digests = append(digests, octets(sum)...)
	}
	id := tlv(0x30, tlv(0x31, packages), tlv(0x31, digests))
	locked := byte(0)
	if d.locked {
		locked = 0xff
	}
	boot := tagged(tagRootOfTrust, tlv(0x30, octets(make([]byte, 32)), tlv(1, []byte{locked}), enumerated(d.bootState), octets(make([]byte, 32))))
	software := [][]byte{tagged(701, integer(1700000000000)), tagged(tagApplicationID, octets(id))}
	hardware := [][]byte{tagged(1, tlv(0x31, integer(2))), tagged(tagOrigin, integer(d.origin))}
	if d.bootInSoftware {
		software = append(software, boot)
	} else {
		hardware = append(hardware, boot)
	}
	return tlv(0x30, integer(300), enumerated(d.attestedBy), integer(300), enumerated(d.keptBy),
		octets(d.challenge), octets(nil), tlv(0x30, software...), tlv(0x30, hardware...))
}

func tlv(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	return must(asn1.Marshal(asn1.RawValue{Class: int(tag >> 6), Tag: int(tag & 31), IsCompound: tag&32 != 0, Bytes: body}))
}

func tagged(tag int, value []byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: value}))
}

func octets(b []byte) []byte     { return tlv(4, b) }
func integer(n int) []byte       { return must(asn1.Marshal(n)) }
func enumerated(n int) []byte    { return must(asn1.Marshal(asn1.Enumerated(n))) }
func join(certs []string) string { return strings.Join(certs, ",") }

func must(der []byte, err error) []byte {
	if err != nil {
		panic(err) // a test that encodes what cannot be encoded
	}
	return der
}

// attestedLeaf is the template of an attested key's certificate.
func attestedLeaf(description []byte) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Android Keystore Key"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2048, 1, 1, 0, 0, 0, 0, time.UTC), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}, Value: description}},
	}
}
