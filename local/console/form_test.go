package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// sentOf is what a browser sends of a form.
func sentOf(f *formField) url.Values {
	sent := url.Values{}
	var add func(*formField)
	add = func(f *formField) {
		if !f.Required {
			if !f.There && (f.Kind == "group" || f.Kind == "list") {
				return
			}
			if f.Kind == "group" || f.Kind == "list" {
				sent.Add(f.Path+"?", "on")
			}
		}
		switch f.Kind {
		case "group", "list":
			for _, inner := range f.Fields {
				if f.Kind == "list" {
					sent.Add(inner.ListPath()+"/#", inner.Index())
				}
				add(inner)
			}
		case "check":
			if f.Value == "true" {
				sent.Add(f.Path, "true")
			}
		default:
			sent.Add(f.Path, f.Value)
		}
	}
	add(f)
	return sent
}

func dataOf(t *testing.T, eventType string) (schema []byte, data json.RawMessage, value any) {
	t.Helper()
	schema, _ = events.Schema(eventType)
	text, _ := events.Example(eventType)
	var e struct{ Data json.RawMessage }
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatalf("%s: %v", eventType, err)
	}
	value, err := parse(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	return schema, e.Data, value
}

func TestEveryExampleComesBackFromItsForm(t *testing.T) {
	for _, kind := range events.Types() {
		schema, _, want := dataOf(t, kind.EventType())
		f, err := formOf(schema, want, "zh")
		if err != nil {
			t.Fatal(err)
		}
		again, text, err := formSent(schema, sentOf(f), "zh")
		if err != nil {
			t.Errorf("%s: %v", kind.EventType(), err)
			continue
		}
		got, err := parse(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-example +form)\n%s", kind.EventType(), err, diff)
		}
		if !reflect.DeepEqual(sentOf(again), sentOf(f)) {
			t.Errorf("%s: the form that is shown again is another", kind.EventType())
		}
		if _, err := composed(kind.EventType(), "binhai", "张海", text); err != nil {
			t.Errorf("%s: %v", kind.EventType(), err)
		}
	}
}

// Everything that may be left out is left out, and what is sent is still an event, or
// the events module says which formField it misses.
func TestAnEmptyFormLeavesOutWhatMayBe(t *testing.T) {
	schema, _, _ := dataOf(t, "dev.xietong.document.uploaded.v1")
	sent := url.Values{"/document": {"6f1c9c1e"}, "/upload": {"b27d5f2e"}, "/object/bucket": {"b"}, "/object/key": {"k"}, "/object/size": {"12"}, "/name": {"a\r\nb"}, "/media_type": {""}}
	_, text, err := formSent(schema, sent, "en")
	want := `{"document":"6f1c9c1e","upload":"b27d5f2e","object":{"bucket":"b","key":"k","size":12},"name":"a\nb","media_type":""}`
	var got bytes.Buffer
	if err := errors.Join(err, json.Compact(&got, text)); err != nil || got.String() != want {
		t.Errorf("%v\n got %s\nwant %s", err, &got, want)
	}
}

func TestFormsSayWhichFieldIsWrong(t *testing.T) {
	const kind = "dev.xietong.document.converted.v1"
	schema, _, value := dataOf(t, kind)
	f, err := formOf(schema, value, "en")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, value, at, class string }{
		{"/pages", "many", "/pages", "value"},
		{"/pages", "", "/pages", "value"},
		{"/pages", "-1", "/pages", "data"},
		{"/pages", "1.5", "/pages", "data"},
		{"/pages", "01", "/pages", "value"},
		{"/document", "X", "/document", "data"},
		{"/renditions/1/object/size", "x", "/renditions/1/object/size", "value"},
		{"/renditions/1/object/bucket", "", "/renditions/1/object/bucket", "data"},
		{"/renditions/0/format", "exe", "/renditions/0/format", "data"},
	} {
		sent := sentOf(f)
		sent.Set(c.path, c.value)
		v := tryView{Type: kind}
		var text []byte
		v.Form, text, err = formSent(schema, sent, "en")
		if err == nil {
			_, err = composed(kind, "u", "me", text)
		}
		var data wrongData
		if err == nil || errors.As(err, &data) != (c.class == "data") {
			t.Errorf("%s=%q: %v", c.path, c.value, err)
			continue
		}
		if err := v.refuse("en", err); err != nil || v.Field != c.at || v.Problem == "" {
			t.Errorf("%s=%q: formField %s %s (%v), want %s", c.path, c.value, v.Field, v.Problem, err, c.at)
		}
		if marked := v.Form.mark(c.at, "x"); marked.Path != c.at {
			t.Errorf("%s=%q is marked at %s", c.path, c.value, marked.Path)
		}
	}
}

func TestPointers(t *testing.T) {
	for name, want := range map[string]string{"": "", "document": "/document", "object.size": "/object/size", "topics[2].title": "/topics/2/title", "[1].x": "/1/x", "a[0][1]": "/a/0/1"} {
		if got := pointer(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestTheTwoLanguagesOfSchemas(t *testing.T) {
	for _, c := range []struct{ text, zh, en string }{
		{"文档已上传 / Document uploaded", "文档已上传", "Document uploaded"},
		{"文档的编号。The id: the whole story.", "文档的编号。", "The id: the whole story."},
		{"起始（RFC 3339），必须存在。From when (RFC 3339).", "起始（RFC 3339），必须存在。", "From when (RFC 3339)."},
		{"English alone", "English alone", "English alone"},
		{"只有中文。", "只有中文。", "只有中文。"},
	} {
		if zh, en := inLanguage("zh", c.text), inLanguage("en", c.text); zh != c.zh || en != c.en {
			t.Errorf("%q is %q and %q", c.text, zh, en)
		}
	}
}

func TestFormsOfSchemasThatLeadToThemselvesEnd(t *testing.T) {
	schema := []byte(`{"type":"object","required":["next"],"properties":{"next":{"$ref":"#/$defs/next"}},"$defs":{"next":{"type":"object","required":["next"],"properties":{"next":{"$ref":"#/$defs/next"}}}}}`)
	if _, err := formOf(schema, nil, "en"); err != nil {
		t.Error(err)
	}
	if _, _, err := formSent(schema, url.Values{}, "en"); err != nil {
		t.Error(err)
	}
}
