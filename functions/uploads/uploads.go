// Package uploads names what people put into the object store.
//
//	in   com.amazonaws.s3.ObjectCreated:*, or the bare notice of a store
//	     dev.xietong.minutes.deleted.v1      its name and title are forgotten
//	out  dev.xietong.recording.uploaded.v1   audio or video
//	     dev.xietong.transcript.uploaded.v1  SRT, WebVTT or a transcript in JSON
//	     dev.xietong.recording.refused.v1    everything else, with the reason
//	     dev.xietong.recording.forgotten.v1  the answer to a deletion
//	     dev.xietong.document.uploaded.v1    what comes into the bucket for documents
//	     dev.xietong.document.refused.v1     an empty or too large one
//	     dev.xietong.book.uploaded.v1        what comes into the bucket for books
//	     dev.xietong.book.batch.uploaded.v1  a list of books among it
//	     dev.xietong.book.refused.v1         an empty or too large book
//	     dev.xietong.book.batch.refused.v1   an empty or too large list
//	     dev.xietong.device.batch.uploaded.v1  *.ndjson in the bucket for offline reports
//
// Notices come in the shapes of AWS S3, MinIO, Ceph and versitygw, bare, inside
// SQS or SNS messages, or as EventBridge tells them. A notice of several objects
// is sent on as several notices of one, so that each comes to its own end. What
// an object is, its content says, never its name. Whether a document is one that
// can be converted, convert says, and whether a book is one that can be read,
// catalogue. Only a list of books and a batch of reports go by their names.
//
// Refused, never retried: an object that is not there, is empty, is too large,
// or is neither a recording nor a transcript where those are wanted; and a notice
// that cannot be read. Notices of other buckets, of folders and of deletions end
// without effect.
package uploads

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Namer names what arrived.
type Namer struct {
	Config
	Store blob.Store
	DB    *pg.DB // holds nothing but the ledger
	Log   *slog.Logger
}

// Function is the namer behind its runtime.
func (n *Namer) Function() *fn.Function {
	return &fn.Function{Word: "uploads", DB: n.DB, Handle: n.Handle, Refuse: n.Refuse, Wrap: n.Wrap}
}

// arrival is an object that is there, or was said to be.
type arrival struct {
	kind       kind
	id, upload string // of the recording, document or book, and of this upload of it
	object     events.Object
	time       time.Time // of the object
	about      about
}

// kind is what a bucket is for.
type kind string

const (
	recording kind = "recording"
	document  kind = "document"
	book      kind = "book"
	reports   kind = "reports" // that probes kept for lack of a network
)

// kind returns what a bucket is for, and "" where it is not ours.
func (n *Namer) kind(bucket string) kind {
	switch bucket {
	case n.RecordingsBucket:
		return recording
	case n.DocumentsBucket:
		return document
	case n.BooksBucket:
		return book
	case n.ReportsBucket:
		return reports
	}
	return ""
}

// Handle names the object of a notice, or takes a notice of several apart.
func (n *Namer) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	if e.Type() == (events.MinutesDeleted{}).EventType() {
		return n.forget(e)
	}
	mine, err := n.mine(e.Data())
	if err != nil {
		return nil, fault.Refusef(events.RefusedInvalid, "notice: %w", err)
	}
	switch len(mine) {
	case 0:
		return nil, nil
	case 1:
		return n.name(ctx, e, mine[0])
	}
	out := make([]fn.Event, len(mine))
	for i, notice := range mine {
		if out[i], err = single(e, notice); err != nil {
			return nil, err
		}
	}
	return fn.Send(out...), nil
}

// Refuse tells those who wait for an object that nothing comes of it.
func (n *Namer) Refuse(ctx context.Context, e fn.Event, why error) (fn.Outcome, error) {
	mine, err := n.mine(e.Data())
	if err != nil || len(mine) != 1 || mine[0].unreadable() != nil || n.kind(mine[0].Bucket) == reports {
		return nil, nil // there is no object that anybody could wait for; of reports the dead letter tells
	}
	a, err := n.find(ctx, mine[0])
	if err != nil {
		a = n.arrival(mine[0], mine[0].Keys[0], blob.Info{})
	}
	a.time = cmp.Or(mine[0].time(e), a.time)
	return n.send(e, a, a.refused(cmp.Or(fault.Code(why), events.RefusedFailed), clean(why.Error(), 1000)))
}

func (a arrival) refused(code, reason string) events.Data {
	switch a.kind {
	case document:
		return events.DocumentRefused{Document: a.id, Upload: a.upload, Stage: "uploads", Code: code, Reason: reason}
	case book:
		if p := inBooks(a.object.Key); p.list {
			return events.BatchRefused{Batch: a.batch(), Source: p.source, Object: a.object, Stage: "uploads", Code: code, Reason: reason}
		}
		return events.BookRefused{Book: a.id, Upload: a.upload, Stage: "uploads", Code: code, Reason: reason}
	}
	return events.RecordingRefused{Recording: a.id, Upload: a.upload, Stage: "uploads", Code: code, Reason: reason}
}

// mine returns the notices of objects that have arrived in our buckets. One that
// does not say what it is about stays in, to be refused by itself.
func (n *Namer) mine(data []byte) ([]Notice, error) {
	notices, err := Notices(data, n.MaxRecords)
	return slices.DeleteFunc(notices, func(notice Notice) bool {
		return notice.unreadable() == nil && (n.kind(notice.Bucket) == "" || !notice.created() || notice.folder() || n.waits(notice))
	}), err
}

func (n *Namer) name(ctx context.Context, cause fn.Event, notice Notice) (fn.Outcome, error) {
	if err := notice.unreadable(); err != nil {
		return nil, fault.Refusef(events.RefusedInvalid, "notice: %w", err)
	}
	a, err := n.find(ctx, notice)
	if err != nil {
		return nil, err
	}
	if err := n.sized(a); err != nil {
		return nil, err
	}
	a.time = cmp.Or(notice.time(cause), a.time)
	if a.kind == book {
		return n.announceBook(cause, a)
	}
	if a.kind == reports {
		return n.announceReports(cause, a)
	}
	head, err := n.head(ctx, a.object)
	if err != nil {
		return nil, err
	}
	return n.announce(cause, a, Sniff(head))
}

// sized refuses what is empty or too large.
func (n *Namer) sized(a arrival) error {
	most, variable := n.MaxUpload, "MAX_UPLOAD"
	switch {
	case a.kind == document:
		most, variable = n.MaxDocument, "MAX_DOCUMENT"
	case a.kind == reports:
		most, variable = n.MaxReports, "MAX_REPORTS"
	case a.kind == book && inBooks(a.object.Key).list:
		most, variable = n.MaxBatch, "MAX_BATCH"
	case a.kind == book:
		most, variable = n.MaxBook, "MAX_BOOK"
	}
	switch size := a.object.Size; {
	case size == 0:
		return fault.Refusef(events.RefusedEmpty, "%q has no bytes; upload the file again", a.object.Key)
	case size > int64(most):
		return fault.Refusef(events.RefusedTooLarge, "%q has %d bytes, at most %d are taken (%s)", a.object.Key, size, most, variable)
	}
	return nil
}

func (n *Namer) announce(cause fn.Event, a arrival, content Content) (fn.Outcome, error) {
	name := lastSegment(a.object.Key)
	switch {
	case a.kind == document:
		return n.send(cause, a, events.DocumentUploaded{Document: a.id, Upload: a.upload, Object: a.object,
			Name: name, MediaType: content.MediaType, Title: a.about.Title})
	case content.Transcript != "":
		return n.send(cause, a, events.TranscriptUploaded{Recording: a.id, Upload: a.upload, Object: a.object,
			Name: name, Format: content.Transcript, Title: a.about.Title, Language: a.about.Language, Kind: a.about.Kind})
	case content.isMedia():
		return n.send(cause, a, events.RecordingUploaded{Recording: a.id, Upload: a.upload, Object: a.object,
			Name: name, MediaType: content.MediaType, Title: a.about.Title, Language: a.about.Language, Kind: a.about.Kind})
	}
	return nil, fault.Refusef(events.RefusedNotMedia,
		"%q holds %s, whatever its name says; upload audio, video, or a transcript as SRT, WebVTT or JSON", a.object.Key, content.MediaType)
}

// send is the outcome that says data of an arrival.
func (n *Namer) send(cause fn.Event, a arrival, data events.Data) (fn.Outcome, error) {
	e, err := events.New(data)
	if err != nil {
		return nil, fault.Invalid(err)
	}
	if _, given := cause.Extensions()[events.Unit]; a.about.Unit != "" || !given {
		e.SetExtension(events.Unit, cmp.Or(a.about.Unit, n.Unit))
	}
	if a.about.AuthID != "" {
		e.SetExtension(events.AuthType, "user")
		e.SetExtension(events.AuthID, a.about.AuthID)
	}
	return fn.Send(e), nil
}

// find looks the object of a notice up under each key that it may have.
func (n *Namer) find(ctx context.Context, notice Notice) (arrival, error) {
	for _, key := range notice.Keys {
		info, err := n.Store.Head(ctx, notice.Bucket, key, notice.Version)
		if errors.Is(err, blob.ErrNotFound) {
			continue
		}
		if err != nil {
			return arrival{}, err
		}
		return n.arrival(notice, key, info), nil
	}
	return arrival{}, fault.Refusef(events.RefusedMissing, "there is no object %q in bucket %s; upload it again", notice.Keys[0], notice.Bucket)
}

// arrival joins what the store says of an object now with what the notice said
// of it, where the store says nothing.
func (n *Namer) arrival(notice Notice, key string, info blob.Info) arrival {
	object := events.Object{Bucket: notice.Bucket, Key: key, Size: info.Size,
		Version: cmp.Or(info.Version, notice.Version), ETag: cmp.Or(info.ETag, notice.ETag)}
	a := arrival{kind: n.kind(notice.Bucket), object: object, time: info.Modified}
	a.id, a.upload = identify(a.kind, object)
	var ignored []string
	a.about, ignored = describe(info.Metadata)
	for _, name := range ignored {
		n.Log.Warn("metadata ignored: it is ill-formed", slog.String("key", key), slog.String("name", name))
	}
	return a
}

// head reads the beginning of an object.
func (n *Namer) head(ctx context.Context, o events.Object) ([]byte, error) {
	body, err := n.Store.Range(ctx, o.Bucket, o.Key, o.Version, 0, int64(n.SniffLimit))
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fault.Refusef(events.RefusedMissing, "object %q in bucket %s was removed while it was looked at", o.Key, o.Bucket)
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	head, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("read the beginning of %s/%s: %w", o.Bucket, o.Key, err)
	}
	return head, nil
}
