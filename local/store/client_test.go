package store_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/local/store"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/blob/blobtest"
	"xietong.dev/shared/conf"
)

// client is the S3 client that functions use.
func client(t *testing.T, s *store.Store) blob.Store {
	t.Helper()
	b, err := blob.OpenS3(blob.Config{Endpoint: s.URL(), Region: "us-east-1", AccessKey: "local", SecretKey: conf.Secret("not a secret")})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestContractOfObjectStores(t *testing.T) {
	s := open(t, config(t, &inbox{}))
	t.Run("group", func(t *testing.T) { blobtest.Test(t, client(t, s), "recordings") })
}

func TestSignedUploadKeepsMetadata(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	b := client(t, s)
	metadata := map[string]string{"title": "周会", "language": "zh", "authid": "u-17"}
	signed, err := b.SignPut(t.Context(), "recordings", "0123456789abcdef0123456789abcdef/周会 1.wav", metadata, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = signed.Headers.Clone()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("got %s, want 200", res.Status)
	}
	info, err := b.Head(t.Context(), "recordings", "0123456789abcdef0123456789abcdef/周会 1.wav", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(metadata, info.Metadata); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want := []arrived{{"ObjectCreated:Put", "0123456789abcdef0123456789abcdef/周会 1.wav", 5}}
	if diff := cmp.Diff(want, in.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A client that writes only what is not there yet sends again after a 500,
// finds the object in place, and must not leave it without its notice.
func TestNoticeOfWhatIsThereAlready(t *testing.T) {
	in := &inbox{refuse: 1}
	s := open(t, config(t, in))
	_, err := client(t, s).Put(t.Context(), "recordings", "a/talk.wav", strings.NewReader("hello"), blob.Put{Size: 5, IfNew: true})
	if err == nil {
		t.Fatal("the upload was acknowledged without its notice")
	}
	_, err = client(t, s).Put(t.Context(), "recordings", "a/talk.wav", strings.NewReader("hello"), blob.Put{Size: 5, IfNew: true})
	if !errors.Is(err, blob.ErrExists) {
		t.Fatalf("got %v, want that the object exists", err)
	}
	if got := in.said(); len(got) < 2 || got[len(got)-1] != got[0] {
		t.Errorf("got %v, want the same notice again", got)
	}
}

func TestSecondWriteOfTheSameIsTheSameNotice(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	for _, content := range []string{"hello", "other", "hello"} {
		if _, err := client(t, s).Put(t.Context(), "recordings", "talk.wav", strings.NewReader(content), blob.Put{Size: 5}); err != nil {
			t.Fatal(err)
		}
	}
	got := in.said()
	if len(got) != 3 || got[0] != got[2] || got[0].ID == got[1].ID {
		t.Errorf("got %v, want the first again after the second", got)
	}
}

func BenchmarkPut(b *testing.B) {
	for name, noSync := range map[string]bool{"kept": false, "left to the kernel": true} {
		b.Run(name, func(b *testing.B) {
			s, err := store.Open(b.Context(), store.Config{Dir: b.TempDir(), Address: "127.0.0.1:0", AccessKey: "local", SecretKey: "not a secret", Buckets: []string{"artifacts"}, NoSync: noSync})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			c, err := blob.OpenS3(blob.Config{Endpoint: s.URL(), Region: "us-east-1", AccessKey: "local", SecretKey: conf.Secret("not a secret")})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, err := c.Put(b.Context(), "artifacts", fmt.Sprintf("chunks/%d", i), strings.NewReader("hello"), blob.Put{Size: 5}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
