package report

// Suites, and the keys that sign and verify in them.

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"hash"
	"io"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xietong.dev/shared/fault"
)

// Suite names a set of algorithms; the package comment says which.
type Suite string

// The suites that are spoken here.
const (
	SM   Suite = "sm"
	P256 Suite = "p256"
	HMAC Suite = "hmac"
)

func (s Suite) known() bool { return s == SM || s == P256 || s == HMAC }

func (s Suite) hash() hash.Hash {
	if s == SM {
		return sm3.New()
	}
	return sha256.New()
}

// MACSize is the length of a key of the suite hmac, in bytes.
const MACSize = 32

// Key verifies what a device signs.
type Key struct {
	suite Suite
	point *ecdsa.PublicKey
	mac   []byte
}

// ParseKey reads the key of a device: an uncompressed point of 65 bytes (SEC 1, 2.3.3)
// for sm and p256, a secret of [MACSize] bytes for hmac.
func ParseKey(suite Suite, raw []byte) (Key, error) {
	k, err := Key{suite: suite}, error(nil)
	switch suite {
	case SM:
		k.point, err = sm2.ParseUncompressedPublicKey(raw)
	case P256:
		k.point, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	case HMAC:
		if k.mac = raw; len(raw) != MACSize {
			err = fmt.Errorf("has %d bytes", len(raw))
		}
	default:
		return Key{}, fault.Refusef(CodeUnsupportedSuite, "key: suite %.8q, this server speaks sm, p256 and hmac", suite)
	}
	if err != nil {
		return Key{}, fault.Refusef(CodeMalformed, "key: is no key of the suite %s: 04 || x || y on its curve, or %d bytes for hmac", suite, MACSize)
	}
	return k, nil
}

// verify says no more than yes or no to whoever tries.
func (k Key) verify(message, signature string) error {
	raw, err := unbase64(signature)
	if err != nil {
		return err
	}
	if !k.fits([]byte(message), raw) {
		return fault.Refusef(CodeBadSignature, "the signature does not fit the key: sign the ASCII text protected.body as it is sent, and send r || s")
	}
	return nil
}

func (k Key) fits(message, signature []byte) bool {
	if k.suite == HMAC {
		return hmac.Equal(signature, mac(k.mac, message))
	}
	if len(signature) != 64 || k.point == nil {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if k.suite == SM {
		return sm2.VerifyWithSM2(k.point, nil, message, r, s)
	}
	digest := sha256.Sum256(message)
	return ecdsa.Verify(k.point, digest[:], r, s)
}

func mac(key, message []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(message)
	return m.Sum(nil)
}

// SigningKey is the other half of a [Key], for probes.
type SigningKey struct {
	suite Suite
	sm    *sm2.PrivateKey
	p256  *ecdsa.PrivateKey
	mac   []byte
}

// NewSigningKey makes a key from random bytes.
func NewSigningKey(suite Suite, random io.Reader) (SigningKey, error) {
	raw, err := scalar(random, func(raw []byte) error {
		_, err := ParseSigningKey(suite, raw)
		return err
	})
	if err != nil {
		return SigningKey{}, err
	}
	return ParseSigningKey(suite, raw)
}

// scalar takes random numbers until one is a private key, as a number of the order's
// size or above is none. That is one in 2^32 for these curves, so a source that never
// gives one is broken.
func scalar(random io.Reader, valid func([]byte) error) ([]byte, error) {
	var err error
	for range 8 {
		raw := make([]byte, 32)
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		if err = valid(raw); err == nil {
			return raw, nil
		}
	}
	return nil, fmt.Errorf("make a key: %w", err)
}

// ParseSigningKey reads 32 bytes: the private number in big-endian order, or the
// secret of hmac.
func ParseSigningKey(suite Suite, raw []byte) (SigningKey, error) {
	k, err := SigningKey{suite: suite}, error(nil)
	switch suite {
	case SM:
		k.sm, err = sm2.NewPrivateKey(raw)
	case P256:
		k.p256, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	case HMAC:
		if k.mac = raw; len(raw) != MACSize {
			err = fmt.Errorf("%d bytes, want %d", len(raw), MACSize)
		}
	default:
		err = fmt.Errorf("suite %q is not known", suite)
	}
	if err != nil {
		return SigningKey{}, fmt.Errorf("read a signing key: %w", err)
	}
	return k, nil
}

// Suite is the suite that the key belongs to.
func (k SigningKey) Suite() Suite { return k.suite }

// Public is what the server needs: see [ParseKey].
func (k SigningKey) Public() []byte {
	var raw []byte
	switch k.suite {
	case SM:
		raw = uncompressed(&k.sm.PublicKey)
	case P256:
		raw = uncompressed(&k.p256.PublicKey)
	case HMAC:
		raw = k.mac
	}
	return raw
}

func uncompressed(p *ecdsa.PublicKey) []byte {
	raw := make([]byte, 65)
	raw[0] = 4
	p.X.FillBytes(raw[1:33])
	p.Y.FillBytes(raw[33:])
	return raw
}

// sign draws its randomness itself: a signature with a number that is used twice, or
// that can be guessed, gives the key away.
func (k SigningKey) sign(message string) ([]byte, error) {
	var der []byte
	var err error
	switch k.suite {
	case SM:
		der, err = k.sm.SignWithSM2(rand.Reader, nil, []byte(message))
	case P256:
		digest := sha256.Sum256([]byte(message))
		der, err = ecdsa.SignASN1(rand.Reader, k.p256, digest[:])
	default:
		return mac(k.mac, []byte(message)), nil
	}
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return fixed(der)
}

// fixed turns a signature from DER into r || s.
func fixed(der []byte) ([]byte, error) {
	var n struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &n); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	raw := make([]byte, 64)
	n.R.FillBytes(raw[:32])
	n.S.FillBytes(raw[32:])
	return raw, nil
}
