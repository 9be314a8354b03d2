package minutes

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
	_ "time/tzdata" // images hold no time zones

	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the function's own tables.
func Migrations() fs.FS {
	own, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return own
}

// Config is what the function needs of the environment besides its database and
// its store.
type Config struct {
	RightsConfig
	Token            conf.Secret   `env:"API_TOKEN,required"`                   // what upstream apps show as Bearer token
	Unit             string        `env:"UNIT,default=default"`                 // the unit of requests and uploads that name none
	RecordingsBucket string        `env:"RECORDINGS_BUCKET,default=recordings"` // where people upload
	TimeZone         string        `env:"TIME_ZONE,default=Asia/Shanghai"`      // of the dates in exports
	UploadExpiry     time.Duration `env:"UPLOAD_EXPIRY,default=1h"`             // how long a signed upload may begin
	AudioExpiry      time.Duration `env:"AUDIO_EXPIRY,default=1h"`              // how long a signed address plays
	SearchTime       time.Duration `env:"SEARCH_TIME,default=5s"`               // a longer search is given up
	MaxTranscript    conf.Bytes    `env:"MAX_TRANSCRIPT,default=32MiB"`         // of a transcript's object
	MaxSegments      int           `env:"MAX_SEGMENTS,default=200000"`          // of a transcript
	MaxReads         int           `env:"MAX_READS,default=2"`                  // transcripts read whole at the same moment: each takes several times its size
	MaxSummary       conf.Bytes    `env:"MAX_SUMMARY,default=4MiB"`             // of a summary, made or edited
	MaxPoints        int           `env:"MAX_POINTS,default=2000"`              // sentences, topics and keywords of an edited summary, each
	MaxBody          conf.Bytes    `env:"MAX_BODY,default=1MiB"`                // of any other request
	MaxTitle         int           `env:"MAX_TITLE,default=200"`                // characters
	MaxQuery         int           `env:"MAX_QUERY,default=100"`                // characters that are searched for
	MaxPage          int           `env:"MAX_PAGE,default=100"`                 // minutes on one page of a list
	MaxSegmentPage   int           `env:"MAX_SEGMENT_PAGE,default=5000"`        // segments on one page of a transcript
	MaxGlossary      conf.Bytes    `env:"MAX_GLOSSARY,default=768KiB"`          // of a unit's terms; its event must stay below what a broker takes
	MaxTerms         int           `env:"MAX_TERMS,default=2000"`               // of a unit; no more fit into its event
	MaxNotes         int           `env:"MAX_NOTES,default=2000"`               // highlights, comments and ticks of one recording
	MaxNote          int           `env:"MAX_NOTE,default=2000"`                // characters of a comment
	MaxUploads       int           `env:"MAX_UPLOADS,default=20"`               // signed uploads for one recording
	MaxRevisions     int           `env:"MAX_REVISIONS,default=100"`            // edits of one summary that are kept
	MaxParticipants  int           `env:"MAX_PARTICIPANTS,default=500"`         // of one recording
	ExportsBucket    string        `env:"EXPORTS_BUCKET,default=artifacts"`     // where documents lie that are made PDFs
	ExportWait       time.Duration `env:"EXPORT_WAIT,default=2m"`               // after which a PDF that has not come is said not to come
	ExportExpiry     time.Duration `env:"EXPORT_EXPIRY,default=24h"`            // how long a PDF is kept
	MaxExports       int           `env:"MAX_EXPORTS,default=50"`               // PDFs of one recording that are kept
	MaxZip           conf.Bytes    `env:"MAX_ZIP,default=1GiB"`                 // of a recording that goes into a zip
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
	zone, err := time.LoadLocation(config.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("environment variable TIME_ZONE: want a name such as Asia/Shanghai: %w", err)
	}
	receipts, err := receiptKey(config.ReceiptKey)
	if err != nil {
		return nil, err
	}
	store, err := blob.OpenS3(storage)
	if err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, "minutes", Migrations())
	if err != nil {
		return nil, err
	}
	m := &Minutes{Config: config, DB: db, Store: store, StoreURL: cmp.Or(storage.PublicURL, storage.Endpoint), NewID: newID, Now: time.Now, Zone: zone, Log: slog.Default(), Receipts: receipts}
	return m.Function(), nil
}

// Function is the minutes as a runtime takes them.
func (m *Minutes) Function() *fn.Function {
	m.reads = make(chan struct{}, max(1, m.MaxReads))
	return &fn.Function{Word: "minutes", DB: m.DB, Handle: m.Handle, Refuse: m.Refuse, HTTP: m.HTTP, Tend: m.tend}
}

// tend looks after what no event tells of: minutes whose days are over,
// exports, and what searches find.
func (m *Minutes) tend(ctx context.Context, apply fn.Apply) error {
	return errors.Join(m.tendRetention(ctx, apply), m.tendExports(ctx, apply), m.tendFound(ctx, apply))
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
