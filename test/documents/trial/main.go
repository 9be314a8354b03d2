// Command trial tries the converter, in the real one-machine runtime, on documents
// of every kind.
//
//	go run ./test/documents/trial faithful     the corpus beside plain LibreOffice
//	go run ./test/documents/trial hostile      files that mean harm, good ones between
//	go run ./test/documents/trial storm        full load while workers are killed
//
// With --only "xml bomb" it tries those alone that have this in their name.
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
	"strings"
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
	only   string
	keep   bool

	mu    sync.Mutex
	wrong int
}

var trials = map[string]func(*trial) error{"faithful": faithful, "hostile": hostility, "storm": storm}

var errWrong = errors.New("what is wrong is printed above")

func main() {
	length := flag.Duration("for", 10*time.Minute, "how long a storm lasts")
	seed := flag.Uint64("seed", 1, "what hostile files follow from")
	only := flag.String("only", "", "only documents and kinds of hostile files with this in their name")
	keep := flag.Bool("keep", false, "keep what was made, and print where it is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Arg(0), &trial{length: *length, seed: *seed, only: *only, keep: *keep}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, kind string, t *trial) error {
	do, known := trials[kind]
	if !known {
		return fmt.Errorf("no trial %q: want faithful, hostile or storm", kind)
	}
	var err error
	if t.root, err = drive.Root(); err != nil {
		return err
	}
	if t.dir, err = os.MkdirTemp("", "trial"); err != nil {
		return err
	}
	defer t.leave()
	os.Chmod(t.dir, 0o755) // the database runs as another user
	t.ctx = ctx
	if t.corpus, err = corpus.Write(ctx, filepath.Join(t.dir, "corpus")); err != nil {
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

// wants reports whether a document or a kind of file is to be tried.
func (t *trial) wants(name string) bool { return strings.Contains(name, t.only) }

func (t *trial) leave() {
	if t.keep {
		fmt.Println("kept:", t.dir)
		return
	}
	os.RemoveAll(t.dir)
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
