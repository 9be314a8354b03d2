package attestation

// This file opens DER one level at a time, so that nesting costs no depth.

import (
	"encoding/asn1"
	"fmt"
)

// maxElements is the longest list. The schema knows some fifty tags, and an
// app that shares its user id with others has as many packages.
const maxElements = 128

// tags reads an AuthorizationList: explicitly tagged values, each once. Some
// devices do not keep their order, so that is not asked for.
func tags(der []byte) (map[int][]byte, error) {
	fields, err := elements(der, asn1.TagSequence)
	if err != nil {
		return nil, err
	}
	values := make(map[int][]byte, len(fields))
	for _, f := range fields {
		if f.Class != asn1.ClassContextSpecific || !f.IsCompound {
			return nil, fmt.Errorf("element of class %d and tag %d", f.Class, f.Tag)
		}
		if _, twice := values[f.Tag]; twice {
			return nil, fmt.Errorf("tag %d stands there twice", f.Tag)
		}
		if err := exact(f.Bytes, new(asn1.RawValue)); err != nil {
			return nil, fmt.Errorf("tag %d: %w", f.Tag, err)
		}
		values[f.Tag] = f.Bytes
	}
	return values, nil
}

// elements opens one SEQUENCE or SET. It does not go through a struct because
// encoding/asn1 lets a struct have elements too many.
func elements(der []byte, tag int) ([]asn1.RawValue, error) {
	var outer asn1.RawValue
	if err := exact(der, &outer); err != nil {
		return nil, err
	}
	if outer.Class != asn1.ClassUniversal || outer.Tag != tag || !outer.IsCompound {
		return nil, fmt.Errorf("class %d and tag %d instead of tag %d", outer.Class, outer.Tag, tag)
	}
	var list []asn1.RawValue
	for rest := outer.Bytes; len(rest) > 0; {
		var element asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &element); err != nil {
			return nil, err
		}
		if list = append(list, element); len(list) > maxElements {
			return nil, fmt.Errorf("more than %d elements", maxElements)
		}
	}
	return list, nil
}

// exact reads one value with nothing behind it.
func exact(der []byte, into any) error {
	rest, err := asn1.Unmarshal(der, into)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes behind the value", len(rest))
	}
	return err
}
