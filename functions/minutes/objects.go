package minutes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// read returns a whole object that may have at most limit bytes.
func (m *Minutes) read(ctx context.Context, o events.Object, variable string, limit conf.Bytes) ([]byte, error) {
	body, _, err := m.Store.Get(ctx, o.Bucket, o.Key, o.Version)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return nil, fault.Refusef(events.RefusedMissing, "object %s/%s is no longer there", o.Bucket, o.Key)
	case err != nil:
		return nil, fmt.Errorf("read %s/%s: %w", o.Bucket, o.Key, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s/%s: %w", o.Bucket, o.Key, err)
	case int64(len(text)) > int64(limit):
		return nil, fault.Refusef(events.RefusedTooLarge, "object %s/%s has over %d bytes; %s sets the limit", o.Bucket, o.Key, limit, variable)
	}
	return text, nil
}

func (m *Minutes) readTranscript(ctx context.Context, d events.RecordingTranscribed) (events.Transcript, error) {
	select {
	case m.reads <- struct{}{}:
		defer func() { <-m.reads }()
	case <-ctx.Done():
		return events.Transcript{}, ctx.Err()
	}
	text, err := m.read(ctx, d.Transcript, "MAX_TRANSCRIPT", m.MaxTranscript)
	if err != nil {
		return events.Transcript{}, err
	}
	t, err := events.DecodeTranscript(text)
	switch {
	case err != nil:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s: %w", d.Transcript.Key, err)
	case t.Recording != d.Recording || t.Upload != d.Upload:
		return t, fault.Refusef(events.RefusedTranscript, "transcript %s is that of recording %s, upload %s", d.Transcript.Key, t.Recording, t.Upload)
	case len(t.Segments) > m.MaxSegments:
		return t, fault.Refusef(events.RefusedTooLarge, "transcript %s has %d segments, want at most %d; MAX_SEGMENTS sets the limit", d.Transcript.Key, len(t.Segments), m.MaxSegments)
	}
	inOrder(t.Segments)
	return t, nil
}

// inOrder sorts segments by time. Every reader of a transcript sorts it so,
// because a segment's place in this order is its address when paging.
func inOrder(segments []events.Segment) {
	slices.SortStableFunc(segments, func(a, b events.Segment) int {
		return cmp.Or(cmp.Compare(a.StartMS, b.StartMS), cmp.Compare(a.EndMS, b.EndMS), cmp.Compare(a.Track, b.Track), cmp.Compare(a.ID, b.ID))
	})
}

func (m *Minutes) readSummary(ctx context.Context, d events.RecordingSummarised) (events.Summary, error) {
	text, err := m.read(ctx, d.Summary, "MAX_SUMMARY", m.MaxSummary)
	if err != nil {
		return events.Summary{}, err
	}
	s, err := events.DecodeSummary(text)
	switch {
	case err != nil:
		return s, fault.Invalidf("summary %s: %w", d.Summary.Key, err)
	case s.Recording != d.Recording || s.Upload != d.Upload:
		return s, fault.Invalidf("summary %s is that of recording %s, upload %s", d.Summary.Key, s.Recording, s.Upload)
	}
	return s, nil
}

// deleteObjects removes what was uploaded with every version: everything under the
// recording's own prefix, whether or not a notice of it ever came, and the objects
// elsewhere. It returns how many there were.
func (m *Minutes) deleteObjects(ctx context.Context, recording string, uploads []Upload) (int, error) {
	objects, err := m.Store.Erase(ctx, m.RecordingsBucket, recording+"/", "")
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return objects, fmt.Errorf("erase %s/%s/: %w", m.RecordingsBucket, recording, err)
	}
	for _, u := range uploads {
		if u.Arrival == nil || u.Arrival.Object.Bucket == m.RecordingsBucket && strings.HasPrefix(u.Arrival.Object.Key, recording+"/") {
			continue
		}
		n, err := m.deleteObject(ctx, u.Arrival.Object)
		objects += n
		if err != nil {
			return objects, err
		}
	}
	return objects, nil
}

// deleteObject removes an object, and returns how many were there. Where no version
// names it, it stays if another one stands under its key now: that one belongs to other
// minutes.
func (m *Minutes) deleteObject(ctx context.Context, o events.Object) (int, error) {
	if o.Version == "" {
		now, err := m.Store.Head(ctx, o.Bucket, o.Key, "")
		switch {
		case errors.Is(err, blob.ErrNotFound):
			return 0, nil
		case err != nil:
			return 0, fmt.Errorf("look at %s/%s: %w", o.Bucket, o.Key, err)
		case o.ETag != "" && now.ETag != o.ETag:
			return 0, nil
		}
	}
	n, err := m.Store.Erase(ctx, o.Bucket, o.Key, o.Version)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return n, fmt.Errorf("erase %s/%s: %w", o.Bucket, o.Key, err)
	}
	return n, nil
}
