package console

// Events that people make in a form: checked as the functions check them, and sent in
// the person's name.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/web"
)

// form fills the view with the form of a type, and the form with its example.
func (view *tryView) form(eventType, language string) error {
	schema, has := events.Schema(eventType)
	example, known := events.Example(eventType)
	if !has || !known || !isType(eventType) {
		return web.NotFound
	}
	var sample struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(example, &sample); err != nil {
		return fmt.Errorf("read the example of %s: %w", eventType, err)
	}
	value, err := parse(sample.Data)
	if err != nil {
		return fmt.Errorf("read the example of %s: %w", eventType, err)
	}
	view.Type, view.Raw, view.About = eventType, indented(sample.Data), aboutType(schema, language)
	view.Form, err = formOf(schema, value, language)
	return err
}

func isType(name string) bool {
	for _, data := range events.Types() {
		if data.EventType() == name {
			return true
		}
	}
	return false
}

func aboutType(text []byte, language string) string {
	var s schema
	if json.Unmarshal(text, &s) != nil {
		return ""
	}
	return inLanguage(language, s.Description)
}

// parse reads JSON with its numbers as they are written.
func parse(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return value, d.Decode(&value)
}

func indented(text []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, bytes.TrimSpace(text), "", "  ") != nil {
		return string(text)
	}
	return out.String()
}

// takeEvent sends what was filled in, or shows the form again with what is wrong.
func (v *visit) takeEvent() error {
	if err := v.r.ParseForm(); err != nil {
		return web.Refuse(http.StatusBadRequest, "form")
	}
	if entries(v.r.PostForm) > maxEntries {
		return web.Refuse(http.StatusBadRequest, "form_large", maxEntries)
	}
	view, err := v.tryView(v.r.PostFormValue("type"))
	if err != nil {
		return err
	}
	if view.Form == nil {
		return web.NotFound
	}
	data, err := view.take(v)
	if err == nil {
		var e events.Event
		if e, err = composed(view.Type, view.Unit, v.who.Name, data); err == nil {
			return v.publish(e)
		}
	}
	if err := view.refuse(v.language, err); err != nil {
		return err
	}
	return v.showTry(http.StatusUnprocessableEntity, view)
}

// maxEntries is how many entries of lists a form may have, all together; who has more
// sends JSON.
const maxEntries = 1000

func entries(sent url.Values) (n int) {
	for name, values := range sent {
		if strings.HasSuffix(name, "/#") {
			n += len(values)
		}
	}
	return n
}

// take reads what was sent into the view, and returns the event's data.
func (view *tryView) take(v *visit) (data []byte, err error) {
	view.Unit = strings.TrimSpace(v.r.PostFormValue("unit"))
	if view.AsRaw = v.r.PostForm.Has("raw"); view.AsRaw {
		view.Raw = strings.ReplaceAll(v.r.PostFormValue("raw"), "\r\n", "\n")
		return []byte(view.Raw), nil
	}
	schema, _ := events.Schema(view.Type)
	if view.Form, data, err = formSent(schema, v.r.PostForm, v.language); err == nil {
		view.Raw = indented(data)
	}
	return data, err
}

// composed is the event that somebody sends.
func composed(eventType, unit, who string, data []byte) (events.Event, error) {
	e := event.New()
	e.SetType(eventType)
	e.SetID(newID())
	e.SetSource("/console")
	e.SetExtension(events.CorrelationID, e.ID())
	e.SetExtension(events.AuthType, "user")
	e.SetExtension(events.AuthID, account(who))
	if unit != "" {
		e.SetExtension(events.Unit, unit)
	}
	e.SetDataContentType(event.ApplicationJSON)
	e.DataEncoded = bytes.TrimSpace(data)
	read, err := events.DecodeAny(e)
	if err != nil {
		return e, wrongData{err}
	}
	e.SetSubject(read.EventSubject())
	return e, ce.Check(e)
}

// wrongData is an error of an event's data, for whoever filled in the form.
type wrongData struct{ error }

// refuse says in the view what is wrong, where it is the person's to mend.
func (view *tryView) refuse(language string, err error) error {
	var value wrongValue
	var data wrongData
	var attribute *ce.Error
	switch {
	case errors.As(err, &value):
		view.Field, view.Problem = value.Path, tryWords.Say(language, value.Word)
	case errors.As(err, &data):
		name, form, args := events.WrongField(data.error)
		view.Field, view.Problem = pointer(name), tryWords.Say(language, "wrong data", wrongText(language, form, args))
	case errors.As(err, &attribute):
		view.Problem = tryWords.Say(language, "wrong data", attribute.Text)
	default:
		return err
	}
	if !view.AsRaw {
		view.Form.mark(view.Field, view.Problem)
	}
	return nil
}

// publish sends an event and shows its story.
func (v *visit) publish(e events.Event) error {
	if err := v.Publish(v.r.Context(), e); err != nil {
		var refused *ce.Error
		switch _, busy := fault.RetryAfter(err); {
		case busy:
			return web.Refuse(http.StatusServiceUnavailable, "queue_full")
		case errors.As(err, &refused):
			return web.Refuse(http.StatusBadRequest, "event_refused", refused.Text)
		}
		return fmt.Errorf("send an event from the console: %w", err)
	}
	v.note("send", e.Type()+" "+e.ID())
	http.Redirect(v.w, v.r, storyShown(e.ID()), http.StatusSeeOther)
	return nil
}

// note writes down what a person sent. It is sent already, so that the person is told
// so even where this fails.
func (v *visit) note(what, about string) {
	err := v.Broker().Act(context.WithoutCancel(v.r.Context()), broker.Act{Who: v.who.Name, What: what, About: about, Count: 1})
	if err != nil {
		v.Log.Error("what a person sent was not written down", slog.String("what", what), slog.String("about", about), slog.String("who", v.who.Name), slog.Any("error", err))
	}
}
