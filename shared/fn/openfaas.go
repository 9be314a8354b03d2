package fn

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/ce"
)

// TypeMessage is the type of an event that was made of a message which names
// none: subject is its topic, data is its body.
const TypeMessage = "dev.xietong.message.received.v1"

// callID names one call of OpenFaaS's gateway, or one invocation of Lambda.
const callID = "X-Call-Id"

// isMessage reports whether a request was sent by one of the connectors of
// OpenFaaS, which hand on the messages of a queue and know no CloudEvents.
func isMessage(h http.Header) bool {
	return cmp.Or(h.Get("X-Connector"), h.Get("X-Topic"), h.Get("X-SQS-Message-ID"), h.Get("X-Event-Id")) != ""
}

// adopt makes an event of a message. It is the CloudEvent that the message
// carries, in its body or in the headers of Kafka; or what the function's Wrap
// makes of it; or a new event about it.
func (r *runtime) adopt(ctx context.Context, h http.Header, body []byte) (Event, error) {
	if inKafka := kafkaHeader(h); ce.IsEvent(inKafka) {
		return ce.Read(ctx, inKafka, body)
	}
	if isStructured(body) {
		return ce.Read(ctx, http.Header{"Content-Type": {ce.StructuredType}}, body)
	}
	if r.Wrap != nil {
		return r.wrap(h, body)
	}
	e := about(h, body)
	return e, ce.Check(e)
}

// isStructured reports whether a body looks like an event in structured mode,
// whatever its sender calls it.
func isStructured(body []byte) bool {
	var e struct{ SpecVersion string }
	return json.Unmarshal(body, &e) == nil && e.SpecVersion != ""
}

// kafkaHeader returns the headers that a message had in Kafka, where those of an
// event begin with ce_ (Kafka binding, section 3.2).
func kafkaHeader(h http.Header) http.Header {
	in := http.Header{}
	for name, values := range h {
		if own, found := strings.CutPrefix(name, "X-Kafka-"); found {
			own = strings.Replace(own, "Ce_", "Ce-", 1)
			in.Set(own, strings.Join(values, ","))
		}
	}
	return in
}

// about makes an event of a message that is none.
func about(h http.Header, body []byte) Event {
	topic := cmp.Or(h.Get("X-Topic"), h.Get("X-SQS-Queue-URL"), h.Get("X-Event-Table"))
	connector := cmp.Or(h.Get("X-Connector"), "unnamed")
	e := event.New()
	e.SetType(TypeMessage)
	e.SetSource("/connectors/" + url.PathEscape(connector) + "/" + url.PathEscape(topic))
	e.SetSubject(topic)
	e.SetID(messageID(h, topic, body))
	e.DataEncoded = body
	e.SetDataContentType(mediaType(h, body))
	return e
}

// messageID is the same each time that a message comes: its own id, its place in
// Kafka, or a hash of what it says. One that says nothing, the tick of a clock,
// is known by its call alone.
func messageID(h http.Header, topic string, body []byte) string {
	if id := cmp.Or(h.Get("X-SQS-Message-ID"), h.Get("X-Event-Id")); id != "" {
		return id
	}
	if offset := h.Get("X-Kafka-Offset"); offset != "" {
		return h.Get("X-Kafka-Partition") + "-" + offset
	}
	if len(body) == 0 {
		return h.Get(callID)
	}
	return ce.ID("message", topic, string(body))
}

// mediaType believes what it sees before what it is told: connectors send JSON
// as text/plain.
func mediaType(h http.Header, body []byte) string {
	switch {
	case json.Valid(body):
		return event.ApplicationJSON
	case h.Get("Content-Type") != "":
		return h.Get("Content-Type")
	case utf8.Valid(body):
		return event.TextPlain
	}
	return "application/octet-stream"
}
