package fn

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
)

// receive is the edge: POST / carries events, OPTIONS / the handshake of
// CloudEvents webhooks.
func (r *runtime) receive(w http.ResponseWriter, req *http.Request) {
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
	e, err := r.parse(req)
	if err != nil {
		r.refuseRequest(w, req, err)
		return
	}
	r.observe(req.Context(), req.Header, e, func(obs *observation) {
		s := r.settle(obs.ctx, e)
		obs.settled(s)
		r.answer(w, req, obs, s)
	})
}

func handshake(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Allow", "POST, OPTIONS")
	if origin := req.Header.Get("WebHook-Request-Origin"); origin != "" {
		w.Header().Set("WebHook-Allowed-Origin", origin)
		w.Header().Set("WebHook-Allowed-Rate", "*")
	}
	w.WriteHeader(http.StatusOK)
}

// parse reads one event from a request, or says which status refuses it.
func (r *runtime) parse(req *http.Request) (Event, error) {
	body, err := ce.Body(req.Body, int64(r.config.MaxEvent))
	if err != nil {
		return Event{}, err
	}
	switch h := req.Header; {
	case ce.IsEvent(h):
		return ce.Read(req.Context(), h, body)
	case isMessage(h):
		return r.adopt(req.Context(), h, body)
	case r.Wrap != nil:
		return r.wrap(h, body)
	}
	return ce.Read(req.Context(), req.Header, body)
}

func (r *runtime) wrap(h http.Header, body []byte) (Event, error) {
	e, err := r.Wrap(h, body)
	if err != nil {
		return e, &ce.Error{Status: http.StatusBadRequest, Text: err.Error()}
	}
	return e, ce.Check(e)
}

func (r *runtime) refuseRequest(w http.ResponseWriter, req *http.Request, err error) {
	refused := &ce.Error{Status: http.StatusInternalServerError}
	errors.As(err, &refused)
	r.metrics.events.WithLabelValues("", "malformed").Inc()
	r.log.Warn("request refused", slog.Int("status", refused.Status), slog.String("reason", refused.Text), slog.String("call", req.Header.Get(callID)))
	http.Error(w, brief(refused.Text, 1000), refused.Status)
}

// answer sends what the event came to and acknowledges it. Nothing is
// acknowledged before everything is sent.
func (r *runtime) answer(w http.ResponseWriter, req *http.Request, obs *observation, s settled) {
	if s.err == nil && len(s.send) == 1 && (r.config.Sink == "" || wantsReply(req.Header)) {
		reply(w, obs, s.send[0])
		return
	}
	if err := r.post(obs.ctx, s.send); err != nil {
		obs.log.Error("events not sent; they will be with the next delivery", slog.Any("error", err))
		s.err = err // it comes again, whatever became of it; busy where the sink is full, which is no failure
	}
	after, busy := fault.RetryAfter(s.err)
	switch {
	case s.err == nil:
		w.WriteHeader(http.StatusNoContent)
	case fault.IsInvalid(s.err) && r.isBare(req.Header):
		w.WriteHeader(http.StatusNoContent)
	case fault.IsInvalid(s.err):
		http.Error(w, brief(reason(s.err), 1000), http.StatusUnprocessableEntity)
	case busy:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(after.Seconds())))))
		http.Error(w, "busy; come again", http.StatusTooManyRequests)
	default:
		http.Error(w, "try again", http.StatusInternalServerError)
	}
}

// isBare reports whether a request comes from a sender that knows nothing of
// events, as stores are. It has no dead letters, and sends what is not taken again
// and again, before all that comes after it (MinIO's webhook does, every 3 s). So
// what is refused counts as taken there: those who wait have been told, and the
// ledger keeps the reason.
func (r *runtime) isBare(h http.Header) bool {
	return r.Wrap != nil && !ce.IsEvent(h) && !isMessage(h)
}

// wantsReply reports whether the sender takes a reply event for its broker, as
// Knative says it does (RFC 7240).
func wantsReply(h http.Header) bool {
	for _, value := range h.Values("Prefer") {
		for preference := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(preference), "reply") {
				return true
			}
		}
	}
	return false
}

func reply(w http.ResponseWriter, obs *observation, e Event) {
	body, err := ce.Structured(e)
	if err != nil {
		obs.log.Error("reply not written", slog.Any("error", err))
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", ce.StructuredType)
	w.Write(body)
}

func brief(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
