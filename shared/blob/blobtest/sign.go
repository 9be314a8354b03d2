package blobtest

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/blob"
)

// blobTime is how long a signature of these tests lasts.
const blobTime = 5 * time.Minute

// send does what somebody does who knows HTTP and nothing of S3.
func send(t *testing.T, method, address string, headers http.Header, text string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, headers)
	// A store may refuse before it has read the text, and then take the text for
	// the next request.
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func testSignPut(t *testing.T, s suite) {
	metadata := map[string]string{"name": "第三次 会议.mp3", "unit": "archive"}
	for _, key := range append([]string{"recordings/1/a.mp3"}, awkward...) {
		u, err := s.SignPut(t.Context(), s.bucket, s.prefix+key, metadata, blobTime)
		if err != nil {
			t.Fatal(err)
		}
		left := time.Until(u.Expires)
		if u.Method != http.MethodPut || left > blobTime || left < blobTime-time.Minute || len(u.Headers) != len(metadata) {
			t.Errorf("%q: signed %+v", key, u)
		}
		headers := u.Headers.Clone()
		headers.Set("Content-Type", "audio/mpeg")
		if status, body := send(t, u.Method, u.URL, headers, "sound"); status != http.StatusOK {
			t.Errorf("%q: %d %s", key, status, body)
			continue
		}
		got := s.head(t, key)
		want := blob.Info{Key: s.prefix + key, Size: 5, ETag: got.ETag, ContentType: "audio/mpeg", Metadata: metadata}
		if !same(got, want) {
			t.Errorf("%q: got %+v, want %+v", key, got, want)
		}
	}
	u, err := s.SignPut(t.Context(), s.bucket, s.prefix+"plain", nil, blobTime)
	if err != nil || len(u.Headers) != 0 {
		t.Fatalf("%+v %v", u, err)
	}
	if status, body := send(t, u.Method, u.URL, nil, "x"); status != http.StatusOK {
		t.Errorf("without metadata: %d %s", status, body)
	}
}

func testSignPutBinds(t *testing.T, s suite) {
	u, err := s.SignPut(t.Context(), s.bucket, s.prefix+"a", map[string]string{"unit": "archive", "name": "会议"}, blobTime)
	if err != nil {
		t.Fatal(err)
	}
	with := func(name, value string) http.Header {
		h := u.Headers.Clone()
		h.Set("X-Amz-Meta-"+name, value)
		return h
	}
	without := u.Headers.Clone()
	without.Del("X-Amz-Meta-Unit")
	for name, c := range map[string]struct {
		method, url string
		headers     http.Header
	}{
		"no metadata":       {u.Method, u.URL, nil},
		"a part of it":      {u.Method, u.URL, without},
		"another unit":      {u.Method, u.URL, with("Unit", "treasury")},
		"another key":       {u.Method, strings.Replace(u.URL, s.prefix+"a", s.prefix+"b", 1), u.Headers},
		"another method":    {http.MethodGet, u.URL, u.Headers},
		"another signature": {u.Method, tamper(u.URL), u.Headers},
	} {
		if status, _ := send(t, c.method, c.url, c.headers, "x"); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	s.absent(t, "a")
	s.absent(t, "b")
	if status, body := send(t, u.Method, u.URL, u.Headers, "x"); status != http.StatusOK {
		t.Errorf("as signed: %d %s", status, body)
	}
}

// tamper changes the signature at an address.
func tamper(address string) string {
	lower := strings.ToLower(address)
	at := strings.Index(lower, "signature=") + len("signature=")
	digit := "0"
	if address[at] == '0' {
		digit = "1"
	}
	return address[:at] + digit + address[at+1:]
}

func testSignGet(t *testing.T, s suite) {
	for _, key := range append([]string{"a/1"}, awkward...) {
		s.put(t, key, "text of "+key, blob.Put{ContentType: "text/plain"})
		address, err := s.SignGet(t.Context(), s.bucket, s.prefix+key, "", blobTime)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := send(t, http.MethodGet, address, nil, ""); status != http.StatusOK || body != "text of "+key {
			t.Errorf("%q: %d %s", key, status, body)
		}
		part := http.Header{"Range": {"bytes=5-6"}}
		if status, body := send(t, http.MethodGet, address, part, ""); status != http.StatusPartialContent || body != "of" {
			t.Errorf("%q, a part: %d %s", key, status, body)
		}
		for _, wrong := range []string{tamper(address), strings.Replace(address, s.prefix, "other/", 1)} {
			if status, _ := send(t, http.MethodGet, wrong, nil, ""); status != http.StatusForbidden {
				t.Errorf("%s: %d", wrong, status)
			}
		}
		if status, _ := send(t, http.MethodPut, address, nil, "x"); status != http.StatusForbidden {
			t.Errorf("%q was written with the right to read: %d", key, status)
		}
	}
	address, err := s.SignGet(t.Context(), s.bucket, s.prefix+"gone", "", blobTime)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := send(t, http.MethodGet, address, nil, ""); status != http.StatusNotFound {
		t.Errorf("what is not there: %d", status)
	}
}

func testSignatureEnds(t *testing.T, s suite) {
	s.put(t, "a", "x", blob.Put{})
	address, err := s.SignGet(t.Context(), s.bucket, s.prefix+"a", "", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.SignPut(t.Context(), s.bucket, s.prefix+"b", nil, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		status, _ := send(t, http.MethodGet, address, nil, "")
		if status == http.StatusForbidden {
			break
		}
		if status != http.StatusOK || time.Now().After(deadline) {
			t.Fatalf("status %d", status)
		}
	}
	// S3 counts whole seconds, so the second signature may be a second younger.
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		status, _ := send(t, u.Method, u.URL, u.Headers, "x")
		if status == http.StatusForbidden {
			return
		}
		if status != http.StatusOK || time.Now().After(deadline) {
			t.Fatalf("status %d", status)
		}
	}
}

func testExpiry(t *testing.T, s suite) {
	for _, expiry := range []time.Duration{0, -time.Hour, time.Millisecond, 8 * 24 * time.Hour} {
		if u, err := s.SignPut(t.Context(), s.bucket, s.prefix+"a", nil, expiry); err == nil {
			t.Errorf("an upload for %v: %v", expiry, u)
		}
		if u, err := s.SignGet(t.Context(), s.bucket, s.prefix+"a", "", expiry); err == nil {
			t.Errorf("a download for %v: %v", expiry, u)
		}
	}
}
