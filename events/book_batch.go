package events

// The story of one batch of books. A batch is a list that a source sends: each row
// catalogues, withdraws or restores one book. What becomes of a row is also told
// in the story of its book, which names the row.

// maxRows bounds the rows of a batch.
const maxRows = 1_000_000

// BatchUploaded says that a list of books has arrived.
type BatchUploaded struct {
	Batch  string `json:"batch"`
	Upload string `json:"upload"`
	Source string `json:"source"` // whose folder it came into: it may speak of no other's books
	Object Object `json:"object"`
	Name   string `json:"name"`
}

// BatchPlanned says what a batch would change. Where it needs an approval nothing
// changes before a [BatchApproved].
type BatchPlanned struct {
	Batch         string   `json:"batch"`
	Source        string   `json:"source"`
	Counts        RowCount `json:"counts"`
	NeedsApproval bool     `json:"needs_approval"`
	Why           string   `json:"why,omitempty"` // it needs one
}

// BatchApproved lets a batch begin that waits for it.
type BatchApproved struct {
	Batch string `json:"batch"`
	By    string `json:"by"` // the account
}

// BatchRowsRequested asks for some rows of a batch to be carried out. It is
// catalogue's own way to do many at a time.
type BatchRowsRequested struct {
	Batch string `json:"batch"`
	First int    `json:"first"` // row, from 1
	Last  int    `json:"last"`
}

// BatchCompleted says that every row of a batch has ended, and where the report is.
type BatchCompleted struct {
	Batch  string   `json:"batch"`
	Source string   `json:"source"`
	Counts RowCount `json:"counts"`
	Report Object   `json:"report"` // one JSON line a row, in the order of rows
}

// BatchRefused says that a list was given up, and why. None of its rows is carried
// out: whoever sent it sends another.
type BatchRefused struct {
	Batch  string `json:"batch"`
	Source string `json:"source"`
	Object Object `json:"object"` // the list
	Stage  string `json:"stage"`
	Code   string `json:"code"` // such as batch_cut
	Reason string `json:"reason"`
}

// RowCount counts the rows of a batch by what becomes of them.
type RowCount struct {
	Rows      int `json:"rows"`
	Catalogue int `json:"catalogue"` // new, or a new version
	Unchanged int `json:"unchanged"`
	Older     int `json:"older"` // than what is there; ignored
	Withdraw  int `json:"withdraw"`
	Restore   int `json:"restore"`
	Refused   int `json:"refused"`
}

// BatchRow is a row of a batch, from 1.
type BatchRow struct {
	Batch string `json:"batch"`
	Row   int    `json:"row"`
}

func (BatchUploaded) EventType() string      { return "dev.xietong.book.batch.uploaded.v1" }
func (BatchPlanned) EventType() string       { return "dev.xietong.book.batch.planned.v1" }
func (BatchApproved) EventType() string      { return "dev.xietong.book.batch.approved.v1" }
func (BatchRowsRequested) EventType() string { return "dev.xietong.book.batch.rows.requested.v1" }
func (BatchCompleted) EventType() string     { return "dev.xietong.book.batch.completed.v1" }
func (BatchRefused) EventType() string       { return "dev.xietong.book.batch.refused.v1" }

func (d BatchUploaded) EventSubject() string      { return d.Batch }
func (d BatchPlanned) EventSubject() string       { return d.Batch }
func (d BatchApproved) EventSubject() string      { return d.Batch }
func (d BatchRowsRequested) EventSubject() string { return d.Batch }
func (d BatchCompleted) EventSubject() string     { return d.Batch }
func (d BatchRefused) EventSubject() string       { return d.Batch }

func (d BatchUploaded) Validate() error {
	return first(id("batch", d.Batch), id("upload", d.Upload), source("source", d.Source),
		in("object", d.Object.check()), text("name", d.Name, 1, 1024))
}

func (d BatchPlanned) Validate() error {
	return first(id("batch", d.Batch), source("source", d.Source), in("counts", d.Counts.check()), text("why", d.Why, 0, 2048))
}

func (d BatchApproved) Validate() error {
	return first(id("batch", d.Batch), text("by", d.By, 1, 255))
}

func (d BatchRowsRequested) Validate() error {
	return first(id("batch", d.Batch), between("first", d.First, 1, maxRows), between("last", d.Last, 1, maxRows),
		notBefore("last", int64(d.Last), "first", int64(d.First)))
}

func (d BatchCompleted) Validate() error {
	return first(id("batch", d.Batch), source("source", d.Source), in("counts", d.Counts.check()), in("report", d.Report.check()))
}

func (d BatchRefused) Validate() error {
	return first(id("batch", d.Batch), source("source", d.Source), in("object", d.Object.check()),
		text("stage", d.Stage, 1, 63), code("code", d.Code), text("reason", d.Reason, 1, 2048))
}

func (r BatchRow) check() error {
	return first(id("batch", r.Batch), between("row", r.Row, 1, maxRows))
}

// Each kind is checked by itself: who counts while a batch is at work has rows
// that nothing has become of yet.
func (c RowCount) check() error {
	err := between("rows", c.Rows, 0, maxRows)
	for _, kind := range []struct {
		field string
		n     int
	}{
		{"catalogue", c.Catalogue}, {"unchanged", c.Unchanged}, {"older", c.Older},
		{"withdraw", c.Withdraw}, {"restore", c.Restore}, {"refused", c.Refused},
	} {
		err = first(err, between(kind.field, kind.n, 0, maxRows), notBefore("rows", int64(c.Rows), kind.field, int64(kind.n)))
	}
	return err
}
