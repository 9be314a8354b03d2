package captions

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
	"xietong.dev/shared/speech"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const token = "secret-of-the-test"

// desk is the function behind its real edge, with a real database and a real engine.
type desk struct {
	*testing.T
	*fntest.Harness
	captions *Captions
	store    *blob.Memory
}

func open(t *testing.T, change func(*Captions)) *desk {
	t.Helper()
	d := &desk{T: t, store: &blob.Memory{}}
	d.captions = &Captions{Store: d.store, DB: pgtest.Open(t, Word, Migrations()), NewID: newID, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Engine: speech.Pocketsphinx{Path: "pocketsphinx_continuous", Wall: time.Minute, Memory: 2 << 30}}
	getenv := func(name string) string { return map[string]string{"API_TOKEN": token}[name] }
	if err := conf.Read(getenv, &d.captions.Config); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(d.captions)
	}
	d.Harness = fntest.Start(t, d.captions.Function(), "TEND_EVERY=50ms")
	return d
}

// ask sends a request and wants a status.
func (d *desk) ask(want int, method, path, body string) string {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), method, d.URL+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "X-Auth-Id": {"u-1"}, "Accept-Language": {"en"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		d.Fatalf("%s %s: %d %s, %v: want %d", method, path, res.StatusCode, text, err, want)
	}
	return string(text)
}

// begin begins a session and returns its id.
func (d *desk) begin(body string) string {
	d.Helper()
	var b begun
	if err := json.Unmarshal([]byte(d.ask(http.StatusCreated, "POST", "/captions", body)), &b); err != nil {
		d.Fatal(err)
	}
	return b.ID
}

// line is a connection of the test.
type connection struct {
	*desk
	*websocket.Conn
}

func (d *desk) connect(path string) connection {
	d.Helper()
	c, _, err := websocket.Dial(d.Context(), d.URL+path, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}, "Accept-Language": {"en"}}})
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { c.CloseNow() })
	return connection{d, c}
}

// next is the next message, or the error that ended the connection.
func (c connection) next() (m message, err error) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
	defer cancel()
	_, text, err := c.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	return m, err
}

// until reads messages up to one of a type, and returns all.
func (c connection) until(kind string) (all []message) {
	c.Helper()
	for {
		m, err := c.next()
		if err != nil {
			c.Fatalf("%v, want a message of type %s; before it %+v", err, kind, all)
		}
		if all = append(all, m); m.Type == kind {
			return all
		}
	}
}

// say sends sound from a sample on, a tenth of a second at a time, as microphones do.
func (c connection) say(samples []byte) {
	c.Helper()
	for len(samples) > 0 {
		n := min(3200, len(samples))
		if err := c.Write(c.Context(), websocket.MessageBinary, samples[:n]); err != nil {
			c.Fatal(err)
		}
		samples = samples[n:]
	}
}

func (c connection) end() {
	c.Helper()
	if err := c.Write(c.Context(), websocket.MessageText, []byte(`{"type":"end"}`)); err != nil {
		c.Fatal(err)
	}
}

// spoken is the samples of a text as flite says it, with a second of silence behind each
// sentence.
func spoken(t *testing.T, voice string, sentences ...string) (samples []byte) {
	t.Helper()
	for _, sentence := range sentences {
		file := filepath.Join(t.TempDir(), "said.wav")
		if out, err := exec.Command("flite", "-voice", voice, "-t", sentence, "-o", file).CombinedOutput(); err != nil {
			t.Fatalf("flite: %v %s", err, out)
		}
		wav, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		said, err := speech.Samples(wav)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(append(samples, said...), make([]byte, 2*speech.SampleRate)...)
	}
	return samples
}

// object reads an object.
func (d *desk) object(bucket, key string) []byte {
	d.Helper()
	body, _, err := d.store.Get(d.Context(), bucket, key, "")
	if err != nil {
		d.Fatalf("%s/%s: %v", bucket, key, err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		d.Fatal(err)
	}
	return text
}

// keys are those of a bucket.
func (d *desk) keys(bucket string) (keys []string) {
	d.Helper()
	err := d.store.List(d.Context(), bucket, "", func(i blob.Info) bool { keys = append(keys, i.Key); return true })
	if err != nil {
		d.Fatal(err)
	}
	return keys
}

// tell delivers an event twice.
func (d *desk) tell(id string, data events.Data) fntest.Answer {
	d.Helper()
	e, err := events.New(data)
	if err != nil {
		d.Fatal(err)
	}
	e.SetID(id)
	e.SetSource("/functions/test")
	return d.Twice(d, fn.Event(e))
}

// texts are those of the lines among messages.
func texts(all []message) string {
	var lines bytes.Buffer
	for _, m := range all {
		if m.Type == "line" {
			lines.WriteString(m.Text + "\n")
		}
	}
	return lines.String()
}
