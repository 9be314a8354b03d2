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

// Objects reads texts from the object store, and keeps those that were read last as
// far as they were read: the books that many words are looked for in, since searches
// begin with what is read most. A text is prepared no further than somebody looks, and
// what is kept is looked through in a fifteenth of the time (measured, 300 KB).
type Objects struct {
	Store     blob.Store
	MaxPacked int64 // bytes of one object
	MaxText   int64 // bytes of one text, unpacked
	Keep      int64 // bytes kept of all: some twice what was looked through of their texts, and packed what was not

	unpack booktext.Reader

	mu   sync.Mutex
	kept map[events.Object]*list.Element // of *begun, newest first
	by   list.List
	size int64
}

// begun is a text that was read to some part.
type begun struct {
	object events.Object
	size   int64 // as it is counted; by Objects.mu

	mu     sync.Mutex // whoever reads on has it
	packed []byte     // nil before it is fetched, and when all parts are there
	parts  []text.Part
	whole  bool
}

// Parts is of [Texts].
func (o *Objects) Parts(ctx context.Context, object events.Object, yield func(text.Part) bool) error {
	b := o.recall(object)
	b.mu.Lock()
	parts, whole := b.parts, b.whole
	b.mu.Unlock()
	for _, p := range parts {
		if !yield(p) {
			return nil
		}
	}
	if whole {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	err := o.readOn(ctx, b, len(parts), yield)
	o.count(b, err)
	return err
}

// readOn yields the parts of a text behind so many, and keeps them.
func (o *Objects) readOn(ctx context.Context, b *begun, seen int, yield func(text.Part) bool) error {
	for _, p := range b.parts[seen:] { // somebody else has read on
		if !yield(p) {
			return nil
		}
	}
	if b.whole {
		return nil
	}
	if b.packed == nil {
		var err error
		if b.packed, err = o.fetch(ctx, b.object); err != nil {
			return err
		}
	}
	at, more := 0, true
	err := o.unpacked(b.object, b.packed, func(p booktext.Part) bool {
		if at++; at > len(b.parts) {
			part := text.Prepare(p)
			b.parts = append(b.parts, part)
			more = yield(part)
		}
		return more
	})
	if b.whole = err == nil && more; b.whole {
		b.packed = nil
	}
	return err
}

// Read yields the parts of a text as they are written, and keeps none.
func (o *Objects) Read(ctx context.Context, object events.Object, yield func(booktext.Part) bool) error {
	packed, err := o.fetch(ctx, object)
	if err != nil {
		return err
	}
	return o.unpacked(object, packed, yield)
}

func (o *Objects) unpacked(object events.Object, packed []byte, yield func(booktext.Part) bool) error {
	if err := o.unpack.Read(bytes.NewReader(packed), o.MaxText, yield); err != nil {
		return fmt.Errorf("read the text %s: %w", object.Key, err)
	}
	return nil
}

func (o *Objects) fetch(ctx context.Context, object events.Object) ([]byte, error) {
	body, _, err := o.Store.Get(ctx, object.Bucket, object.Key, object.Version)
	if err != nil {
		return nil, fmt.Errorf("read the text %s: %w", object.Key, err)
	}
	defer body.Close()
	packed, err := io.ReadAll(&bounded{body, o.MaxPacked})
	if err != nil {
		return nil, fmt.Errorf("read the text %s: %w", object.Key, err)
	}
	return packed, nil
}

// recall returns a text as far as it is kept.
func (o *Objects) recall(object events.Object) *begun {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e, ok := o.kept[object]; ok {
		o.by.MoveToFront(e)
		return e.Value.(*begun)
	}
	if o.kept == nil {
		o.kept = map[events.Object]*list.Element{}
	}
	b := &begun{object: object}
	o.kept[object] = o.by.PushFront(b)
	return b
}

// count takes into account what was read of a text, and drops the oldest where that is
// too much; this one too where it is broken. Its reader still has it locked.
func (o *Objects) count(b *begun, broken error) {
	size := int64(len(b.packed))
	for _, p := range b.parts {
		size += int64(p.Size())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	mine, ok := o.kept[b.object]
	if !ok || mine.Value != b {
		return // dropped meanwhile
	}
	o.size += size - b.size
	b.size = size
	if broken != nil {
		o.drop(mine)
	}
	for o.size > o.Keep {
		o.drop(o.by.Back())
	}
}

func (o *Objects) drop(e *list.Element) {
	b := o.by.Remove(e).(*begun)
	delete(o.kept, b.object)
	o.size -= b.size
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
