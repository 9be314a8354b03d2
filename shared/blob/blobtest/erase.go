package blobtest

import (
	"errors"
	"slices"
	"testing"

	"xietong.dev/shared/blob"
)

func (s suite) erase(t *testing.T, key, version string) int {
	t.Helper()
	n, err := s.Erase(t.Context(), s.bucket, s.prefix+key, version)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// testErase: a key means itself and what is below it only where it ends in a slash;
// nothing else goes, and nothing is no error.
func testErase(t *testing.T, s suite) {
	for _, key := range []string{"a/one", "a/two/x", "a/two/y", "ab/one", "a/one more"} {
		s.put(t, key, "x", blob.Put{})
	}
	for _, c := range []struct {
		key    string
		erased int
		left   []string
	}{
		{"a/one", 1, []string{"a/one more", "a/two/x", "a/two/y", "ab/one"}},
		{"a/one", 0, []string{"a/one more", "a/two/x", "a/two/y", "ab/one"}},
		{"a", 0, []string{"a/one more", "a/two/x", "a/two/y", "ab/one"}},
		{"a/two/", 2, []string{"a/one more", "ab/one"}},
		{"a/", 1, []string{"ab/one"}},
		{"never/", 0, []string{"ab/one"}},
	} {
		if n := s.erase(t, c.key, ""); n != c.erased {
			t.Errorf("%s: %d erased, want %d", c.key, n, c.erased)
		}
		if got := s.list(t, ""); !slices.Equal(got, c.left) {
			t.Errorf("%s: left %q, want %q", c.key, got, c.left)
		}
	}
	if _, err := s.Erase(t.Context(), missing, "a/", ""); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("a bucket that is not there: %v", err)
	}
}

// Versions tests that Erase leaves no version behind. The bucket must exist and keep
// versions.
func Versions(t *testing.T, store blob.Store, bucket string) {
	s := suite{store, bucket, "blobtest/versions/"}
	old, newest := s.put(t, "a/one", "old", blob.Put{}), s.put(t, "a/one", "new", blob.Put{})
	hidden := s.put(t, "a/two", "hidden", blob.Put{})
	other := s.put(t, "a/one more", "other", blob.Put{})
	if old.Version == "" || old.Version == newest.Version {
		t.Fatalf("the bucket keeps no versions: %q, %q", old.Version, newest.Version)
	}
	if err := s.Delete(t.Context(), bucket, s.prefix+"a/two"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key, version string
		erased       int
	}{{"a/one", newest.Version, 1}, {"a/one", newest.Version, 0}, {"a/one", "", 1}, {"a/two", "", 1}, {"a/two", "", 0}} {
		if n := s.erase(t, c.key, c.version); n != c.erased {
			t.Errorf("%s %s: %d erased, want %d", c.key, c.version, n, c.erased)
		}
	}
	for _, o := range []blob.Info{old, newest, hidden} {
		if _, err := s.Head(t.Context(), bucket, o.Key, o.Version); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("version %s of %s is there: %v", o.Version, o.Key, err)
		}
	}
	if _, err := s.Head(t.Context(), bucket, other.Key, other.Version); err != nil {
		t.Errorf("another object went too: %v", err)
	}
	s.erase(t, "", "")
}
