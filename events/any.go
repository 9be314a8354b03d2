package events

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/cloudevents/sdk-go/v2/event"
)

// ErrUnknown says that an event is of no type of this package.
var ErrUnknown = errors.New("no type of ours")

// Check returns what is wrong with the data of an event of whichever type, as [Decode]
// does for one type; [ErrUnknown] where it is none of [Types].
func Check(e Event) error {
	for _, zero := range Types() {
		if zero.EventType() == e.Type() {
			return checkAs(reflect.TypeOf(zero), e)
		}
	}
	return fmt.Errorf("event type %q: %w", e.Type(), ErrUnknown)
}

func checkAs(t reflect.Type, e Event) error {
	if !isJSON(e.DataContentType()) {
		return fmt.Errorf("datacontenttype is %q, want %s", e.DataContentType(), event.ApplicationJSON)
	}
	data := reflect.New(t)
	if err := decode(e.Data(), data.Interface()); err != nil {
		return err
	}
	return data.Elem().Interface().(Data).Validate()
}
