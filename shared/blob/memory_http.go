package blob

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// memorySecret protects nothing: whoever can reach a Memory is its test.
const memorySecret = "memory"

// SignPut implements [Store].
func (m *Memory) SignPut(ctx context.Context, bucket, key string, metadata map[string]string, expiry time.Duration) (Upload, error) {
	if err := errors.Join(ctx.Err(), checkKey(key), checkMetadata(metadata), checkExpiry(expiry)); err != nil {
		return Upload{}, failed(ctx, "sign an upload to", bucket, key, err)
	}
	u := Upload{Method: http.MethodPut, Headers: metadataHeaders(metadata), Expires: time.Now().Add(expiry)}
	u.URL = m.sign(u.Method, bucket, key, u.Headers, u.Expires)
	return u, nil
}

// SignGet implements [Store].
func (m *Memory) SignGet(ctx context.Context, bucket, key, version string, expiry time.Duration) (string, error) {
	if err := errors.Join(ctx.Err(), checkExpiry(expiry)); err != nil {
		return "", failed(ctx, "sign a download of", bucket, key, err)
	}
	return m.sign(http.MethodGet, bucket, key, nil, time.Now().Add(expiry)), nil
}

func (m *Memory) sign(method, bucket, key string, headers http.Header, expires time.Time) string {
	until := strconv.FormatInt(expires.UnixMilli(), 10)
	path := url.URL{Path: "/" + bucket + "/" + key}
	query := url.Values{"until": {until}, "signature": {signature(method, path.Path, until, headers)}}
	return m.Base + path.EscapedPath() + "?" + query.Encode()
}

// signature covers every metadata header, so that none can be added.
func signature(method, path, until string, headers http.Header) string {
	lines := []string{}
	for name, values := range headers {
		if strings.HasPrefix(name, metadataPrefix) {
			lines = append(lines, fmt.Sprintf("%q %q", name, values))
		}
	}
	slices.Sort(lines)
	sum := hmac.New(sha256.New, []byte(memorySecret))
	fmt.Fprintf(sum, "%q %q %q %s", method, path, until, lines)
	return hex.EncodeToString(sum.Sum(nil))
}

// ServeHTTP answers signed addresses.
func (m *Memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	until, err := strconv.ParseInt(query.Get("until"), 10, 64)
	wanted := signature(r.Method, r.URL.Path, query.Get("until"), r.Header)
	if err != nil || time.Now().UnixMilli() > until || !hmac.Equal([]byte(wanted), []byte(query.Get("signature"))) {
		http.Error(w, "not signed so, or not any more", http.StatusForbidden)
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method == http.MethodPut {
		m.receive(w, r, bucket, key)
		return
	}
	o, err := m.find(r.Context(), "get", bucket, key, "")
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", o.info.ContentType)
	w.Header().Set("ETag", strconv.Quote(o.info.ETag))
	http.ServeContent(w, r, "", o.info.Modified, bytes.NewReader(o.data))
}

func (m *Memory) receive(w http.ResponseWriter, r *http.Request, bucket, key string) {
	metadata := map[string]string{}
	for name := range r.Header {
		if short, ok := strings.CutPrefix(name, metadataPrefix); ok {
			metadata[strings.ToLower(short)] = decode(r.Header.Get(name))
		}
	}
	info, err := m.Put(r.Context(), bucket, key, r.Body, Put{
		ContentType: r.Header.Get("Content-Type"), Metadata: metadata, Size: r.ContentLength,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("ETag", strconv.Quote(info.ETag))
}
