package proxy

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Store stands between functions and the object store.
type Store struct {
	Dice *Dice

	target   atomic.Value // *url.URL
	away     atomic.Bool
	listener net.Listener
	client   http.Transport
}

// ListenStore listens on a free port of this machine.
func ListenStore(dice *Dice) (*Store, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Store{Dice: dice, listener: l, client: http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32, IdleConnTimeout: 2 * time.Second}}
	go http.Serve(l, p)
	return p, nil
}

// URL is the endpoint that functions are given.
func (p *Store) URL() string { return "http://" + p.listener.Addr().String() }

// Point says where the store is now.
func (p *Store) Point(address string) error {
	u, err := url.Parse(address)
	if err == nil {
		p.target.Store(u)
	}
	return err
}

// Away says whether every request is refused.
func (p *Store) Away(is bool) { p.away.Store(is) }

// Close takes no more requests.
func (p *Store) Close() error { return p.listener.Close() }

// ServeHTTP forwards a request, or does to it what the dice say. The Host header
// stays as the client wrote it, for it is part of the signature.
func (p *Store) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	fault := p.Dice.Roll("store-refused", "store-slow", "store-half-open", "store-partial", "store-answer-lost")
	if p.away.Load() {
		fault = "store-refused"
	}
	switch fault {
	case "store-refused":
		http.Error(w, "<Error><Code>ServiceUnavailable</Code></Error>", http.StatusServiceUnavailable)
		return
	case "store-slow":
		time.Sleep(p.Dice.Between(300*time.Millisecond, 3*time.Second))
	case "store-half-open":
		p.hang(req.Context())
		panic(http.ErrAbortHandler)
	}
	res, err := p.forward(req)
	if err != nil {
		http.Error(w, "<Error><Code>InternalError</Code></Error>", http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	partial := fault == "store-partial" && res.ContentLength > 1
	if fault == "store-answer-lost" || fault == "store-partial" && !partial { // nothing to break off within
		io.Copy(io.Discard, res.Body)
		panic(http.ErrAbortHandler)
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	if partial {
		io.CopyN(w, res.Body, res.ContentLength/2)
		panic(http.ErrAbortHandler)
	}
	io.Copy(w, res.Body)
}

// hang keeps a connection open and says nothing.
func (p *Store) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(p.Dice.Between(2*time.Second, 8*time.Second)):
	}
}

func (p *Store) forward(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	target, _ := p.target.Load().(*url.URL)
	if target == nil {
		return nil, io.ErrUnexpectedEOF
	}
	out.URL.Scheme, out.URL.Host, out.RequestURI = target.Scheme, target.Host, ""
	return p.client.RoundTrip(out)
}
