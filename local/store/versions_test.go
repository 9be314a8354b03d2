package store

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/blob/blobtest"
)

// TestVersionsAreErased runs what erases objects against a bucket that keeps versions,
// as buckets of a cluster may. Those of one machine keep none.
func TestVersionsAreErased(t *testing.T) {
	c := Config{Dir: t.TempDir(), Address: "127.0.0.1:0", AccessKey: "local", SecretKey: "not a secret"}.withDefaults()
	versions := t.TempDir()
	for _, dir := range []string{c.objects(), c.attributes()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	attributes, err := meta.NewSideCar(c.attributes())
	if err != nil {
		t.Fatal(err)
	}
	b, err := posix.New(c.objects(), attributes, posix.PosixOpts{VersioningDir: versions, CopyObjectThreshold: copyLimit})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.makeBucket(t.Context(), b, "kept"); err != nil {
		t.Fatal(err)
	}
	if err := b.PutBucketVersioning(t.Context(), "kept", types.BucketVersioningStatusEnabled); err != nil {
		t.Fatal(err)
	}
	s, err := c.listen(b)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	store, err := blob.OpenS3(blob.Config{Endpoint: s.URL(), Region: c.Region, AccessKey: c.AccessKey, SecretKey: "not a secret"})
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Versions(t, store, "kept")
}
