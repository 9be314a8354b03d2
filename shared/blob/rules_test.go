package blob

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestMetadataValuesSurviveAsHeaders(t *testing.T) {
	for value, want := range map[string]string{
		"archive-1":  "archive-1",
		"a b":        "a%20b",
		"会议":         "%E4%BC%9A%E8%AE%AE",
		"5%":         "5%25",
		"a\r\nX: y":  "a%0D%0AX:%20y",
		"/a?b=c+d&~": "/a?b=c+d&~",
		"":           "",
	} {
		if got := encode(value); got != want || decode(got) != value {
			t.Errorf("%q: got %q, and back %q", value, got, decode(got))
		}
	}
}

// Other clients write metadata too: rclone its times, people whatever they like.
func TestOtherPeoplesValuesAreTakenAsTheyAre(t *testing.T) {
	for _, value := range []string{"1700000000.123", "100%", "50%zz", "%FF%FE", "a+b"} {
		if got := decode(value); got != value {
			t.Errorf("%q: got %q", value, got)
		}
	}
}

func TestMemoryRefusesMetadataThatWasNotSigned(t *testing.T) {
	store := &Memory{Base: "http://store"}
	u, err := store.SignPut(t.Context(), "recordings", "a", map[string]string{"unit": "archive"}, maxExpiry)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value string
		want        int
	}{{"X-Amz-Meta-Role", "mayor", http.StatusForbidden}, {"Accept", "*/*", http.StatusOK}} {
		r := httptest.NewRequest(u.Method, u.URL, http.NoBody)
		r.Header = u.Headers.Clone()
		r.Header.Set(c.name, c.value)
		w := httptest.NewRecorder()
		store.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
	}
}
