package uploads

import (
	"context"
	"log/slog"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Config is what the function needs of the environment besides its database and
// its store.
type Config struct {
	RecordingsBucket string     `env:"RECORDINGS_BUCKET,default=recordings"` // where people upload audio, video and transcripts
	DocumentsBucket  string     `env:"DOCUMENTS_BUCKET,default=documents"`   // where people upload documents
	BooksBucket      string     `env:"BOOKS_BUCKET,default=books"`           // where books and lists of books come in; notices of other buckets end here
	ReportsBucket    string     `env:"REPORTS_BUCKET,default=reports"`       // where offline reports of probes come in
	Unit             string     `env:"UNIT,default=default"`                 // the unit of uploads that name none
	MaxUpload        conf.Bytes `env:"MAX_UPLOAD,default=4GiB"`              // a larger recording is refused
	MaxDocument      conf.Bytes `env:"MAX_DOCUMENT,default=512MiB"`          // a larger document is refused
	MaxBook          conf.Bytes `env:"MAX_BOOK,default=1GiB"`                // a larger book is refused
	MaxBatch         conf.Bytes `env:"MAX_BATCH,default=4GiB"`               // a larger list of books is refused
	MaxReports       conf.Bytes `env:"MAX_REPORTS,default=4MiB"`             // a larger batch of reports is refused
	MaxRecords       int        `env:"MAX_RECORDS,default=1000"`             // objects in one notice; one with more is refused
	SniffLimit       conf.Bytes `env:"SNIFF_LIMIT,default=64KiB"`            // how much of an object is read to tell what it is
}

// Open makes the function from its environment.
func Open(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var config Config
	var database pg.Config
	var storage blob.Config
	for _, part := range []any{&config, &database, &storage} {
		if err := conf.Read(getenv, part); err != nil {
			return nil, err
		}
	}
	store, err := blob.OpenS3(storage)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, "uploads", nil)
	if err != nil {
		return nil, err
	}
	n := &Namer{Config: config, Store: store, DB: db, Log: slog.Default()}
	return n.Function(), nil
}
