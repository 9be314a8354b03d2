package browser

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/google/go-cmp/cmp"

	protocol "xietong.dev/functions/score/report"
	"xietong.dev/shared/fault"
)

// receiver serves a page with the probe for web pages, and understands what that
// sends: the protocol, and no decision. It listens on loopback, which browsers take
// for as safe as TLS, or there would be no crypto.subtle.
type receiver struct {
	*testing.T
	*httptest.Server
	script  []byte
	keys    protocol.ServerKeys
	tickets protocol.Tickets

	mu      sync.Mutex
	devices map[string]protocol.Key
	windows map[string]protocol.Window
	took    []taken
	refuse  []func(w http.ResponseWriter) // what the next requests for /score/reports meet
}

type taken struct {
	header protocol.Header
	body   protocol.Body
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	keys, err := protocol.NewServerKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &receiver{T: t, script: compiled(t), keys: keys, tickets: protocol.Tickets{Secrets: [][]byte{bytes.Repeat([]byte{1}, 32)}},
		devices: map[string]protocol.Key{}, windows: map[string]protocol.Window{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `<!doctype html><meta charset="utf-8"><title>探针</title><script src="/probe.js"></script>`)
	})
	mux.HandleFunc("GET /probe.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(s.script)
	})
	for pattern, handle := range map[string]func(body []byte) (any, error){
		"GET /ticket":         func([]byte) (any, error) { return s.ticket(protocol.PurposeDevice) },
		"GET /lend":           func([]byte) (any, error) { return s.lend() },
		"GET /score/keys":     func([]byte) (any, error) { return map[string]any{"keys": s.keys.Public()}, nil },
		"POST /score/devices": s.enrol,
		"POST /score/reports": s.report,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, handle) })
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// compiled is the probe as a page loads it.
func compiled(t *testing.T) []byte {
	t.Helper()
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join(root, "functions/score/probe/h5/probe.ts")},
		Bundle:      true, Format: api.FormatIIFE, GlobalName: "score", Target: api.ES2022,
	})
	for _, m := range slices.Concat(result.Errors, result.Warnings) {
		t.Errorf("%v: %s", m.Location, m.Text)
	}
	if len(result.OutputFiles) != 1 {
		t.Fatal("nothing was compiled")
	}
	return result.OutputFiles[0].Contents
}

func (s *receiver) serve(w http.ResponseWriter, r *http.Request, handle func([]byte) (any, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/score/reports" && len(s.refuse) > 0 {
		refuse := s.refuse[0]
		s.refuse = s.refuse[1:]
		refuse(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Error(err)
	}
	answer, err := handle(body)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		answer = map[string]any{"error": map[string]string{"code": fault.Code(err), "message": err.Error()}}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.Error(err)
	}
}

const lentDevice = "00112233445566778899aabbccddeeff"

func (s *receiver) ticket(purpose string) (string, error) {
	return s.tickets.Give(protocol.Ticket{Purpose: purpose, App: "cn.example.oa", Device: lentDevice, Expires: protocol.At(time.Now().Add(time.Hour)), Nonce: rand.Text()})
}

func (s *receiver) lend() (any, error) {
	ticket, err := s.ticket(protocol.PurposeSession)
	if err != nil {
		return nil, err
	}
	lent, err := s.tickets.Lend(ticket)
	return map[string]string{"device": lentDevice, "ticket": ticket, "key": base64.RawURLEncoding.EncodeToString(lent)}, err
}

func (s *receiver) enrol(body []byte) (any, error) {
	e, key, err := protocol.ParseEnrolment(body)
	if err != nil {
		return nil, err
	}
	if _, err := s.tickets.Check(e.Ticket, protocol.PurposeDevice, e.App, time.Now()); err != nil {
		return nil, err
	}
	id := protocol.DeviceID([]byte("tenant"), "finance", []byte(e.PublicKey))
	s.devices[id] = key
	return map[string]string{"device": id}, nil
}

func (s *receiver) report(sealed []byte) (any, error) {
	h, body, err := s.open(sealed)
	if err != nil {
		return nil, err
	}
	if _, err := protocol.Fresh(h, time.Now(), protocol.DefaultWindow, protocol.DefaultLate); err != nil {
		return nil, err
	}
	window, isNew := s.windows[h.Device].Accept(h.Counter)
	if !isNew {
		return nil, fault.Refusef("replay", "counter %d was seen", h.Counter)
	}
	s.windows[h.Device] = window
	s.took = append(s.took, taken{h, body})
	return map[string]any{"report": h.Report, "outcome": "monitor", "decided": true, "next_s": 50}, nil
}

func (s *receiver) open(sealed []byte) (h protocol.Header, body protocol.Body, err error) {
	parsed, err := protocol.Parse(sealed)
	if err != nil {
		return h, body, err
	}
	key := s.devices[parsed.Header.Device]
	if parsed.Header.Suite == protocol.HMAC {
		if key, err = s.tickets.SessionKey(parsed.Header.Ticket, parsed.Header.App, parsed.Header.Device, time.Now()); err != nil {
			return h, body, err
		}
	}
	verified, err := parsed.Verify(key)
	if err != nil {
		return h, body, err
	}
	body, err = verified.Body(s.keys, nil)
	return verified.Header(), body, err
}

// page opens the page in a browser that keeps what it keeps in a folder.
func (s *receiver) page(folder string) *tab {
	s.Helper()
	b := chromium(s.T, folder, wide)
	b.open(s.URL)
	return b
}

// awaited returns what an expression's promise is worth in the page.
func awaited[T any](b *tab, expression string, args ...any) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](fmt.Sprintf(expression, args...), chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	return value
}

// The vectors of the protocol give the same bytes in a browser as in Go.
func TestProbePageSealsAsTheVectorsSay(t *testing.T) {
	s := newReceiver(t)
	b := s.page(t.TempDir())
	data, err := os.ReadFile(filepath.Join(root, "functions/score/report/testdata/vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Server  struct{ Secret string }
		Reports []json.RawMessage
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if s.keys, err = protocol.ParseServerKeys(v.Server.Secret); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, raw := range v.Reports {
		var r struct {
			Suite                 protocol.Suite
			Public, Private, Body string
			Sealed                map[string]string
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		if r.Suite == protocol.SM { // WebCrypto has none of its algorithms
			continue
		}
		got := map[string]string{}
		if err := json.Unmarshal([]byte(awaited[string](b, sealVector, raw)), &got); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifies(again, r.Suite, r.Public); err != nil {
			t.Errorf("%s: %v", r.Suite, err)
		}
		if r.Suite == protocol.P256 { // its signatures are random
			got["signature"] = r.Sealed["signature"]
		}
		if diff := cmp.Diff(r.Sealed, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", r.Suite, diff)
		}
		checked++
	}
	if checked != 2 {
		t.Errorf("%d reports were checked, want one of p256 and one of hmac", checked)
	}
}

const sealVector = `(async r => {
  const raw = score.unbase64(r.private), point = score.unbase64(r.public)
  const jwk = () => ({ kty: 'EC', crv: 'P-256', d: r.private, x: score.base64url(point.slice(1, 33)), y: score.base64url(point.slice(33)) })
  const signing = r.suite === 'hmac' ? await score.hmacKey(raw)
    : await crypto.subtle.importKey('jwk', jwk(), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  return score.sealText(r.header, r.body, r.session_key && await score.aesKey(score.unbase64(r.session_key)), signing)
})(%s)`

func verifies(sealed []byte, suite protocol.Suite, public string) error {
	raw, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		return err
	}
	key, err := protocol.ParseKey(suite, raw)
	if err != nil {
		return err
	}
	parsed, err := protocol.Parse(sealed)
	if err != nil {
		return err
	}
	_, err = parsed.Verify(key)
	return err
}

const (
	own  = `new score.Probe({ url: '', app: 'cn.example.oa', probe_version: '1.0.0', account: '张伟', pause: async () => {}, enrol: () => fetch('/ticket').then(r => r.json()) })`
	lent = `new score.Probe({ url: '', app: 'cn.example.oa', probe_version: '1.0.0', account: '张伟', pause: async () => {}, lend: () => fetch('/lend').then(r => r.json()) })`
)

// A page reports, is closed and opened again, and is still the same device.
func TestProbePageReports(t *testing.T) {
	for suite, probe := range map[protocol.Suite]string{protocol.P256: own, protocol.HMAC: lent} {
		t.Run(string(suite), func(t *testing.T) {
			s, folder := newReceiver(t), t.TempDir()
			for range 2 {
				b := s.page(folder)
				answers := awaited[[]string](b, `(async p => [await p.report(), await p.report({ acks: ['c1'] })].map(a => a.outcome))(%s)`, probe)
				if diff := cmp.Diff([]string{"monitor", "monitor"}, answers); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				b.quit()
			}
			if len(s.took) != 4 {
				t.Fatalf("took %d reports, want 4", len(s.took))
			}
			for i, r := range s.took {
				if r.header.Suite != suite || r.header.Device != s.took[0].header.Device || r.header.Counter != s.took[0].header.Counter+int64(i) {
					t.Errorf("report %d: %+v", i, r.header)
				}
				if r.body.Platform != "h5" || r.body.Account != "张伟" || len(r.body.Acks) != i%2 {
					t.Errorf("report %d: %+v", i, r.body)
				}
				if !slices.ContainsFunc(r.body.Claimed, func(c protocol.Claim) bool {
					return c.ID == "beh.headless" && strings.Contains(c.Detail, "webdriver")
				}) {
					t.Errorf("report %d: the browser is driven by a program, and the probe does not see it: %v", i, r.body.Claimed)
				}
			}
		})
	}
}

func TestProbePageTriesAgain(t *testing.T) {
	status := func(code int) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(code) }
	}
	lost := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	refused := func(code string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"error":{"code":%q,"message":"no"}}`, code)
		}
	}
	for _, c := range []struct {
		name, probe string
		refuse      []func(w http.ResponseWriter)
		want        string
	}{
		{"after a busy server and a lost answer", own, []func(w http.ResponseWriter){status(503), lost, status(429)}, "monitor"},
		{"not for ever", own, []func(w http.ResponseWriter){status(503), status(503), status(503), status(503)}, "/score/reports: the server answers 503"},
		{"with the server's new key", own, []func(w http.ResponseWriter){refused("unknown_key")}, "monitor"},
		{"with a new ticket", lent, []func(w http.ResponseWriter){refused("expired_ticket")}, "monitor"},
		{"not when it is refused", lent, []func(w http.ResponseWriter){refused("forbidden_field")}, "forbidden_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newReceiver(t)
			b := s.page(t.TempDir())
			s.mu.Lock()
			s.refuse = c.refuse
			s.mu.Unlock()
			got := awaited[string](b, `%s.report().then(a => a.outcome, e => e.code ?? e.message)`, c.probe)
			if got != c.want || len(s.refuse) != 0 {
				t.Errorf("got %q with %d answers left, want %q", got, len(s.refuse), c.want)
			}
		})
	}
}

// Two tabs of one browser share a counter, and no report of theirs is a replay.
func TestProbePageInTwoFrames(t *testing.T) {
	s := newReceiver(t)
	b := s.page(t.TempDir())
	got := awaited[[]string](b, `(async () => {
  const frame = document.createElement('iframe')
  frame.src = '/'
  await new Promise(done => { frame.onload = done; document.documentElement.append(frame) })
  const probes = [%s, frame.contentWindow.eval(%q)]
  await probes[0].report()
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => probes[i %% 2].report()))
  return [...new Set(all.map(a => a.outcome))]
})()`, own, own)
	if diff := cmp.Diff([]string{"monitor"}, got); diff != "" || len(s.took) != 21 {
		t.Errorf("took %d reports (-want +got)\n%s", len(s.took), diff)
	}
}

// Each row is a browser that is like this one but for something.
func TestProbePageObserves(t *testing.T) {
	s := newReceiver(t)
	b := s.page(t.TempDir())
	for _, c := range []struct{ name, change, want string }{
		{"an honest phone", ``, ``},
		{"a driven browser", `page.navigator.webdriver = true`, `beh.headless webdriver`},
		{"headless by its name", `page.navigator.userAgent += ' HeadlessChrome/140'`, `beh.headless user_agent`},
		{"Playwright", `page.__pwInitScripts = {}`, `beh.headless driver`},
		{"ChromeDriver", `page.document.$cdc_asdj = {}`, `beh.headless chromedriver`},
		{"without a window", `page.outerWidth = page.outerHeight = 0`, `beh.headless no_window`},
		{"a phone without touch", `page.navigator.maxTouchPoints = 0`, `beh.browser_tampered touch`},
		{"a phone with a desktop's hints", `page.navigator.userAgentData = { mobile: false }`, `beh.browser_tampered mobile`},
		{"more screen than there is", `page.screen.availWidth = 9999`, `beh.browser_tampered screen`},
		{"two first languages", `page.navigator.languages = ['en-US']`, `beh.browser_tampered language`},
		{"a fetch of its own", `page.fetch = () => {}`, `beh.browser_tampered replaced`},
		{"no cookies", `page.navigator.cookieEnabled = false`, `beh.cookie_off cookies`},
		{"no storage", `page.localStorage = { setItem() { throw new Error('no') } }`, `beh.cookie_off storage`},
		{"tools beside the page", `page.outerWidth = 2000`, ``},
		{"tools beside the page, asked for", `page.outerWidth = 2000; doubtful.debugger = true`, `rt.js_debug window`},
		{"a small store", `page.navigator.storage = { estimate: async () => ({ quota: 1e9 }) }; doubtful.incognito = true`, `beh.incognito quota`},
	} {
		got := awaited[string](b, `(async () => {
  const navigator = Object.create({ userAgent: 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile', platform: 'Linux armv8l', maxTouchPoints: 5,
    language: 'zh-CN', languages: ['zh-CN', 'zh'], cookieEnabled: true, userAgentData: { mobile: true } })
  const set = (target, name, value) => { Object.getPrototypeOf(target)[name] = value; return true }
  const page = { navigator: new Proxy(navigator, { set }), document: {}, screen: { width: 400, height: 800, availWidth: 400, availHeight: 780 },
    outerWidth: 400, outerHeight: 780, innerWidth: 400, innerHeight: 700, localStorage, fetch, Date, Function, performance: { memory: { jsHeapSizeLimit: 4e9 } } }
  const doubtful = {}
  %s
  return (await score.observe(page, doubtful)).map(c => c.id + ' ' + c.detail).join('; ')
})()`, c.change)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := awaited[string](b, `(async () => {
  const hands = new score.Hands(window)
  for (let i = 0; i < 5; i++) document.documentElement.click()
  return JSON.stringify(hands.claim())
})()`); got != `[{"id":"beh.automation","detail":"5 of 5 clicks"}]` {
		t.Errorf("clicks of a script: %s", got)
	}
}
