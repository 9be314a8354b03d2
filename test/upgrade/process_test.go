package upgrade

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// process is one running copy of a function, of whichever version.
type process struct {
	name, url string
	cmd       *exec.Cmd
	log       *log
}

// log is what a copy prints.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start starts a copy and returns when it is ready.
func start(t *testing.T, name, program string, env []string) *process {
	t.Helper()
	port := freePort(t)
	p := &process{name: name, url: "http://127.0.0.1:" + port, cmd: exec.Command(program), log: &log{}}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOST=127.0.0.1", "PORT=" + port}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { p.cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		p.cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.log)
		}
	})
	for {
		res, err := http.Get(p.url + "/health/ready")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p
			}
		}
		select {
		case <-ended:
			t.Fatalf("%s does not start:\n%s", name, p.log)
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// answer is what a delivery is answered, as the broker sees it.
type answer struct {
	status     int
	attributes map[string]string // of the event in the answer
	body       string
}

// deliver posts an event as Knative's broker does.
func (p *process) deliver(t *testing.T, e events.Event) answer {
	t.Helper()
	req, err := ce.NewRequest(t.Context(), p.url+"/", e)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Prefer", "reply")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, body: string(body)}
	if reply, err := ce.Read(t.Context(), res.Header, body); err == nil {
		a.attributes, a.body = ce.Attributes(reply), string(reply.Data()) // in whichever mode a version sends it
	}
	if a.status/100 != 2 {
		t.Errorf("%s answers %s %s with %d %s", p.name, e.Type(), e.ID(), a.status, body)
	}
	return a
}

// event is the event in the answer.
func (a answer) event(t *testing.T) events.Event {
	t.Helper()
	e, err := ce.New(a.attributes, []byte(a.body))
	if err != nil {
		t.Fatalf("the answer holds no event: %v: %+v", err, a)
	}
	return e
}

func (a answer) String() string { return fmt.Sprint(a.status, " ", a.attributes, " ", a.body) }
