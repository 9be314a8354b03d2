package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Everything that one conversion writes lies in one folder of the store. It is
// known to the database before its first object is written, and a document that
// is deleted takes with it every folder that no other document keeps.

func key(folder, name string) string { return path.Join("documents", folder, name) }

// put writes a file into a folder.
func (c *Converter) put(ctx context.Context, folder, name, file, contentType string) (events.Object, error) {
	f, err := os.Open(file)
	if err != nil {
		return events.Object{}, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return events.Object{}, err
	}
	o := events.Object{Bucket: c.Artifacts, Key: key(folder, name), Size: stat.Size()}
	info, err := c.Objects.Put(ctx, o.Bucket, o.Key, f, blob.Put{ContentType: contentType, Size: o.Size})
	if err != nil {
		return o, fmt.Errorf("write object %s/%s: %w", o.Bucket, o.Key, err)
	}
	o.ETag, o.Version = info.ETag, info.Version
	return o, nil
}

// sweep removes the objects of a folder.
func (c *Converter) sweep(ctx context.Context, folder string) error {
	var keys []string
	err := c.Objects.List(ctx, c.Artifacts, key(folder, "")+"/", func(i blob.Info) bool {
		keys = append(keys, i.Key)
		return true
	})
	if err != nil && !errors.Is(err, blob.ErrNotFound) { // a bucket that nothing was written to yet
		return fmt.Errorf("list folder %s: %w", folder, err)
	}
	for _, key := range keys {
		if err := c.Objects.Delete(ctx, c.Artifacts, key); err != nil {
			return fmt.Errorf("delete object %s/%s: %w", c.Artifacts, key, err)
		}
	}
	return nil
}

// sweepUnfinished removes the objects of a folder in which no work was ended.
func (c *Converter) sweepUnfinished(ctx context.Context, folder string) error {
	done, err := finished(ctx, c.DB, folder)
	if err != nil || done {
		return err
	}
	return c.sweep(ctx, folder)
}

// forget removes what is kept of a document. The document is marked first:
// whoever is still at work on it finds the mark before it commits.
func (c *Converter) forget(ctx context.Context, d events.DocumentDeleted) (fn.Outcome, error) {
	folders, err := drop(ctx, c.DB, d.Document)
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		if err := c.sweep(ctx, folder); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		return nil, erase(ctx, tx, d.Document, folders)
	}, nil
}
