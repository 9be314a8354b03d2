package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xietong.dev/events"
)

func TestEveryTypeShowsItsSchemaAndExample(t *testing.T) {
	for _, data := range events.Types() {
		schema, has := events.Schema(data.EventType())
		if !has || !json.Valid(schema) {
			t.Errorf("%s has no schema", data.EventType())
		}
		text, has := events.Example(data.EventType())
		var e events.Event
		if err := json.Unmarshal(text, &e); err != nil || !has {
			t.Fatalf("%s has no example: %v", data.EventType(), err)
		}
		got, err := events.DecodeAny(e)
		if err != nil || got.EventType() != e.Type() || got.EventSubject() != e.Subject() {
			t.Errorf("%s is read as %v: %v", data.EventType(), got, err)
		}
	}
	for _, name := range []string{"", "dev.xietong.nothing.v1", "../schema/event.v1", "../events.go"} {
		if _, has := events.Schema(name); has {
			t.Errorf("there is a schema of %q", name)
		}
	}
}

func TestDecodeAnyNamesWhatIsWrong(t *testing.T) {
	for data, want := range map[string]string{
		`{"document":"6f1c9c1e"}`: "upload",
		`{"document":1}`:          "document",
		`{"document":"6f1c9c1e","upload":"b27d5f2e","object":7}`: "object",
		`[]`: "",
	} {
		e := events.Event{}
		e.SetSpecVersion("1.0")
		e.SetType(events.DocumentUploaded{}.EventType())
		e.DataEncoded = []byte(data)
		e.SetDataContentType("application/json")
		_, err := events.DecodeAny(e)
		if err == nil {
			t.Fatalf("%s is taken", data)
		}
		field, form, args := events.WrongField(err)
		if what := fmt.Sprintf(form, args...); field != want || !strings.HasSuffix(err.Error(), " "+what) {
			t.Errorf("%s: field %q %s, want %q", data, field, what, want)
		}
	}
	e := events.Event{}
	e.SetSpecVersion("1.0")
	e.SetType("dev.xietong.nothing.v1")
	if _, err := events.DecodeAny(e); !errors.Is(err, events.ErrUnknownType) {
		t.Errorf("an unknown type: %v", err)
	}
}
