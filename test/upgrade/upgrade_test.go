// Package upgrade runs two versions of each function side by side, as a deploy
// does: the version before, which made the schema, and this one, which brings it
// up to date while the other goes on working.
//
//	in   the repository with its history; transcripts that people upload
//	out  one effect for each event, and the same answer whichever version gives it
//
// Then the deploy is rolled back: the version before starts anew, on the schema
// that this one has made.
package upgrade

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// words are the functions in the order in which a transcript passes them; what
// each answers is what the next is told.
var words = []string{"uploads", "transcribe", "summarise", "minutes"}

// effects are what is left of each transcript, whoever has worked on it.
var effects = map[string]int{
	`SELECT count(*) FROM uploads.ledger WHERE state = 2`:    1,
	`SELECT count(*) FROM transcribe.ledger WHERE state = 2`: 1,
	`SELECT count(*) FROM transcribe.upload`:                 1,
	`SELECT count(*) FROM summarise.ledger WHERE state = 2`:  1,
	`SELECT count(*) FROM summarise.summary`:                 1,
	`SELECT count(*) FROM minutes.ledger WHERE state = 2`:    3, // told by each of the others
	`SELECT count(*) FROM minutes.minutes`:                   1,
	`SELECT count(*) FROM minutes.segment`:                   3,
	`SELECT count(*) FROM minutes.summary`:                   1,
}

const transcript = "1\n00:00:01,000 --> 00:00:04,000\nThe budget report %d was discussed.\n\n" +
	"2\n00:00:05,000 --> 00:00:08,000\nWe decided to approve the budget.\n\n" +
	"3\n00:00:09,000 --> 00:00:12,000\nLi will publish the report by Friday.\n"

// site is where the versions meet: one store, one database.
type site struct {
	*drive.Runtime
	database string
	sink     *httptest.Server
	posted   atomic.Int64 // to the sink: nothing, for each answer holds its event
	db       *pg.DB
	told     int
}

// pair is a function in two versions.
type pair struct{ before, after *process }

func TestTwoVersionsWorkSideBySide(t *testing.T) {
	s, b := open(t)
	programs, pairs := map[string]string{}, map[string]pair{}
	for _, word := range words {
		program, commit := b.before(t, word)
		t.Logf("%s: the version before is %.12s", word, commit)
		programs[word] = program
		pairs[word] = pair{before: start(t, word+" before", program, s.environment())}
	}
	for _, word := range words {
		p := pairs[word]
		p.after = start(t, word+" after", filepath.Join(s.State, "bin", word), s.environment())
		pairs[word] = p
	}
	const each = 6
	var first answer
	for i := range each {
		if a := s.tell(t, pairs, i); i == 0 {
			first = a
		}
	}
	s.check(t)

	for _, word := range words { // rolled back
		p := pairs[word]
		p.before = start(t, word+" rolled back", programs[word], s.environment())
		pairs[word] = p
	}
	for i := range each {
		s.tell(t, pairs, each+i)
	}
	again := pairs["uploads"].before.deliver(t, s.notice(t, 0))
	if again.String() != first.String() {
		t.Errorf("rolled back, an event of before the deploy is answered\n%s\nwant\n%s", again, first)
	}
	s.check(t)
}

// open starts a store and a database, by starting the runtime; its own functions
// get nothing to do.
func open(t *testing.T) (*site, *builder) {
	dir, err := os.MkdirTemp("", "upgrade")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755) // the database runs as another user
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	program, err := drive.Build(ctx, root, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := drive.Up(ctx, root, program, filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Down)
	s := &site{Runtime: r}
	s.sink = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.posted.Add(1) }))
	t.Cleanup(s.sink.Close)
	s.createDatabase(t)
	return s, &builder{root: root, dir: dir, trees: map[string]string{}}
}

// createDatabase makes one that nobody has made a schema in.
func (s *site) createDatabase(t *testing.T) {
	t.Helper()
	admin, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(s.Database), Connections: 1}, "broker", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec(t.Context(), `CREATE DATABASE upgrade`); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s.Database)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/upgrade"
	s.database = u.String()
	if s.db, err = pg.Open(t.Context(), pg.Config{URL: conf.Secret(s.database), Connections: 2}, "judge", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.db.Close)
}

// environment is a copy's. What people upload lies among the artifacts, of which
// the runtime tells nobody.
func (s *site) environment() []string {
	return []string{"DATABASE_URL=" + s.database, "K_SINK=" + s.sink.URL, "S3_ENDPOINT=" + s.Store, "S3_REGION=us-east-1",
		"S3_ACCESS_KEY=" + s.AccessKey, "S3_SECRET_KEY=" + s.SecretKey, "API_TOKEN=" + s.APIToken, "RECORDINGS_BUCKET=artifacts"}
}

// tell uploads a transcript and takes it past every function. Each event comes
// to both versions, by turns first to the one and first to the other. It returns
// what the first function answered.
func (s *site) tell(t *testing.T, pairs map[string]pair, i int) (first answer) {
	t.Helper()
	text := fmt.Sprintf(transcript, i)
	_, err := s.Blob.Put(t.Context(), "artifacts", key(i), strings.NewReader(text), blob.Put{Size: int64(len(text))})
	if err != nil {
		t.Fatal(err)
	}
	e := s.notice(t, i)
	for turn, word := range words[:3] {
		a := pairs[word].deliver(t, e, (i+turn)%2 == 0)
		if turn == 0 {
			first = a
		}
		e = a.event(t)
		pairs["minutes"].deliver(t, e, (i+turn)%2 == 1)
	}
	s.told++
	return first
}

// deliver delivers an event to one version and then to the other, and wants the
// same answer.
func (p pair) deliver(t *testing.T, e events.Event, beforeFirst bool) answer {
	t.Helper()
	one, other := p.after, p.before
	if beforeFirst {
		one, other = other, one
	}
	first, second := one.deliver(t, e), other.deliver(t, e)
	if first.String() != second.String() {
		t.Errorf("%s %s: %s answered\n%s\nand then %s\n%s", e.Type(), e.ID(), one.name, first, other.name, second)
	}
	return first
}

func key(i int) string { return fmt.Sprintf("uploaded/%04d/talk.srt", i) }

// notice is the store's, of the i-th upload.
func (s *site) notice(t *testing.T, i int) events.Event {
	t.Helper()
	e := event.New()
	e.SetType("com.amazonaws.s3.ObjectCreated:Put")
	e.SetSource("aws:s3.artifacts")
	e.SetID(fmt.Sprintf("notice-%d", i))
	e.SetTime(time.Date(2026, 3, 4, 2, 0, i, 0, time.UTC))
	data := fmt.Sprintf(`{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"artifacts"},"object":{"key":%q}}}]}`, key(i))
	if err := e.SetData(event.ApplicationJSON, []byte(data)); err != nil {
		t.Fatal(err)
	}
	return e
}

// check counts the effects, in the database and in the store.
func (s *site) check(t *testing.T) {
	t.Helper()
	for query, each := range effects {
		var n int
		if err := s.db.QueryRow(t.Context(), query).Scan(&n); err != nil || n != each*s.told {
			t.Errorf("%s: %d (%v), want %d for each of %d transcripts", query, n, err, each, s.told)
		}
	}
	for _, prefix := range []string{"transcripts/", "summaries/"} {
		n := 0
		if err := s.Blob.List(t.Context(), "artifacts", prefix, func(blob.Info) bool { n++; return true }); err != nil || n != s.told {
			t.Errorf("%d objects under %s (%v), want %d", n, prefix, err, s.told)
		}
	}
	if n := s.posted.Load(); n != 0 {
		t.Errorf("%d events were posted besides the answers", n)
	}
}
