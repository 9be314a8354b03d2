package blobtest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"xietong.dev/shared/blob"
)

// source is an object of the test's, as a copy is made of it.
func (s suite) source(t *testing.T, key string) blob.Source {
	t.Helper()
	sum := sha256.Sum256([]byte(s.get(t, key)))
	return blob.Source{Bucket: s.bucket, Key: s.prefix + key, ETag: s.head(t, key).ETag, SHA256: hex.EncodeToString(sum[:])}
}

func testCopy(t *testing.T, s suite) {
	for name, text := range map[string]string{"empty": "", "small": "书", "a name/书 +%2F?&.epub": strings.Repeat("x", 100_000)} {
		s.put(t, "from/"+name, text, blob.Put{ContentType: "text/plain", Metadata: map[string]string{"title": "old"}})
		from := s.source(t, "from/"+name)
		for range 2 { // a copy replaces
			info, err := s.Copy(t.Context(), s.bucket, s.prefix+"to/"+name, from, blob.Put{ContentType: "application/epub+zip", Metadata: map[string]string{"title": "新"}, Size: int64(len(text))})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := s.get(t, "to/"+name); got != text {
				t.Errorf("%s: got %d bytes, want %d", name, len(got), len(text))
			}
			if head := s.head(t, "to/"+name); head.ETag != info.ETag || head.ContentType != "application/epub+zip" || head.Metadata["title"] != "新" {
				t.Errorf("%s: Copy says %+v, Head %+v", name, info, head)
			}
		}
	}
}

func testCopyOfAnother(t *testing.T, s suite) {
	s.put(t, "from", "one", blob.Put{})
	from := s.source(t, "from")
	s.put(t, "from", "two", blob.Put{})
	replaced, other, gone, vague := from, s.source(t, "from"), from, from
	other.SHA256 = from.SHA256 // as if two files had one ETag
	gone.Key += "s"
	vague.ETag = ""
	for name, c := range map[string]struct {
		from blob.Source
		want error
	}{"replaced": {replaced, blob.ErrOther}, "another of its ETag": {other, blob.ErrOther}, "gone": {gone, blob.ErrNotFound}, "vague": {vague, blob.ErrVague}} {
		if _, err := s.Copy(t.Context(), s.bucket, s.prefix+"to", c.from, blob.Put{Size: 3}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
