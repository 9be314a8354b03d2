package main

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
	"xietong.dev/test/faults/proxy"
)

// world is the runtime under test, which comes and goes, and the bad networks
// around its functions, which stay.
type world struct {
	root, program, state string
	sets                 []string      // --set, besides our own
	env                  []string      // of the runtime, besides our own
	patience             time.Duration // how long everything may take to come to its end
	network              *proxy.Dice
	store                *proxy.Store
	database             *proxy.Database
	scratch              string // a small disk of transcribe's own; empty where we may not mount one
	clock                string // a file that says how far the database's clock is off; empty where that cannot be
	beds                 string // a directory in which transcribers read that they shall sleep
	killed               string // a file to which functions add a line before they kill themselves

	machine sync.Mutex    // held by who takes the database or the whole runtime away
	hand    sync.Mutex    // held by who moves the clock
	sleep   sync.RWMutex  // held by who would disturb the sleepers, and for reading by these
	asleep  chan struct{} // a place for each transcriber that may sleep at the same time
	backlog atomic.Int64

	mu      sync.Mutex
	runtime *drive.Runtime // nil while it is down
	db      *pg.DB
	counts  map[string]int
	failed  []error // faults that could not be done
}

// scratchBytes is the size of transcribe's disk: enough for the sound of the
// recordings that are cut at the same time.
const scratchBytes = 64 << 20

// open builds the runtime, starts it once to make its state, and again behind
// the proxies.
func open(ctx context.Context, o options, state string) (*world, error) {
	w := &world{state: state, sets: o.sets, patience: o.drain, network: proxy.NewDice(o.seed), counts: map[string]int{}, asleep: make(chan struct{}, 2)}
	var err error
	if w.root, err = drive.Root(); err != nil {
		return nil, err
	}
	if w.program, err = drive.Build(ctx, w.root, filepath.Dir(state)); err != nil {
		return nil, err
	}
	if w.store, err = proxy.ListenStore(w.network); err != nil {
		return nil, err
	}
	if w.database, err = proxy.ListenDatabase(w.network); err != nil {
		return nil, err
	}
	if err := w.arrange(filepath.Dir(state)); err != nil {
		return nil, err
	}
	first, err := drive.Up(ctx, w.root, w.program, state, w.env...)
	if err != nil {
		return nil, err
	}
	first.Down()
	address, err := url.Parse(first.Database)
	if err != nil {
		return nil, err
	}
	address.Host = w.database.Address()
	w.sets = slices.Concat(w.behindProxies(address.String()), w.spoil(o.mutant), o.sets)
	return w, w.up(ctx)
}

// arrange prepares what lies outside of the runtime's own state.
func (w *world) arrange(dir string) error {
	w.mountScratch(filepath.Join(dir, "scratch"))
	w.killed, w.beds = filepath.Join(dir, "killed"), filepath.Join(dir, "beds")
	if err := os.Mkdir(w.beds, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(w.killed, nil, 0o666); err != nil {
		return err
	}
	clock, err := w.fakeClock(dir)
	w.env = []string{"GOFLAGS=-tags=faults"}
	if clock != "" {
		w.env = append(w.env, clock)
	}
	return err
}

// behindProxies are the settings that put the functions behind bad networks.
// Minutes keeps its store, because the addresses that it signs name it.
func (w *world) behindProxies(database string) []string {
	sets := []string{"transcribe.FAULTS_SLEEP=" + w.beds, "minutes.DATABASE_URL=" + database, "transcribe.MAX_TRANSCRIPT=64KiB"}
	for _, word := range []string{"uploads", "transcribe", "summarise", "captions"} {
		sets = append(sets, word+".DATABASE_URL="+database, word+".S3_ENDPOINT="+w.store.URL())
	}
	if w.scratch != "" {
		sets = append(sets, "transcribe.SCRATCH_DIR="+w.scratch)
	}
	return sets
}

// mountScratch makes a disk that can be filled. Only root may; elsewhere that
// fault is not possible, and the report says so.
func (w *world) mountScratch(dir string) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return
	}
	if syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=1777", scratchBytes)) == nil {
		w.scratch = dir
	}
}

// up starts the runtime on its state and points the proxies to it.
func (w *world) up(ctx context.Context) error {
	args := slices.Clone(w.env)
	for _, set := range w.sets {
		args = append(args, "--set", set)
	}
	r, err := drive.Up(ctx, w.root, w.program, w.state, args...)
	if err != nil {
		return err
	}
	address, err := url.Parse(r.Database)
	if err != nil {
		return err
	}
	w.database.Point(address.Host)
	if err := w.store.Point(r.Store); err != nil {
		return err
	}
	db, err := pg.Open(ctx, pg.Config{URL: conf.Secret(r.Database), Connections: 4}, "broker", nil)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runtime, w.db = r, db
	return nil
}

// down takes the runtime from everybody and returns it, to be ended.
func (w *world) down() *drive.Runtime {
	w.mu.Lock()
	r, db := w.runtime, w.db
	w.runtime, w.db = nil, nil
	w.mu.Unlock()
	if db != nil {
		db.Close()
	}
	return r
}

// now returns the runtime and a view of its database, and waits while it is
// down.
func (w *world) now(ctx context.Context) (*drive.Runtime, *pg.DB, error) {
	for {
		w.mu.Lock()
		r, db := w.runtime, w.db
		w.mu.Unlock()
		if r != nil {
			return r, db, nil
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return nil, nil, err
		}
	}
}

// close stops everything.
func (w *world) close() {
	if r := w.down(); r != nil {
		r.Down()
	}
	w.store.Close()
	w.database.Close()
	if w.scratch != "" {
		syscall.Unmount(w.scratch, syscall.MNT_DETACH)
	}
}

func (w *world) count(name string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[name] += n
}

// done returns how often each fault was done.
func (w *world) done() map[string]int {
	killed := w.suicides()
	w.mu.Lock()
	defer w.mu.Unlock()
	all := maps.Clone(w.counts)
	maps.Copy(all, w.network.Counts())
	maps.Copy(all, killed)
	return all
}

func (w *world) couldNot(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, err)
}

// watch keeps an eye on how much waits in the broker, until ctx ends.
func (w *world) watch(ctx context.Context) {
	for wait(ctx, 500*time.Millisecond) == nil {
		_, db, err := w.now(ctx)
		if err != nil {
			return
		}
		limit, cancel := context.WithTimeout(ctx, 2*time.Second)
		var n int64
		if db.QueryRow(limit, `SELECT count(*) FROM broker.delivery WHERE state IN (1, 2, 5)`).Scan(&n) == nil {
			w.backlog.Store(n)
		}
		cancel()
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
