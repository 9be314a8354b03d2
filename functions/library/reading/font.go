package reading

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"strings"
)

// errKey says that a font cannot be made readable. Whoever reads sees another font.
var errKey = errors.New("the key of the scrambled font is not known")

// unscramble makes an obfuscated font readable, in place: the two ways are those of
// the IDPF (EPUB 3.3, section 4.4) and of Adobe. Both mix the start of the font with
// the book's own identifier, which is no protection and meant to be undone.
func unscramble(held []byte, how, identifier string) error {
	key, length := []byte(nil), 0
	switch how {
	case "idpf":
		clean := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(identifier)
		sum := sha1.Sum([]byte(clean))
		key, length = sum[:], 1040
	case "adobe":
		clean := strings.ReplaceAll(identifier[strings.LastIndex(identifier, ":")+1:], "-", "")
		uuid, err := hex.DecodeString(strings.TrimSpace(clean))
		if err != nil || len(uuid) != 16 {
			return errKey
		}
		key, length = uuid, 1024
	}
	if identifier == "" || key == nil {
		return errKey
	}
	for i := range min(length, len(held)) {
		held[i] ^= key[i%len(key)]
	}
	return nil
}
