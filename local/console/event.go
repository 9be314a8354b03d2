package console

// One event: what it says, where it went, what it caused, and what the functions wrote
// about it.

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

const (
	dataShown     = 64 << 10 // bytes of an event's data on its page
	childrenShown = 100
)

// eventView is what the page of an event shows.
type eventView struct {
	Seq        int64
	Short      string
	Type       string
	ReceivedAt time.Time
	Story      string // address
	Attributes []eventAttribute
	Data       string
	DataBytes  int64
	DataCut    bool
	NoText     bool // the data are bytes that are no text
	Wrong      string
	Unknown    bool // there is no schema for the type
	Deliveries []eventDelivery
	Logs       []eventLog
	LogPlaces  []logPlace  // where they are, on a cluster
	Cause      []eventLine // one or none
	Children   []eventLine
	MoreBelow  bool
	Objects    []eventObject
	Open       bool
}

type eventAttribute struct {
	Name, Value string
	To          string // an address
}

// eventDelivery is a delivery with all that became of it.
type eventDelivery struct {
	broker.Delivery
	Function string
	Mark     eventMark
	Took     string // from its last start to its end; of one afar from its first
	Afar     bool   // a cluster makes it or made it
	Tries    []eventTry
}

// eventTry is one attempt, or one redrive between two.
type eventTry struct {
	At       time.Time
	Took     string
	Code     int
	Reason   string
	Good     bool
	Running  bool
	Redriven *broker.Redriven
}

type eventLog struct {
	Function string
	Lines    []logLine
	Short    bool
}

// eventAsked is the event that the address names.
func (v *visit) eventAsked() (broker.Told, error) {
	seq, err := strconv.ParseInt(v.r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return broker.Told{}, web.Refuse(http.StatusNotFound, "no_event")
	}
	told, err := v.Broker().Event(v.r.Context(), seq)
	if errors.Is(err, broker.ErrNoEvent) {
		return told, web.Refuse(http.StatusNotFound, "no_event")
	}
	return told, err
}

func (v *visit) showEvent() error {
	told, err := v.eventAsked()
	if err != nil {
		return err
	}
	e := told.Event
	attributes := ce.Attributes(e)
	view := eventView{Seq: told.Seq, Short: eventShort(e.Type()), Type: e.Type(), ReceivedAt: told.ReceivedAt, DataBytes: int64(len(e.Data())), Objects: v.describe(v.r.Context(), objectsIn(e.Data()))}
	if err := v.addKin(&view, e.ID(), attributes); err != nil {
		return err
	}
	if err := v.addDeliveries(&view, told); err != nil {
		return err
	}
	view.Attributes = shownAttributes(attributes, told, view)
	view.checkData(e)
	if v.Cluster != nil {
		v.addLogPlaces(&view, e.ID())
	} else {
		v.addLogs(&view, e.ID())
	}
	v.policy = showsFrom(view.Objects)
	return v.tell("event.html", view, map[string]any{"open": view.Open}, eventScriptWords)
}

// addKin finds what caused the event, and what it caused.
func (v *visit) addKin(view *eventView, id string, attributes map[string]string) error {
	correlation := attributes[events.CorrelationID]
	if correlation == "" {
		correlation = id
	}
	view.Story = storyAddress(correlation)
	b, ctx := v.Broker(), v.r.Context()
	below, err := b.Find(ctx, broker.Search{Correlation: correlation, CausedBy: id, After: view.Seq, Limit: childrenShown})
	if err != nil {
		return err
	}
	slices.Reverse(below.Entries)
	view.Children, view.MoreBelow = v.eventLines(below.Entries), below.Full
	if cause := attributes[events.CausationID]; cause != "" {
		above, err := b.Find(ctx, broker.Search{Correlation: correlation, ID: cause, Before: view.Seq, Limit: 1})
		if err != nil {
			return err
		}
		view.Cause = v.eventLines(above.Entries)
	}
	return nil
}

func storyAddress(correlation string) string { return "/console/story/" + url.PathEscape(correlation) }

// shownAttributes are all of them, those that lead somewhere with their address.
func shownAttributes(attributes map[string]string, told broker.Told, view eventView) []eventAttribute {
	all := []eventAttribute{}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := eventAttribute{Name: name, Value: attributes[name]}
		switch {
		case name == events.CorrelationID:
			a.To = view.Story
		case name == events.CausationID && len(view.Cause) > 0:
			a.To = "/console/events/" + strconv.FormatInt(view.Cause[0].Seq, 10)
		case name == events.Unit:
			a.To = "/console/events?unit=" + url.QueryEscape(a.Value)
		case name == "type":
			a.To = "/console/events?type=" + url.QueryEscape(a.Value)
		case name == "subject":
			a.To = "/console/events?text=" + url.QueryEscape(a.Value)
		}
		all = append(all, a)
	}
	return append(all, eventAttribute{Name: "trace", Value: told.Trace})
}

// checkData shows the data as people read them, and says what is wrong with them.
func (view *eventView) checkData(e events.Event) {
	var pretty bytes.Buffer
	text := e.Data()
	if json.Indent(&pretty, text, "", "  ") == nil {
		text = pretty.Bytes()
	}
	view.DataCut = len(text) > dataShown
	view.Data = textOf(text[:min(len(text), dataShown)], view.DataCut)
	view.NoText = view.Data == "" && len(text) > 0
	_, err := events.DecodeAny(e)
	if view.Unknown = errors.Is(err, events.ErrUnknownType); err != nil && !view.Unknown {
		view.Wrong = err.Error()
	}
}

// addLogs reads what the functions that got the event wrote about it.
func (v *visit) addLogs(view *eventView, id string) {
	var asked []string
	for _, d := range view.Deliveries {
		if slices.Contains(asked, d.Function) || !slices.Contains(v.functionNames(), d.Function) {
			continue // the name becomes a path: only those of our own functions
		}
		asked = append(asked, d.Function)
		lines, short, err := linesAbout(filepath.Join(v.Logs, d.Function+".log"), id)
		if err != nil {
			v.Log.Warn("a function's log cannot be read", slog.String("function", d.Function), slog.Any("error", err))
		}
		view.Logs = append(view.Logs, eventLog{d.Function, lines, short})
	}
}
