package fn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"go.opentelemetry.io/otel/propagation"

	"xietong.dev/shared/ce"
)

// carried are the attributes that pass from an event to those it causes.
// A story keeps the trace that it began in.
var carried = []string{"unit", "authtype", "authid", "authclaims", "traceparent", "tracestate"}

// address completes the events that cause came to. Their ids depend on nothing
// but the cause and their place, so that doing the work again sends the same
// events. The salt tells one refusal of an event from the next.
func address(ctx context.Context, word string, cause Event, salt string, out []Event, now time.Time) error {
	began := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, began)
	for i := range out {
		e := &out[i]
		e.SetSource("/functions/" + word)
		e.SetID(ce.ID(word, cause.Source(), cause.ID(), salt, e.Type(), strconv.Itoa(i)))
		e.SetTime(now)
		e.SetExtension("causationid", cause.ID())
		e.SetExtension("correlationid", correlation(cause))
		for _, name := range carried {
			inherit(e, name, cause.Extensions()[name])
		}
		inherit(e, "traceparent", began["traceparent"])
		if err := e.Validate(); err != nil {
			return fmt.Errorf("event %d of type %q: %w", i, e.Type(), err)
		}
	}
	return nil
}

func inherit(e *Event, name string, value any) {
	if _, set := e.Extensions()[name]; !set && value != nil && value != "" {
		e.SetExtension(name, value)
	}
}

func correlation(e Event) string {
	if id, ok := e.Extensions()["correlationid"].(string); ok && id != "" {
		return id
	}
	return e.ID()
}

// fingerprint hashes what an event says: its type and its data, so that the
// same JSON with other white space or another order of keys counts as the same.
func fingerprint(e Event) []byte {
	data := e.Data()
	var value any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&value) == nil && !d.More() {
		if same, err := json.Marshal(value); err == nil {
			data = same
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s", len(e.Type()), e.Type())
	h.Write(data)
	return h.Sum(nil)
}

// record is the form in which sent events stand in the ledger.
func record(events []Event) ([]byte, error) {
	if len(events) == 0 {
		return nil, nil
	}
	return json.Marshal(events)
}

func recorded(text []byte) ([]Event, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var events []event.Event
	err := json.Unmarshal(text, &events)
	return events, err
}
