package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a Store for tests. Its zero value is ready; a bucket exists from the
// first Put into it. It keeps no versions, and refuses a key that is a prefix of
// another up to a slash, as stores on a file system do.
//
// It is an http.Handler that answers signed addresses:
//
//	store := &blob.Memory{}
//	server := httptest.NewServer(store)
//	store.Base = server.URL
type Memory struct {
	Base string // where a test serves the store; signed addresses start with it

	mu      sync.RWMutex
	buckets map[string]map[string]memoryObject
}

type memoryObject struct {
	info Info
	data []byte
}

// Put implements [Store].
func (m *Memory) Put(ctx context.Context, bucket, key string, body io.Reader, p Put) (Info, error) {
	err := errors.Join(checkKey(key), checkMetadata(p.Metadata))
	if err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	data, err := io.ReadAll(&whole{cancellable{ctx, body}, p.Size})
	if err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	sum := md5.Sum(data)
	o := memoryObject{data: data, info: Info{
		Key: key, Size: int64(len(data)), ETag: hex.EncodeToString(sum[:]),
		ContentType: p.ContentType, Metadata: maps.Clone(p.Metadata), Modified: time.Now().UTC(),
	}}
	if p.ContentType == "" {
		o.info.ContentType = "application/octet-stream" // as S3 does
	}
	if err := m.keep(bucket, key, o, p.IfNew); err != nil {
		return Info{}, failed(ctx, "put", bucket, key, err)
	}
	return o.describe(), nil
}

// Copy implements [Store].
func (m *Memory) Copy(ctx context.Context, bucket, key string, from Source, p Put) (Info, error) {
	if err := from.check(); err != nil {
		return Info{}, failed(ctx, "copy to", bucket, key, err)
	}
	o, err := m.find(ctx, "copy", from.Bucket, from.Key, from.Version)
	if err != nil {
		return Info{}, err
	}
	if sum := sha256.Sum256(o.data); o.info.ETag != from.ETag || hex.EncodeToString(sum[:]) != from.SHA256 {
		return Info{}, failed(ctx, "copy to", bucket, key, ErrOther)
	}
	p.IfNew = false
	return m.Put(ctx, bucket, key, bytes.NewReader(o.data), p)
}

func (m *Memory) keep(bucket, key string, o memoryObject, ifNew bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	objects := m.buckets[bucket]
	if _, ok := objects[key]; ok && ifNew {
		return ErrExists
	}
	for other := range objects {
		if strings.HasPrefix(other, key+"/") || strings.HasPrefix(key, other+"/") {
			return fmt.Errorf("there is an object %s, and no key may be a prefix of another", other)
		}
	}
	if objects == nil {
		objects = map[string]memoryObject{}
		if m.buckets == nil {
			m.buckets = map[string]map[string]memoryObject{}
		}
		m.buckets[bucket] = objects
	}
	objects[key] = o
	return nil
}

// describe copies what a caller might change.
func (o memoryObject) describe() Info {
	o.info.Metadata = maps.Clone(o.info.Metadata)
	return o.info
}

func (m *Memory) find(ctx context.Context, doing, bucket, key, version string) (memoryObject, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	o, ok := m.buckets[bucket][key]
	if !ok || version != "" || ctx.Err() != nil {
		return o, failed(ctx, doing, bucket, key, ErrNotFound)
	}
	return o, nil
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, bucket, key, version string) (io.ReadCloser, Info, error) {
	o, err := m.find(ctx, "get", bucket, key, version)
	if err != nil {
		return nil, Info{}, err
	}
	return io.NopCloser(bytes.NewReader(o.data)), o.describe(), nil
}

// Range implements [Store].
func (m *Memory) Range(ctx context.Context, bucket, key, version string, offset, length int64) (io.ReadCloser, error) {
	o, err := m.find(ctx, "get", bucket, key, version)
	if err != nil {
		return nil, err
	}
	if offset < 0 || length < 0 {
		return nil, failed(ctx, "get", bucket, key, badRange(offset, length))
	}
	return io.NopCloser(io.NewSectionReader(bytes.NewReader(o.data), offset, length)), nil
}

// Head implements [Store].
func (m *Memory) Head(ctx context.Context, bucket, key, version string) (Info, error) {
	o, err := m.find(ctx, "look up", bucket, key, version)
	if err != nil {
		return Info{}, err
	}
	return o.describe(), nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, bucket, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.buckets[bucket]; !ok || ctx.Err() != nil {
		return failed(ctx, "delete", bucket, key, ErrNotFound)
	}
	delete(m.buckets[bucket], key)
	return nil
}

// Erase implements [Store]. Where no versions are kept, none has a name.
func (m *Memory) Erase(ctx context.Context, bucket, key, version string) (erased int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	objects, ok := m.buckets[bucket]
	if !ok || ctx.Err() != nil {
		return 0, failed(ctx, "erase", bucket, key, ErrNotFound)
	}
	for other := range objects {
		if version == "" && erases(key, other) {
			delete(objects, other)
			erased++
		}
	}
	return erased, nil
}

// List implements [Store]. It lists what there was when it was called.
func (m *Memory) List(ctx context.Context, bucket, prefix string, yield func(Info) bool) error {
	m.mu.RLock()
	objects, ok := m.buckets[bucket]
	objects = maps.Clone(objects)
	m.mu.RUnlock()
	if !ok || ctx.Err() != nil {
		return failed(ctx, "list", bucket, prefix, ErrNotFound)
	}
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		if ctx.Err() != nil {
			return failed(ctx, "list", bucket, prefix, ctx.Err())
		}
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		i := objects[key].info
		if !yield(Info{Key: i.Key, Size: i.Size, ETag: i.ETag, Modified: i.Modified}) {
			return nil
		}
	}
	return nil
}
