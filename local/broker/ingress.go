package broker

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
)

// ServeHTTP takes events with POST, one in each request, in either content
// mode: 202 once it is on disk, 400 malformed, 413 too large, 415 a batch or no
// event, 429 the queue is full, 500 not stored; the last two to be sent again. OPTIONS answers the handshake of
// CloudEvents webhooks. A request that was not made to a loopback name is
// refused: a web page may not reach the broker under a name of its own.
func (b *Broker) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !loopback(req.Host) {
		http.Error(w, "this broker answers to localhost only", http.StatusForbidden)
		return
	}
	b.serve(w, req, b.receive)
}

// serve takes what is posted.
func (b *Broker) serve(w http.ResponseWriter, req *http.Request, receive func(*http.Request) error) {
	switch req.Method {
	case http.MethodPost:
	case http.MethodOptions:
		handshake(w, req)
		return
	default:
		w.Header().Set("Allow", "POST, OPTIONS")
		http.Error(w, "send events with POST", http.StatusMethodNotAllowed)
		return
	}
	if err := receive(req); err != nil {
		b.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (b *Broker) receive(req *http.Request) error {
	e, err := b.read(req)
	if err != nil {
		return err
	}
	return b.publish(req.Context(), req.Header.Get("Traceparent"), e)
}

// read reads the event that a request carries.
func (b *Broker) read(req *http.Request) (Event, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, int64(b.MaxEvent)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return Event{}, tooLarge(b.MaxEvent)
	case err != nil:
		return Event{}, &ce.Error{Status: http.StatusBadRequest, Text: "the request ended too early"}
	}
	return ce.Read(req.Context(), req.Header, body)
}

func (b *Broker) refuse(w http.ResponseWriter, err error) {
	if after, busy := fault.RetryAfter(err); busy {
		w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
		http.Error(w, err.Error(), http.StatusTooManyRequests)
		return // the broker has logged that it is full, once
	}
	var refused *ce.Error
	if errors.As(err, &refused) {
		b.Log.Warn("event refused", slog.Int("status", refused.Status), slog.String("reason", refused.Text))
		http.Error(w, refused.Text, refused.Status)
		return
	}
	b.Log.Error("event not stored", slog.Any("error", err))
	http.Error(w, "not stored; send it again", http.StatusInternalServerError)
}

func handshake(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Allow", "POST, OPTIONS")
	if origin := req.Header.Get("WebHook-Request-Origin"); origin != "" {
		w.Header().Set("WebHook-Allowed-Origin", origin)
		w.Header().Set("WebHook-Allowed-Rate", "*")
	}
	w.WriteHeader(http.StatusOK)
}

// loopback reports whether a Host header names this machine to itself.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(trimBrackets(name))
	return ip != nil && ip.IsLoopback()
}

func trimBrackets(name string) string {
	if len(name) > 2 && name[0] == '[' && name[len(name)-1] == ']' {
		return name[1 : len(name)-1]
	}
	return name
}
