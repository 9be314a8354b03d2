package attestation

// This file opens a compact JWS (RFC 7515) that carries its certificates. The
// token chooses among three algorithms, and never the key: that is the leaf's of
// a chain which leads to a configured root.

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"xietong.dev/shared/fault"
)

// maxDepth is how deep JSON may nest. A header holds a list, a payload does too.
const maxDepth = 4

// jws is a token in parts, of which nothing is checked yet.
type jws struct {
	alg       string
	chain     []*x509.Certificate
	payload   []byte
	signed    string
	signature []byte
}

// openJWS takes a token apart.
func openJWS(token string) (jws, error) {
	if len(token) > limitBytes {
		return jws{}, fault.Refusef(codeTooLarge, "%d bytes of at most %d", len(token), limitBytes)
	}
	parts := strings.SplitN(token, ".", 4)
	if len(parts) != 3 {
		return jws{}, fault.Refusef(codeMalformed, "a compact JWS has three parts")
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = decode(base64.RawURLEncoding, part); err != nil {
			return jws{}, fault.Refusef(codeMalformed, "part %d of the JWS: %w", i+1, err)
		}
	}
	alg, x5c, err := readHeader(raw[0])
	if err != nil {
		return jws{}, err
	}
	chain, err := readChain(x5c)
	return jws{alg, chain, raw[1], parts[0] + "." + parts[1], raw[2]}, err
}

// readHeader refuses the fields by which a token would bring or point to a key of
// its own, or would have them understood that we do not (RFC 7515, 4.1).
func readHeader(data []byte) (alg string, x5c []string, err error) {
	var header map[string]json.RawMessage
	if err := readJSON(data, &header); err != nil {
		return "", nil, fault.Refusef(codeMalformed, "header: %w", err)
	}
	for _, name := range []string{"jwk", "jku", "x5u", "crit", "b64"} {
		if _, has := header[name]; has {
			return "", nil, fault.Refusef(codeAlgorithm, "the header field %s is not accepted", name)
		}
	}
	if err := json.Unmarshal(header["alg"], &alg); err != nil {
		return "", nil, fault.Refusef(codeMalformed, "header: alg: %w", err)
	}
	if err := json.Unmarshal(header["x5c"], &x5c); err != nil {
		return "", nil, fault.Refusef(codeMalformed, "header: x5c: %w", err)
	}
	return alg, x5c, nil
}

// verify checks the signature under the leaf's key. Which algorithms may meet
// which key is fixed here, so that no key is taken for one of another kind.
func (t jws) verify() error {
	hash := sha256.Sum256([]byte(t.signed))
	var ok bool
	switch key := t.chain[0].PublicKey.(type) {
	case *rsa.PublicKey:
		switch t.alg {
		case "RS256":
			ok = rsa.VerifyPKCS1v15(key, crypto.SHA256, hash[:], t.signature) == nil
		case "PS256":
			ok = rsa.VerifyPSS(key, crypto.SHA256, hash[:], t.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		default:
			return fault.Refusef(codeAlgorithm, "algorithm %q with an RSA key", t.alg)
		}
	case *ecdsa.PublicKey:
		if t.alg != "ES256" || key.Curve != elliptic.P256() {
			return fault.Refusef(codeAlgorithm, "algorithm %q with a key on %s", t.alg, key.Params().Name)
		}
		ok = verifyES256(key, hash[:], t.signature)
	default:
		return fault.Refusef(codeAlgorithm, "algorithm %q with a key of type %T", t.alg, key)
	}
	if !ok {
		return fault.Refusef(codeSignature, "the signature does not fit the leaf's key")
	}
	return nil
}

// verifyES256 takes r and s side by side, 32 bytes each (RFC 7518, 3.4).
func verifyES256(key *ecdsa.PublicKey, hash, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(key, hash, r, s)
}

// readJSON reads one value, no deeper than maxDepth and with nothing behind it.
func readJSON(data []byte, into any) error {
	depth, tokens := 0, json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("JSON nests deeper than %d", maxDepth)
		}
	}
	return json.Unmarshal(data, into)
}
