package captions

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

const meeting = `{"title":"Weekly meeting","language":"en","kind":"meeting","participants":[{"name":"Zhang Wei","account":"u-1","track":0},{"name":"Li Jing","track":1}]}`

// What is said is seen by whoever watches, sentence by sentence, and becomes minutes.
func TestMeeting(t *testing.T) {
	d := open(t, nil)
	id := d.begin(meeting)
	watching := d.connect("/captions/" + id + "/watch")
	zhang, li := d.connect("/captions/"+id+"/speak"), d.connect("/captions/"+id+"/speak?track=1")
	zhang.until("ready")
	li.until("ready")
	zhang.say(spoken(t, "slt", "the meeting is about the budget", "we need twelve new computers"))
	said := texts(append(zhang.until("kept"), zhang.until("kept")...))
	li.say(spoken(t, "rms", "the report is ready"))
	said += texts(li.until("kept"))
	for _, words := range []string{"about the budget", "computer", "report"} {
		if !strings.Contains(said, words) {
			t.Errorf("heard %q, want %q in it", said, words)
		}
	}
	zhang.end()
	if err := closed(zhang); err != websocket.StatusNormalClosure {
		t.Errorf("the speaker's connection ended with %d, want a normal closure", err)
	}
	d.ask(http.StatusNoContent, "POST", "/captions/"+id+"/end", "")
	d.ask(http.StatusNoContent, "POST", "/captions/"+id+"/end", "")
	seen := watching.until("ended")
	if got := texts(seen); got != said {
		t.Errorf("who watched saw\n%s\nwant\n%s", got, said)
	}
	for i, line := range lines(seen) {
		if line.Number != int64(i+1) {
			t.Errorf("line %d has number %d", i+1, line.Number)
		}
	}
	sent := d.Sent() // the second request has the recorded event sent again
	if len(sent) != 2 || sent[0].Type() != (events.CaptionsEnded{}).EventType() || sent[0].ID() != sent[1].ID() {
		t.Fatalf("sent %v, want the same captions.ended twice", sent)
	}
	if a := d.Twice(t, sent[0]); a.Status != http.StatusNoContent {
		t.Fatalf("handed over: %d %s", a.Status, a.Body)
	}
	handedOver(d, id, said)
}

// handedOver checks what stands where people upload recordings.
func handedOver(d *desk, id, said string) {
	d.Helper()
	if diff := cmp.Diff([]string{id + "/captions.json", id + "/meeting.wav"}, d.keys("recordings")); diff != "" {
		d.Fatalf("handed over (-want +got)\n%s", diff)
	}
	if left := d.keys("artifacts"); len(left) > 0 {
		d.Errorf("left behind: %v", left)
	}
	transcript, err := events.DecodeTranscript(d.object("recordings", id+"/captions.json"))
	if err != nil {
		d.Fatal(err)
	}
	want := []events.Speaker{{ID: "s1", Label: "Zhang Wei", Account: "u-1"}, {ID: "s2", Label: "Li Jing", Track: 1}}
	if diff := cmp.Diff(want, transcript.Speakers); diff != "" {
		d.Errorf("speakers (-want +got)\n%s", diff)
	}
	var all []string
	for _, s := range transcript.Segments {
		all = append(all, s.Text)
	}
	got := strings.Split(strings.TrimSpace(said), "\n")
	slices.Sort(got)
	slices.Sort(all)
	if diff := cmp.Diff(got, all); diff != "" {
		d.Errorf("transcript (-said +written)\n%s", diff)
	}
	wav := d.object("recordings", id+"/meeting.wav")
	channels, size := binary.LittleEndian.Uint16(wav[22:]), binary.LittleEndian.Uint32(wav[40:])
	if channels != 2 || int(size) != len(wav)-speech.WAVHeader || int64(size/4*1000/speech.SampleRate) != transcript.DurationMS {
		d.Errorf("%d channels, %d bytes of %d, %d ms: want 2 channels for as long as the transcript", channels, size, len(wav), transcript.DurationMS)
	}
}

// A connection that breaks begins again where the sound that is kept ends, and nothing is
// lost or said twice.
func TestConnectionBreaks(t *testing.T) {
	d := open(t, func(c *Captions) { c.PartialEvery = 0 })
	sound := spoken(t, "slt", "the meeting is about the budget", "we need twelve new computers", "the report is ready")
	whole := d.connect("/captions/" + d.begin(meeting) + "/speak")
	whole.until("ready")
	whole.say(sound)
	whole.end()
	want := texts(all(whole))

	id := d.begin(meeting)
	first := d.connect("/captions/" + id + "/speak")
	first.until("ready")
	first.say(sound[:len(sound)/2])
	before := first.until("kept")
	first.CloseNow()
	second := d.connect("/captions/" + id + "/speak")
	from := *second.until("ready")[0].Kept
	if kept := *before[len(before)-1].Kept; from < kept {
		t.Fatalf("sound is kept up to %d, then up to %d", kept, from)
	}
	second.say(sound[2*from:])
	second.end()
	all(second)
	var shown struct{ Lines []Caption }
	if err := json.Unmarshal([]byte(d.ask(200, "GET", "/captions/"+id, "")), &shown); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, l := range shown.Lines {
		got += l.Text + "\n"
	}
	if got != want || strings.Count(want, "\n") < 3 {
		t.Errorf("heard %q, want what an unbroken connection comes to: %q", got, want)
	}
}

// The newest connection of a track is the one that counts.
func TestNewerConnectionTakesOver(t *testing.T) {
	d := open(t, func(c *Captions) { c.PartialEvery = 0 })
	id := d.begin(meeting)
	older, newer := d.connect("/captions/"+id+"/speak"), connection{}
	older.until("ready")
	newer = d.connect("/captions/" + id + "/speak")
	newer.until("ready")
	older.say(spoken(t, "slt", "the report is ready"))
	if m := older.until("error"); m[len(m)-1].Code != "taken" {
		t.Errorf("the older connection is told %+v, want taken", m)
	}
	newer.say(spoken(t, "slt", "the report is ready"))
	newer.until("kept")
}

// A sentence that is being said is shown before it ends.
func TestPartialCaptions(t *testing.T) {
	d := open(t, func(c *Captions) { c.PartialEvery = 100 * time.Millisecond })
	id := d.begin(meeting)
	watching, speaking := d.connect("/captions/"+id+"/watch"), d.connect("/captions/"+id+"/speak")
	speaking.until("ready")
	go func() { // as fast as people speak
		for sound := spoken(t, "slt", "the meeting is about the budget and the report is ready for the office and we need to find the money for the new school and the old road in the north of the city and the people want to know when the work will begin"); len(sound) > 0; time.Sleep(100 * time.Millisecond) {
			n := min(3200, len(sound))
			if speaking.Write(t.Context(), websocket.MessageBinary, sound[:n]) != nil {
				return
			}
			sound = sound[n:]
		}
	}()
	partial := watching.until("partial")
	if got := partial[len(partial)-1]; got.Text == "" || got.Number != 0 || got.Speaker != "Zhang Wei" {
		t.Errorf("shown meanwhile: %+v, want a text of Zhang Wei without a number", got)
	}
	if line := watching.until("line"); !strings.Contains(texts(line), "budget") {
		t.Errorf("shown in the end: %q", texts(line))
	}
}

// A sentence that the engine fails on is tried again, and then a gap; its sound stays.
func TestEngineFails(t *testing.T) {
	d := open(t, func(c *Captions) {
		c.PartialEvery, c.MaxTries = 0, 1
		c.Engine = speech.Pocketsphinx{Path: "/bin/false", Wall: time.Minute, Memory: 2 << 30}
	})
	id := d.begin(meeting)
	speaking := d.connect("/captions/" + id + "/speak")
	speaking.until("ready")
	speaking.say(spoken(t, "slt", "the report is ready"))
	all := speaking.until("kept")
	if line := all[len(all)-2]; line.Gap == "" || line.Text != "" {
		t.Errorf("told %+v, want a gap with its reason", all)
	}
	if len(d.keys("artifacts")) != 1 {
		t.Errorf("kept %v, want the sound", d.keys("artifacts"))
	}
}

// A deleted session leaves nothing behind, and takes nothing more.
func TestDeleted(t *testing.T) {
	d := open(t, func(c *Captions) { c.PartialEvery = 0 })
	id := d.begin(meeting)
	speaking := d.connect("/captions/" + id + "/speak")
	speaking.until("ready")
	sound := spoken(t, "slt", "the report is ready")
	speaking.say(sound)
	speaking.until("kept")
	answer := d.tell("deleted", events.MinutesDeleted{Recording: id})
	if len(answer.Sent) != 1 {
		t.Fatalf("answered %d %s and sent %v, want recording.forgotten", answer.Status, answer.Body, answer.Sent)
	}
	gone, err := events.Decode[events.RecordingForgotten](answer.Sent[0])
	if err != nil || gone.Objects != 1 || gone.Rows != 3 {
		t.Errorf("%+v, %v: want 1 object and 3 rows to be gone", gone, err)
	}
	if left := d.keys("artifacts"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	d.ask(http.StatusGone, "GET", "/captions/"+id, "")
	speaking.say(sound)
	if m := speaking.until("error"); m[len(m)-1].Code != "not_found" {
		t.Errorf("who goes on speaking is told %+v", m)
	}
	late := d.connectFails("/captions/" + id + "/speak")
	if late != http.StatusGone {
		t.Errorf("who comes late is answered %d, want 410", late)
	}
}

// A session that nobody speaks in any more is ended.
func TestIdleSessionEnds(t *testing.T) {
	d := open(t, func(c *Captions) { c.MaxIdle = time.Millisecond })
	id := d.begin(meeting)
	shown := struct{ Ended bool }{}
	for tries := 0; !shown.Ended && tries < 600; tries++ {
		time.Sleep(50 * time.Millisecond)
		if err := json.Unmarshal([]byte(d.ask(200, "GET", "/captions/"+id, "")), &shown); err != nil {
			t.Fatal(err)
		}
	}
	if !shown.Ended {
		t.Fatal("nobody speaks, and the session goes on")
	}
	if late := d.connectFails("/captions/" + id + "/speak"); late != http.StatusConflict {
		t.Errorf("who comes after the end is answered %d, want 409", late)
	}
}

// A case of testdata/begin.txt is a request to begin a session, and its answer.
func TestBegin(t *testing.T) {
	d := open(t, nil)
	cases, err := os.ReadFile("testdata/begin.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range strings.Split(strings.TrimSpace(string(cases)), "\n\n")[1:] {
		body, want, _ := strings.Cut(c, "\n")
		status, text, _ := strings.Cut(want, " ")
		number, _ := strconv.Atoi(status)
		var answer struct{ Error struct{ Message string } }
		if err := json.Unmarshal([]byte(d.ask(number, "POST", "/captions", body)), &answer); err != nil || answer.Error.Message != text {
			t.Errorf("%.80s: %q, %v; want %q", body, answer.Error.Message, err, text)
		}
	}
}

func TestRefused(t *testing.T) {
	d := open(t, func(c *Captions) { c.MaxConnections, c.MaxSession = 1, 2*time.Second })
	id := d.begin(meeting)
	d.ask(http.StatusNotFound, "GET", "/captions/nothing-of-the-kind", "")
	d.ask(http.StatusNotFound, "POST", "/captions/"+newID()+"/end", "")
	if got := d.connectFails(fmt.Sprintf("/captions/%s/speak?track=%d", id, d.captions.MaxTracks)); got != http.StatusBadRequest {
		t.Errorf("a track too many: %d, want 400", got)
	}
	speaking := d.connect("/captions/" + id + "/speak")
	speaking.until("ready")
	if got := d.connectFails("/captions/" + id + "/watch"); got != http.StatusServiceUnavailable {
		t.Errorf("a connection too many: %d, want 503", got)
	}
	speaking.say(make([]byte, 2*speech.SampleRate*3))
	if m := speaking.until("error"); m[len(m)-1].Code != "session_long" {
		t.Errorf("3 s where 2 s may be: %+v", m)
	}
}

func TestBrokenMessages(t *testing.T) {
	d := open(t, nil)
	id := d.begin(meeting)
	for name, send := range map[string]func(connection) error{
		"half a sample": func(c connection) error { return c.Write(c.Context(), websocket.MessageBinary, []byte{1}) },
		"no such text": func(c connection) error {
			return c.Write(c.Context(), websocket.MessageText, []byte(`{"type":"stop"}`))
		},
	} {
		speaking := d.connect("/captions/" + id + "/speak")
		speaking.until("ready")
		if err := send(speaking); err != nil {
			t.Fatal(err)
		}
		speaking.until("error")
		if got := closed(speaking); got != websocket.StatusPolicyViolation {
			t.Errorf("%s: closed with %d", name, got)
		}
	}
	speaking := d.connect("/captions/" + id + "/speak")
	speaking.until("ready")
	speaking.Write(t.Context(), websocket.MessageBinary, make([]byte, maxFrame+2))
	if got := closed(speaking); got != websocket.StatusMessageTooBig {
		t.Errorf("a message over the limit: closed with %d", got)
	}
}

// closed reads to the end of a connection, and returns why it was closed.
func closed(c connection) websocket.StatusCode {
	c.Helper()
	for {
		if _, err := c.next(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// all is what is told until the connection ends.
func all(c connection) (all []message) {
	c.Helper()
	for {
		m, err := c.next()
		if err != nil {
			return all
		}
		all = append(all, m)
	}
}

// connectFails returns the status that a connection is refused with.
func (d *desk) connectFails(path string) int {
	d.Helper()
	c, res, err := websocket.Dial(d.Context(), d.URL+path, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err == nil {
		c.CloseNow()
		d.Fatal(errors.New(path + " is taken"))
	}
	return res.StatusCode
}

func lines(all []message) (lines []message) {
	for _, m := range all {
		if m.Type == "line" {
			lines = append(lines, m)
		}
	}
	return lines
}
