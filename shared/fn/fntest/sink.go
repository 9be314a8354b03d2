package fntest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
)

// Sink takes events as a broker does, and keeps them.
type Sink struct {
	URL string

	mu      sync.Mutex
	events  []fn.Event
	refused int // as many events to come are refused
	status  int // with this
}

// StartSink runs a sink until the test ends.
func StartSink(t testing.TB) *Sink {
	s := &Sink{}
	server := httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *Sink) take(w http.ResponseWriter, req *http.Request) {
	body, err := ce.Body(req.Body, 64<<20)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e, err := ce.Read(req.Context(), req.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused > 0 {
		s.refused--
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(s.status)
		return
	}
	s.events = append(s.events, e)
	w.WriteHeader(http.StatusAccepted)
}

func (s *Sink) refuse(n, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused, s.status = n, status
}

// Count returns how many events came.
func (s *Sink) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.events)
}

// Since returns the events that came after the first n.
func (s *Sink) Since(n int) []fn.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]fn.Event(nil), s.events[n:]...)
}
