// Package report is the protocol between a probe inside an app and the function
// score. It knows no database and no network.
//
//	in   a sealed report {"protected":…,"body":…,"signature":…}, an [Enrolment],
//	     a batch of reports made while a device was offline
//	out  a [Header], and after the signature was verified a [Body]
//
// Refused, each with its code: what is no such JSON or breaks a limit (malformed,
// too_large), a version or suite that is not spoken here (unsupported_version,
// unsupported_suite), a signature that does not fit (bad_signature), a body that does
// not open (undecryptable, unknown_key), a field for an identifier that must not be
// sent (forbidden_field), a time too far away (stale), a ticket that is not ours or
// too old (bad_ticket, expired_ticket).
//
// The three suites:
//
//	sm    SM2 signature with SM3 (GB/T 32918.2, user id 1234567812345678), SM4-GCM,
//	      session key sealed with SM2 (GB/T 32918.4) as 04 || x || y || C3 || C2
//	p256  ECDSA P-256 with SHA-256, AES-128-GCM, session key sealed with HPKE
//	      (RFC 9180, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, info
//	      "score report v1") as enc || ciphertext
//	hmac  HMAC-SHA-256 with a key that the server lends for a short time, body not
//	      encrypted: for pages and mini-programs, which have no safe place for a key.
//	      It is not HMAC-SM3, because WebCrypto has no SM3. It deserves less trust.
//
// Signatures are r || s of 32 bytes each, as WebCrypto makes them, over the ASCII text
// protected + "." + body. ECDSA lets anybody turn s into n-s and have a second valid
// signature for the same report. That gives nothing: what makes a report itself is its
// id and its counter, both signed, never its bytes; and the lower half is not asked
// for, because WebCrypto and secure elements give either half and every second report
// of a new probe would fail. SM2 has no such second signature.
package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"xietong.dev/shared/fault"
)

// The codes of refusals.
const (
	CodeMalformed          = "malformed"
	CodeTooLarge           = "too_large"
	CodeUnsupportedVersion = "unsupported_version"
	CodeUnsupportedSuite   = "unsupported_suite"
	CodeBadSignature       = "bad_signature"
	CodeUndecryptable      = "undecryptable"
	CodeUnknownKey         = "unknown_key"
	CodeForbiddenField     = "forbidden_field"
	CodeStale              = "stale"
	CodeBadTicket          = "bad_ticket"
	CodeExpiredTicket      = "expired_ticket"
)

// The limits of the protocol, in bytes where nothing else is said.
const (
	Version        = 1
	MaxSealed      = 96 << 10 // a body of MaxBody in base64url, its header and signature
	MaxHeader      = 4 << 10
	MaxBody        = 64 << 10
	MaxDepth       = 8
	MaxClaimed     = 200
	MaxDetail      = 200 // characters
	MaxAccount     = 128 // characters
	MaxText        = 128 // characters of every other text
	MaxAcks        = 20
	MaxToken       = 32 << 10
	MaxBatch       = 4 << 20
	MaxBatchReport = 200
	maxCounter     = 1 << 53 // up to here a float64, which is what most readers make of a JSON number, has every integer
)

// envelope is what is sent: a header that everybody may read, and what it protects.
type envelope struct {
	Protected string `json:"protected"`
	Body      string `json:"body,omitempty"`
	Signature string `json:"signature"`
}

// Sealed is a report whose signature nobody has checked yet: what its header says is
// only what somebody claims.
type Sealed struct {
	Header Header
	envelope
}

// Digest is the SHA-256 of what is signed: two reports with one digest say the same,
// whatever their signatures look like.
func (s Sealed) Digest() []byte {
	sum := sha256.Sum256([]byte(s.envelope.Protected + "." + s.envelope.Body))
	return sum[:]
}

// Verified is a report that the holder of a device's key has signed.
type Verified struct{ sealed Sealed }

// Parse reads a sealed report as far as no key is needed. A newer probe may send
// fields that are not known here; they are passed over.
func Parse(sealed []byte) (Sealed, error) {
	e, err := parseEnvelope(sealed, "report")
	if err != nil {
		return Sealed{}, err
	}
	if e.Body == "" {
		return Sealed{}, fault.Refusef(CodeMalformed, "report: body is missing")
	}
	h, err := parseHeader(e.Protected)
	return Sealed{h, e}, err
}

func parseEnvelope(sealed []byte, what string) (e envelope, err error) {
	if len(sealed) > MaxSealed {
		return e, fault.Refusef(CodeTooLarge, "%s: %d bytes, at most %d are taken", what, len(sealed), MaxSealed)
	}
	if err := strict(sealed, 1, &e); err != nil {
		return e, err
	}
	if e.Protected == "" || e.Signature == "" {
		return e, fault.Refusef(CodeMalformed, "%s: protected and signature are both needed", what)
	}
	return e, nil
}

// Verify checks the signature with the key of the device that the header names. It
// refuses with bad_signature.
func (s Sealed) Verify(key Key) (Verified, error) {
	if key.suite != s.Header.Suite {
		return Verified{}, fault.Refusef(CodeBadSignature, "report: suite %s, but the device enrolled with %s", s.Header.Suite, key.suite)
	}
	if err := key.verify(s.Protected+"."+s.envelope.Body, s.Signature); err != nil {
		return Verified{}, err
	}
	return Verified{s}, nil
}

// Header is what was signed in the open.
func (v Verified) Header() Header { return v.sealed.Header }

// Body opens the body. sessions spares the same session key a second unsealing, and
// may be nil.
func (v Verified) Body(keys ServerKeys, sessions *Sessions) (Body, error) {
	plain, err := v.open(keys, sessions)
	if err != nil {
		return Body{}, err
	}
	return ParseBody(plain)
}

func (v Verified) open(keys ServerKeys, sessions *Sessions) ([]byte, error) {
	h := v.sealed.Header
	body, err := unbase64(v.sealed.envelope.Body)
	if err != nil || h.Suite == HMAC {
		return body, err
	}
	key, err := sessions.key(h, keys)
	if err != nil {
		return nil, err
	}
	return unseal(h, key, body, v.sealed.Protected)
}

// Seal makes a sealed report of a header and the JSON of a body, as a probe does. The
// header's key, key id and ticket are the session's.
func Seal(h Header, body []byte, session Session, key SigningKey) ([]byte, error) {
	h.Key, h.KeyID, h.Ticket = session.Sealed, session.KeyID, session.Ticket
	header, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	e := envelope{Protected: base64url(header)}
	if h.Suite != HMAC {
		if body, err = seal(h, session.key, body, e.Protected); err != nil {
			return nil, err
		}
	}
	e.Body = base64url(body)
	return e.signed(key, e.Protected+"."+e.Body)
}

func (e envelope) signed(key SigningKey, message string) ([]byte, error) {
	signature, err := key.sign(message)
	if err != nil {
		return nil, err
	}
	e.Signature = base64url(signature)
	return json.Marshal(e)
}

func base64url(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// unbase64 takes one spelling only. Go's decoder passes over line breaks, and without
// Strict over bits at the end, either of which would let flipped bits through.
func unbase64(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, fault.Refusef(CodeMalformed, "report: is not base64url without padding (RFC 4648, section 5)")
	}
	return data, nil
}
