package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// How long an instance has to become ready, and to end once it is asked to.
const (
	startLimit = 30 * time.Second
	stopLimit  = 40 * time.Second
)

// instance is one process of a service.
type instance struct {
	cmd     *exec.Cmd
	temp    string // its TMPDIR, which goes with it
	socket  *socket
	logPath string
	client  *http.Transport
	ready   chan struct{} // closed when it serves
	ended   chan struct{} // closed when it has ended

	// Guarded by the service.
	busy   int
	ending bool
	timer  *time.Timer
}

// start starts a process. It does not wait until that is ready: the request
// that needs it does.
func start(s Service, logs, temp string) (*instance, error) {
	log, err := os.OpenFile(filepath.Join(logs, s.Word+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	if temp, err = os.MkdirTemp(temp, s.Word+"-"); err != nil {
		return nil, err
	}
	in := &instance{cmd: exec.Command(s.Program), temp: temp, logPath: log.Name(), ready: make(chan struct{}), ended: make(chan struct{})}
	if in.socket, err = openSocket(); err != nil {
		return nil, err
	}
	in.client = &http.Transport{MaxIdleConnsPerHost: unlimited, DialContext: in.dial}
	in.cmd.Env = slices.Concat([]string{"K_SERVICE=" + s.Word, "TMPDIR=" + temp}, in.socket.env(), s.Env)
	in.cmd.ExtraFiles = []*os.File{in.socket.file}
	in.cmd.Stdout, in.cmd.Stderr = log, log
	in.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started := make(chan error)
	go in.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	go in.probe()
	return in, nil
}

// run starts the process and stays with it. The signal on the parent's death is
// sent when the thread that started the child ends, so the thread stays too.
func (in *instance) run(started chan<- error) {
	runtime.LockOSThread()
	err := in.cmd.Start()
	started <- err
	if err == nil {
		in.cmd.Wait()
	}
	os.RemoveAll(in.temp)
	close(in.ended)
	in.socket.close()
}

// dial connects to the instance. Its address is its own until it has ended; a
// connection that was made later may lead to anybody.
func (in *instance) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	select {
	case <-in.ended:
		conn.Close()
		return nil, fmt.Errorf("the function has ended (%s)", in.status())
	default:
		return conn, nil
	}
}

// probe asks for readiness as a platform does, until the answer is yes.
func (in *instance) probe() {
	deadline := time.Now().Add(startLimit)
	client := &http.Client{Transport: in.client, Timeout: time.Second}
	for time.Now().Before(deadline) {
		res, err := client.Get("http://" + in.socket.address() + "/health/ready")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				close(in.ready)
				return
			}
		}
		select {
		case <-in.ended:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
	in.kill()
}

func (in *instance) awaitReady(ctx context.Context) error {
	select {
	case <-in.ready:
		return nil
	case <-in.ended:
		return fmt.Errorf("it ended before it was ready (%s); its log is %s", in.status(), in.logPath)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (in *instance) do(req *http.Request, timeout time.Duration) (*http.Response, error) {
	if err := in.awaitReady(req.Context()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), timeout, fmt.Errorf("no answer within timeoutSeconds (%s)", timeout))
	out := req.Clone(ctx)
	out.URL = &url.URL{Scheme: "http", Host: in.socket.address(), Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery}
	out.RequestURI = ""
	res, err := in.client.RoundTrip(out)
	if err != nil {
		cause := context.Cause(ctx)
		cancel()
		return nil, errors.Join(err, cause)
	}
	if conn := res.Body; res.StatusCode == http.StatusSwitchingProtocols {
		context.AfterFunc(ctx, func() { conn.Close() }) // the transport itself no longer heeds ctx
	}
	res.Body = &onClose{ReadCloser: res.Body, then: cancel}
	return res, nil
}

func (in *instance) isReady() bool {
	select {
	case <-in.ready:
		return true
	default:
		return false
	}
}

func (in *instance) pid() int { return in.cmd.Process.Pid }

func (in *instance) terminate() { in.cmd.Process.Signal(syscall.SIGTERM) }

// kill ends the process and whatever it started in its group.
func (in *instance) kill() { syscall.Kill(-in.pid(), syscall.SIGKILL) }

func (in *instance) awaitEnd() {
	select {
	case <-in.ended:
	case <-time.After(stopLimit):
		in.kill()
		<-in.ended
	}
}

// status tells how the process ended, and that it runs where it has not.
func (in *instance) status() string {
	select {
	case <-in.ended:
		return in.cmd.ProcessState.String()
	default:
		return "running"
	}
}

// onClose does something after a body is closed. It can be written to where the body can:
// where both sides have agreed on another protocol than HTTP.
type onClose struct {
	io.ReadCloser
	then func()
}

func (c *onClose) Write(text []byte) (int, error) {
	if w, can := c.ReadCloser.(io.Writer); can {
		return w.Write(text)
	}
	return 0, errors.ErrUnsupported
}

func (c *onClose) Close() error {
	err := c.ReadCloser.Close()
	c.then()
	return err
}
