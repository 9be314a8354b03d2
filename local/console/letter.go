package console

// One dead letter: what happened to it, what is in it, and what to do.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

// maxEdited bounds the data that is edited in a form, in bytes: coded for the form
// it may be three times as long.
const maxEdited = 256 << 10

// letterView is what the page shows.
type letterView struct {
	broker.DeadLetter
	Death      string
	Is         string // its state, as the broker calls it
	Tone       string // the colour of its state
	Dead       bool
	Awaits     int64 // the run that was just begun and has not come to it; 0 is none
	Name       string
	Address    string
	Story      string // the address of its story
	Attributes []field
	Text       string // the data as it is shown and edited
	Binary     bool   // it is no text
	Long       bool   // it is too long to be edited here
	Others     []broker.Delivery
	Ask        *question
	Replay     replayView
}

// replayView is the form for a replay.
type replayView struct {
	ID      string // of the event that it would send
	Data    string
	Why     string
	Keep    bool   // the letter is not discarded with it
	Problem string // a word of the message table, or what is wrong with the data
	Sent    string // the id of the event that was sent
}

// letterTrouble is what is wrong with what the person asked for.
type letterTrouble struct {
	Ask    string      // a word
	Replay *replayView // the form as it was filled in
}

// letter shows the page, or tells a script how the letter stands.
func (v *visit) letter(trouble letterTrouble) error {
	id, err := v.letterNamed()
	if err != nil {
		return err
	}
	l, err := v.Broker().Letter(v.r.Context(), id.Seq, id.Trigger)
	if errors.Is(err, broker.ErrNoLetter) {
		return web.NotFound
	}
	if err != nil {
		return err
	}
	if v.isScript() {
		return web.Reply(v.w, http.StatusOK, standing(l.Delivery))
	}
	view := v.letterView(l)
	if view.Others, err = v.Broker().Deliveries(v.r.Context(), l.Seq); err != nil {
		return err
	}
	if trouble.Replay != nil {
		view.Replay = *trouble.Replay
	}
	if view.Dead {
		view.Ask, err = v.question(deadFilter{}, time.Time{}, trouble.Ask)
	}
	if err != nil {
		return err
	}
	if view.Ask != nil {
		view.Ask.Back, view.Ask.Fields = view.Address, append(view.Ask.Fields, field{"at", "letter"}, field{"seq", itoa(l.Seq)}, field{"trigger", l.Delivery.Trigger})
	}
	return v.tell("letter.html", view, map[string]any{"standing": standing(l.Delivery), "moves": view.Awaits != 0 || onItsWay(l.Delivery.State)}, deadScript)
}

var tones = map[broker.State]string{broker.Dead: "bad", broker.Done: "good", broker.Running: "busy", broker.Ready: "wait", broker.Waiting: "wait", broker.Afar: "wait", broker.AtWork: "busy"}

func onItsWay(s broker.State) bool {
	return unended(s)
}

// letterNamed reads which letter an address or a form is about.
func (v *visit) letterNamed() (id broker.LetterID, err error) {
	seq, err := strconv.ParseInt(v.r.FormValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return id, web.NotFound
	}
	return broker.LetterID{Seq: seq, Trigger: v.r.FormValue("trigger")}, nil
}

// standing is how a delivery stands, for a script that waits for a change.
func standing(d broker.Delivery) string {
	return fmt.Sprintf("%v %d %d %d", d.State, d.Attempts, d.Busy, len(d.Redrives))
}

func (v *visit) letterView(l broker.DeadLetter) letterView {
	id := broker.LetterID{Seq: l.Seq, Trigger: l.Delivery.Trigger}
	view := letterView{DeadLetter: l, Death: death(l.Delivery.Code, l.Delivery.Reason), Is: l.Delivery.State.String(), Dead: l.Delivery.State == broker.Dead,
		Tone: tones[l.Delivery.State],
		Name: letterName(id), Address: letterAddress(id), Story: l.Event.ID()}
	for name, value := range ce.Attributes(l.Event) {
		view.Attributes = append(view.Attributes, field{name, value})
		if name == events.CorrelationID {
			view.Story = value
		}
	}
	slices.SortFunc(view.Attributes, func(a, b field) int { return attributeOrder(a.Name, b.Name) })
	view.Story = "/console/story/" + url.PathEscape(view.Story)
	view.Text, view.Binary = readable(l.Event.Data())
	view.Long = len(view.Text) > maxEdited
	slices.Reverse(view.Delivery.Failures)
	view.Awaits = awaited(v.r, l.Delivery)
	now := v.Now()
	view.Replay = replayView{Data: view.Text, ID: ce.ID("replay", view.Name, v.who.Name, now.Format(time.RFC3339Nano)), Sent: sentID(v.r)}
	return view
}

// awaited is the run that the address names, as long as it has not come to a letter. It
// may have come while this was read: then the letter died before it was redriven.
func awaited(r *http.Request, d broker.Delivery) int64 {
	run, err := strconv.ParseInt(r.FormValue("run"), 10, 64)
	came := func(one broker.Redriven) bool {
		return one.Run >= run && (d.EndedAt == nil || d.EndedAt.After(one.At))
	}
	if err != nil || d.State != broker.Dead || slices.ContainsFunc(d.Redrives, came) {
		return 0
	}
	return run
}

// attributeOrder puts first what says most, and the others by their names.
func attributeOrder(a, b string) int {
	first := []string{"type", "subject", "id", "source", "time"}
	place := func(name string) string {
		if i := slices.Index(first, name); i >= 0 {
			return strconv.Itoa(i)
		}
		return name
	}
	return bytes.Compare([]byte(place(a)), []byte(place(b)))
}

// readable returns data as people read it, and whether it is no text at all.
func readable(data []byte) (text string, binary bool) {
	var pretty bytes.Buffer
	if json.Indent(&pretty, data, "", "  ") == nil {
		return pretty.String(), false
	}
	if !utf8.Valid(data) || bytes.ContainsRune(data, 0) {
		return "", true
	}
	return string(data), false
}

// sentID is the id of the event that a replay has just sent, which the address names.
func sentID(r *http.Request) string {
	if id := r.FormValue("sent"); web.Visible(id) {
		return id
	}
	return ""
}
