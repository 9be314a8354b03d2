package report

// The server's keys, which probes seal their session keys for.

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm2"

	"xietong.dev/shared/fault"
)

// ServerKeys are the private keys of a server, of each suite the current one first.
// Older ones open what probes have sealed before they asked for the keys again.
type ServerKeys struct{ keys []serverKey }

type serverKey struct {
	public PublicKey
	raw    []byte
	sm     *sm2.PrivateKey
	p256   hpke.PrivateKey
}

// PublicKey is one key as GET /score/keys shows it. A probe takes the first one of
// its suite.
type PublicKey struct {
	ID        string `json:"id"` // 16 hex digits, the beginning of SHA-256 of the point
	Suite     Suite  `json:"suite"`
	PublicKey string `json:"public_key"` // uncompressed point, base64url
}

// NewServerKeys makes one key for each suite that seals.
func NewServerKeys(random io.Reader) (ServerKeys, error) {
	var all ServerKeys
	for _, suite := range []Suite{SM, P256} {
		raw, err := scalar(random, func(raw []byte) error {
			_, err := newServerKey(suite, raw)
			return err
		})
		if err != nil {
			return ServerKeys{}, err
		}
		k, _ := newServerKey(suite, raw)
		all.keys = append(all.keys, k)
	}
	return all, nil
}

// ParseServerKeys reads keys from configuration: words like sm:… and p256:…, each with
// a private number of 32 bytes in base64url, with spaces between them.
func ParseServerKeys(text string) (ServerKeys, error) {
	var all ServerKeys
	for i, word := range strings.Fields(text) {
		suite, number, _ := strings.Cut(word, ":")
		raw, err := unbase64(number)
		if err != nil {
			return ServerKeys{}, fmt.Errorf("server key %d is not written as suite:base64url", i+1)
		}
		k, err := newServerKey(Suite(suite), raw)
		if err != nil {
			return ServerKeys{}, fmt.Errorf("server key %d: %w", i+1, err)
		}
		all.keys = append(all.keys, k)
	}
	for _, suite := range []Suite{SM, P256} {
		if !slices.ContainsFunc(all.keys, func(k serverKey) bool { return k.public.Suite == suite }) {
			return ServerKeys{}, fmt.Errorf("there is no server key for the suite %s", suite)
		}
	}
	return all, nil
}

func newServerKey(suite Suite, raw []byte) (k serverKey, err error) {
	var point []byte
	switch suite {
	case SM:
		if k.sm, err = sm2.NewPrivateKey(raw); err == nil {
			point = uncompressed(&k.sm.PublicKey)
		}
	case P256:
		if k.p256, err = hpke.DHKEM(ecdh.P256()).NewPrivateKey(raw); err == nil {
			point = k.p256.PublicKey().Bytes()
		}
	default:
		err = fmt.Errorf("suite %.8q has no server key; sm and p256 have", suite)
	}
	sum := sha256.Sum256(point)
	k.raw, k.public = raw, PublicKey{hex.EncodeToString(sum[:8]), suite, base64url(point)}
	return k, err
}

// Secret writes the keys as [ParseServerKeys] reads them. It is as secret as they are.
func (s ServerKeys) Secret() string {
	words := make([]string, len(s.keys))
	for i, k := range s.keys {
		words[i] = string(k.public.Suite) + ":" + base64url(k.raw)
	}
	return strings.Join(words, " ")
}

// String keeps the keys out of logs.
func (s ServerKeys) String() string { return fmt.Sprintf("%d server keys", len(s.keys)) }

// GoString does for %#v what String does for %v.
func (s ServerKeys) GoString() string { return s.String() }

// Public is what everybody may know.
func (s ServerKeys) Public() []PublicKey {
	all := make([]PublicKey, len(s.keys))
	for i, k := range s.keys {
		all[i] = k.public
	}
	return all
}

func (s ServerKeys) unseal(h Header) ([]byte, error) {
	sealed, err := unbase64(h.Key)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.keys, func(k serverKey) bool { return k.public.ID == h.KeyID && k.public.Suite == h.Suite })
	if i < 0 {
		return nil, fault.Refusef(CodeUnknownKey, "report: key_id %.40q is no key of this server: ask for its keys again and seal a new session key", h.KeyID)
	}
	key, err := s.keys[i].open(sealed)
	if err != nil || len(key) != sessionSize {
		return nil, fault.Refusef(CodeUndecryptable, "report: key does not open: seal %d bytes for the server's key %s", sessionSize, h.KeyID)
	}
	return key, nil
}

func (k serverKey) open(sealed []byte) ([]byte, error) {
	if k.public.Suite == SM {
		// gmsm also takes compressed points and ASN.1; the protocol has one spelling.
		if len(sealed) != 65+32+sessionSize || sealed[0] != 4 {
			return nil, sm2.ErrDecryption
		}
		return sm2.Decrypt(k.sm, sealed)
	}
	return hpke.Open(k.p256, hpke.HKDFSHA256(), hpke.AES128GCM(), []byte(hpkeInfo), sealed)
}
