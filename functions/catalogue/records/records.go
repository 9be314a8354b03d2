// Package records reads what is known of books beside their files, one row at a time.
//
//	in   JSON Lines with a header (a batch's own form), CSV, OPF, ONIX for Books 3.0,
//	     MARC 21 and CNMARC, both as ISO 2709 and as MARCXML
//	out  a header, then rows: what to do with which version of which book
//
// The form is told by the content; a name only appears in errors. Memory is that of
// a row, however many there are. A row that cannot be used is a [*RowError] and the
// next is read. Refused as a whole are a batch in no form that is known, one that is
// cut off or changed under way (batch_cut, batch_corrupt), one with more bytes or
// rows than the limits allow, and XML that is broken or builds entities.
//
// A header's count and sum are only known to be right at the end, so whoever acts on
// rows reads all of them first. Whether two rows speak of one book is not judged here.
//
// # Versions
//
// JSON Lines and CSV may state a row's version. The other forms have none, so a
// moment stands for it, as 14 digits in UTC where the zone is known (20260102153700):
// ONIX its SentDateTime, MARC field 005, OPF dcterms:modified. Where there is no
// moment either, [Limits].Version is taken, and without that the row is refused. A
// supplier must not change from one kind to the other, or the larger number wins.
//
// # Operations
//
// A row that names a file is an upsert, one that does not is metadata. A MARC leader
// with status d, ONIX notification 05, and an ONIX product that its publisher or all
// its suppliers have withdrawn, are withdrawals. None of the forms but our own and
// CSV can restore: to be for sale again is not to be restored.
package records

import (
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// Why a batch is refused, besides the reasons of package archive.
const (
	CodeCut         = "batch_cut"     // ends before its header says
	CodeCorrupt     = "batch_corrupt" // not the rows or bytes that its header says
	CodeUnsupported = "unsupported"   // in none of the forms
)

// Why a row is.
const (
	CodeRow      = "row_unreadable" // broken, or in another encoding than the rest
	CodeField    = "row_invalid"    // a field that may not have its value
	CodeNoID     = "row_no_id"      // nothing that names the book
	CodeNoVer    = "row_no_version"
	CodeNotBook  = "row_test"      // sent for a test only
	CodeTooLarge = "row_too_large" // more than a limit allows
)

// What to do with a book.
const (
	Upsert   = "upsert"   // take the file and what the row says
	Metadata = "metadata" // take what the row says; the file stays
	Withdraw = "withdraw"
	Restore  = "restore"
)

// The forms.
const (
	FormJSON    = "jsonl"
	FormCSV     = "csv"
	FormOPF     = "opf"
	FormONIX    = "onix"
	FormMARC    = "iso2709" // MARC 21 or CNMARC: each record tells
	FormMARCXML = "marcxml"
)

// Limits is what a batch may be at most. The largest MARC record there can be has
// 99,999 bytes, ONIX records of publishers have 5 to 60 kB.
type Limits struct {
	Batch  conf.Bytes `env:"MAX_BATCH,default=4GiB"` // unpacked; instead of MAX_XML for XML
	Rows   int        `env:"MAX_BATCH_ROWS,default=200000"`
	Row    conf.Bytes `env:"MAX_BATCH_ROW,default=1MiB"`
	Fields int        `env:"MAX_BATCH_FIELDS,default=10000"` // columns, MARC fields, elements and texts, or list entries of a row
	// XML bounds the depth of XML and the bytes of one token. Fields bounds what is in
	// a row.
	XML archive.Limits
	// Version is that of rows that state none, 0 where there is no such version. It
	// comes from whoever handed the batch over, not from the environment.
	Version int64
}

// Modes of a batch.
const (
	Delta    = "delta"    // rows that have changed
	Snapshot = "snapshot" // all rows there are; what is absent stays nevertheless
)

// Header is what a batch says of itself. Only the JSON form says all of it.
type Header struct {
	Form    string
	Source  string // JSON's source, ONIX's SenderName
	Batch   string // JSON's batch, ONIX's MessageNumber
	Seq     int64
	Mode    string   // Delta where the form cannot say
	Count   int      // rows, -1 where it is not said
	SHA256  string   // of all bytes behind the header line
	Version int64    // of rows that state none themselves
	Ignored []string // columns of a CSV that mean nothing here
}

// Row is what to do with one version of one book.
type Row struct {
	Number   int // from 1, bad rows counted
	Op       string
	SourceID string
	Version  int64
	Object   string // the file's key as its source wrote it: untrusted
	SHA256   string
	Size     int64
	Format   string
	Metadata *events.BookMetadata // empty fields say nothing: an ONIX block update has few
	Licence  *events.Licence
	Reason   string
	Warnings []string // what was left out of the metadata, and why
}

// RowError says why a row cannot be used. Reading goes on with the next one.
type RowError struct {
	Row      int    // from 1
	Code     string // one of the Code… constants for rows
	Reason   string
	SourceID string // where that much could be read
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %s", e.Row, e.Reason) }

func badf(code, format string, args ...any) *RowError {
	return &RowError{Code: code, Reason: fmt.Sprintf(format, args...)}
}

func refusef(code, format string, args ...any) error {
	return fault.Refusef(code, format, args...)
}
