package catalogue

import (
	"reflect"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
)

// Whatever order changes come in, and however often, a book comes to the same end.
// For that two versions are kept of it: one of what it is (file, metadata and
// licence), one of whether it is withdrawn. A higher version replaces, any other
// changes nothing. A withdrawal is lifted by a restore with a higher version alone:
// what comes meanwhile is kept, and not shown.

// Why a change is refused that could be read.
const (
	CodeReused  = "version_reused"   // a version that is there, with something else
	CodeUnknown = "unknown_book"     // a restore of what never was
	CodeNoFile  = "no_object"        // an upsert that names no file
	CodeOutside = "object_elsewhere" // in another source's folder, or no key
	CodeSum     = "wrong_sha256"     // the file is not the one that the row speaks of
)

// result is what becomes of a change.
type result string

const (
	catalogued result = "catalogued"
	unchanged  result = "unchanged"
	older      result = "older"
	withdrawn  result = "withdrawn"
	restored   result = "restored"
	refused    result = "refused"
)

// known is what is known of a book.
type known struct {
	book, source, sourceID  string
	there                   bool  // in the database
	content, state          int64 // versions; -1 for none
	withdrawn               bool
	upload, sha256, edition string
	own, beside             *events.BookMetadata // what its file says, and what stands beside it
	licence                 *events.Licence
}

// change is what somebody wants of a book.
type change struct {
	op       string // one of package records
	version  int64
	upload   string
	sha256   string               // of the file; empty where it is not known yet
	own      *events.BookMetadata // what the file says
	metadata *events.BookMetadata // what stands beside it
	licence  *events.Licence
}

// bookID names a book, as whoever speaks of it does.
func bookID(source, sourceID string) string { return ce.ID("book", source, sourceID) }

func unknown(book, source, sourceID string) known {
	return known{book: book, source: source, sourceID: sourceID, content: -1, state: -1}
}

// judge says what becomes of a change.
func (k known) judge(c change) (result, error) {
	switch c.op {
	case records.Withdraw:
		return k.judgeWithdrawal(c.version)
	case records.Restore:
		return k.judgeRestore(c.version)
	}
	switch {
	case k.sha256 == "" && c.op == records.Upsert: // metadata may have come first, in a count of its own
		return catalogued, nil
	case c.version < k.content:
		return older, nil
	case c.version == k.content && c.sha256 != "" && c.sha256 != k.sha256:
		return refused, reusedf(c.version, "with another file")
	case c.version == k.content || k.holds(c):
		return unchanged, nil
	}
	return catalogued, nil
}

func (k known) judgeWithdrawal(version int64) (result, error) {
	switch newest := max(k.content, k.state); {
	case k.withdrawn && version < k.state, !k.withdrawn && version < newest:
		return older, nil
	case k.withdrawn:
		return unchanged, nil
	case version == newest:
		return refused, reusedf(version, "and does not withdraw the book")
	}
	return withdrawn, nil
}

func (k known) judgeRestore(version int64) (result, error) {
	switch {
	case !k.there:
		return refused, fault.Refusef(CodeUnknown, "there is no such book to restore")
	case version < k.state:
		return older, nil
	case !k.withdrawn:
		return unchanged, nil
	case version == k.state:
		return refused, reusedf(version, "and withdraws the book")
	}
	return restored, nil
}

func reusedf(version int64, what string) error {
	return fault.Refusef(CodeReused, "version %d is there %s; give what changes a higher version", version, what)
}

// holds reports whether a change says nothing that is not known.
func (k known) holds(c change) bool {
	sameFile := c.op == records.Metadata || c.sha256 != "" && c.sha256 == k.sha256
	next := k.apply(c)
	return sameFile && reflect.DeepEqual(k.beside, next.beside) && reflect.DeepEqual(k.licence, next.licence)
}

// apply is what is known after a change that was judged to be made, or to be
// nothing new.
func (k known) apply(c change) known {
	switch c.op {
	case records.Withdraw, records.Restore:
		k.state = max(k.state, c.version)
		k.withdrawn = c.op == records.Withdraw
		return k
	case records.Metadata:
		k.beside = over(c.metadata, k.beside)
	default:
		k.upload, k.sha256, k.own = c.upload, c.sha256, c.own
		if c.metadata != nil {
			k.beside = c.metadata
		}
	}
	if c.licence != nil {
		k.licence = c.licence
	}
	k.content = max(k.content, c.version)
	return k
}

// seen is what is known after a change that is nothing new: its version counts.
func (k known) seen(c change) known {
	if c.op == records.Withdraw || c.op == records.Restore {
		k.state = max(k.state, c.version)
		return k
	}
	k.content = max(k.content, c.version)
	return k
}
