package attestation

// This file takes the certificates that a token brings along up to a root. Both
// kinds go through it; the cryptography is crypto/x509's.

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/fault"
)

// maxChain is the longest chain, root included. Remotely provisioned Android keys
// come with five (leaf, attestation, two of the provisioning service, root),
// HarmonyOS with three.
const maxChain = 6

// The cost of a check grows with the square of the key, and the sender chooses
// the key. Known roots have 4,096 bits; below 2,048 is not secure (NIST SP 800-57).
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// readChain reads certificates in standard base64 of DER, leaf first.
func readChain(encoded []string) ([]*x509.Certificate, error) {
	if len(encoded) == 0 || len(encoded) > maxChain {
		return nil, fault.Refusef(codeChain, "%d certificates: there must be 1 to %d", len(encoded), maxChain)
	}
	chain := make([]*x509.Certificate, len(encoded))
	for i, text := range encoded {
		der, err := decode(base64.StdEncoding, text)
		if err != nil {
			return nil, fault.Refusef(codeMalformed, "certificate %d: %w", i, err)
		}
		if chain[i], err = x509.ParseCertificate(der); err != nil {
			return nil, fault.Refusef(codeMalformed, "certificate %d: %w", i, err)
		}
		if err := checkSize(chain[i]); err != nil {
			return nil, err
		}
	}
	return chain, nil
}

func checkSize(cert *x509.Certificate) error {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
		return fault.Refusef(codeAlgorithm, "an RSA key of %d bits: there must be %d to %d", bits, minRSABits, maxRSABits)
	}
	return nil
}

// path checks that the chain, as it stands and in its order, leads to a root. A
// certificate beside the path is refused: later rules look at each that came, and
// must not be shown others than those that were checked.
func (r *Roots) path(chain []*x509.Certificate, now time.Time) error {
	below := chain
	if last := chain[len(chain)-1]; selfIssued(last) {
		if !r.has(last) {
			return fault.Refusef(codeChain, "the root %q is not configured", last.Subject)
		}
		below = chain[:len(chain)-1]
	}
	if len(below) == 0 {
		return fault.Refusef(codeChain, "there is a root and nothing below it")
	}
	between := x509.NewCertPool()
	for _, cert := range below[1:] {
		between.AddCert(cert)
	}
	found, err := below[0].Verify(x509.VerifyOptions{
		Roots: r.pool, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return fault.Refusef(codeChain, "%w", err)
	}
	for _, path := range found {
		if slices.EqualFunc(path[:len(path)-1], below, (*x509.Certificate).Equal) {
			return nil
		}
	}
	return fault.Refusef(codeChain, "some certificates are not on the path to the root, or not in its order")
}

// decode accepts one spelling of each value only, so that no character of a token
// can change without the check noticing.
func decode(encoding *base64.Encoding, text string) ([]byte, error) {
	// Strict forbids loose last bits, but still skips line ends.
	if strings.ContainsAny(text, "\r\n") {
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return encoding.Strict().DecodeString(text)
}
