package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"xietong.dev/shared/fault"
)

// attempts is how often a request is tried. It is low because whoever calls a
// function tries again too.
const attempts = 3

// s3 is a Store behind the S3 protocol.
type s3 struct {
	client *minio.Core
	signer *minio.Client // names the store as people outside reach it
}

// OpenS3 returns the store that c names. It sends nothing yet.
func OpenS3(c Config) (Store, error) {
	client, err := dial("S3_ENDPOINT", c.Endpoint, c)
	if err != nil {
		return nil, err
	}
	s := &s3{client: &minio.Core{Client: client}, signer: client}
	if c.PublicURL != "" {
		if s.signer, err = dial("S3_PUBLIC_URL", c.PublicURL, c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// dial names the variable that is wrong, because an operator set it.
func dial(variable, address string, c Config) (*minio.Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%s: %q is not an address; write one like https://store.example:9000", variable, address)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%s: %q must hold no path, query or user: S3 signs the bucket as the first part of the path", variable, u.Redacted())
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(c.AccessKey, c.SecretKey.Reveal(), ""),
		Secure: u.Scheme == "https",
		// With a region, nothing has to be asked before signing.
		Region:     c.Region,
		MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %q: %w", variable, address, err)
	}
	return client, nil
}

func (s *s3) Get(ctx context.Context, bucket, key, version string) (io.ReadCloser, Info, error) {
	// The client's own GetObject asks nothing until the first read; Core's asks
	// now, while we can still say that there is no such object.
	body, o, _, err := s.client.GetObject(ctx, bucket, key, minio.GetObjectOptions{VersionID: version})
	if err != nil {
		return nil, Info{}, failed(ctx, "get", bucket, key, err)
	}
	return stream{body, ctx}, info(o), nil
}

func (s *s3) Range(ctx context.Context, bucket, key, version string, offset, length int64) (io.ReadCloser, error) {
	if offset < 0 || length < 0 {
		return nil, failed(ctx, "get", bucket, key, badRange(offset, length))
	}
	if length == 0 {
		// HTTP has no way to ask for nothing.
		_, err := s.Head(ctx, bucket, key, version)
		return http.NoBody, err
	}
	options := minio.GetObjectOptions{VersionID: version}
	options.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, lastByte(offset, length)))
	body, _, _, err := s.client.GetObject(ctx, bucket, key, options)
	if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return http.NoBody, nil
	}
	if err != nil {
		return nil, failed(ctx, "get", bucket, key, err)
	}
	return stream{body, ctx}, nil
}

func (s *s3) Head(ctx context.Context, bucket, key, version string) (Info, error) {
	o, err := s.client.StatObject(ctx, bucket, key, minio.StatObjectOptions{VersionID: version})
	if err != nil {
		return Info{}, failed(ctx, "look up", bucket, key, err)
	}
	return info(o), nil
}

func (s *s3) Delete(ctx context.Context, bucket, key string) error {
	err := s.client.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{})
	if err == nil || minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil
	}
	return failed(ctx, "delete", bucket, key, err)
}

func (s *s3) List(ctx context.Context, bucket, prefix string, yield func(Info) bool) error {
	for o := range s.client.ListObjectsIter(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return failed(ctx, "list", bucket, prefix, o.Err)
		}
		if !yield(Info{Key: o.Key, Size: o.Size, ETag: o.ETag, Version: o.VersionID, Modified: o.LastModified}) {
			return nil
		}
	}
	// The iterator just ends where the context does, as if that were all.
	if ctx.Err() != nil {
		return failed(ctx, "list", bucket, prefix, ctx.Err())
	}
	return nil
}

func (s *s3) SignPut(ctx context.Context, bucket, key string, metadata map[string]string, expiry time.Duration) (Upload, error) {
	if err := errors.Join(checkKey(key), checkMetadata(metadata), checkExpiry(expiry)); err != nil {
		return Upload{}, failed(ctx, "sign an upload to", bucket, key, err)
	}
	headers := metadataHeaders(metadata)
	expires := time.Now().Add(expiry)
	u, err := s.signer.PresignHeader(ctx, http.MethodPut, bucket, key, expiry, nil, headers)
	if err != nil {
		return Upload{}, failed(ctx, "sign an upload to", bucket, key, err)
	}
	return Upload{Method: http.MethodPut, URL: u.String(), Headers: headers, Expires: expires}, nil
}

func (s *s3) SignGet(ctx context.Context, bucket, key, version string, expiry time.Duration) (string, error) {
	if err := checkExpiry(expiry); err != nil {
		return "", failed(ctx, "sign a download of", bucket, key, err)
	}
	query := url.Values{}
	if version != "" {
		query.Set("versionId", version)
	}
	u, err := s.signer.PresignedGetObject(ctx, bucket, key, expiry, query)
	if err != nil {
		return "", failed(ctx, "sign a download of", bucket, key, err)
	}
	return u.String(), nil
}

func info(o minio.ObjectInfo) Info {
	metadata := map[string]string{}
	for name, value := range o.UserMetadata {
		metadata[strings.ToLower(name)] = decode(value)
	}
	return Info{
		Key: o.Key, Size: o.Size, ETag: o.ETag, Version: o.VersionID,
		ContentType: o.ContentType, Modified: o.LastModified, Metadata: metadata,
	}
}

// comeAgain is how long to leave a store alone that is away.
const comeAgain = 5 * time.Second

// isAway reports whether the store could not be reached, broke off, or had
// something else to do. That is nobody's fault who asked, and passes; what a
// store does not implement does not.
func isAway(answer minio.ErrorResponse, err error) bool {
	var request *url.Error
	return answer.StatusCode >= 500 && answer.StatusCode != http.StatusNotImplemented || answer.StatusCode == http.StatusTooManyRequests ||
		errors.As(err, &request) || errors.Is(err, io.ErrUnexpectedEOF)
}

// stream is an object's bytes. Where it breaks off, the store is away.
type stream struct {
	io.ReadCloser
	ctx context.Context
}

func (s stream) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	if err != nil && err != io.EOF && s.ctx.Err() == nil {
		err = fault.Busy(comeAgain, err)
	}
	return n, err
}

// failed says what was being done to what, in the words of this package.
func failed(ctx context.Context, doing, bucket, key string, err error) error {
	if err == nil {
		return nil
	}
	var answer minio.ErrorResponse
	errors.As(err, &answer)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case answer.StatusCode == http.StatusNotFound && answer.Code != minio.NoSuchUpload:
		err = ErrNotFound
	case answer.StatusCode == http.StatusPreconditionFailed:
		err = ErrExists
	case isAway(answer, err):
		err = fault.Busy(comeAgain, err)
	}
	return fmt.Errorf("%s %s/%s: %w", doing, bucket, key, err)
}
