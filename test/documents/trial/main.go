// Command trial tries the converter, in the real one-machine runtime, on documents
// of every kind.
//
//	go run ./test/documents/trial faithful     the corpus beside plain LibreOffice
//	go run ./test/documents/trial hostile      files that mean harm, good ones between
//	go run ./test/documents/trial storm        full load while workers are killed
//
// It prints what it finds wrong, a line each, and last one line of figures, and
// ends with status 1 where anything is wrong. Run it at the root of the repository.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"xietong.dev/test/documents/corpus"
	"xietong.dev/test/drive"
)

// trial is what every kind of trial is given.
type trial struct {
	ctx    context.Context
	root   string
	dir    string // scratch
	corpus []corpus.Document
	length time.Duration
	seed   uint64

	mu    sync.Mutex
	wrong int
}

var trials = map[string]func(*trial) error{"faithful": faithful, "hostile": hostility, "storm": storm}

var errWrong = errors.New("what is wrong is printed above")

func main() {
	length := flag.Duration("for", 10*time.Minute, "how long a storm lasts")
	seed := flag.Uint64("seed", 1, "what hostile files follow from")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Arg(0), *length, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, kind string, length time.Duration, seed uint64) error {
	do, known := trials[kind]
	if !known {
		return fmt.Errorf("no trial %q: want faithful, hostile or storm", kind)
	}
	root, err := drive.Root()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "trial")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755) // the database runs as another user
	t := &trial{ctx: ctx, root: root, dir: dir, length: length, seed: seed}
	if t.corpus, err = corpus.Write(ctx, filepath.Join(dir, "corpus")); err != nil {
		return err
	}
	if err := do(t); err != nil {
		return err
	}
	if t.wrong > 0 {
		return errWrong
	}
	return nil
}

// up starts the runtime.
func (t *trial) up(sets ...string) (*drive.Runtime, error) {
	program, err := drive.Build(t.ctx, t.root, t.dir)
	if err != nil {
		return nil, err
	}
	var args []string
	for _, set := range sets {
		args = append(args, "--set", "convert."+set)
	}
	return drive.Up(t.ctx, t.root, program, filepath.Join(t.dir, "state"), args...)
}

// fault prints something that is wrong.
func (t *trial) fault(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrong++
	fmt.Printf(format+"\n", args...)
}
