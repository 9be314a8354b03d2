package events

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

// Every example passes, and with its first field renamed it does not.
func TestDataOfAnyTypeAreChecked(t *testing.T) {
	for _, data := range Types() {
		text, err := os.ReadFile("example/" + data.EventType() + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var e Event
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		if err := Check(e); err != nil {
			t.Errorf("%s: %v", e.Type(), err)
		}
		e.DataEncoded = []byte(strings.Replace(string(e.Data()), `"`, `"other_`, 1))
		if Check(e) == nil {
			t.Errorf("%s without its first field was taken", e.Type())
		}
		if e.SetDataContentType("text/plain"); Check(e) == nil {
			t.Errorf("%s was taken as text", e.Type())
		}
	}
	e := event.New()
	e.SetType("dev.example.other.v1")
	if err := Check(e); !errors.Is(err, ErrUnknown) {
		t.Errorf("another's type: %v, want ErrUnknown", err)
	}
}
