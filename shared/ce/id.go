package ce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ID derives an id of 32 hexadecimal digits from its parts: the same parts give
// the same id, always and everywhere. Each part is hashed with its length, so
// that none can run into the next.
func ID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
