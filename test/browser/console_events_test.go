package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xietong.dev/shared/blob"
	"xietong.dev/test/drive"
)

// event is a CloudEvent as a publisher sends it.
type event map[string]any

// publish sends an event to the broker of a runtime; false says that it did not take it.
func publish(front string, e event) bool {
	whole := event{"specversion": "1.0", "source": "/test", "datacontenttype": "application/json", "data": event{}}
	for name, value := range e {
		whole[name] = value
	}
	text, _ := json.Marshal(whole)
	res, err := http.Post(front+"/broker", "application/cloudevents+json", bytes.NewReader(text))
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusAccepted
}

func (o *office) publish(e event) {
	o.T.Helper()
	if !publish(o.runtime.Front, e) {
		o.T.Fatalf("the broker did not take %v", e)
	}
}

// put writes an object.
func (o *office) put(bucket, key, contentType string, body []byte) {
	o.T.Helper()
	if _, err := o.runtime.Blob.Put(o.T.Context(), bucket, key, bytes.NewReader(body), blob.Put{Size: int64(len(body)), ContentType: contentType}); err != nil {
		o.T.Fatal(err)
	}
}

func (o *office) sample(name string) []byte {
	o.T.Helper()
	text, err := os.ReadFile(filepath.Join(root, "local", "samples", name))
	if err != nil {
		o.T.Fatal(err)
	}
	return text
}

// seen reports in the page whether a text stands in it.
func seen(text string) string {
	return fmt.Sprintf(`document.querySelector('main').innerText.includes(%q)`, text)
}

// rowOf is the row of the list whose subject is a text.
func rowOf(subject string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('#events tbody tr')].find(tr => tr.children[2]?.innerText === %q)`, subject)
}

// followAStory drops a file while the list is open: it appears by itself, leads to its
// story, and the story goes on by itself until it is complete, in both languages.
func (o *office) followAStory() {
	o.enter()
	o.visit("/console/events?lang=zh")
	o.until("that the list is live", `document.querySelector('#live-state')?.innerText === '实时更新中'`)
	o.put("recordings", "区政府周例会.srt", "", o.sample("meeting-zh.srt"))
	o.until("the upload, without loading the page again", rowOf("区政府周例会.srt"))
	o.until("where it went", rowOf("区政府周例会.srt")+`.textContent.includes('uploads 已完成')`)
	o.do(chromedp.Evaluate[chromedp.Void](rowOf("区政府周例会.srt") + `.querySelector('a').click()`))
	o.until("the event", `location.pathname.startsWith('/console/events/') && document.querySelector('h1')?.innerText === 's3.ObjectCreated:Put'`)
	o.until("the recording as text", seen("WEBVTT")+"||"+seen("-->"))
	o.click(".head a.button.main")
	o.until("the whole story", `location.pathname.startsWith('/console/story/') && document.querySelector('#fall [title="dev.xietong.recording.summarised.v1"]')`)
	o.until("that it is complete", `document.querySelector('#state')?.innerText === '全部完成'`)
	names := js[string](o.tab, `[...document.querySelectorAll('#fall .name a')].map(a => a.innerText).join(' ')`)
	if want := "s3.ObjectCreated:Put transcript.uploaded recording.transcribed recording.summarised"; names != want {
		o.T.Errorf("the story is %q, want %q", names, want)
	}
	if bars := js[int](o.tab, `document.querySelectorAll('#fall svg.bars rect.good').length`); bars < 4 {
		o.T.Errorf("%d bars are drawn, want one at least for each event", bars)
	}
	o.click("#language")
	o.until("English", `document.documentElement.lang === 'en' && document.querySelector('#state').innerText === 'Complete'`)
	o.click(".head a.button")
	o.until("the story as a list", `location.search.includes('story=') && document.querySelectorAll('#events tbody tr').length >= 4`)
	o.visit("/console/events?lang=zh")
}

// lookIntoAnEvent opens an event whose data are wrong: the page says what is wrong, what
// the function answered and logged. Another names objects, of which each is shown as
// what it is safe to show.
func (o *office) lookIntoAnEvent() {
	o.enter()
	o.publish(event{"id": "wrong-1", "type": "dev.xietong.minutes.deleted.v1", "subject": "wrong-subject", "data": event{"recording": 5}})
	o.visit("/console/events?lang=en&type=minutes.deleted&outcome=dead")
	o.until("the dead letters", rowOf("wrong-subject")+"|| (location.reload(), false)")
	o.click("#events tbody a")
	o.until("what is wrong with the data", seen("field recording is a number, want a string"))
	o.until("the answer", `[...document.querySelectorAll('.delivery')].every(d => d.innerText.includes('dead letter') && d.innerText.includes('want a string'))`)
	o.until("the function's log", `[...document.querySelectorAll('.log tr')].some(tr => tr.innerText.includes('WARN') && tr.innerText.includes('refused'))`)

	pixel, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	page := []byte(`<script>window.hacked = true</script><h1>会议</h1>`)
	o.put("artifacts", "shown/1/pixel.png", "image/png", pixel)
	o.put("artifacts", "shown/1/meeting.ogg", "audio/ogg", o.sample("meeting-en.ogg"))
	o.put("artifacts", "shown/1/page.html", "text/html", page)
	named := []event{}
	for _, key := range []string{"pixel.png", "meeting.ogg", "page.html", "none.bin"} {
		named = append(named, event{"bucket": "artifacts", "key": "shown/1/" + key})
	}
	o.publish(event{"id": "shown-1", "type": "dev.example.shown.v1", "data": event{"all": named}})
	o.visit("/console/events?lang=en&type=example.shown")
	o.click("#events tbody a")
	o.until("the picture, from the store", `document.querySelector('.object img')?.naturalWidth === 1 && new URL(document.querySelector('.object img').src).origin !== location.origin`)
	o.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.object audio').muted = true, document.querySelector('.object audio').play()`))
	o.until("that the recording plays", `document.querySelector('.object audio').currentTime > 0`)
	if got := js[string](o.tab, `document.querySelector('.object pre').textContent + '|' + window.hacked`); got != string(page)+"|undefined" {
		o.T.Errorf("the uploaded page is shown as %q", got)
	}
	o.until("that one is gone", `document.querySelectorAll('.object')[3].innerText.includes('gone')`)
	headers := js[string](o.tab, `(() => { const r = new XMLHttpRequest(); r.open('GET', document.querySelectorAll('.object a')[2].href, false); r.send(); return [r.status, ...['content-type', 'content-disposition', 'content-security-policy', 'x-content-type-options'].map(h => r.getResponseHeader(h)), r.responseText].join(' | ') })()`)
	if want := "200 | application/octet-stream | attachment; filename*=UTF-8''page.html | sandbox; default-src 'none' | nosniff | " + string(page); headers != want {
		o.T.Errorf("the uploaded page is sent as\n%s\nwant\n%s", headers, want)
	}
}

// standAFlood lets more events come while the list is paused than a page holds: what it
// does not show it counts, and leads to.
func (o *office) standAFlood() {
	const flood = 340
	o.enter()
	o.visit("/console/events?lang=en&type=flood")
	o.until("that the list is live", `document.querySelector('#live-state')?.innerText === 'Live'`)
	o.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#pause').focus()`))
	o.press('\r')
	o.until("that it is paused", `document.querySelector('#live-state').innerText === 'Paused, 0 new'`)
	for i := range flood {
		o.publish(event{"id": fmt.Sprint("flood-", i), "type": "dev.example.flood.v1", "subject": fmt.Sprint("drop-", i)})
	}
	left := `Number(document.querySelector('#live-skipped').innerText.replace(/\D/g, ''))`
	o.until("that all have come or were left out", fmt.Sprintf(`Number(document.querySelector('#live-state').innerText.replace(/\D/g, '')) + %s === %d`, left, flood))
	if shown := js[int](o.tab, `document.querySelectorAll('#events tr[data-seq]').length`); shown != 0 {
		o.T.Errorf("%d events were shown while it was paused", shown)
	}
	o.press('\r')
	o.until("the last", rowOf(fmt.Sprint("drop-", flood-1)))
	rows := js[int](o.tab, `document.querySelectorAll('#events tbody tr').length`)
	shown, skipped := js[int](o.tab, `document.querySelectorAll('#events tr[data-seq]').length`), js[int](o.tab, left)
	if rows > 300 || skipped < flood-300 || shown+skipped > flood {
		o.T.Errorf("%d rows, %d events, %d left out, of %d", rows, shown, skipped, flood)
	}
	said := js[string](o.tab, `document.querySelector('.left-out').innerText`)
	o.click(".left-out a")
	o.until("those that were left out", `location.search.includes('after=') && document.querySelectorAll('#events tr[data-seq]').length > 0`)
	if listed := js[int](o.tab, `document.querySelectorAll('#events tr[data-seq]').length`); !strings.HasPrefix(said, fmt.Sprint(listed, " ")) && listed != 100 {
		o.T.Errorf("the page said %q, and leads to %d events", said, listed)
	}
}

// meetHostileEvents shows events whose every text is hostile: on no page do they run,
// nor do they push anything out of the screen.
func (o *office) meetHostileEvents() {
	o.enter()
	hostile := `<script>window.hacked=1</script><img src=x onerror=window.hacked=1>` + "\u202e" + strings.Repeat("长", 150) + strings.Repeat("x", 150)
	o.visit("/console/events?lang=en&type=hostile")
	o.until("that the list is live", `document.querySelector('#live-state')?.innerText === 'Live'`)
	o.publish(event{"id": hostile, "type": "hostile." + hostile, "subject": hostile, "unit": `"><b>hr`, "data": event{hostile: hostile}})
	o.publish(event{"id": "next", "type": "hostile.next", "subject": "next", "correlationid": hostile, "causationid": hostile})
	harmless := func(page string) {
		o.T.Helper()
		if got := js[string](o.tab, `[window.hacked, document.querySelectorAll('main script:not([src^="/console/files/"]), main img').length, document.documentElement.scrollWidth <= innerWidth].join(' ')`); got != " 0 true" {
			o.T.Errorf("%s: hacked, foreign elements, fits: %q", page, got)
		}
	}
	o.until("its row, as text", rowOf("next")+`&& [...document.querySelectorAll('#events tbody tr')].some(tr => tr.children[2].textContent.startsWith('<script>'))`)
	for _, s := range []screen{wide, narrow} {
		o.do(chromedp.EmulateViewport(s.width, s.height, chromedp.EmulateScale(1)))
		harmless("the live list")
		o.visit("/console/events?lang=en&type=hostile&unit=" + `%22%3E%3Cb%3Ehr`)
		o.until("its row", `document.querySelectorAll('#events tbody tr').length === 1`)
		harmless("the list")
		o.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#events tbody a').click()`))
		o.until("the event", `document.querySelector('#h-data')`)
		harmless("the event")
		o.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.head a.button.main').click()`))
		o.until("the story of both", `document.querySelectorAll('#fall tbody').length === 2`)
		harmless("the story")
		o.visit("/console/events?lang=en&type=hostile")
	}
	o.do(chromedp.EmulateViewport(wide.width, wide.height, chromedp.EmulateScale(1)))
	o.visit("/console/events?lang=zh")
}

// TestLiveLogResumes publishes while the runtime is stopped, killed and started again
// under a page that nobody touches: it shows every event that was accepted, in order.
func TestLiveLogResumes(t *testing.T) {
	state := t.TempDir()
	os.Chmod(filepath.Dir(state), 0o755) // the database's own user looks in
	os.Chmod(state, 0o755)
	up := func(port string) *drive.Runtime {
		r, err := drive.Up(t.Context(), root, program, state, "--port", port)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	port := freePair(t)
	r := up(port)
	o := &office{T: t, runtime: r, tab: chromium(t, t.TempDir(), wide)}
	o.enter()
	o.visit("/console/events?lang=en&type=numbered")
	o.until("that the list is live", `document.querySelector('#live-state')?.innerText === 'Live'`)
	o.do(chromedp.Evaluate[chromedp.Void](`window.loadedOnce = true`))

	stop, ended := make(chan struct{}), make(chan []string)
	go func() { ended <- numbered(r.Front, stop) }()
	for _, end := range []func(*drive.Runtime){(*drive.Runtime).Down, (*drive.Runtime).Kill} {
		before := js[int](o.tab, `document.querySelectorAll('#events tbody tr').length`)
		o.until("some more events", fmt.Sprintf(`document.querySelectorAll('#events tbody tr').length > %d`, before+5))
		end(r)
		o.until("that the page says so", `document.querySelector('#live-state').innerText.includes('lost')`)
		r = up(port)
		o.until("that it is live again", `document.querySelector('#live-state').innerText === 'Live'`)
	}
	t.Cleanup(r.Down)
	time.Sleep(time.Second) // some more events
	close(stop)
	accepted := <-ended
	o.until("the last event", rowOf(accepted[len(accepted)-1]))
	got := strings.Fields(js[string](o.tab, `window.loadedOnce ? [...document.querySelectorAll('#events tbody tr')].map(tr => tr.children[2].innerText).join(' ') : 'the page was loaded again'`))
	slices.Reverse(got)
	missing := slices.DeleteFunc(slices.Clone(accepted), func(s string) bool { return slices.Contains(got, s) })
	if len(missing) > 0 || !slices.IsSortedFunc(got, func(a, b string) int { return len(a)*1000 + strings.Compare(a, b) - len(b)*1000 }) {
		t.Errorf("of %d events %v are missing; seen, in order: %v", len(accepted), missing, got)
	}
}

// numbered publishes events 1, 2, 3 and so on until it is stopped, each again and again
// until it is accepted, and returns their subjects.
func numbered(front string, stop chan struct{}) (accepted []string) {
	for n := 1; ; n++ {
		subject := fmt.Sprint("n", n)
		for !publish(front, event{"id": subject, "type": "dev.example.numbered.v1", "subject": subject}) {
			time.Sleep(20 * time.Millisecond)
		}
		accepted = append(accepted, subject)
		select {
		case <-stop:
			return accepted
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freePair finds two neighbouring ports that are free: one for the front door, which a
// page must find again, and the next for the store. They are below those that the kernel
// gives to whoever connects, for they are let go and taken again meanwhile.
func freePair(t *testing.T) string {
	for range 100 {
		port := 20_000 + rand.IntN(12_000)
		first, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			continue
		}
		second, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port+1))
		first.Close()
		if err != nil {
			continue
		}
		second.Close()
		return fmt.Sprint(port)
	}
	t.Fatal("no two neighbouring ports are free")
	return ""
}
