package fn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// TestMain runs the tests, or is the function that they drive as a process.
func TestMain(m *testing.M) {
	if os.Getenv("OBEDIENT") != "" {
		fn.Main(openObedient)
		return
	}
	os.Exit(pgtest.Main(m))
}

// orders are the data of the events that obedient takes.
type orders struct {
	Wait string // how long to work
	Fail string // refused, busy, failed or panic
	Send int    // events
}

// openObedient is a function that does as it is told, and writes a row of each
// event that it has done.
func openObedient(ctx context.Context, getenv func(string) string) (*fn.Function, error) {
	var database pg.Config
	if err := conf.Read(getenv, &database); err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, database, "obedient", tables)
	if err != nil {
		return nil, err
	}
	f := obedient(db)
	if getenv("OBEDIENT") == "wraps" {
		f.Wrap = wrapNotice
	}
	return f, nil
}

func obedient(db *pg.DB) *fn.Function {
	return &fn.Function{Word: "obedient", DB: db, HTTP: echo, Lease: time.Minute, Handle: func(ctx context.Context, e fn.Event) (fn.Outcome, error) {
		var o orders
		json.Unmarshal(e.Data(), &o) // what is no order is nothing to do
		if err := obey(ctx, o); err != nil {
			return nil, err
		}
		return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
			send := make([]fn.Event, o.Send)
			for i := range send {
				send[i] = out("dev.xietong.test.done.v1")
			}
			_, err := tx.Exec(ctx, `INSERT INTO result VALUES ($1)`, e.Subject())
			return send, err
		}, nil
	}}
}

func obey(ctx context.Context, o orders) error {
	if d, err := time.ParseDuration(o.Wait); err == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d):
		}
	}
	switch o.Fail {
	case "refused":
		return fault.Refusef("no_speech", "录音里没有人说话; upload another")
	case "busy":
		return fault.Busy(time.Second, errors.New("engine full"))
	case "failed":
		return errors.New("password=hunter2: connection reset")
	case "panic":
		panic("index out of range")
	}
	return nil
}

// wrapNotice takes the notices of S3, direct or from EventBridge, and leaves the
// key as it came.
func wrapNotice(_ http.Header, body []byte) (fn.Event, error) {
	type object struct {
		Bucket struct{ Name string }
		Object struct{ Key string }
	}
	var notice struct {
		Records []struct{ S3 *object }
		Detail  object
	}
	err := json.Unmarshal(body, &notice)
	if len(notice.Records) > 0 && notice.Records[0].S3 != nil {
		notice.Detail = *notice.Records[0].S3
	}
	if err != nil || notice.Detail.Object.Key == "" {
		return fn.Event{}, errors.New("not the notice of an object store")
	}
	e := event.New()
	e.SetType("com.amazonaws.s3.ObjectCreated:Put")
	e.SetSource("aws:s3." + notice.Detail.Bucket.Name)
	e.SetSubject(notice.Detail.Object.Key)
	e.SetID(notice.Detail.Object.Key)
	return e, e.SetData(event.ApplicationJSON, notice.Detail)
}

// echo answers what it was asked, as text, as bytes, or as much as is wanted.
func echo(fn.Apply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Path {
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
			w.Write([]byte("\x89PNG\x00\xff"))
		case "/large":
			io.WriteString(w, strings.Repeat("x", 7<<20))
		case "/panic":
			panic("index out of range")
		default:
			body, _ := io.ReadAll(req.Body)
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
			w.Header().Add("Vary", "Accept")
			w.Header().Add("Vary", "Cookie")
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, "%s %s %v %q %s", req.Method, req.URL.Path, req.URL.Query()["parameter1"], req.Header.Get("Cookie"), body)
		}
	})
}

// program is obedient as a process.
type program struct {
	cmd  *exec.Cmd
	db   *pg.DB // the same database
	logs *output
}

// start runs obedient in a process of its own, with a fresh database.
func start(t *testing.T, settings ...string) *program {
	t.Helper()
	url := pgtest.URL(t, "obedient", tables)
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(url)}, "obedient", tables)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	p := launch(t, append([]string{"DATABASE_URL=" + url}, settings...)...)
	p.db = db
	return p
}

func launch(t *testing.T, settings ...string) *program {
	t.Helper()
	p := prepare(t, settings...)
	p.begin(t)
	return p
}

// prepare is a program that has not begun yet.
func prepare(t *testing.T, settings ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(self), logs: &output{}}
	p.cmd.Env = append([]string{"OBEDIENT=1", "HOST=127.0.0.1", "PORT=0"}, settings...)
	p.cmd.Stdout, p.cmd.Stderr = p.logs, p.logs
	return p
}

func (p *program) begin(t *testing.T) {
	t.Helper()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		if t.Failed() {
			t.Logf("the function's log:\n%s", p.logs)
		}
	})
}

// address waits until the function is ready.
func (p *program) address(t *testing.T) string {
	t.Helper()
	var ready struct{ Msg, Address string }
	within(t, 10*time.Second, "the function is ready", func() bool {
		for line := range strings.Lines(p.logs.String()) {
			if json.Unmarshal([]byte(line), &ready) == nil && ready.Msg == "ready" {
				return true
			}
		}
		return false
	})
	return "http://" + ready.Address + "/"
}

// stop sends SIGTERM and returns the exit status.
func (p *program) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) rows(t *testing.T) []string {
	t.Helper()
	return rows(t, &fn.Function{DB: p.db})
}

// within polls until what holds.
func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// order is an event that tells obedient what to do.
func order(id string, o orders) fn.Event {
	e := sample(id)
	e.SetSubject("会议 " + id)
	e.SetData("application/json", o)
	return e
}

func sorted(all []string) []string {
	slices.Sort(all)
	return all
}
