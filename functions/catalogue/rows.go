package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// row is one of a batch.
type row struct {
	number             int // 0 where there is none
	book, sourceID, op string
	version            int64
	object, sha256     string
	metadata           *events.BookMetadata
	licence            *events.Licence
	reason             string
}

// change is what a row wants.
func (r row) change() change {
	return change{op: r.op, version: r.version, sha256: r.sha256, metadata: r.metadata, licence: r.licence}
}

// end is what became of a row.
type end struct {
	number int
	result result
	refusal
}

// carryOut carries out some rows of a batch, or writes its report where all rows
// have ended.
func (c *Catalogue) carryOut(ctx context.Context, d events.BatchRowsRequested) (fn.Outcome, error) {
	b, err := findBatch(ctx, c.DB, d.Batch)
	switch {
	case err != nil:
		return nil, err
	case b.state == "":
		return nil, fault.Refusef(CodeUnknownBatch, "there is no batch %s", d.Batch)
	case b.state == stateCompleted:
		return nil, nil
	case b.state != stateRunning:
		return nil, fault.Refusef(CodeNotApproved, "batch %s is %s, and must not begin", d.Batch, b.state)
	case b.ended == b.rows:
		return c.complete(ctx, b)
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		told, err := carryOutRows(ctx, tx, b, d)
		if err != nil {
			return nil, err
		}
		return events.NewAll(told...)
	}, nil
}

// carryOutRows takes what is still to be done of some rows. A book's file is left to
// an event of its own, so that one bad file harms no other book.
func carryOutRows(ctx context.Context, tx pg.Tx, b batch, d events.BatchRowsRequested) (told []events.Data, err error) {
	rows, err := waitingRows(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	books := make([]string, len(rows))
	for i, r := range rows {
		books[i] = r.book
	}
	all, err := lockRecords(ctx, tx, books)
	if err != nil {
		return nil, err
	}
	var ends []end
	for _, r := range rows {
		k, there := all[r.book]
		if !there {
			k = unknown(r.book, b.source, r.sourceID)
		}
		said, e, err := carryOutRow(ctx, tx, b, r, k)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", r.number, err)
		}
		told, ends = append(told, said...), append(ends, e)
	}
	woken, err := endRows(ctx, tx, b.id, ends)
	return append(told, woken...), err
}

// carryOutRow takes one row, and returns what is to be said of it and what became of
// it: nothing yet, where the book's own event will tell.
func carryOutRow(ctx context.Context, tx pg.Tx, b batch, r row, k known) ([]events.Data, end, error) {
	e := end{number: r.number}
	wish := r.change()
	result, err := k.judge(wish)
	if e.result = result; err != nil {
		e.refusal = refusal{fault.Code(err), err.Error()}
		return nil, e, nil
	}
	switch {
	case result == unchanged:
		return nil, e, saveSeen(ctx, tx, k, wish)
	case result == catalogued && r.op == records.Upsert:
		return sendOn(b, r, e)
	case result == catalogued, result == withdrawn, result == restored:
		told, err := carryOutNow(ctx, tx, b, r, k.apply(wish), result)
		return told, e, err
	}
	return nil, e, nil
}

// sendOn makes a book's file an event of its own.
func sendOn(b batch, r row, e end) ([]events.Data, end, error) {
	key, err := b.key(r.object)
	if err != nil {
		return nil, end{number: r.number, result: refused, refusal: refusal{fault.Code(err), err.Error()}}, nil
	}
	d := events.BookUploaded{Book: r.book, Upload: ce.ID("upload", b.id, fmt.Sprint(r.number)), Origin: events.Origin{Source: b.source, ID: r.sourceID, Version: r.version},
		Object: events.Object{Bucket: b.bucket, Key: key}, Name: path.Base(key), Row: &events.BatchRow{Batch: b.id, Row: r.number}, Licence: r.licence}
	if r.metadata != nil && r.metadata.Validate() == nil { // what has no title does not pass, and is taken from the row
		d.Metadata = r.metadata
	}
	e.result = ""
	return []events.Data{d}, e, nil
}

// carryOutNow writes a change that needs no file, and returns what is to be said of it.
func carryOutNow(ctx context.Context, tx pg.Tx, b batch, r row, next known, what result) (told []events.Data, err error) {
	at := &events.BatchRow{Batch: b.id, Row: r.number}
	origin := events.Origin{Source: next.source, ID: next.sourceID, Version: next.state}
	if what != withdrawn && next.sha256 != "" {
		f, _, err := findFile(ctx, tx, next.sha256)
		if err != nil {
			return nil, err
		}
		next.edition = next.describe().ISBN
		told = f.tell(next, at, what == restored)
	}
	reason := cmp.Or(r.reason, "its source says so")
	switch what {
	case withdrawn:
		told = append(told, events.BookWithdrawn{Book: next.book, Origin: origin, Row: at, Reason: reason})
	case restored:
		told = append(told, events.BookRestored{Book: next.book, Origin: origin, Row: at, Reason: reason})
	}
	if err := saveRecord(ctx, tx, next); err != nil || what == catalogued {
		return told, err
	}
	return told, note(ctx, tx, next, what, reason, *at)
}

// sources are the names that a source's folder may have, as function uploads has
// them: what lies in none of them is the inbox's.
var sources = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func ownerOf(key string) string {
	if first, _, below := strings.Cut(key, "/"); below && sources.MatchString(first) {
		return first
	}
	return "inbox"
}

// key is where the file of a row lies: below the source's folder where it names
// that, else beside the list. It never leaves what is the source's own.
func (b batch) key(object string) (string, error) {
	if object == "" {
		return "", fault.Refusef(CodeNoFile, "the row names no object; name the book's file")
	}
	key := object
	if !strings.HasPrefix(object, b.source+"/") {
		key = path.Join(path.Dir(b.list), object)
	}
	if strings.ContainsRune(object, 0) || path.Clean("/" + object)[1:] != object || ownerOf(key) != b.source {
		return "", fault.Refusef(CodeOutside, "object %q is not in the folder of %s; name it below that, or beside the list", events.Brief(object, 255), b.source)
	}
	return key, nil
}

// refuseRows ends the rows that nothing was begun of.
func refuseRows(e events.Event, why refusal) fn.Outcome {
	d, err := events.Decode[events.BatchRowsRequested](e)
	if err != nil || why.code == CodeNotApproved {
		return nil
	}
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		rows, err := waitingRows(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		ends := make([]end, len(rows))
		for i, r := range rows {
			ends[i] = end{r.number, refused, why}
		}
		woken, err := endRows(ctx, tx, d.Batch, ends)
		if err != nil {
			return nil, err
		}
		return events.NewAll(woken...)
	}
}
