package blobtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xietong.dev/shared/blob"
)

func testList(t *testing.T, s suite) {
	// In the order of bytes "-" and "." come before "/", and "中" after "z".
	keys := []string{"a-1/x", "a.x", "a/10", "a/2", "a/b/c", "a0", "b", "z", "中/一", "中/丁"}
	for i := range keys {
		s.put(t, keys[(i*7)%len(keys)], strings.Repeat("x", i), blob.Put{})
	}
	for prefix, want := range map[string][]string{
		"":      keys,
		"a":     keys[:6],
		"a/":    keys[2:5],
		"a/b":   {"a/b/c"},
		"a/b/c": {"a/b/c"},
		"a/b/d": nil,
		"中/":    keys[8:],
		"A":     nil,
	} {
		if got := s.list(t, prefix); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", prefix, got, want)
		}
	}

	var seen []string
	err := s.List(t.Context(), s.bucket, s.prefix, func(i blob.Info) bool {
		seen = append(seen, strings.TrimPrefix(i.Key, s.prefix))
		return len(seen) < 3
	})
	if err != nil || !slices.Equal(seen, keys[:3]) {
		t.Errorf("stopped after %q, %v", seen, err)
	}

	want := s.head(t, "a/2")
	err = s.List(t.Context(), s.bucket, s.prefix+"a/2", func(got blob.Info) bool {
		if got.Size != want.Size || got.ETag != want.ETag || got.Modified.Unix() != want.Modified.Unix() {
			t.Errorf("listed %+v, want %+v", got, want)
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
}

// more is one more than the keys that S3 lists at once.
const more = 1001

func testPages(t *testing.T, s suite) {
	var want []string
	for i := range more {
		want = append(want, fmt.Sprintf("%04d", i))
	}
	var all sync.WaitGroup
	const writers = 8
	for w := range writers {
		all.Go(func() {
			for i := w; i < more; i += writers {
				_, err := s.Put(t.Context(), s.bucket, s.prefix+want[i], strings.NewReader("x"), blob.Put{Size: 1})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if got := s.list(t, ""); !slices.Equal(got, want) {
		t.Errorf("listed %d keys of %d", len(got), len(want))
	}
}
