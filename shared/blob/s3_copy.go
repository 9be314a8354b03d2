package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"
)

// copyLimit is what S3 copies in one request.
const copyLimit = 5 << 30

// Copy has the store hash what it copies (x-amz-checksum-algorithm), which says more
// than that the source was not replaced: an ETag is an MD5, and two files may share it.
func (s *s3) Copy(ctx context.Context, bucket, key string, from Source, p Put) (Info, error) {
	if err := errors.Join(checkKey(key), checkMetadata(p.Metadata), from.check()); err != nil {
		return Info{}, failed(ctx, "copy to", bucket, key, err)
	}
	if p.Size > copyLimit {
		return Info{}, failed(ctx, "copy to", bucket, key, fmt.Errorf("%w: it has %d bytes, a store copies %d at once", ErrOther, p.Size, int64(copyLimit)))
	}
	put, err := s.client.Client.CopyObject(ctx, minio.CopyDestOptions{Bucket: bucket, Object: key, ChecksumType: minio.ChecksumSHA256,
		ReplaceMetadata: true, UserMetadata: options(p, false).UserMetadata, ContentType: p.ContentType},
		minio.CopySrcOptions{Bucket: from.Bucket, Object: from.Key, VersionID: from.Version, MatchETag: from.ETag})
	if err = failed(ctx, "copy to", bucket, key, err); errors.Is(err, ErrExists) { // 412, of the source's ETag
		err = fmt.Errorf("copy to %s/%s: %w", bucket, key, ErrOther)
	}
	if err != nil {
		return Info{}, err
	}
	if sum, err := base64.StdEncoding.DecodeString(put.ChecksumSHA256); err != nil || hex.EncodeToString(sum) != from.SHA256 {
		return Info{}, failed(ctx, "copy to", bucket, key, fmt.Errorf("%w: its SHA-256 is %q in Base64", ErrOther, put.ChecksumSHA256))
	}
	return Info{Key: key, Size: p.Size, ETag: put.ETag, Version: put.VersionID, ContentType: p.ContentType, Metadata: p.Metadata}, nil
}
