package score

// What the tests of this package share: the function behind its real edge with a
// real database, the back office that asks, and phones that report.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/pg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var noon = time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC) // in Shanghai

// city is a running function, and the people around it.
type city struct {
	testing.TB
	*Score
	*fntest.Harness
	store  *blob.Memory
	clock  atomic.Int64 // unix milliseconds
	random *rand.ChaCha8
	events int
	apply  fn.Apply // the edge's own
}

// begin starts the function with the starter set live and an app oa of the unit
// city. Settings are NAME=value.
func begin(t testing.TB, settings ...string) *city {
	t.Helper()
	c := prepare(t, settings...)
	f := c.Score.Function()
	serve := f.HTTP
	f.HTTP = func(apply fn.Apply) http.Handler { c.apply = apply; return serve(apply) }
	c.Harness = fntest.Start(t, f, "TEND_EVERY=0")
	c.ask("PUT", "/score/apps/oa", App{Name: "办公", Fail: FailClosed, IntervalS: 50, Packages: []string{"cn.gov.city.oa"}}, 200, nil)
	return c
}

// prepare is the function without its edge.
func prepare(t testing.TB, settings ...string) *city {
	t.Helper()
	values := map[string]string{"API_TOKEN": "token", "SCORE_SECRET": strings.Repeat("secret ", 5), "UNIT": "city", "ADDRESS_HEADER": "X-Forwarded-For"}
	for _, v := range settings {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	var config Config
	if err := conf.Read(func(name string) string { return values[name] }, &config); err != nil {
		t.Fatal(err)
	}
	c := &city{TB: t, store: &blob.Memory{}, random: rand.NewChaCha8([32]byte{1})}
	c.set(noon)
	var err error
	if c.Score, err = New(config, pgtest.Open(t, Word, Migrations()), c.store); err != nil {
		t.Fatal(err)
	}
	c.Now = func() time.Time { return time.UnixMilli(c.clock.Load()).UTC() }
	if err := c.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *city) set(now time.Time)    { c.clock.Store(now.UnixMilli()) }
func (c *city) wait(d time.Duration) { c.clock.Add(d.Milliseconds()) }

// decideBy makes a rule set live at once, which people cannot.
func (c *city) decideBy(set rules.Set) {
	c.Helper()
	program, err := rules.Compile(set)
	if err != nil {
		c.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		c.Fatal(err)
	}
	checked, err := program.Checked()
	if err != nil {
		c.Fatal(err)
	}
	for _, sql := range []string{`UPDATE ruleset SET state = 'retired' WHERE state = 'live'`,
		`INSERT INTO ruleset (version, state, hash, rules, checked, note, by, created_at) SELECT max(version) + 1, 'live', $1, $2, $3, '', 'chen', now() FROM ruleset`} {
		var args []any
		if strings.HasPrefix(sql, "INSERT") {
			args = []any{set.Hash(), text, checked}
		}
		if _, err := c.DB.Exec(c.Context(), sql, args...); err != nil {
			c.Fatal(err)
		}
	}
}

// ask is a request of the back office, by the account chen unless a header says
// otherwise; headers are name, value, …
func (c *city) ask(method, path string, body any, status int, into any, headers ...string) {
	c.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	if body == nil {
		text = nil
	}
	got, answer := c.send(method, path, text, append([]string{"Authorization", "Bearer token", "X-Auth-Id", "chen", "Accept-Language", "en"}, headers...)...)
	if got != status {
		c.Fatalf("%s %s: %d %s, want %d", method, path, got, answer, status)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		c.Fatalf("%s %s: %s: %v", method, path, answer, err)
	}
}

// send is any request.
func (c *city) send(method, path string, body []byte, headers ...string) (int, []byte) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.URL+path, bytes.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return res.StatusCode, text
}

// event is an event of its own with the data given.
func (c *city) event(data events.Data) events.Event {
	c.Helper()
	e, err := events.New(data)
	if err != nil {
		c.Fatal(err)
	}
	c.events++
	e.SetID(fmt.Sprintf("event-%d", c.events))
	e.SetSource("/apps/oa")
	return e
}

// count is the one number of a statement.
func (c *city) count(sql string, args ...any) (n int) {
	c.Helper()
	if err := c.DB.QueryRow(c.Context(), sql, args...).Scan(&n); err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
	return n
}

// phone is a probe that has enrolled.
type phone struct {
	*city
	signing report.SigningKey
	session report.Session
	id      string
	counter int64
	address string
	body    report.Body
}

// phone enrols a device of a suite, by way of a ticket.
func (c *city) phone(suite report.Suite) *phone {
	c.Helper()
	p := &phone{city: c, address: "203.0.113.7", body: report.Body{Platform: "android", OSVersion: "15", Model: "T10", AppVersion: "3.2.1", ProbeVersion: "1.0.0", Account: "zhang.wei"}}
	var given struct {
		Ticket, Device, Key string
	}
	if suite == report.HMAC {
		c.ask("POST", "/score/tickets", map[string]string{"app": "oa", "purpose": "session"}, 201, &given)
		p.session.Ticket, p.id = given.Ticket, given.Device
		p.signing = must(report.ParseSigningKey(suite, must(base64.RawURLEncoding.DecodeString(given.Key))))
		return p
	}
	c.ask("POST", "/score/tickets", map[string]string{"app": "oa", "purpose": "device"}, 201, &given)
	p.signing = must(report.NewSigningKey(suite, c.random))
	sealed := must(report.SealEnrolment(report.Enrolment{App: "oa", Ticket: given.Ticket, Platform: "android", Model: "T10", Time: report.At(c.Now())}, p.signing))
	status, answer := c.send("POST", "/score/devices", sealed)
	if status != 201 {
		c.Fatalf("enrol: %d %s", status, answer)
	}
	var enrolled struct{ Device string }
	if err := json.Unmarshal(answer, &enrolled); err != nil {
		c.Fatal(err)
	}
	p.id = enrolled.Device
	for _, k := range c.Keys.Public() {
		if k.Suite == suite {
			p.session = must(report.NewSession(k, c.random))
		}
	}
	return p
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// claiming is the phone's usual body with signals claimed.
func (p *phone) claiming(ids ...string) report.Body {
	b := p.body
	for _, id := range ids {
		b.Claimed = append(b.Claimed, report.Claim{ID: id})
	}
	return b
}

// header is of the phone's next report.
func (p *phone) header() report.Header {
	p.counter++
	h := report.Header{V: 1, Suite: p.signing.Suite(), App: "oa", Device: p.id, Report: reportID(p.random), Counter: p.counter, Time: report.At(p.Now())}
	if h.Suite != report.HMAC {
		h.Nonce = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%012d", p.counter))
	}
	return h
}

// reportID is a UUIDv7 without its time.
func reportID(random *rand.ChaCha8) string {
	a, b := random.Uint64(), random.Uint64()
	return fmt.Sprintf("019531f0-%04x-7%03x-8%03x-%012x", a&0xffff, a>>16&0xfff, a>>28&0xfff, b&0xffffffffffff)
}

func (p *phone) seal(h report.Header, b report.Body) []byte {
	p.Helper()
	sealed, err := report.Seal(h, must(json.Marshal(b)), p.session, p.signing)
	if err != nil {
		p.Fatal(err)
	}
	return sealed
}

// send sends a sealed report as the app's back end does, which sees reasons.
func (p *phone) sendSealed(sealed []byte) (int, answered) {
	p.Helper()
	status, text := p.city.send("POST", "/score/reports", sealed, "X-Forwarded-For", p.address, "Authorization", "Bearer token", "Accept-Language", "en")
	var a answered
	if status == 200 {
		if err := json.Unmarshal(text, &a); err != nil {
			p.Fatalf("%s: %v", text, err)
		}
	}
	return status, a
}

// report sends the next report, which must be decided on.
func (p *phone) report(b report.Body) answered {
	p.Helper()
	status, a := p.sendSealed(p.seal(p.header(), b))
	if status != 200 || !a.Decided {
		p.Fatalf("report: %d %+v", status, a)
	}
	return a
}

// features are those that a report was decided by.
func (c *city) features(id string) (in rules.Input) {
	c.Helper()
	if err := c.DB.QueryRow(c.Context(), `SELECT features FROM report WHERE id = $1`, id).Scan(&in); err != nil {
		c.Fatal(err)
	}
	return in
}

var many = flag.Int("many", 500, "how many of each the storms of tests send; the figures of the README are of 10000")

// desk decides on reports without their seals: as many as a test wants, at any time.
type desk struct {
	*city
	counters map[string]int64
}

func openDesk(t testing.TB) *desk {
	return &desk{prepare(t), map[string]int64{}}
}

// enrolled makes devices named d 0, d 1, … of the app oa.
func (d *desk) enrolled(n int) {
	d.Helper()
	for i := range n {
		if err := saveDevice(d.Context(), d.DB, device{id: named("d", i), app: "oa", unit: "city", suite: report.SM, public: []byte{}}, "android", "T10", nil, noon.Add(-30*24*time.Hour)); err != nil {
			d.Fatal(err)
		}
	}
}

// of is a device's next report.
func (d *desk) of(device, account, address string, at time.Time, claimed ...string) *Report {
	d.counters[device]++
	r := &Report{ID: reportID(d.random), App: "oa", Unit: "city", Device: device, Account: account, Address: address, Suite: "sm", Counter: d.counters[device],
		At: at, Received: at, Digest: []byte{1}, Body: report.Body{Platform: "android", Model: "T10"}}
	for _, id := range claimed {
		r.Body.Claimed = append(r.Body.Claimed, report.Claim{ID: id})
	}
	return r
}

func (d *desk) decided(r *Report) (Decided, []string) {
	d.Helper()
	got, due, err := d.answer(d.Context(), r)
	if err != nil {
		d.Fatal(err)
	}
	return got, due
}

// named is the id of a device or an account of the tests.
func named(kind string, n int) string { return ce.ID(kind, strconv.Itoa(n)) }
