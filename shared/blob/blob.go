// Package blob is the object store: the only importer of an S3 client.
//
//	in   bucket, key, bytes
//	out  bytes, or an error; [ErrNotFound] where there is no such object. A store
//	     that is away, busy or breaks off is marked by fault.Busy: whoever
//	     asked is not to blame, and comes again
//
// The contract is the core of S3 that every store has. Two drivers keep it:
// [OpenS3] in production and [Memory] in tests; blobtest.Test is the suite that
// both pass. Keys have the form <kind>/<id>/<name>; no key may be a prefix of
// another up to a slash, and no segment of a key may be longer than 255 bytes.
// Operators make the buckets.
package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"xietong.dev/shared/conf"
)

// ErrNotFound is returned where the bucket or the object does not exist, or no
// longer does.
var ErrNotFound = errors.New("no such object")

// ErrExists is returned by a [Put] with IfNew where the object exists.
var ErrExists = errors.New("object exists already")

// ErrOther is returned by a Copy of what is not what the caller means, or where the
// store does not say. What the copy holds is not to be used: put it instead.
var ErrOther = errors.New("what is copied is another object")

// ErrVague is returned by a Copy whose source is not named for certain.
var ErrVague = errors.New("a source needs bucket, key, ETag and SHA-256")

// Info describes one version of an object.
type Info struct {
	Key         string
	Size        int64             // bytes
	ETag        string            // without quotes
	Version     string            // empty where the bucket keeps no versions
	ContentType string            // List leaves it out
	Modified    time.Time         // Put may leave it out
	Metadata    map[string]string // user metadata, keys in lower case without x-amz-meta-; List leaves it out
}

// Put says what is written.
type Put struct {
	ContentType string
	Metadata    map[string]string // keys of a-z, 0-9 and "-"; values of any text; about 2 KB in all
	Size        int64             // bytes, -1 where not known
	IfNew       bool              // refuse with ErrExists rather than replace
}

// Source is an object to be copied. The caller has read it, and means those bytes.
type Source struct {
	Bucket, Key, Version string
	ETag                 string // without quotes
	SHA256               string // of its bytes, in hexadecimal digits
}

func (s Source) check() error {
	if s.Bucket == "" || s.Key == "" || s.ETag == "" || s.SHA256 == "" {
		return ErrVague
	}
	return nil
}

// Upload is a signed request that lets its holder write one object.
type Upload struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers http.Header `json:"headers"` // to be sent exactly so
	Expires time.Time   `json:"expires"`
}

// Store is an object store.
type Store interface {
	// Put writes an object, whole or not at all: not when the body fails, and
	// not when it holds more or less than p.Size. With IfNew, ErrExists may come
	// of an earlier attempt of one's own whose answer was lost.
	Put(ctx context.Context, bucket, key string, body io.Reader, p Put) (Info, error)
	// Copy writes an object whose bytes lie in the store already: they do not travel.
	// Of p, IfNew does not count, and Size is that of the source.
	Copy(ctx context.Context, bucket, key string, from Source, p Put) (Info, error)
	// Get reads an object. A version of "" is the newest.
	Get(ctx context.Context, bucket, key, version string) (io.ReadCloser, Info, error)
	// Range reads length bytes from offset; fewer only at the object's end, and
	// none after it.
	Range(ctx context.Context, bucket, key, version string, offset, length int64) (io.ReadCloser, error)
	// Head describes an object. A version of "" is the newest.
	Head(ctx context.Context, bucket, key, version string) (Info, error)
	// Delete removes an object. It is no error where there is none.
	Delete(ctx context.Context, bucket, key string) error
	// Erase removes objects with every version that the bucket keeps of them, and
	// returns how many versions held bytes; marks of earlier deletions go too. A key
	// that ends in a slash stands for all objects below it. A version other than ""
	// removes that one alone.
	Erase(ctx context.Context, bucket, key, version string) (int, error)
	// List calls yield for each object whose key starts with prefix, in the
	// order of keys (of their bytes), until yield returns false.
	List(ctx context.Context, bucket, prefix string, yield func(Info) bool) error
	// SignPut signs a request to write the object until expiry has passed (one
	// second to seven days), with the metadata bound into the signature.
	SignPut(ctx context.Context, bucket, key string, metadata map[string]string, expiry time.Duration) (Upload, error)
	// SignGet signs an address to read the object until expiry has passed.
	SignGet(ctx context.Context, bucket, key, version string, expiry time.Duration) (string, error)
}

// Config is what [OpenS3] needs of the environment.
type Config struct {
	Endpoint  string      `env:"S3_ENDPOINT,required"` // http://host:port or https://host
	PublicURL string      `env:"S3_PUBLIC_URL"`        // what signed addresses name, where that differs from S3_ENDPOINT
	Region    string      `env:"S3_REGION,default=us-east-1"`
	AccessKey string      `env:"S3_ACCESS_KEY,required"`
	SecretKey conf.Secret `env:"S3_SECRET_KEY,required"`
}
