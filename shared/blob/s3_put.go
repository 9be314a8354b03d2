package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// partSize is what one part of a large object has, and what a Put holds in
// memory: S3 takes 10,000 parts, so an object may have 156 GiB.
const partSize = 16 << 20

// giveUp is how long a failed upload may take to remove its parts.
const giveUp = 10 * time.Second

// Put sends small objects in one request and others in parts. It cuts them
// itself, because the client's PutObject forgets If-None-Match when it puts the
// parts together, and so replaces what IfNew protects. A part is in memory
// before it is sent, so that it can be sent again.
func (s *s3) Put(ctx context.Context, bucket, key string, body io.Reader, p Put) (Info, error) {
	if err := errors.Join(checkKey(key), checkMetadata(p.Metadata)); err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	source := &whole{cancellable{ctx, body}, p.Size}
	first, err := nextPart(source, p.Size)
	if err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	size := int64(len(first))
	var put minio.UploadInfo
	if size < partSize || size == p.Size {
		put, err = s.client.Client.PutObject(ctx, bucket, key, bytes.NewReader(first), size, options(p, p.IfNew))
	} else {
		put, size, err = s.putParts(ctx, bucket, key, first, source, p)
	}
	if err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	return Info{Key: key, Size: size, ETag: put.ETag, Version: put.VersionID, ContentType: p.ContentType, Metadata: p.Metadata}, nil
}

// options translates p for the client.
func options(p Put, ifNew bool) minio.PutObjectOptions {
	o := minio.PutObjectOptions{ContentType: p.ContentType, UserMetadata: map[string]string{}, PartSize: partSize}
	for name, values := range metadataHeaders(p.Metadata) {
		o.UserMetadata[name] = values[0]
	}
	if ifNew {
		o.SetMatchETagExcept("*")
	}
	return o
}

// nextPart reads a part, a shorter one only at the end.
func nextPart(body io.Reader, size int64) ([]byte, error) {
	var part bytes.Buffer
	if size >= 0 {
		part.Grow(int(min(size, partSize)) + bytes.MinRead)
	}
	_, err := part.ReadFrom(io.LimitReader(body, partSize))
	return part.Bytes(), err
}

func (s *s3) putParts(ctx context.Context, bucket, key string, first []byte, rest io.Reader, p Put) (put minio.UploadInfo, size int64, err error) {
	id, err := s.client.NewMultipartUpload(ctx, bucket, key, options(p, false))
	if err != nil {
		return put, 0, err
	}
	var parts []minio.CompletePart
	for part := first; len(part) > 0 && err == nil; part, err = nextPart(rest, partSize) {
		var sent minio.ObjectPart
		sent, err = s.client.PutObjectPart(ctx, bucket, key, id, len(parts)+1, bytes.NewReader(part), int64(len(part)), minio.PutObjectPartOptions{})
		if err != nil {
			break
		}
		parts = append(parts, minio.CompletePart{PartNumber: sent.PartNumber, ETag: sent.ETag})
		size += int64(len(part))
	}
	if err == nil {
		put, err = s.client.CompleteMultipartUpload(ctx, bucket, key, id, parts, options(Put{}, p.IfNew))
	}
	if err != nil {
		// What no object owns costs space for ever, and ctx may be over.
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUp)
		defer cancel()
		err = errors.Join(err, s.client.AbortMultipartUpload(late, bucket, key, id))
	}
	return put, size, err
}
