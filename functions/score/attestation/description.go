package attestation

// This file parses the extension in which a device describes a key, after the
// schema at source.android.com/docs/security/features/keystore/attestation. It
// reads strictly: no element too many and none behind. Tags that it does not know
// are passed over, since each version brings some.

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
)

// The values of SecurityLevel, KeyOrigin and VerifiedBootState that matter.
const (
	levelSoftware   = 0
	levelStrongBox  = 2
	originGenerated = 0
	originUnsaid    = -1
	bootVerified    = 0
	bootFailed      = 3
)

// The tags of AuthorizationList that matter.
const (
	tagOrigin        = 702
	tagRootOfTrust   = 704
	tagApplicationID = 709
)

// keyDescription is what is read of the extension.
type keyDescription struct {
	attestedBy, keptBy int // security levels: of the statement, of the key
	challenge          []byte
	origin             int          // as the hardware enforces it, or originUnsaid
	boot               *rootOfTrust // nil unless the hardware vouches for it
	packages           []string
	digests            [][]byte // SHA-256 of the app's signing certificates
}

type rootOfTrust struct {
	key    []byte
	locked bool
	state  int
}

// extension is the key attestation of a certificate, or nil. That there is one at
// most, crypto/x509 sees to.
func extension(cert *x509.Certificate) []byte {
	oid := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}
	for _, e := range cert.Extensions {
		if e.Id.Equal(oid) {
			return e.Value
		}
	}
	return nil
}

func readKeyDescription(der []byte) (keyDescription, error) {
	d := keyDescription{origin: originUnsaid}
	fields, err := elements(der, asn1.TagSequence)
	if err != nil {
		return d, fmt.Errorf("key description: %w", err)
	}
	if len(fields) != 8 {
		return d, fmt.Errorf("key description: %d elements instead of 8", len(fields))
	}
	var version, keyVersion int
	var attestedBy, keptBy asn1.Enumerated
	var uniqueID []byte
	for i, into := range []any{&version, &attestedBy, &keyVersion, &keptBy, &d.challenge, &uniqueID} {
		if err := exact(fields[i].FullBytes, into); err != nil {
			return d, fmt.Errorf("key description: element %d: %w", i, err)
		}
	}
	d.attestedBy, d.keptBy = int(attestedBy), int(keptBy)
	// Version 1 came with Android 7; the number only grows.
	if version < 1 || !within(d.attestedBy, levelStrongBox) || !within(d.keptBy, levelStrongBox) {
		return d, fmt.Errorf("key description: version %d, security levels %d and %d", version, d.attestedBy, d.keptBy)
	}
	return d, d.readLists(fields[6].FullBytes, fields[7].FullBytes)
}

// readLists takes each value from the list whose word counts for it: the state of
// the boot and the key's origin from the hardware's, the app's identity from
// Android's, which alone knows it.
func (d *keyDescription) readLists(software, hardware []byte) error {
	bySoftware, err := tags(software)
	if err != nil {
		return fmt.Errorf("software-enforced list: %w", err)
	}
	byHardware, err := tags(hardware)
	if err != nil {
		return fmt.Errorf("hardware-enforced list: %w", err)
	}
	if der, has := byHardware[tagOrigin]; has {
		if err := exact(der, &d.origin); err != nil {
			return fmt.Errorf("origin: %w", err)
		}
	}
	if der, has := byHardware[tagRootOfTrust]; has {
		if d.boot, err = readRootOfTrust(der); err != nil {
			return fmt.Errorf("root of trust: %w", err)
		}
	}
	if der, has := bySoftware[tagApplicationID]; has {
		if err := d.readApplicationID(der); err != nil {
			return fmt.Errorf("application id: %w", err)
		}
	}
	return nil
}

func readRootOfTrust(der []byte) (*rootOfTrust, error) {
	fields, err := elements(der, asn1.TagSequence)
	if err != nil {
		return nil, err
	}
	// The fourth, a hash of what booted, came with version 3.
	if len(fields) != 3 && len(fields) != 4 {
		return nil, fmt.Errorf("%d elements instead of 3 or 4", len(fields))
	}
	var boot rootOfTrust
	var state asn1.Enumerated
	var hash []byte
	for i, into := range []any{&boot.key, &boot.locked, &state, &hash}[:len(fields)] {
		if err := exact(fields[i].FullBytes, into); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	if boot.state = int(state); !within(boot.state, bootFailed) {
		return nil, fmt.Errorf("boot state %d", boot.state)
	}
	return &boot, nil
}

// readApplicationID reads a SEQUENCE of packages and digests that stands in an
// OCTET STRING.
func (d *keyDescription) readApplicationID(der []byte) error {
	var inner []byte
	if err := exact(der, &inner); err != nil {
		return err
	}
	fields, err := elements(inner, asn1.TagSequence)
	if err != nil {
		return err
	}
	if len(fields) != 2 {
		return fmt.Errorf("%d elements instead of 2", len(fields))
	}
	packages, err := elements(fields[0].FullBytes, asn1.TagSet)
	if err != nil {
		return fmt.Errorf("packages: %w", err)
	}
	for _, p := range packages {
		name, err := readPackage(p.FullBytes)
		if err != nil {
			return fmt.Errorf("package: %w", err)
		}
		d.packages = append(d.packages, name)
	}
	digests, err := elements(fields[1].FullBytes, asn1.TagSet)
	if err != nil {
		return fmt.Errorf("digests: %w", err)
	}
	d.digests = make([][]byte, len(digests))
	for i := range digests {
		if err := exact(digests[i].FullBytes, &d.digests[i]); err != nil {
			return fmt.Errorf("digest %d: %w", i, err)
		}
	}
	return nil
}

func readPackage(der []byte) (name string, err error) {
	fields, err := elements(der, asn1.TagSequence)
	if err != nil {
		return "", err
	}
	if len(fields) != 2 {
		return "", fmt.Errorf("%d elements instead of 2", len(fields))
	}
	var text []byte
	var version int64
	err = errors.Join(exact(fields[0].FullBytes, &text), exact(fields[1].FullBytes, &version))
	return string(text), err
}

func within(value, highest int) bool { return value >= 0 && value <= highest }
