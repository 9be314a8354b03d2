package blobtest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"xietong.dev/shared/blob"
)

func testIfNew(t *testing.T, s suite) {
	const racers = 16
	var all sync.WaitGroup
	var winner atomic.Int64
	winner.Store(-1)
	for i := range racers {
		all.Go(func() {
			text := "racer " + strconv.Itoa(i)
			_, err := s.Put(t.Context(), s.bucket, s.prefix+"a", strings.NewReader(text), blob.Put{Size: int64(len(text)), IfNew: true})
			switch {
			case err == nil && !winner.CompareAndSwap(-1, int64(i)):
				t.Errorf("racers %d and %d have both won", i, winner.Load())
			case err != nil && !errors.Is(err, blob.ErrExists):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, want := s.get(t, "a"), "racer "+strconv.FormatInt(winner.Load(), 10); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err := s.Put(t.Context(), s.bucket, s.prefix+"a", strings.NewReader("late"), blob.Put{Size: -1, IfNew: true})
	if !errors.Is(err, blob.ErrExists) {
		t.Errorf("of unknown size: %v", err)
	}
	s.put(t, "a", "replaced", blob.Put{})
	if got := s.get(t, "a"); got != "replaced" {
		t.Errorf("got %q", got)
	}
}

func testWhole(t *testing.T, s suite) {
	broken := errors.New("the microphone broke")
	text := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	for name, c := range map[string]struct {
		body io.Reader
		size int64
	}{
		"too short":           {text(9), 10},
		"too long":            {text(11), 10},
		"not empty":           {text(1), 0},
		"much too long":       {text(1 << 20), 10},
		"no body":             {text(0), 10},
		"breaks":              {io.MultiReader(text(5), iotest.ErrReader(broken)), 10},
		"breaks at its end":   {io.MultiReader(text(10), iotest.ErrReader(broken)), 10},
		"breaks, no size":     {io.MultiReader(text(5), iotest.ErrReader(broken)), -1},
		"is cut off":          {io.MultiReader(text(5), iotest.ErrReader(io.ErrUnexpectedEOF)), 10},
		"is cut off, no size": {io.MultiReader(text(5), iotest.ErrReader(io.ErrUnexpectedEOF)), -1},
		"parts, too short":    {text(17<<20 - 1), 17 << 20},
		"parts, too long":     {text(17<<20 + 1), 17 << 20},
	} {
		_, err := s.Put(t.Context(), s.bucket, s.prefix+"a", c.body, blob.Put{Size: c.size})
		if err == nil {
			t.Errorf("%s: was written", name)
		}
		if strings.HasPrefix(name, "breaks") && !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		s.absent(t, "a")
	}

	// A body goes on from where it stands.
	body := strings.NewReader("header and text")
	if _, err := body.Seek(11, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), s.bucket, s.prefix+"a", body, blob.Put{Size: 4}); err != nil {
		t.Fatal(err)
	}
	// A failed Put leaves what was there.
	if _, err := s.Put(t.Context(), s.bucket, s.prefix+"a", iotest.ErrReader(broken), blob.Put{Size: 9}); err == nil {
		t.Error("was written")
	}
	if got := s.get(t, "a"); got != "text" {
		t.Errorf("got %q", got)
	}
	// Readers may give one byte at a time, and their end with the last.
	slow := iotest.DataErrReader(iotest.OneByteReader(strings.NewReader("one by one")))
	if _, err := s.Put(t.Context(), s.bucket, s.prefix+"a", slow, blob.Put{Size: 10}); err != nil {
		t.Error(err)
	}
	if got := s.get(t, "a"); got != "one by one" {
		t.Errorf("got %q", got)
	}
}

func testWriters(t *testing.T, s suite) {
	const size = 300_000
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			text := strings.Repeat(strconv.Itoa(i), size)
			for range 3 {
				if _, err := s.Put(t.Context(), s.bucket, s.prefix+"a", strings.NewReader(text), blob.Put{Size: size}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got := s.get(t, "a")
	if len(got) != size || got != strings.Repeat(got[:1], size) {
		t.Errorf("got %d bytes of more than one writer", len(got))
	}
}

// noise is n bytes that no two places of an object share, and their hash.
func noise(n int64) (io.Reader, hash.Hash) {
	sum := sha256.New()
	return io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{7}), n), sum), sum
}

func testLarge(t *testing.T, s suite) {
	const size = 20<<20 + 3 // two parts
	for key, announced := range map[string]int64{"known": size, "unknown": -1} {
		body, want := noise(size)
		p := blob.Put{Size: announced, ContentType: "audio/wav", IfNew: true, Metadata: map[string]string{"name": "会议"}}
		put, err := s.Put(t.Context(), s.bucket, s.prefix+key, body, p)
		if err != nil {
			t.Fatal(err)
		}
		object, got, err := s.Get(t.Context(), s.bucket, s.prefix+key, "")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		n, err := io.Copy(sum, object)
		object.Close()
		if err != nil || n != size || !bytes.Equal(sum.Sum(nil), want.Sum(nil)) {
			t.Errorf("%s: got %d bytes of other content, %v", key, n, err)
		}
		if !same(put, got) || got.Size != size {
			t.Errorf("%s: put %+v\ngot %+v", key, put, got)
		}
		body, _ = noise(size)
		if _, err := s.Put(t.Context(), s.bucket, s.prefix+key, body, p); !errors.Is(err, blob.ErrExists) {
			t.Errorf("%s: put again: %v", key, err)
		}
	}
	if _, err := s.Put(t.Context(), s.bucket, s.prefix+"small", strings.NewReader("你好"), blob.Put{Size: -1}); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "small"); got != "你好" {
		t.Errorf("got %q", got)
	}
	if _, err := s.Put(t.Context(), s.bucket, s.prefix+"none", strings.NewReader(""), blob.Put{Size: -1}); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "none"); got != "" {
		t.Errorf("got %q", got)
	}
}
