package library

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
)

// Objects reads texts from the object store, and keeps the packed bytes of those
// that were read last. It unpacks a text no further than it is read.
type Objects struct {
	Store     blob.Store
	MaxPacked int64 // bytes of one object
	MaxText   int64 // bytes of one text in JSON
	Keep      int64 // bytes kept of all

	mu   sync.Mutex
	kept map[events.Object]*list.Element // of packed, newest first
	by   list.List
	size int64
}

type packed struct {
	object events.Object
	bytes  []byte
}

// Parts is of [Texts].
func (o *Objects) Parts(ctx context.Context, object events.Object, yield func(events.PartText) bool) error {
	b, ok := o.recall(object)
	if !ok {
		var err error
		if b, err = o.read(ctx, object); err != nil {
			return fmt.Errorf("read the text %s: %w", object.Key, err)
		}
		o.remember(object, b)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(b))
	if err == nil {
		err = parts(&bounded{unpacked, o.MaxText}, yield)
	}
	if err != nil {
		return fmt.Errorf("read the text %s: %w", object.Key, err)
	}
	return nil
}

func (o *Objects) read(ctx context.Context, object events.Object) ([]byte, error) {
	body, _, err := o.Store.Get(ctx, object.Bucket, object.Key, object.Version)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(&bounded{body, o.MaxPacked})
}

func (o *Objects) recall(object events.Object) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.kept[object]
	if !ok {
		return nil, false
	}
	o.by.MoveToFront(e)
	return e.Value.(packed).bytes, true
}

func (o *Objects) remember(object events.Object, b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil {
		o.kept = map[events.Object]*list.Element{}
	}
	if _, ok := o.kept[object]; ok {
		return
	}
	o.kept[object] = o.by.PushFront(packed{object, b})
	for o.size += int64(len(b)); o.size > o.Keep; {
		last := o.by.Remove(o.by.Back()).(packed)
		delete(o.kept, last.object)
		o.size -= int64(len(last.bytes))
	}
}

// parts reads an [events.BookText] one part after the other.
func parts(r io.Reader, yield func(events.PartText) bool) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("it is no object in JSON"), err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name != "parts" {
			var other json.RawMessage
			if err := d.Decode(&other); err != nil {
				return err
			}
			continue
		}
		if t, err := d.Token(); err != nil || t != json.Delim('[') {
			return errors.Join(errors.New("its parts are no list"), err)
		}
		for d.More() {
			var p events.PartText
			if err := d.Decode(&p); err != nil {
				return err
			}
			if !yield(p) {
				return nil
			}
		}
		_, err = d.Token()
		return err
	}
	return errors.New("it has no parts")
}

// bounded fails behind so many bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("it is larger than a text may be")
	}
	return n, err
}
