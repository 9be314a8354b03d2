// Package lambdatest stands in for AWS Lambda: it speaks the Runtime API, and as
// much of the Extensions API as a function needs to be told of its end.
//
//	platform := lambdatest.Start(t)
//	… start the function with AWS_LAMBDA_RUNTIME_API=platform.Address …
//	result := platform.Invoke(t, payload, time.Minute)
package lambdatest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// MaxResult is the largest result that Lambda takes, in bytes.
const MaxResult = 6291556

// Platform is Lambda for one function.
type Platform struct {
	Address   string       // for AWS_LAMBDA_RUNTIME_API
	InitErr   chan Failure // a function that could not begin
	Stoppable chan string  // the name under which a function asked to be told of its end

	queue chan *invocation
	done  chan struct{}

	mu   sync.Mutex
	open map[string]*invocation
}

// Result is how an invocation ended: with a body, or as a failure.
type Result struct {
	Body    string
	Failure *Failure
}

// Failure is an error in the form of the Runtime API.
type Failure struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

type invocation struct {
	id      string
	payload []byte
	limit   time.Duration
	result  chan Result
}

// Start runs the platform until the test ends.
func Start(t testing.TB) *Platform {
	p := &Platform{InitErr: make(chan Failure, 1), Stoppable: make(chan string, 1),
		queue: make(chan *invocation), done: make(chan struct{}), open: map[string]*invocation{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", p.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", p.wait)
	server := httptest.NewServer(mux)
	p.Address = strings.TrimPrefix(server.URL, "http://")
	t.Cleanup(func() { close(p.done); server.Close() })
	return p
}

// Invoke hands the function a payload and returns its result, or that it took
// longer than it was given. Lambda would then kill its process.
func (p *Platform) Invoke(t testing.TB, payload []byte, limit time.Duration) Result {
	t.Helper()
	in := &invocation{id: rand.Text(), payload: payload, limit: limit, result: make(chan Result, 1)}
	select {
	case p.queue <- in:
	case <-time.After(10 * time.Second):
		t.Fatal("the function does not ask for work")
	}
	select {
	case result := <-in.result:
		return result
	case <-time.After(limit):
		return Result{Failure: &Failure{Type: "Sandbox.Timedout", Message: fmt.Sprintf("no result within %v", limit)}}
	}
}

func (p *Platform) next(w http.ResponseWriter, req *http.Request) {
	select {
	case in := <-p.queue:
		p.mu.Lock()
		p.open[in.id] = in
		p.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", in.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(in.limit).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:test")
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
		w.Write(in.payload)
	case <-p.done:
	case <-req.Context().Done():
	}
}

// end closes an invocation, which can be done only once.
func (p *Platform) end(w http.ResponseWriter, req *http.Request, result Result) {
	p.mu.Lock()
	in := p.open[req.PathValue("id")]
	delete(p.open, req.PathValue("id"))
	p.mu.Unlock()
	if in == nil {
		refuse(w, http.StatusBadRequest, "InvalidRequestID")
		return
	}
	accept(w)
	in.result <- result
}

func (p *Platform) response(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, MaxResult+1))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "BodyUnreadable")
	case len(body) > MaxResult:
		refuse(w, http.StatusRequestEntityTooLarge, "Function.ResponseSizeTooLarge")
	case !json.Valid(body):
		refuse(w, http.StatusBadRequest, "InvalidResponse")
	default:
		p.end(w, req, Result{Body: string(body)})
	}
}

func (p *Platform) failure(w http.ResponseWriter, req *http.Request) {
	var f Failure
	if err := json.NewDecoder(req.Body).Decode(&f); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidErrorShape")
		return
	}
	p.end(w, req, Result{Failure: &f})
}

func (p *Platform) initError(w http.ResponseWriter, req *http.Request) {
	var f Failure
	if err := json.NewDecoder(req.Body).Decode(&f); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidErrorShape")
		return
	}
	accept(w)
	p.InitErr <- f
}

func (p *Platform) register(w http.ResponseWriter, req *http.Request) {
	name := req.Header.Get("Lambda-Extension-Name")
	if name == "" {
		refuse(w, http.StatusBadRequest, "Extension.InvalidExtensionName")
		return
	}
	w.Header().Set("Lambda-Extension-Identifier", rand.Text())
	w.WriteHeader(http.StatusOK)
	p.Stoppable <- name
}

// wait never tells of anything: an extension that registered for nothing hears
// of nothing.
func (p *Platform) wait(_ http.ResponseWriter, req *http.Request) {
	select {
	case <-p.done:
	case <-req.Context().Done():
	}
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errorType":%q,"errorMessage":%q}`, kind, kind)
}
