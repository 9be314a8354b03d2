// Package attestation checks what a platform itself says of a device, without asking
// anybody: HarmonyOS system integrity and Android key attestation.
//
//	in   a token of a known kind, and what the report calls for: nonce, packages,
//	     device key, time
//	out  none, valid or invalid; the signals that the platform attests; a reason
//
// Valid means that the statement is the platform's own, fresh, and made for this
// report. It does not mean that the statement is good news: read the signals too.
//
// Refused is every token that is malformed, too large, signed by anything but a
// path to a root that the operator configured, revoked, stale, or made for another
// nonce or key. No root is built in: a kind without roots is not checked at all.
package attestation

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"xietong.dev/shared/fault"
)

// Kind names a platform's way to attest, as a report names it.
type Kind string

// The kinds that can be checked.
const (
	HarmonyOS  Kind = "harmonyos"   // compact JWS, as safetyDetect.checkSysIntegrity returns it
	AndroidKey Kind = "android-key" // certificates, leaf first: standard base64 of DER, commas between
)

// Verdict is the value of the rules' variable "attestation".
type Verdict string

// The verdicts.
const (
	None    Verdict = "none"    // not checked; says nothing for or against the device
	Valid   Verdict = "valid"   // the platform's own statement about this report
	Invalid Verdict = "invalid" // refused; carries SignalFailed
)

// The signals that a check can attest, by their ids in the catalogue.
const (
	SignalFailed    = "sys.attest_failed"
	SignalIntegrity = "sys.harmony_integrity"
	SignalBoot      = "sys.verified_boot_failed"
	SignalUnlocked  = "sys.bootloader_unlocked"
	SignalSoftware  = "sys.keystore_software"
	SignalPackage   = "app.bundle_mismatch"
	SignalResigned  = "app.repackaged"
)

// A token of six certificates with RSA keys is below 16 KiB; 32 leaves room for a
// JWS, which encodes them twice.
const limitBytes = 32 << 10

// A HarmonyOS nonce is 16 to 66 characters of base64 (checkSysIntegrity), which
// is at most 48 bytes; an Android challenge may be longer.
const (
	minNonceBytes = 16
	maxNonceBytes = 48
)

// Want is what a report calls for. All but Certificates must be set, PublicKey
// for [AndroidKey] only.
type Want struct {
	Nonce        []byte           // 16 to 48 bytes that the server chose for this report
	Packages     []string         // package or bundle names of the app
	Certificates []string         // SHA-256 of the app's signing certificates, lower-case hex; none: not compared
	PublicKey    crypto.PublicKey // the key that the device enrolled with
	Now          time.Time
}

// Result is what came of a check. Reason and Detail are for operators: whoever
// sent the token learns neither.
type Result struct {
	Verdict Verdict
	Signals []string // sorted; only of a valid token, or SignalFailed alone
	Reason  string   // stable code of a token that is not valid, see [Text]; else ""
	Detail  string   // one English sentence for the log, or ""
}

// Verifier holds what the operator trusts. It may be used by many at once.
type Verifier struct {
	Roots   map[Kind]*Roots // a kind without roots is answered with None
	Revoked Revoked         // of Android attestation keys; empty: not asked
}

// Verify checks a token of a kind that the probe names. The error is only ever
// the caller's: a Want that would let anything pass.
func (v *Verifier) Verify(kind Kind, token string, want Want) (Result, error) {
	roots := v.Roots[kind]
	if roots == nil || len(roots.certs) == 0 {
		return Result{Verdict: None, Reason: codeNoRoots}, nil
	}
	if err := want.check(kind); err != nil {
		return Result{}, fmt.Errorf("verify attestation: %w", err)
	}
	var found finding
	var err error
	switch kind {
	case HarmonyOS:
		found, err = harmony(roots, token, want)
	case AndroidKey:
		found, err = android(roots, v.Revoked, token, want)
	default:
		return Result{Verdict: None, Reason: codeNoRoots}, nil
	}
	if err != nil {
		return Result{Verdict: Invalid, Signals: []string{SignalFailed}, Reason: fault.Code(err), Detail: err.Error()}, nil
	}
	slices.Sort(found.signals)
	return Result{Verdict: Valid, Signals: found.signals, Detail: found.detail}, nil
}

// finding is what a valid token attests.
type finding struct {
	signals []string
	detail  string
}

func (f *finding) add(when bool, signal string) {
	if when {
		f.signals = append(f.signals, signal)
	}
}

func (w Want) check(kind Kind) error {
	switch {
	case len(w.Nonce) < minNonceBytes || len(w.Nonce) > maxNonceBytes:
		return fmt.Errorf("a nonce of %d bytes: give %d to %d", len(w.Nonce), minNonceBytes, maxNonceBytes)
	case len(w.Packages) == 0:
		return errors.New("no package names: give those of the app")
	case w.Now.IsZero():
		return errors.New("no time to compare with")
	case kind == AndroidKey && w.PublicKey == nil:
		return errors.New("no public key: give the one that the device enrolled with")
	}
	return nil
}

// allAmong reports whether there are any and each is allowed. One strange name
// beside a known one is strange: an app does not share its identity.
func allAmong(names, allowed []string) bool {
	strange := func(name string) bool { return !slices.Contains(allowed, name) }
	return len(names) > 0 && !slices.ContainsFunc(names, strange)
}
