package blob_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
)

// The suite runs against a real server where one is at hand; here are the
// answers that no healthy server gives.

func openS3(t *testing.T, h http.HandlerFunc) blob.Store {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := blob.OpenS3(blob.Config{Endpoint: server.URL, Region: "us-east-1", AccessKey: "a", SecretKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAShortFailureIsTriedAgain(t *testing.T) {
	var asked atomic.Int64
	s := openS3(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("ETag", `"e"`)
	})
	if _, err := s.Head(t.Context(), "recordings", "a", ""); err != nil || asked.Load() != 2 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
}

func TestALongFailureIsAnError(t *testing.T) {
	var asked atomic.Int64
	s := openS3(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := s.Put(t.Context(), "recordings", "a/b", strings.NewReader("x"), blob.Put{Size: 1})
	if err == nil || errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrExists) || asked.Load() != 3 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
	if want := "put recordings/a/b: "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %q, want %q first", err, want)
	}
}

func TestATimeoutIsNotHiddenByTrying(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"no answer": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"failures":  func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	} {
		s := openS3(t, answer)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begin := time.Now()
		_, _, err := s.Get(ctx, "recordings", "a", "")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(begin))
		}
	}
}

// A store that is away is nobody's fault, and one that says no is not away.
func TestAStoreThatIsAwayIsToldFromOneThatSaysNo(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		away   bool
	}{
		"unavailable": {status(503), true}, "broken": {status(500), true}, "slow down": {status(429), true}, "cut off": {cut, true},
		"forbidden": {status(403), false}, "not there": {status(404), false}, "not implemented": {status(501), false},
	} {
		s := openS3(t, c.answer)
		_, _, got := s.Get(t.Context(), "recordings", "a", "")
		_, put := s.Put(t.Context(), "recordings", "a", strings.NewReader("x"), blob.Put{Size: 1})
		for doing, err := range map[string]error{"get": got, "put": put} {
			if _, away := fault.RetryAfter(err); err == nil || away != c.away {
				t.Errorf("%s, %s: away is %t (%v)", name, doing, away, err)
			}
		}
	}
	nobody, err := blob.OpenS3(blob.Config{Endpoint: "http://127.0.0.1:1", Region: "r", AccessKey: "a", SecretKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = nobody.Head(t.Context(), "recordings", "a", "")
	if _, away := fault.RetryAfter(err); !away {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err = nobody.Put(t.Context(), "recordings", "a", strings.NewReader("x"), blob.Put{Size: 2}); err == nil {
		t.Error("a body that is too short was put")
	} else if _, away := fault.RetryAfter(err); away {
		t.Errorf("a body that is too short: %v", err)
	}
}

func TestAnObjectThatBreaksOffIsAStoreThatIsAway(t *testing.T) {
	s := openS3(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	body, _, err := s.Get(t.Context(), "recordings", "a", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(body)
	if _, away := fault.RetryAfter(err); !away {
		t.Errorf("got %v", err)
	}
}

func TestARefusalIsNotAMissingObject(t *testing.T) {
	s := openS3(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	if _, err := s.Head(t.Context(), "recordings", "a", ""); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAFailedUploadRemovesItsParts(t *testing.T) {
	removed := make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	s := openS3(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && r.URL.Query().Has("uploads"):
			w.Write([]byte("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"))
		case r.Method == http.MethodDelete:
			removed <- r.URL.Query().Get("uploadId")
			w.WriteHeader(http.StatusNoContent)
		default:
			cancel()
			io.Copy(io.Discard, r.Body)
		}
	})
	const size = 20 << 20
	_, err := s.Put(ctx, "recordings", "a", strings.NewReader(strings.Repeat("x", size)), blob.Put{Size: size})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := <-removed; got != "u1" {
		t.Errorf("removed %q", got)
	}
}

func TestSignedAddressesNameThePublicStore(t *testing.T) {
	s, err := blob.OpenS3(blob.Config{
		Endpoint: "http://store.internal:9000", PublicURL: "https://files.city.example", Region: "cn-1", AccessKey: "a", SecretKey: "b",
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.SignPut(t.Context(), "recordings", "a/会议.mp3", map[string]string{"unit": "档案"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.SignGet(t.Context(), "recordings", "a", "v7", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{u.URL, address} {
		if !strings.HasPrefix(text, "https://files.city.example/recordings/a") {
			t.Errorf("got %s", text)
		}
	}
	put, _ := url.Parse(u.URL)
	get, _ := url.Parse(address)
	if signed := put.Query().Get("X-Amz-SignedHeaders"); signed != "host;x-amz-meta-unit" {
		t.Errorf("signed %q", signed)
	}
	if got := get.Query().Get("versionId"); got != "v7" {
		t.Errorf("version %q", got)
	}
	if got := u.Headers.Get("X-Amz-Meta-Unit"); got != "%E6%A1%A3%E6%A1%88" {
		t.Errorf("header %q", got)
	}
}

func TestConfigurationErrorsNameTheVariable(t *testing.T) {
	for _, c := range []struct{ endpoint, public, want string }{
		{"store:9000", "", "S3_ENDPOINT"},
		{"", "", "S3_ENDPOINT"},
		{"ftp://store", "", "S3_ENDPOINT"},
		{"http://store/prefix", "", "S3_ENDPOINT"},
		{"http://a:hunter2@store", "", "S3_ENDPOINT"},
		{"http://store", "files.city.example", "S3_PUBLIC_URL"},
	} {
		_, err := blob.OpenS3(blob.Config{Endpoint: c.endpoint, PublicURL: c.public, Region: "r", AccessKey: "a", SecretKey: "b"})
		if err == nil || !strings.HasPrefix(err.Error(), c.want+": ") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
