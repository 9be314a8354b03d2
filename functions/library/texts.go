package library

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"xietong.dev/events"
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/booktext"
)

// Objects reads texts from the object store, and keeps those that were read last to
// their end: the books that many words are looked for in, since searches begin with
// what is read most. What it keeps is looked through in a thirtieth of the time
// (measured, 300 KB). A text is unpacked no further than it is read.
type Objects struct {
	Store     blob.Store
	MaxPacked int64 // bytes of one object
	MaxText   int64 // bytes of one text, unpacked
	Keep      int64 // bytes kept of all: some twice their texts

	mu   sync.Mutex
	kept map[events.Object]*list.Element // of whole, newest first
	by   list.List
	size int64
}

// whole is a text that is kept.
type whole struct {
	object events.Object
	parts  []text.Part
	size   int64
}

// Parts is of [Texts].
func (o *Objects) Parts(ctx context.Context, object events.Object, yield func(text.Part) bool) error {
	if kept, ok := o.recall(object); ok {
		for _, p := range kept {
			if !yield(p) {
				break
			}
		}
		return nil
	}
	read, enough := whole{object: object}, false
	err := o.Read(ctx, object, func(p booktext.Part) bool {
		part := text.Prepare(p)
		read.parts, read.size = append(read.parts, part), read.size+int64(part.Size())
		enough = !yield(part)
		return !enough
	})
	if err == nil && !enough {
		o.remember(read)
	}
	return err
}

// Read yields the parts of a text as they are written, and keeps none.
func (o *Objects) Read(ctx context.Context, object events.Object, yield func(booktext.Part) bool) error {
	packed, err := o.read(ctx, object)
	if err == nil {
		err = booktext.Read(bytes.NewReader(packed), o.MaxText, yield)
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

func (o *Objects) recall(object events.Object) ([]text.Part, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.kept[object]
	if !ok {
		return nil, false
	}
	o.by.MoveToFront(e)
	return e.Value.(whole).parts, true
}

func (o *Objects) remember(read whole) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil {
		o.kept = map[events.Object]*list.Element{}
	}
	if _, ok := o.kept[read.object]; ok {
		return
	}
	o.kept[read.object] = o.by.PushFront(read)
	for o.size += read.size; o.size > o.Keep; {
		last := o.by.Remove(o.by.Back()).(whole)
		delete(o.kept, last.object)
		o.size -= last.size
	}
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
