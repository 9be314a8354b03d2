package report

// Enrolment: a device shows a new key, and that it holds the private half.

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"

	"xietong.dev/shared/fault"
)

// Enrolment is what a device says of itself and its key.
type Enrolment struct {
	V           int          `json:"v"`
	Suite       Suite        `json:"suite"` // sm or p256
	App         string       `json:"app"`
	Ticket      string       `json:"ticket"`     // with the purpose device
	PublicKey   string       `json:"public_key"` // uncompressed point of 65 bytes, base64url
	Platform    string       `json:"platform"`
	Model       string       `json:"model,omitempty"`
	Time        Instant      `json:"time"`
	Attestation *Attestation `json:"attestation,omitempty"`
}

// maxEnrolment leaves room for an attestation in base64url.
const maxEnrolment = MaxToken + MaxHeader

// SealEnrolment signs an enrolment with the key that it shows, as
// {"protected":…,"signature":…} over the ASCII text "enrol." + protected.
func SealEnrolment(e Enrolment, key SigningKey) ([]byte, error) {
	e.V, e.Suite, e.PublicKey = Version, key.suite, base64url(key.Public())
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sealed := envelope{Protected: base64url(data)}
	return sealed.signed(key, "enrol."+sealed.Protected)
}

// ParseEnrolment reads an enrolment and checks that its sender holds the key. Ticket,
// time and attestation are the caller's to check.
func ParseEnrolment(sealed []byte) (Enrolment, Key, error) {
	e, err := parseEnvelope(sealed, "enrolment")
	if err != nil {
		return Enrolment{}, Key{}, err
	}
	n, err := parseEnrolment(e.Protected)
	if err != nil {
		return Enrolment{}, Key{}, err
	}
	point, err := unbase64(n.PublicKey)
	if err != nil {
		return Enrolment{}, Key{}, err
	}
	key, err := ParseKey(n.Suite, point)
	if err != nil {
		return Enrolment{}, Key{}, err
	}
	return n, key, key.verify("enrol."+e.Protected, e.Signature)
}

func parseEnrolment(protected string) (n Enrolment, err error) {
	data, err := decodeSaid(protected, maxEnrolment)
	if err != nil {
		return n, err
	}
	if err := strict(data, 3, &n); err != nil {
		return n, err
	}
	switch {
	case n.Suite == HMAC:
		return n, fault.Refusef(CodeUnsupportedSuite, "enrolment: hmac enrols no key; ask for a session ticket")
	case !ticketShape.MatchString(n.Ticket):
		return n, fault.Refusef(CodeBadTicket, "enrolment: ticket is missing or cut")
	case !appShape.MatchString(n.App):
		return n, fault.Refusef(CodeMalformed, "enrolment: app must be 1 to 64 letters, digits, dots, dashes, underscores")
	case !kindShape.MatchString(n.Platform) || utf8.RuneCountInString(n.Model) > MaxText || n.Time.IsZero():
		return n, fault.Refusef(CodeMalformed, "enrolment: platform is one word in lower case, model has at most %d characters, time is needed", MaxText)
	}
	return n, Body{Attestation: n.Attestation}.checkParts()
}

// Challenge is what a platform is given to attest, so that its word belongs to one key
// or one report and is good for no other: public key and ticket of an enrolment as they
// are written there, or device and report of a header. It is SHA-256 of "score attest
// v1", from and of, with line breaks between them: 32 bytes, where HarmonyOS takes 16 to
// 66. A ticket is the server's, so an enrolment's attestation is new; the id of a report
// is the device's, so there only the time inside the token says how old it is.
func Challenge(from, of string) []byte {
	sum := sha256.Sum256([]byte("score attest v1\n" + from + "\n" + of))
	return sum[:]
}

// DeviceID names a device within one unit: 32 hex digits of HMAC-SM3 of its public
// key. Two units with keys of their own cannot tell that they see the same device.
func DeviceID(tenantKey []byte, unit string, publicKey []byte) string {
	// No unit's name holds a zero byte, so no two units and keys run into one.
	return hex.EncodeToString(sm3MAC(tenantKey, unit+"\x00"+string(publicKey))[:16])
}
