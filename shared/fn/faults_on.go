//go:build faults

package fn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
)

// The points at which a process may end itself.
const (
	beforeCommit = "before_commit"
	afterPut     = "after_put" // an object is there, and the row that points to it is not committed
	afterCommit  = "after_commit"
	afterSend    = "after_send" // the events are with the sink, and the delivery is not answered
)

// The mutants: each breaks one promise, and the fault harness must notice.
const (
	effectOutside = "effect-outside-transaction" // the rows are committed before the ledger
	answerBefore  = "answer-before-commit"       // the edge acknowledges, then works
	randomNames   = "random-object-names"        // objects are not named by their event
	noFence       = "no-fence"                   // who once had a claim may end, whatever came since
	noDataHash    = "no-data-hash"               // other data under the same id is the same
)

// ledger is one that dies and forgets, as the environment says:
//
//	FAULTS_KILL=before_commit:0.002,after_send:0.01   points, and how likely each
//	FAULTS_LOG=/path                                  takes a line for each kill; where it is missing nobody dies
//	FAULTS_MUTANT=no-fence
//	FAULTS_SLEEP=/dir                                 a file wanted.<name> there, which lists types of events, has whoever
//	                                                  is about to end claimed work on one stop itself; asleep.<name> then
//	                                                  says its process and the event's id
//
// It keeps a tally besides: a row in the table effect with every outcome, in the
// outcome's own transaction.
type ledger struct {
	*pg.DB
	chances map[string]float64
	log     string
	sleep   string
	mutant  string
}

func openLedger(ctx context.Context, db *pg.DB, getenv func(string) string) (ledger, error) {
	l := ledger{DB: db, chances: map[string]float64{}, log: getenv("FAULTS_LOG"), sleep: getenv("FAULTS_SLEEP"), mutant: getenv("FAULTS_MUTANT")}
	if !slices.Contains([]string{"", effectOutside, answerBefore, randomNames, noFence, noDataHash}, l.mutant) {
		return l, fmt.Errorf("environment variable FAULTS_MUTANT: there is no mutant %q", l.mutant)
	}
	for point := range strings.SplitSeq(getenv("FAULTS_KILL"), ",") {
		name, share, _ := strings.Cut(point, ":")
		if name == "" {
			continue
		}
		var err error
		if l.chances[name], err = strconv.ParseFloat(share, 64); err != nil || !slices.Contains([]string{beforeCommit, afterPut, afterCommit, afterSend}, name) {
			return l, fmt.Errorf("environment variable FAULTS_KILL: %q: want a point and its chance, as in before_commit:0.002", point)
		}
	}
	return l, l.makeTally(ctx)
}

// makeTally makes the table, which another instance may do at this moment.
func (l ledger) makeTally(ctx context.Context) error {
	if l.DB == nil {
		return nil
	}
	_, err := l.Exec(ctx, `CREATE TABLE IF NOT EXISTS effect (source text NOT NULL, id text NOT NULL)`)
	if pg.IsDuplicate(err) || pg.State(err) == "42P07" {
		return nil
	}
	return err
}

// at ends the process here, now and then.
func (l ledger) at(point string) {
	if rand.Float64() >= l.chances[point] {
		return
	}
	if log, err := os.OpenFile(l.log, os.O_APPEND|os.O_WRONLY, 0); err == nil {
		log.WriteString(point + "\n")
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute) // dead before that
	}
}

// nap stops the process, once for each file that wants it, until somebody lets
// it go on.
func (l ledger) nap(end pg.Ending) {
	if l.sleep == "" || end.Fence == 0 {
		return
	}
	wanted, _ := filepath.Glob(filepath.Join(l.sleep, "wanted.*"))
	for _, path := range wanted {
		if types, _ := os.ReadFile(path); !strings.Contains(string(types), end.Kind) {
			continue
		}
		// Only one process can move it there, and none takes that for another wish.
		said := filepath.Join(l.sleep, "taken"+filepath.Ext(path))
		if os.Rename(path, said) != nil {
			continue
		}
		if os.WriteFile(said, []byte(fmt.Sprintf("%d %s", os.Getpid(), end.Key.ID)), 0o666) == nil &&
			os.Rename(said, filepath.Join(l.sleep, "asleep"+filepath.Ext(path))) == nil {
			syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		}
		return
	}
}

// Look is [pg.DB.Look].
func (l ledger) Look(ctx context.Context, k pg.Key, hash []byte, lease time.Duration) (pg.Entry, error) {
	e, err := l.DB.Look(ctx, k, hash, lease)
	if l.mutant == noDataHash && errors.Is(err, pg.ErrOtherData) {
		return e, nil
	}
	return e, err
}

// Beat is [pg.DB.Beat].
func (l ledger) Beat(ctx context.Context, k pg.Key, fence int64, lease time.Duration) error {
	err := l.DB.Beat(ctx, k, fence, lease)
	if l.mutant == noFence && errors.Is(err, pg.ErrTaken) {
		return nil
	}
	return err
}

// Fail is [pg.DB.Fail].
func (l ledger) Fail(ctx context.Context, k pg.Key, fence int64, reason string) (int, error) {
	if err := l.force(ctx, k, fence, `UPDATE ledger SET fence = $3 WHERE source = $1 AND id = $2 AND state = 1`); err != nil {
		return 0, err
	}
	return l.DB.Fail(ctx, k, fence, reason)
}

// End is [pg.DB.End].
func (l ledger) End(ctx context.Context, end pg.Ending, work func(pg.Tx) ([]byte, error)) error {
	l.nap(end)
	if err := l.force(ctx, end.Key, end.Fence, `UPDATE ledger SET fence = $3, state = 1 WHERE source = $1 AND id = $2`); err != nil {
		return err
	}
	write := func(tx pg.Tx) ([]byte, error) {
		if _, err := tx.Exec(ctx, `INSERT INTO effect VALUES ($1, $2)`, end.Key.Source, end.Key.ID); err != nil {
			return nil, err
		}
		return work(tx)
	}
	if l.mutant == effectOutside {
		var sent []byte
		err := l.InTx(ctx, func(tx pg.Tx) (err error) { sent, err = write(tx); return err })
		if err != nil {
			return err
		}
		write = func(pg.Tx) ([]byte, error) { return sent, nil }
	}
	err := l.DB.End(ctx, end, func(tx pg.Tx) ([]byte, error) {
		sent, err := write(tx)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(sent, []byte(`"key":`)) {
			l.at(afterPut)
		}
		l.at(beforeCommit)
		return sent, nil
	})
	if err == nil {
		l.at(afterCommit)
	}
	return err
}

// force makes a fence the newest, under the mutant that knows none.
func (l ledger) force(ctx context.Context, k pg.Key, fence int64, sql string) error {
	if l.mutant != noFence || fence == 0 {
		return nil
	}
	_, err := l.Exec(ctx, sql, k.Source, k.ID, fence)
	return err
}

// edge acknowledges before anything is done, under the mutant that does.
func (l ledger) edge(receive http.HandlerFunc) http.HandlerFunc {
	if l.mutant != answerBefore {
		return receive
	}
	return func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		late := req.Clone(context.WithoutCancel(req.Context()))
		late.Body = io.NopCloser(bytes.NewReader(body))
		late.Header.Del("Prefer") // what it comes to can only be posted
		go receive(unheard{}, late)
		w.WriteHeader(http.StatusNoContent)
	}
}

// unheard takes an answer that nobody gets.
type unheard struct{}

func (unheard) Header() http.Header         { return http.Header{} }
func (unheard) Write(b []byte) (int, error) { return len(b), nil }
func (unheard) WriteHeader(int)             {}

// given names the event anew each time, under the mutant whose objects do not
// derive from it.
func (l ledger) given(e Event) Event {
	if l.mutant != randomNames {
		return e
	}
	e = e.Clone()
	e.SetID(ce.ID(e.ID(), strconv.FormatUint(rand.Uint64(), 16)))
	return e
}

// sent is the moment after sending and before the answer.
func (l ledger) sent(events []Event) {
	if len(events) > 0 {
		l.at(afterSend)
	}
}
