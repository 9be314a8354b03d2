package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"xietong.dev/shared/fault"
)

// arrivals stands before the backend at the three calls by which objects
// arrive. The server's own event senders know neither a failed receiver nor
// the key of a form upload, and the backend never syncs.
//
// Parts of a multipart upload are not synced one by one: where the machine
// stops, so does the client on it, and an upload that was not completed is
// begun again.
type arrivals struct {
	backend.Backend
	config Config
}

func (a *arrivals) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	out, err := a.Backend.PutObject(ctx, in)
	return out, a.arrived("Put", *in.Bucket, *in.Key, err)
}

func (a *arrivals) CopyObject(ctx context.Context, in s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	out, err := a.Backend.CopyObject(ctx, in)
	if err != nil { // also a precondition, for that is one of the source
		return out, err
	}
	return out, a.arrived("Copy", *in.Bucket, *in.Key, err)
}

func (a *arrivals) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	out, version, err := a.Backend.CompleteMultipartUpload(ctx, in)
	return out, version, a.arrived("CompleteMultipartUpload", *in.Bucket, *in.Key, err)
}

// arrived makes what was written last and tells of it, or returns the error
// that the client is to see. An object that is there already is told of again:
// the client may be repeating a write whose notice failed.
func (a *arrivals) arrived(how, bucket, key string, written error) error {
	if written != nil && s3Code(written) != "PreconditionFailed" {
		return written
	}
	// The server reuses the memory behind its strings for the next request.
	bucket, key = strings.Clone(bucket), strings.Clone(key)
	if err := a.keep(how, bucket, key); err != nil {
		a.config.Log.Error("an object arrived and is sent for again", slog.String("bucket", bucket), slog.String("key", key), slog.Any("error", err))
		if _, busy := fault.RetryAfter(err); busy {
			return s3err.GetAPIError(s3err.ErrSlowDown)
		}
		return s3err.GetAPIError(s3err.ErrInternalError)
	}
	return written
}

func (a *arrivals) keep(how, bucket, key string) error {
	if !a.config.NoSync {
		if err := a.config.sync(bucket, key); err != nil {
			return fmt.Errorf("sync: %w", err)
		}
	}
	if !slices.Contains(a.config.Notices, bucket) {
		return nil
	}
	// Not the request's own context: that one is reused as its strings are.
	ctx, cancel := context.WithTimeout(context.Background(), a.config.NoticeTimeout)
	defer cancel()
	object, err := a.Backend.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return fmt.Errorf("look at what was written: %w", err)
	}
	e, err := notice(a.config.Region, how, bucket, key, object)
	if err != nil {
		return fmt.Errorf("write the notice: %w", err)
	}
	if err := a.config.Notify(ctx, e); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// sync makes an object last: its bytes, its attributes, and the name of each
// directory on the way to it.
func (c Config) sync(bucket, key string) error {
	path := filepath.Join(c.objects(), bucket, filepath.FromSlash(key))
	if err := syncUp(path, c.objects()); err != nil {
		return err
	}
	attributes := filepath.Join(c.attributes(), bucket, filepath.FromSlash(key), "meta")
	files, err := os.ReadDir(attributes)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		err = errors.Join(err, syncOne(filepath.Join(attributes, f.Name())))
	}
	return errors.Join(err, syncUp(attributes, c.attributes()))
}

// syncUp syncs a path and every directory above it up to top.
func syncUp(path, top string) error {
	for {
		if err := syncOne(path); err != nil || path == top {
			return err
		}
		path = filepath.Dir(path)
	}
}

func syncOne(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
