package reading

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"xietong.dev/shared/conf"
)

// Key signs tokens. A token stands in the address of a book's parts and lets its
// holder read this one edition until it expires: a cookie would be sent along from
// everywhere, and an app beside the browser has none.
type Key conf.Secret

// ErrToken is said of every token that is not ours or no longer holds.
var ErrToken = errors.New("the token is not valid, or no longer")

// For returns the key of another purpose, such as a reader's feeds: no token of the
// one holds for the other.
func (k Key) For(purpose string) Key {
	h := hmac.New(sha256.New, []byte(conf.Secret(k).Reveal()))
	h.Write([]byte("library key 1\x00" + purpose))
	return Key(hex.EncodeToString(h.Sum(nil)))
}

// Sign makes a token for an edition, or whatever else the key's purpose is.
func (k Key) Sign(what string, expires time.Time) string {
	claim := binary.BigEndian.AppendUint64(nil, uint64(expires.Unix()))
	claim = append(claim, what...)
	return encoding.EncodeToString(claim) + "." + encoding.EncodeToString(k.mac(claim))
}

// Open returns what a token is for.
func (k Key) Open(token string, now time.Time) (string, error) {
	head, tail, _ := strings.Cut(token, ".")
	claim, err := encoding.DecodeString(head)
	mac, wrong := encoding.DecodeString(tail)
	if err != nil || wrong != nil || len(claim) < 8 || !hmac.Equal(mac, k.mac(claim)) {
		return "", ErrToken
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(claim)) {
		return "", ErrToken
	}
	return string(claim[8:]), nil
}

var encoding = base64.RawURLEncoding.Strict()

// mac has a purpose of its own mixed in, so that no other use of the same secret
// makes tokens.
func (k Key) mac(claim []byte) []byte {
	h := hmac.New(sha256.New, []byte(conf.Secret(k).Reveal()))
	h.Write([]byte("library content 1\x00"))
	h.Write(claim)
	return h.Sum(nil)
}
