package report

// Session keys: how they are sealed for the server, and what they encrypt.

import (
	"container/list"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
	"io"
	"sync"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"

	"xietong.dev/shared/fault"
)

const (
	sessionSize  = 16
	maxSealedKey = 256
	hpkeInfo     = "score report v1"
)

// Session is what a probe encrypts its reports with. It is good for about a day: long
// enough for the server to keep it unsealed, short enough to matter little when lost.
type Session struct {
	KeyID  string
	Sealed string // base64url
	Ticket string // hmac
	key    []byte
}

// NewSession draws a session key and seals it for a server's key. What HPKE draws
// besides comes from the system, whatever random is.
func NewSession(server PublicKey, random io.Reader) (Session, error) {
	key := make([]byte, sessionSize)
	if _, err := io.ReadFull(random, key); err != nil {
		return Session{}, fmt.Errorf("make a session: %w", err)
	}
	sealed, err := sealKey(server, random, key)
	if err != nil {
		return Session{}, fmt.Errorf("make a session: %w", err)
	}
	return Session{KeyID: server.ID, Sealed: base64url(sealed), key: key}, nil
}

func sealKey(server PublicKey, random io.Reader, key []byte) ([]byte, error) {
	raw, err := unbase64(server.PublicKey)
	if err != nil {
		return nil, err
	}
	switch server.Suite {
	case SM:
		to, err := sm2.ParseUncompressedPublicKey(raw)
		if err != nil {
			return nil, err
		}
		return sm2.Encrypt(random, to, key, sm2.NewPlainEncrypterOpts(sm2.MarshalUncompressed, sm2.C1C3C2))
	case P256:
		to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
		if err != nil {
			return nil, err
		}
		return hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES128GCM(), []byte(hpkeInfo), key)
	}
	return nil, fmt.Errorf("suite %s seals no key", server.Suite)
}

func (h Header) aead(key []byte) (cipher.AEAD, []byte, error) {
	nonce, err := unbase64(h.Nonce)
	if err != nil {
		return nil, nil, err
	}
	block, err := h.block(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, nonce, err
}

func (h Header) block(key []byte) (cipher.Block, error) {
	if h.Suite == SM {
		return sm4.NewCipher(key)
	}
	return aes.NewCipher(key)
}

func seal(h Header, key, body []byte, protected string) ([]byte, error) {
	aead, nonce, err := h.aead(key)
	if err != nil {
		return nil, err
	}
	if len(nonce) != aead.NonceSize() {
		return nil, fmt.Errorf("seal a report: the nonce has %d bytes, want %d", len(nonce), aead.NonceSize())
	}
	return aead.Seal(nil, nonce, body, []byte(protected)), nil
}

func unseal(h Header, key, body []byte, protected string) ([]byte, error) {
	aead, nonce, err := h.aead(key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nonce, body, []byte(protected))
	if err != nil {
		return nil, undecryptable
	}
	return plain, nil
}

var undecryptable = fault.Refusef(CodeUndecryptable, "report: the body does not open: encrypt with the session key in key, the nonce in nonce, and the text of protected as additional data")

// Sessions keeps session keys that were unsealed, so that a device costs one
// unsealing and not one per report. The zero value with Most set is ready; it may be
// used by many at once. What falls out is unsealed again.
type Sessions struct {
	Most int // kept at once; the one that was used longest ago goes first

	mu    sync.Mutex
	order list.List // of session, the latest first
	known map[string]*list.Element
}

type session struct {
	name string
	key  []byte
}

// key returns the session key of a header whose signature was checked: before that
// anybody could fill the memory.
func (s *Sessions) key(h Header, keys ServerKeys) ([]byte, error) {
	name := string(h.Suite) + " " + h.KeyID + " " + h.Key
	if key, has := s.find(name); has {
		return key, nil
	}
	key, err := keys.unseal(h)
	if err == nil {
		s.keep(session{name, key})
	}
	return key, err
}

func (s *Sessions) find(name string) ([]byte, bool) {
	if s == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, has := s.known[name]
	if !has {
		return nil, false
	}
	s.order.MoveToFront(e)
	return e.Value.(session).key, true
}

func (s *Sessions) keep(n session) {
	if s == nil || s.Most <= 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[string]*list.Element)
	}
	if _, has := s.known[n.name]; has {
		return
	}
	s.known[n.name] = s.order.PushFront(n)
	if s.order.Len() > s.Most {
		last := s.order.Remove(s.order.Back()).(session)
		delete(s.known, last.name)
	}
}
