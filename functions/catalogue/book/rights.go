package book

import (
	"bytes"
	"strings"

	"xietong.dev/shared/fault"
)

// How fonts are obfuscated (EPUB 3.3, section 4.4, and Adobe's older way). It
// keeps nobody from reading, and is no DRM.
var obfuscations = map[string]string{
	"http://www.idpf.org/2008/embedding": "idpf",
	"http://ns.adobe.com/pdf/enc#rc":     "adobe",
}

// sealed is an entry of a book that is not in it as it is.
type sealed struct{ algorithm, href, key string }

// checkRights refuses a book under DRM, by its name, and returns how fonts are
// obfuscated.
func checkRights(z *bundle, limits Limits) (map[string]string, error) {
	if _, ok := z.find("META-INF/license.lcpl"); ok {
		return nil, drmf(CodeLCP, "Readium LCP")
	}
	if _, ok := z.find("META-INF/sinf.xml"); ok {
		return nil, drmf(CodeFairPlay, "Apple's FairPlay")
	}
	rights, err := readOptional(z, "META-INF/rights.xml", limits)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.Contains(rights, []byte("ns.adobe.com/adept")):
		return nil, drmf(CodeAdept, "Adobe's ADEPT")
	case bytes.Contains(rights, []byte("kdrm")):
		return nil, drmf(CodeKobo, "Kobo's DRM")
	}
	encryption, err := readOptional(z, "META-INF/encryption.xml", limits)
	if err != nil {
		return nil, err
	}
	scrambled := map[string]string{}
	for _, s := range sealedBy(encryption) {
		way, font := obfuscations[strings.ToLower(s.algorithm)]
		if !font {
			return nil, nameOf(s, encryption)
		}
		if at, _, ok := z.resolve("", s.href); ok {
			scrambled[at.href] = way
		}
	}
	return scrambled, nil
}

func drmf(code, name string) error {
	return fault.Refusef(code, "the book is under %s: ask its supplier for a copy without DRM", name)
}

// nameOf says by whose DRM an entry is encrypted.
func nameOf(s sealed, encryption []byte) error {
	switch {
	case strings.Contains(s.key, "license.lcpl"), bytes.Contains(encryption, []byte("readium.org/2014/01/lcp")):
		return drmf(CodeLCP, "Readium LCP")
	case bytes.Contains(encryption, []byte("ns.adobe.com/adept")):
		return drmf(CodeAdept, "Adobe's ADEPT")
	case bytes.Contains(encryption, []byte("apple.com")):
		return drmf(CodeFairPlay, "Apple's FairPlay")
	}
	return drmf(CodeDRM, "DRM of a kind that is not known (its parts are encrypted)")
}

func readOptional(z *bundle, name string, limits Limits) ([]byte, error) {
	at, ok := z.find(name)
	if !ok {
		return nil, nil
	}
	return z.read(at, int64(limits.Package))
}

// sealedBy lists what META-INF/encryption.xml names.
func sealedBy(encryption []byte) (all []sealed) {
	var now sealed
	for m := newMarkup(encryption); m.next(); {
		switch {
		case m.isText():
		case m.name == "encrypteddata" && m.starts():
			now = sealed{}
		case m.name == "encryptionmethod" && m.starts() && now.algorithm == "":
			now.algorithm = m.attr("algorithm")
		case m.name == "retrievalmethod" && m.starts():
			now.key = m.attr("uri")
		case m.name == "cipherreference" && m.starts():
			now.href = m.attr("uri")
		case m.name == "encrypteddata" && m.ends():
			all = append(all, now)
		}
	}
	return all
}
