package pg_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestInstancesThatStartTogetherMigrateOnce(t *testing.T) {
	url := pgtest.URL(t, "empty", nil)
	migrations := fstest.MapFS{
		"0001_counter.sql": {Data: []byte(`CREATE TABLE counter (n int NOT NULL); INSERT INTO counter VALUES (1);`)},
		"0002_twice.sql":   {Data: []byte(`UPDATE counter SET n = n + 1`)},
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url), Connections: 2}, "word", migrations)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	all.Wait()
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url)}, "word", migrations)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n); err != nil || n != 2 {
		t.Errorf("counter is %d (%v), want 2", n, err)
	}
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	url := pgtest.URL(t, "empty", nil)
	_, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url)}, "word", fstest.MapFS{
		"0001_a.sql": {Data: []byte(`CREATE TABLE a (n int)`)},
		"0002_b.sql": {Data: []byte(`CREATE TABLE b (`)},
	})
	if err == nil || !strings.Contains(err.Error(), "0002_b.sql") {
		t.Fatalf("got %v, want an error that names 0002_b.sql", err)
	}
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url)}, "word", fstest.MapFS{"0001_a.sql": {Data: []byte(`CREATE TABLE a (n int)`)}})
	if err != nil {
		t.Fatalf("table a was left behind: %v", err)
	}
	db.Close()
}

func TestWrongAddressNamesTheVariableAndHidesThePassword(t *testing.T) {
	_, err := pg.Open(t.Context(), pg.Config{URL: "postgres://u:hunter2@h:x/db"}, "word", nil)
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	if _, err := pg.Open(t.Context(), pg.Config{}, `x"; DROP`, nil); err == nil {
		t.Error("a schema's name is not checked")
	}
}

var key = pg.Key{Source: "/test", ID: "1"}

func TestLedger(t *testing.T) {
	hash := []byte("h")
	none := func(pg.Tx) ([]byte, error) { return nil, nil }
	type step struct {
		name string
		do   func(ctx context.Context, db *pg.DB) error
		want error
	}
	claim := func(state int, fence int64, lease time.Duration) func(context.Context, *pg.DB) error {
		return func(ctx context.Context, db *pg.DB) error {
			got, err := db.Claim(ctx, key, "t", hash, pg.Entry{State: state, Fence: fence}, lease)
			if err == nil && got != fence+1 {
				return fmt.Errorf("fence is %d", got)
			}
			return err
		}
	}
	end := func(state int, fence int64) func(context.Context, *pg.DB) error {
		return func(ctx context.Context, db *pg.DB) error {
			return db.End(ctx, pg.Ending{Key: key, Kind: "t", Hash: hash, Fence: fence, State: state}, none)
		}
	}
	for name, steps := range map[string][]step{
		"unclaimed work ends once": {
			{"first", end(pg.StateDone, 0), nil},
			{"second", end(pg.StateDone, 0), pg.ErrTaken},
		},
		"a live claim keeps others away": {
			{"claim", claim(pg.StateNew, 0, time.Minute), nil},
			{"again", claim(pg.StateNew, 0, time.Minute), pg.ErrTaken},
			{"as one that is open", claim(pg.StateOpen, 1, time.Minute), pg.ErrTaken},
			{"end", end(pg.StateDone, 1), nil},
			{"claim what is done", claim(pg.StateOpen, 1, time.Minute), pg.ErrTaken},
		},
		"a worker that lost its claim writes nothing": {
			{"claim", claim(pg.StateNew, 0, 0), nil},
			{"claim after the lease", claim(pg.StateOpen, 1, time.Minute), nil},
			{"the old one ends", end(pg.StateDone, 1), pg.ErrTaken},
			{"the old one beats", func(ctx context.Context, db *pg.DB) error { return db.Beat(ctx, key, 1, time.Minute) }, pg.ErrTaken},
			{"the new one beats", func(ctx context.Context, db *pg.DB) error { return db.Beat(ctx, key, 2, time.Minute) }, nil},
			{"the new one ends", end(pg.StateDone, 2), nil},
		},
		"what was refused since it was read is taken": {
			{"claim", claim(pg.StateNew, 0, 0), nil},
			{"refuse", end(pg.StateRefused, 1), nil},
			{"claim as one that is open", claim(pg.StateOpen, 1, time.Minute), pg.ErrTaken},
		},
		"a refusal can be tried again": {
			{"claim", claim(pg.StateNew, 0, time.Minute), nil},
			{"refuse", end(pg.StateRefused, 1), nil},
			{"claim", claim(pg.StateRefused, 1, time.Minute), nil},
			{"end", end(pg.StateDone, 2), nil},
		},
		"other data under the same id": {
			{"end", end(pg.StateDone, 0), nil},
			{"look", func(ctx context.Context, db *pg.DB) error {
				_, err := db.Look(ctx, key, []byte("other"), time.Minute)
				return err
			}, pg.ErrOtherData},
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := pgtest.Open(t, "word", nil)
			for _, s := range steps {
				if err := s.do(t.Context(), db); !errors.Is(err, s.want) {
					t.Fatalf("%s: got %v, want %v", s.name, err, s.want)
				}
			}
		})
	}
}

func TestFailuresAndClaimsAreCountedApart(t *testing.T) {
	db := pgtest.Open(t, "word", nil)
	fence := int64(0)
	entry := pg.Entry{}
	for range 3 {
		var err error
		if fence, err = db.Claim(t.Context(), key, "t", []byte("h"), entry, time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := db.Release(t.Context(), key, fence); err != nil {
			t.Fatal(err)
		}
		entry = pg.Entry{State: pg.StateOpen, Fence: fence}
	}
	fence, _ = db.Claim(t.Context(), key, "t", []byte("h"), entry, time.Minute)
	failures, err := db.Fail(t.Context(), key, fence, "engine crashed")
	if err != nil || failures != 1 {
		t.Fatalf("failures %d, %v", failures, err)
	}
	got, err := db.Look(t.Context(), key, []byte("h"), time.Minute)
	want := pg.Entry{State: pg.StateOpen, Fence: 4, Claims: 4, Failures: 1, Reason: "engine crashed", Sent: []byte{}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v (%v)", got, want, err)
	}
}

// The server's clock was an hour ahead when a claim was taken, and is right now.
func TestAClaimOfAClockThatWasAheadIsNone(t *testing.T) {
	const lease = time.Minute
	for until, live := range map[time.Duration]bool{-time.Second: false, lease: true, 2*lease - 5*time.Second: true, 2*lease + 5*time.Second: false, time.Hour: false} {
		db := pgtest.Open(t, "word", nil)
		if _, err := db.Claim(t.Context(), key, "t", []byte("h"), pg.Entry{}, lease); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(t.Context(), `UPDATE ledger SET lease_until = now() + $1::bigint * interval '1 millisecond'`, until.Milliseconds()); err != nil {
			t.Fatal(err)
		}
		e, err := db.Look(t.Context(), key, []byte("h"), lease)
		if err != nil || e.Held != live {
			t.Errorf("a claim until %s from now: held is %t, %v", until, e.Held, err)
		}
		if _, err := db.Claim(t.Context(), key, "t", []byte("h"), e, lease); errors.Is(err, pg.ErrTaken) != live {
			t.Errorf("a claim until %s from now, claimed again: %v", until, err)
		}
	}
}

func TestRowsAndLedgerAreOneTransaction(t *testing.T) {
	db := pgtest.Open(t, "word", fstest.MapFS{"0001.sql": {Data: []byte(`CREATE TABLE result (n int)`)}})
	broken := errors.New("broken")
	err := db.End(t.Context(), pg.Ending{Key: key, Kind: "t", Hash: []byte("h"), State: pg.StateDone}, func(tx pg.Tx) ([]byte, error) {
		if _, err := tx.Exec(t.Context(), `INSERT INTO result VALUES (1)`); err != nil {
			return nil, err
		}
		return nil, broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	var rows, entries int
	err = db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM result), (SELECT count(*) FROM ledger)`).Scan(&rows, &entries)
	if err != nil || rows != 0 || entries != 0 {
		t.Errorf("%d rows, %d entries, %v; want none", rows, entries, err)
	}
}

func TestAServerThatIsAwayIsToldFromDataThatIsWrong(t *testing.T) {
	db := pgtest.Open(t, "word", nil)
	_, wrong := db.Exec(t.Context(), `SELECT 1 / 0`)
	_, stopped := db.Exec(t.Context(), `SELECT pg_terminate_backend(pg_backend_pid())`)
	nobody, err := pg.Open(t.Context(), pg.Config{URL: "postgres://u:p@127.0.0.1:1/db"}, "word", nil)
	if err == nil {
		nobody.Close()
	}
	for name, c := range map[string]struct {
		err  error
		away bool
	}{"division by zero": {wrong, false}, "terminated": {stopped, true}, "nobody listens": {err, true}, "nothing wrong": {nil, false}, "no rows": {pg.ErrNoRows, false}} {
		if got := pg.IsAway(c.err); got != c.away {
			t.Errorf("%s: away is %v, want %v (%v)", name, got, c.away, c.err)
		}
	}
}
