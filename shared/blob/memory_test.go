package blob_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/blob/blobtest"
)

func TestMemory(t *testing.T) {
	store := &blob.Memory{}
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	store.Base = server.URL
	blobtest.Test(t, store, "recordings")
}

func TestMemoryRefusesAKeyBelowAnother(t *testing.T) {
	var store blob.Memory
	for _, c := range []struct {
		key string
		ok  bool
	}{{"a/b", true}, {"a", false}, {"a/b/c", false}, {"a/bc", true}, {"a/b", true}} {
		_, err := store.Put(t.Context(), "x", c.key, strings.NewReader("x"), blob.Put{Size: 1})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.key, err)
		}
	}
}
