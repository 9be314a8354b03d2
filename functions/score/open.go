package score

import (
	"context"
	"embed"
	"io/fs"
	"time"
	_ "time/tzdata" // images hold no time zones

	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Word names the function everywhere.
const Word = "score"

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
	Token   conf.Secret `env:"API_TOKEN,required"`             // what upstream apps show as Bearer token
	Secret  conf.Secret `env:"SCORE_SECRET,required"`          // hashes ids and signs tickets: any long random text, and never another
	Keys    conf.Secret `env:"SCORE_KEYS"`                     // the server's key pairs, as PEM; without them they follow from SCORE_SECRET
	Reports string      `env:"REPORTS_BUCKET,default=reports"` // where batches are kept
	Unit    string      `env:"UNIT,default=default"`           // the unit of requests that name none
	Address string      `env:"ADDRESS_HEADER"`                 // the header in which the ingress names the caller, such as X-Forwarded-For; empty takes the connection's

	TimeZone       string        `env:"TIME_ZONE,default=Asia/Shanghai"` // of the hour that rules read
	Window         time.Duration `env:"CLOCK_WINDOW,default=5m"`         // how far a device's clock may be off
	Late           time.Duration `env:"MAX_LATE,default=168h"`           // how old a report may be that was kept for later
	TicketAge      time.Duration `env:"TICKET_AGE,default=10m"`          // how long a ticket to enrol holds
	SessionAge     time.Duration `env:"SESSION_AGE,default=12h"`         // how long a web page's key holds
	AttestationAge time.Duration `env:"ATTESTATION_AGE,default=24h"`     // how long an attestation says something
	AlertWindow    time.Duration `env:"ALERT_WINDOW,default=1h"`         // hits of a rule on an entity within it are one alert
	AnswerLimit    time.Duration `env:"ANSWER_LIMIT,default=2s"`         // after which an app's fail mode answers
	SearchLimit    time.Duration `env:"SEARCH_LIMIT,default=5s"`         // how long a search of decisions may take

	DeviceRate  float64       `env:"DEVICE_RATE,default=1"`      // reports a second of one device
	DeviceBurst int           `env:"DEVICE_BURST,default=20"`    // of them at once
	AppRate     float64       `env:"APP_RATE,default=1000"`      // reports a second of one app, in one instance
	MaxBatch    conf.Bytes    `env:"MAX_BATCH,default=4MiB"`     // an uploaded batch
	MaxBody     conf.Bytes    `env:"MAX_BODY,default=1MiB"`      // a request of the back office
	MaxReplay   int           `env:"MAX_REPLAY,default=1000000"` // reports of one replay
	Approvals   int           `env:"APPROVALS,default=2"`        // that publish a rule set
	Compared    int           `env:"COMPARED,default=1000"`      // reports that a rule set is compared on before it is published, where there are so many
	KeepBodies  time.Duration `env:"KEEP_BODIES,default=720h"`   // what probes said is kept so long
	KeepReports time.Duration `env:"KEEP_REPORTS,default=4320h"` // decisions and their features are kept so long

	HarmonyRoots string `env:"HARMONY_ROOTS"`   // PEM of the roots of HarmonyOS attestations; without them none is valid
	AndroidRoots string `env:"ANDROID_ROOTS"`   // PEM of the roots of Android key attestations
	AndroidGone  string `env:"ANDROID_REVOKED"` // their list of revoked keys, as JSON
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
	db, err := pg.Open(ctx, database, Word, Migrations())
	if err != nil {
		return nil, err
	}
	s, err := New(config, db, store)
	if err != nil {
		db.Close()
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return s.Function(), nil
}
