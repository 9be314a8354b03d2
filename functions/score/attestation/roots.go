package attestation

// This file reads what the operator trusts: root certificates, and the list of
// attestation keys that are trusted no longer.

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Roots are the certificates that a kind's tokens must lead to.
type Roots struct {
	pool  *x509.CertPool
	certs []*x509.Certificate
}

// ReadRoots reads PEM with certificates and nothing else. A platform that issued
// its root anew over one key (Google did) has each of them in the file: a token
// that brings its root along must bring one of these, byte for byte. An expired
// root does no harm beside a newer one, and alone is accepted by no check.
func ReadRoots(data []byte) (*Roots, error) {
	roots := &Roots{pool: x509.NewCertPool()}
	for n := 1; len(bytes.TrimSpace(data)) > 0; n++ {
		block, rest := pem.Decode(data)
		if block == nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("read root %d: not a PEM certificate", n)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read root %d: %w", n, err)
		}
		if !cert.IsCA || !selfIssued(cert) {
			return nil, fmt.Errorf("read root %d: %q is not a root certificate", n, cert.Subject)
		}
		roots.pool.AddCert(cert)
		roots.certs = append(roots.certs, cert)
		data = rest
	}
	if len(roots.certs) == 0 {
		return nil, errors.New("read roots: there is no certificate in the file")
	}
	return roots, nil
}

func (r *Roots) has(cert *x509.Certificate) bool {
	return slices.ContainsFunc(r.certs, cert.Equal)
}

func selfIssued(cert *x509.Certificate) bool {
	return bytes.Equal(cert.RawIssuer, cert.RawSubject)
}

// Revoked holds serial numbers of certificates, in lower-case hex without
// leading zeros.
type Revoked map[string]bool

// ReadRevoked reads the status list that Google publishes for Android attestation
// keys: {"entries": {"<serial in hex>": {"status": "REVOKED", …}, …}}. Whatever is
// listed is refused, be it revoked, suspended, or of a status yet to come.
func ReadRevoked(data []byte) (Revoked, error) {
	var list struct {
		Entries map[string]struct{ Status string }
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	// A file of another shape would else read as a list that revokes nothing.
	if list.Entries == nil {
		return nil, errors.New("read revocation list: it has no entries")
	}
	revoked := Revoked{}
	for hex, entry := range list.Entries {
		serial, ok := new(big.Int).SetString(hex, 16)
		if !ok || entry.Status == "" {
			return nil, fmt.Errorf("read revocation list: entry %q needs a serial in hex and a status", hex)
		}
		revoked[serial.Text(16)] = true
	}
	return revoked, nil
}

func (r Revoked) has(cert *x509.Certificate) bool {
	return r[cert.SerialNumber.Text(16)]
}
