package attestation

// This file takes a chain that a real device made, which our own authorities could
// resemble less than we think.

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRealChain(t *testing.T) {
	data, err := os.ReadFile("testdata/google.pem")
	if err != nil {
		t.Fatal(err)
	}
	var device issuer
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		device.chain = append(device.chain, cert)
	}
	roots, then := device.roots(t), time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)
	want := Want{
		Nonce: []byte("challenge"), Packages: []string{"com.google.attestationexample"}, PublicKey: device.chain[0].PublicKey, Now: then,
		Certificates: []string{"68856d1d06f637d6255face5b224db43a9514ace538bb1548b844480fcd85c87"},
	}
	// Its challenge is shorter than Verify allows, so the rules are asked themselves.
	got, err := android(roots, nil, join(device.base64()), want)
	if err != nil || len(got.signals) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	want.Packages, want.Certificates = []string{app}, []string{signerHex}
	got, err = android(roots, nil, join(device.base64()), want)
	if diff := cmp.Diff([]string{SignalPackage, SignalResigned}, got.signals); diff != "" || err != nil {
		t.Errorf("another app: %v %s", err, diff)
	}
	want.Now = then.AddDate(0, 1, 0)
	if got, err := android(roots, nil, join(device.base64()), want); err == nil {
		t.Errorf("expired: %+v", got)
	}
}
