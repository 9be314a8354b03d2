// Package blobtest holds every promise of [blob.Store] as a test that every
// driver passes.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"xietong.dev/shared/blob"
)

// missing is a bucket that no store under test may have.
const missing = "no-such-bucket-here"

// suite is a store under test, and a corner of it that nobody else writes to.
type suite struct {
	blob.Store
	bucket string
	prefix string
}

// Test runs the suite. The bucket must exist and keep no versions; what else is
// in it stays. What SignPut and SignGet sign must be reachable.
func Test(t *testing.T, store blob.Store, bucket string) {
	for name, test := range map[string]func(*testing.T, suite){
		"what is put is got":           testRoundTrip,
		"a put replaces":               testReplace,
		"ranges":                       testRanges,
		"delete twice":                 testDelete,
		"erase":                        testErase,
		"metadata":                     testMetadata,
		"what cannot be put":           testRefusals,
		"keys of every kind":           testKeys,
		"list":                         testList,
		"list more than a page":        testPages,
		"a copy":                       testCopy,
		"a copy of what is another":    testCopyOfAnother,
		"if new, one of many wins":     testIfNew,
		"whole or not at all":          testWhole,
		"writers at once do not mix":   testWriters,
		"large":                        testLarge,
		"a context that is over":       testCancelled,
		"what is not there":            testMissing,
		"a signed upload":              testSignPut,
		"a signed upload binds":        testSignPutBinds,
		"a signed download":            testSignGet,
		"a signature ends":             testSignatureEnds,
		"a signature has its own time": testExpiry,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, suite{store, bucket, "blobtest/" + strings.ToLower(rand.Text()) + "/"})
		})
	}
}

// put writes text under the test's prefix.
func (s suite) put(t *testing.T, key, text string, p blob.Put) blob.Info {
	t.Helper()
	p.Size = int64(len(text))
	info, err := s.Put(t.Context(), s.bucket, s.prefix+key, strings.NewReader(text), p)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// get reads an object under the test's prefix.
func (s suite) get(t *testing.T, key string) string {
	t.Helper()
	body, _, err := s.Get(t.Context(), s.bucket, s.prefix+key, "")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, body)
}

// head describes an object under the test's prefix.
func (s suite) head(t *testing.T, key string) blob.Info {
	t.Helper()
	info, err := s.Head(t.Context(), s.bucket, s.prefix+key, "")
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// absent fails the test where the object exists.
func (s suite) absent(t *testing.T, key string) {
	t.Helper()
	if _, err := s.Head(t.Context(), s.bucket, s.prefix+key, ""); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("%s is there: %v", key, err)
	}
}

// list returns the keys under the test's prefix, without it.
func (s suite) list(t *testing.T, prefix string) (keys []string) {
	t.Helper()
	err := s.List(t.Context(), s.bucket, s.prefix+prefix, func(i blob.Info) bool {
		keys = append(keys, strings.TrimPrefix(i.Key, s.prefix))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func read(t *testing.T, body io.ReadCloser) string {
	t.Helper()
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// same compares two descriptions, but for the time.
func same(a, b blob.Info) bool {
	return a.Key == b.Key && a.Size == b.Size && a.ETag == b.ETag && a.Version == b.Version &&
		a.ContentType == b.ContentType && maps.Equal(a.Metadata, b.Metadata)
}

func testRoundTrip(t *testing.T, s suite) {
	p := blob.Put{ContentType: "text/plain; charset=utf-8", Metadata: map[string]string{"unit": "archive"}}
	put := s.put(t, "a/1/notes.txt", "你好 world", p)
	body, got, err := s.Get(t.Context(), s.bucket, s.prefix+"a/1/notes.txt", "")
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, body); text != "你好 world" {
		t.Errorf("got %q", text)
	}
	head := s.head(t, "a/1/notes.txt")
	want := blob.Info{
		Key: s.prefix + "a/1/notes.txt", Size: 12, ETag: put.ETag, Version: put.Version,
		ContentType: p.ContentType, Metadata: p.Metadata,
	}
	if !same(put, want) || !same(got, want) || !same(head, want) {
		t.Errorf("put  %+v\nget  %+v\nhead %+v\nwant %+v", put, got, head, want)
	}
	if want.ETag == "" || strings.Contains(want.ETag, `"`) {
		t.Errorf("ETag %q", want.ETag)
	}
	if head.Modified.IsZero() || !head.Modified.Equal(got.Modified) {
		t.Errorf("modified %v and %v", head.Modified, got.Modified)
	}

	empty := s.put(t, "empty", "", blob.Put{})
	if got := s.get(t, "empty"); got != "" || empty.Size != 0 {
		t.Errorf("got %q of %d bytes", got, empty.Size)
	}
	if got := s.head(t, "empty").ContentType; got != "application/octet-stream" {
		t.Errorf("content type %q where none was given", got)
	}
}

func testReplace(t *testing.T, s suite) {
	first := s.put(t, "a", "first", blob.Put{Metadata: map[string]string{"round": "1", "old": "yes"}})
	second := s.put(t, "a", "second", blob.Put{Metadata: map[string]string{"round": "2"}})
	if first.ETag == second.ETag {
		t.Error("another content has the same ETag")
	}
	if got := s.get(t, "a"); got != "second" {
		t.Errorf("got %q", got)
	}
	if got := s.head(t, "a").Metadata; !maps.Equal(got, map[string]string{"round": "2"}) {
		t.Errorf("got %v", got)
	}
}

func testRanges(t *testing.T, s suite) {
	s.put(t, "a", "0123456789", blob.Put{})
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{0, 1, "0"}, {0, 10, "0123456789"}, {3, 4, "3456"}, {9, 1, "9"},
		{8, 5, "89"}, {0, 1 << 62, "0123456789"}, {5, 1<<63 - 1, "56789"},
		{10, 1, ""}, {1000, 5, ""}, {4, 0, ""}, {1000, 0, ""},
	} {
		body, err := s.Range(t.Context(), s.bucket, s.prefix+"a", "", c.offset, c.length)
		if err != nil {
			t.Errorf("%d bytes from %d: %v", c.length, c.offset, err)
			continue
		}
		if got := read(t, body); got != c.want {
			t.Errorf("%d bytes from %d: got %q, want %q", c.length, c.offset, got, c.want)
		}
	}
	for _, c := range [][2]int64{{-1, 3}, {3, -1}} {
		if _, err := s.Range(t.Context(), s.bucket, s.prefix+"a", "", c[0], c[1]); err == nil {
			t.Errorf("%d bytes from %d were read", c[1], c[0])
		}
	}
	for _, length := range []int64{0, 1} {
		if _, err := s.Range(t.Context(), s.bucket, s.prefix+"b", "", 0, length); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%d bytes of nothing: %v", length, err)
		}
	}
	s.put(t, "empty", "", blob.Put{})
	body, err := s.Range(t.Context(), s.bucket, s.prefix+"empty", "", 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, body); got != "" {
		t.Errorf("got %q of an empty object", got)
	}
}

func testDelete(t *testing.T, s suite) {
	s.put(t, "a/b", "x", blob.Put{})
	s.put(t, "a/c", "y", blob.Put{})
	for range 2 {
		if err := s.Delete(t.Context(), s.bucket, s.prefix+"a/b"); err != nil {
			t.Fatal(err)
		}
		s.absent(t, "a/b")
	}
	if err := s.Delete(t.Context(), s.bucket, s.prefix+"never/was"); err != nil {
		t.Error(err)
	}
	if got := s.list(t, ""); !slices.Equal(got, []string{"a/c"}) {
		t.Errorf("left %q", got)
	}
	s.put(t, "a/b", "z", blob.Put{IfNew: true})
}

func testMetadata(t *testing.T, s suite) {
	metadata := map[string]string{
		"name": "第三次 全体会议（录音）.mp3", "unit": "archive", "mixed-2": " a  b ", "percent": "100%25 + 5%",
		"lines": "one\r\nx-amz-meta-evil: two", "quote": `"=?utf-8?q?a?="; ,`, "empty": "",
	}
	s.put(t, "a", "x", blob.Put{Metadata: metadata})
	got := s.head(t, "a").Metadata
	// HTTP does not tell an empty value from none, so stores differ.
	if got["empty"] != "" {
		t.Errorf("got %q for an empty value", got["empty"])
	}
	delete(got, "empty")
	delete(metadata, "empty")
	if !maps.Equal(got, metadata) {
		t.Errorf("got %q\nwant %q", got, metadata)
	}
	if got := s.head(t, "a"); got.ContentType != "application/octet-stream" {
		t.Errorf("content type %q", got.ContentType)
	}
}

func testRefusals(t *testing.T, s suite) {
	long := strings.Repeat("x", 256)
	for _, key := range []string{
		"", "/a", "a/", "a//b", "a/../b", "./a", "a\nb", "a/\xff", s.prefix + long, strings.Repeat(long[:200]+"/", 5) + "abcdefghijklmnopqrstuvwxyz",
	} {
		if _, err := s.Put(t.Context(), s.bucket, key, strings.NewReader("x"), blob.Put{Size: 1}); err == nil {
			t.Errorf("the key %q was written", key)
		}
		if _, err := s.SignPut(t.Context(), s.bucket, key, nil, blobTime); err == nil {
			t.Errorf("the key %q was signed", key)
		}
	}
	for _, metadata := range []map[string]string{
		{"Name": "x"}, {"a b": "x"}, {"名": "x"}, {"": "x"}, {"name": strings.Repeat("会", 230)},
	} {
		_, err := s.Put(t.Context(), s.bucket, s.prefix+"a", strings.NewReader("x"), blob.Put{Size: 1, Metadata: metadata})
		if err == nil {
			t.Errorf("the metadata %q was written", metadata)
		}
		if _, err := s.SignPut(t.Context(), s.bucket, s.prefix+"a", metadata, blobTime); err == nil {
			t.Errorf("the metadata %q was signed", metadata)
		}
	}
	s.absent(t, "a")
}

// awkward are keys that clients and servers encode in more than one way.
var awkward = []string{
	"中文/会议 录音.mp3", "a+b", "a%2Bb", "a b", "a%20b", "100%", "q?x=1&y=2", "h#f", "semi;colon,comma", "q'uo\"te",
	"tilde~", "(brackets)[x]{y}", "back\\slash", "star*", "ü/é", "e\u0301", "日本語.txt", "😀", "a:b@c$d!e=f", strings.Repeat("长", 85),
}

func testKeys(t *testing.T, s suite) {
	for _, key := range awkward {
		s.put(t, key, "text of "+key, blob.Put{})
	}
	for _, key := range awkward {
		if got := s.get(t, key); got != "text of "+key {
			t.Errorf("%q: got %q", key, got)
		}
		if got := s.head(t, key).Key; got != s.prefix+key {
			t.Errorf("%q is called %q", key, got)
		}
	}
	if got := s.list(t, ""); !slices.Equal(got, slices.Sorted(slices.Values(awkward))) {
		t.Errorf("listed %q", got)
	}
	for _, key := range awkward {
		if err := s.Delete(t.Context(), s.bucket, s.prefix+key); err != nil {
			t.Error(err)
		}
	}
	if got := s.list(t, ""); len(got) != 0 {
		t.Errorf("left %q", got)
	}
}

func testMissing(t *testing.T, s suite) {
	s.put(t, "here", "x", blob.Put{})
	for _, at := range []struct{ bucket, key, version string }{
		{s.bucket, s.prefix + "gone", ""}, {missing, "a", ""},
	} {
		_, _, getErr := s.Get(t.Context(), at.bucket, at.key, at.version)
		_, headErr := s.Head(t.Context(), at.bucket, at.key, at.version)
		_, rangeErr := s.Range(t.Context(), at.bucket, at.key, at.version, 0, 1)
		for doing, err := range map[string]error{"get": getErr, "head": headErr, "range": rangeErr} {
			if !errors.Is(err, blob.ErrNotFound) || !strings.Contains(err.Error(), at.bucket+"/"+at.key) {
				t.Errorf("%s %+v: %v", doing, at, err)
			}
		}
	}
	if err := s.List(t.Context(), missing, "", func(blob.Info) bool { return true }); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("list: %v", err)
	}
	if err := s.Delete(t.Context(), missing, "a"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("delete: %v", err)
	}
	if got := s.list(t, "nothing/"); len(got) != 0 {
		t.Errorf("listed %q", got)
	}
}

func testCancelled(t *testing.T, s suite) {
	s.put(t, "a", "x", blob.Put{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	key := s.prefix + "a"
	_, putErr := s.Put(ctx, s.bucket, s.prefix+"b", strings.NewReader("x"), blob.Put{Size: 1})
	_, _, getErr := s.Get(ctx, s.bucket, key, "")
	_, rangeErr := s.Range(ctx, s.bucket, key, "", 0, 1)
	_, headErr := s.Head(ctx, s.bucket, key, "")
	for doing, err := range map[string]error{
		"put": putErr, "get": getErr, "range": rangeErr, "head": headErr,
		"delete": s.Delete(ctx, s.bucket, key),
		"list":   s.List(ctx, s.bucket, s.prefix, func(blob.Info) bool { return true }),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", doing, err)
		}
	}
	s.absent(t, "b")
	if got := s.get(t, "a"); got != "x" {
		t.Errorf("got %q", got)
	}

	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	body := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), calls(cancel), bytes.NewReader(make([]byte, 1<<20)))
	if _, err := s.Put(ctx, s.bucket, s.prefix+"b", body, blob.Put{Size: 2 << 20}); !errors.Is(err, context.Canceled) {
		t.Errorf("half way through: %v", err)
	}
	s.absent(t, "b")
}

// calls is a reader of nothing that calls itself.
type calls func()

func (c calls) Read([]byte) (int, error) { c(); return 0, io.EOF }
