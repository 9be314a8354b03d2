// Package supervise runs each function as processes of its own, the way a
// platform does.
//
//	in   a request for a service
//	out  the answer of one of its instances
//
// An instance starts when a request finds none with room, up to the service's
// scale; it stops when it has been idle; when it dies, what it was doing fails
// and the next request starts another. A program is replaced without a request
// lost: Replace. No instance outlives this process, even when this process is
// killed. As in a container, what an instance leaves in its TMPDIR goes with it,
// however it ends.
package supervise

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Service is one function as its manifest describes it.
type Service struct {
	Word        string
	Program     string   // path of the binary
	Env         []string // NAME=value
	MinScale    int
	MaxScale    int           // at least 1
	Concurrency int           // requests at the same time in one instance; 0 for no limit
	Timeout     time.Duration // of one request
}

// unlimited is how many requests an instance without a limit is given at a time.
const unlimited = 64

func (s Service) perInstance() int {
	if s.Concurrency == 0 {
		return unlimited
	}
	return s.Concurrency
}

// Capacity is how many requests a service takes at the same time.
func (s Service) Capacity() int { return s.perInstance() * s.MaxScale }

// Supervisor runs services.
type Supervisor struct {
	Idle time.Duration // an instance without work for so long is stopped
	Logs string        // directory of the instances' logs, one file a service
	Temp string        // directory in which each instance has one of its own; empty for the system's
	Log  *slog.Logger

	mu       sync.Mutex
	services map[string]*service
	leaving  []*service // replaced, and not all of their instances have ended
}

// ErrUnknown says that there is no such service.
var ErrUnknown = errors.New("no such function")

// ErrStopping says that the service is being stopped.
var ErrStopping = errors.New("the function is being stopped")

// Run takes a service under supervision and starts its least instances.
func (s *Supervisor) Run(spec Service) {
	svc := s.service(spec)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.services == nil {
		s.services = map[string]*service{}
	}
	s.services[spec.Word] = svc
	svc.keep()
}

func (s *Supervisor) service(spec Service) *service {
	return &service{Service: spec, supervisor: s, slots: make(chan struct{}, spec.Capacity()), replaced: make(chan struct{})}
}

// Do sends a request to an instance of the service, and starts one where that
// is needed. It waits while all instances are full.
func (s *Supervisor) Do(word string, req *http.Request) (*http.Response, error) {
	for {
		s.mu.Lock()
		svc := s.services[word]
		s.mu.Unlock()
		if svc == nil {
			return nil, fmt.Errorf("%w: %s", ErrUnknown, word)
		}
		res, err := svc.do(req)
		if !errors.Is(err, errReplaced) {
			return res, err
		}
	}
}

// Capacity is how many requests the service takes at the same time; 0 where
// there is no such service.
func (s *Supervisor) Capacity(word string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if svc := s.services[word]; svc != nil {
		return svc.Capacity()
	}
	return 0
}

// State is how a service stands.
type State struct {
	Word      string
	Instances int
	Starting  int // instances that are not ready yet
	Busy      int // requests under way
	PIDs      []int
	Starts    int // since the supervisor began
	Crashes   int
}

// States returns how each service stands.
func (s *Supervisor) States() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []State
	for _, svc := range s.services {
		all = append(all, svc.state())
	}
	return all
}

// Stop drains and stops every instance, and returns when all have ended.
func (s *Supervisor) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all sync.WaitGroup
	for _, svc := range s.services {
		all.Go(svc.stop)
	}
	for _, svc := range s.leaving {
		all.Go(svc.stop)
	}
	all.Wait()
}

// service is a [Service] with its instances.
type service struct {
	Service
	supervisor *Supervisor
	slots      chan struct{} // one token for each request under way
	replaced   chan struct{} // closed when another takes its place

	mu        sync.Mutex
	instances []*instance
	starts    int
	crashes   int
	stopping  bool
}

func (s *service) do(req *http.Request) (*http.Response, error) {
	select {
	case s.slots <- struct{}{}:
	case <-s.replaced:
		return nil, errReplaced
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	in, err := s.take()
	if err != nil {
		<-s.slots
		return nil, err
	}
	release := func() { s.give(in); <-s.slots }
	res, err := in.do(req, s.Timeout)
	if err != nil {
		release()
		return nil, fmt.Errorf("function %s: %w", s.Word, err)
	}
	res.Body = &onClose{ReadCloser: res.Body, then: sync.OnceFunc(release)}
	return res, nil
}

// take returns an instance with room, started for the purpose where there is
// none. The caller holds a slot, so there is room or scale left.
func (s *service) take() (*instance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isReplaced():
		return nil, errReplaced
	case s.stopping:
		return nil, ErrStopping
	}
	for _, in := range s.instances {
		if in.busy < s.perInstance() && !in.ending {
			in.busy++
			in.timer.Stop()
			return in, nil
		}
	}
	return s.startLocked(1)
}

func (s *service) startLocked(busy int) (*instance, error) {
	in, err := start(s.Service, s.supervisor.Logs, s.supervisor.Temp)
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", s.Word, err)
	}
	in.busy = busy
	in.timer = time.AfterFunc(s.supervisor.Idle, func() { s.retire(in) })
	if busy > 0 {
		in.timer.Stop()
	}
	s.instances = append(s.instances, in)
	s.starts++
	s.supervisor.Log.Info("function started", "function", s.Word, "pid", in.pid())
	go s.watch(in)
	return in, nil
}

func (s *service) give(in *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.busy--
	switch {
	case in.busy > 0:
	case s.isReplaced():
		s.dismiss(in)
	default:
		in.timer.Reset(s.supervisor.Idle)
	}
}

// retire stops an instance that has been idle, unless work has come meanwhile
// or the service wants it kept.
func (s *service) retire(in *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.busy > 0 || in.ending || len(s.instances) <= s.MinScale {
		return
	}
	in.ending = true
	in.terminate()
}

// watch takes note of an instance's end.
func (s *service) watch(in *instance) {
	<-in.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.instances {
		if other == in {
			s.instances = append(s.instances[:i], s.instances[i+1:]...)
			break
		}
	}
	if in.ending || s.stopping {
		s.supervisor.Log.Info("function stopped", "function", s.Word, "pid", in.pid())
		return
	}
	s.crashes++
	s.supervisor.Log.Error("function crashed", "function", s.Word, "pid", in.pid(), "status", in.status(), "log", in.logPath)
	if len(s.instances) < s.MinScale {
		time.AfterFunc(time.Second, s.keep)
	}
}

// keep starts instances up to the least number that the service wants.
func (s *service) keep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.stopping && !s.isReplaced() && len(s.instances) < s.MinScale {
		if _, err := s.startLocked(0); err != nil {
			s.supervisor.Log.Error("function does not start", "function", s.Word, "error", err)
			return
		}
	}
}

func (s *service) state() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Word: s.Word, Instances: len(s.instances), Starts: s.starts, Crashes: s.crashes}
	for _, in := range s.instances {
		state.Busy += in.busy
		if !in.isReady() {
			state.Starting++
		}
		state.PIDs = append(state.PIDs, in.pid())
	}
	return state
}

func (s *service) stop() {
	s.mu.Lock()
	s.stopping = true
	instances := append([]*instance(nil), s.instances...)
	s.mu.Unlock()
	for _, in := range instances {
		in.terminate()
	}
	for _, in := range instances {
		in.awaitEnd()
	}
}
