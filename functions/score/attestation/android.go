package attestation

// This file holds the rules for Android key attestation, after the guide
// developer.android.com/privacy-and-security/security-key-attestation and what
// android/keyattestation does on a server.

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"

	"xietong.dev/shared/fault"
)

// android checks a chain and reads what it attests. It is fresh because the
// challenge is: the times in the extension are the device's own and prove nothing.
func android(roots *Roots, revoked Revoked, token string, want Want) (finding, error) {
	if len(token) > limitBytes {
		return finding{}, fault.Refusef(codeTooLarge, "%d bytes of at most %d", len(token), limitBytes)
	}
	chain, err := readChain(strings.SplitN(token, ",", maxChain+1))
	if err != nil {
		return finding{}, err
	}
	if err := roots.path(chain, want.Now); err != nil {
		return finding{}, err
	}
	if i := slices.IndexFunc(chain, revoked.has); i >= 0 {
		return finding{}, fault.Refusef(codeRevoked, "certificate %d, serial %x, is on the revocation list", i, chain[i].SerialNumber)
	}
	der, err := onlyExtension(chain)
	if err != nil {
		return finding{}, err
	}
	said, err := readKeyDescription(der)
	if err != nil {
		return finding{}, fault.Refusef(codeExtension, "%w", err)
	}
	if !bytes.Equal(said.challenge, want.Nonce) {
		return finding{}, fault.Refusef(codeNonce, "the challenge is another")
	}
	if !sameKey(chain[0].PublicKey, want.PublicKey) {
		return finding{}, fault.Refusef(codeKey, "the attested key is another")
	}
	return said.finding(want), nil
}

// onlyExtension takes the extension of the leaf, and refuses a chain that has one
// further up. Only the one closest to the root is the hardware's word: whoever
// holds an attested key can sign a further certificate with it, and write into
// that what he likes. Chains below a key made to attest others (ATTEST_KEY) are
// refused with it; the leaf's extension there is only as good as that key.
func onlyExtension(chain []*x509.Certificate) ([]byte, error) {
	for i, cert := range chain[1:] {
		if extension(cert) != nil {
			return nil, fault.Refusef(codeExtension, "certificate %d, above the leaf, has the extension too", i+1)
		}
	}
	if der := extension(chain[0]); der != nil {
		return der, nil
	}
	return nil, fault.Refusef(codeExtension, "the leaf has no key attestation")
}

func sameKey(attested, enrolled crypto.PublicKey) bool {
	key, ok := attested.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(enrolled)
}

// finding holds what the hardware says against what is wanted. A value that is
// missing counts as a bad one: nothing vouches for it.
func (d keyDescription) finding(want Want) finding {
	var f finding
	f.add(d.software(), SignalSoftware)
	f.add(d.boot == nil || d.boot.state != bootVerified, SignalBoot)
	f.add(d.boot != nil && !d.boot.locked, SignalUnlocked)
	f.add(!allAmong(d.packages, want.Packages), SignalPackage)
	sums := make([]string, len(d.digests))
	for i, sum := range d.digests {
		sums[i] = hex.EncodeToString(sum)
	}
	f.add(len(want.Certificates) > 0 && !allAmong(sums, want.Certificates), SignalResigned)
	return f
}

// software is whether the private key may be known outside the hardware: kept or
// described by software, or brought in from elsewhere.
func (d keyDescription) software() bool {
	return d.attestedBy == levelSoftware || d.keptBy == levelSoftware || d.origin != originGenerated
}
