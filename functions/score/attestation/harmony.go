package attestation

// This file holds the rules for what HarmonyOS says of a system's integrity. The
// fields are those of Huawei's published server samples (Apache-2.0, read, not
// copied): safetyDetect.checkSysIntegrity has hap…, detail and timestamp, the
// older SysIntegrity of HMS on Android has apk…, advice and timestampMs.

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/fault"
)

// harmonyHost is the name of the service that signs (Huawei's guide "System
// integrity check").
const harmonyHost = "sysintegrity.platform.hicloud.com"

// fresh is how far a statement's time may be from ours, either way. The window of
// a report is the same.
const fresh = 5 * time.Minute

// maxDetails bounds what of the platform's findings goes into a log.
const maxDetails = 8

type integrity struct {
	Nonce           string   `json:"nonce"` // base64 of the nonce, padded
	Timestamp       int64    `json:"timestamp"`
	TimestampMs     int64    `json:"timestampMs"`
	BasicIntegrity  *bool    `json:"basicIntegrity"`
	Detail          []string `json:"detail"` // attack, jailbreak, emulator
	Advice          string   `json:"advice"`
	HapBundle       string   `json:"hapBundleName"`
	HapCertificate  string   `json:"hapCertificateSha256"`
	ApkPackage      string   `json:"apkPackageName"`
	ApkCertificates []string `json:"apkCertificateDigestSha256"`
}

// harmony checks a token and reads what it attests. The nonce binds it to the
// report: the probe hands base64 of the nonce to checkSysIntegrity as text.
func harmony(roots *Roots, token string, want Want) (finding, error) {
	t, err := openJWS(token)
	if err != nil {
		return finding{}, err
	}
	if err := roots.path(t.chain, want.Now); err != nil {
		return finding{}, err
	}
	if !names(t.chain[0], harmonyHost) {
		return finding{}, fault.Refusef(codeName, "the leaf is not %s but %q", harmonyHost, t.chain[0].Subject)
	}
	if err := t.verify(); err != nil {
		return finding{}, err
	}
	var said integrity
	if err := readJSON(t.payload, &said); err != nil {
		return finding{}, fault.Refusef(codeMalformed, "payload: %w", err)
	}
	if err := said.check(want); err != nil {
		return finding{}, err
	}
	return said.finding(want), nil
}

// names looks for the name as it is: a wildcard would vouch for other services.
// The common name counts only where there are no alternative names, as with the
// verifier that Huawei's sample uses.
func names(leaf *x509.Certificate, host string) bool {
	if len(leaf.DNSNames) == 0 {
		return leaf.Subject.CommonName == host
	}
	return slices.Contains(leaf.DNSNames, host)
}

// check is whether the statement was made for this report, and is whole.
func (i integrity) check(want Want) error {
	if i.Nonce != base64.StdEncoding.EncodeToString(want.Nonce) {
		return fault.Refusef(codeNonce, "the nonce is another")
	}
	if i.BasicIntegrity == nil || (i.Timestamp == 0) == (i.TimestampMs == 0) || (i.HapBundle == "") == (i.ApkPackage == "") {
		return fault.Refusef(codeMalformed, "payload: there must be basicIntegrity, one time and one package name")
	}
	// One of the two is zero.
	made := time.UnixMilli(i.Timestamp | i.TimestampMs)
	if made.Before(want.Now.Add(-fresh)) || made.After(want.Now.Add(fresh)) {
		return fault.Refusef(codeStale, "made at %s, and it is %s", made.UTC().Format(time.RFC3339), want.Now.UTC().Format(time.RFC3339))
	}
	return nil
}

func (i integrity) finding(want Want) finding {
	var f finding
	f.add(!*i.BasicIntegrity || len(i.Detail) > 0, SignalIntegrity)
	f.add(!allAmong([]string{i.HapBundle + i.ApkPackage}, want.Packages), SignalPackage)
	certificates := i.ApkCertificates
	if i.HapBundle != "" {
		certificates = []string{i.HapCertificate}
	}
	f.add(len(want.Certificates) > 0 && !allAmong(digests(certificates), want.Certificates), SignalResigned)
	if words := i.Detail[:min(len(i.Detail), maxDetails)]; len(words) > 0 {
		f.detail = fmt.Sprintf("the platform finds %q", words)
	}
	return f
}

// digests puts SHA-256 values into lower-case hex. The older payload has them in
// base64 (its sample shows so); of the newer one the encoding is not documented,
// so both are read: 64 characters of hex are never 32 bytes in base64.
func digests(values []string) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = strings.ToLower(value)
		if sum, err := decode(base64.StdEncoding, value); err == nil && len(sum) == 32 {
			out[i] = hex.EncodeToString(sum)
		}
	}
	return out
}
