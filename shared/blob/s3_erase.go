package blob

import (
	"context"
	"net/http"

	"github.com/minio/minio-go/v7"
)

// Erase implements [Store]. Listing the versions needs the right to (in S3's words
// s3:ListBucketVersions, and s3:DeleteObjectVersion to remove one): without it this is an
// error, for nobody could say that nothing is left.
func (s *s3) Erase(ctx context.Context, bucket, key, version string) (erased int, err error) {
	options := minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}
	for o := range s.client.ListObjectsIter(ctx, bucket, options) {
		switch {
		case o.Err != nil && options.WithVersions && keepsNone(o.Err):
			return s.eraseNewest(ctx, bucket, key, version)
		case o.Err != nil:
			return erased, failed(ctx, "list the versions of", bucket, key, o.Err)
		case !erases(key, o.Key) || version != "" && o.VersionID != version:
			continue
		}
		n, err := s.eraseVersion(ctx, bucket, o)
		erased += n
		if err != nil {
			return erased, err
		}
	}
	return erased, failed(ctx, "list the versions of", bucket, key, ctx.Err()) // the iterator just ends where the context does
}

// keepsNone reports whether a store said that it does not know versions.
func keepsNone(err error) bool {
	status := minio.ToErrorResponse(err).StatusCode
	return status == http.StatusNotImplemented || status == http.StatusMethodNotAllowed
}

// eraseNewest is for a store that knows no versions.
func (s *s3) eraseNewest(ctx context.Context, bucket, key, version string) (erased int, err error) {
	if version != "" {
		return 0, nil
	}
	var keys []string
	err = s.List(ctx, bucket, key, func(o Info) bool {
		if erases(key, o.Key) {
			keys = append(keys, o.Key)
		}
		return true
	})
	for _, k := range keys {
		if err == nil {
			err = s.Delete(ctx, bucket, k)
			erased++
		}
	}
	return erased, err
}

// eraseVersion removes one version. It is no error where there is none.
func (s *s3) eraseVersion(ctx context.Context, bucket string, o minio.ObjectInfo) (int, error) {
	err := s.client.RemoveObject(ctx, bucket, o.Key, minio.RemoveObjectOptions{VersionID: o.VersionID})
	switch code := minio.ToErrorResponse(err).Code; {
	case err == nil && !o.IsDeleteMarker:
		return 1, nil
	case err == nil, code == minio.NoSuchKey, code == minio.NoSuchVersion:
		return 0, nil
	}
	return 0, failed(ctx, "erase", bucket, o.Key, err)
}
