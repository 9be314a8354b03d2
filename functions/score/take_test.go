package score

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/blob"
)

// batch is what a phone kept, sealed as it was seen, hours before it is sent.
func (p *phone) batch(n int, prev string) (text []byte, last string) {
	p.Helper()
	var lines [][]byte
	link := prev
	for i := range n {
		h := p.header()
		h.Offline, h.Link, h.Time = true, link, report.At(p.Now().Add(-5*time.Hour+time.Duration(i)*time.Minute))
		lines = append(lines, p.seal(h, p.claiming("sys.root")))
		link = report.Link(h.Suite, lines[i])
	}
	text, err := report.SealBatch(report.BatchHeader{App: "oa", Device: p.id, Batch: reportID(p.random), Prev: prev, Time: report.At(p.Now())}, lines, p.signing)
	if err != nil {
		p.Fatal(err)
	}
	return text, link
}

func (c *city) uploadedBatch(text []byte) events.Event {
	c.Helper()
	c.events++
	key := "oa/" + named("batch", c.events) + ".ndjson"
	info, err := c.store.Put(c.Context(), "reports", key, bytes.NewReader(text), blob.Put{Size: int64(len(text))})
	if err != nil {
		c.Fatal(err)
	}
	return c.event(events.DeviceBatchUploaded{Upload: named("upload", c.events), App: "oa", Object: events.Object{Bucket: "reports", Key: key, Size: int64(len(text)), ETag: info.ETag}})
}

// What was kept is decided on when it comes, as of when it happened; the same batch
// again changes nothing, and what is missing between two batches shows.
func TestABatchIsDecidedLate(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	for _, suite := range []report.Suite{report.SM, report.P256} {
		p := c.phone(suite)
		first, last := p.batch(5, "")
		for range 2 {
			answer := c.Twice(c.TB, c.uploadedBatch(first))
			if n := c.count(`SELECT count(*) FROM report WHERE device = $1`, p.id); n != 5 {
				t.Fatalf("%s: %d reports, want 5: %s", suite, n, answer.Body)
			}
		}
		p.batch(3, last) // is lost
		c.wait(time.Minute)
		second, _ := p.batch(2, report.Link(suite, []byte("lost")))
		c.Twice(c.TB, c.uploadedBatch(second))
		var gaps, late int
		if err := c.DB.QueryRow(t.Context(), `SELECT (features->>'gaps')::int, (features->>'late_s')::int FROM report WHERE device = $1 ORDER BY received_at DESC, at DESC LIMIT 1`, p.id).Scan(&gaps, &late); err != nil {
			t.Fatal(err)
		}
		if gaps != 1 || late < 4*3600 {
			t.Errorf("%s: %d gaps, %d s late; want 1 gap, hours", suite, gaps, late)
		}
	}
}

// One broken line leaves the others in; a batch that is broken at its beginning, or of
// somebody else, is refused with what to do.
func TestWhatIsWrongWithABatch(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p, other := c.phone(report.SM), c.phone(report.SM)
	text, _ := p.batch(3, "")
	lines := strings.SplitAfter(string(text), "\n")
	cut := lines[0] + lines[1] + "{\"broken\n" + lines[3]
	if answer := c.Twice(c.TB, c.uploadedBatch([]byte(cut))); answer.Status/100 != 2 || c.count(`SELECT count(*) FROM report`) != 2 {
		t.Errorf("a broken line: %d %s, %d reports; want the two others", answer.Status, answer.Body, c.count(`SELECT count(*) FROM report`))
	}
	foreign, _ := other.batch(1, "")
	stolen := strings.SplitAfter(string(foreign), "\n")[0] + lines[1]
	for name, bad := range map[string]struct{ text, want string }{
		"no header":               {lines[1], "batch"},
		"nothing":                 {"", "batch"},
		"lines of another":        {stolen, "none that can be taken"},
		"a line that is too long": {strings.Repeat("x", report.MaxSealed+9), "longer than"},
		"more than is allowed":    {strings.Repeat(strings.Repeat("x", 50_000)+"\n", 90), "4194304"},
	} {
		answer := c.Twice(c.TB, c.uploadedBatch([]byte(bad.text)))
		if answer.Status != 422 || !strings.Contains(answer.Body, bad.want) {
			t.Errorf("%s: %d %s, want 422 that says %q", name, answer.Status, answer.Body, bad.want)
		}
	}
}

// A probe without a way into the store hands its batch to the function, which keeps it
// where every upload goes.
func TestABatchMayComeByHTTP(t *testing.T) {
	c := begin(t)
	p := c.phone(report.P256)
	text, _ := p.batch(2, "")
	status, answer := c.send("POST", "/score/batches", text)
	if status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	var said struct{ Batch string }
	if err := json.Unmarshal(answer, &said); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.store.Get(t.Context(), "reports", "oa/"+p.id+"/"+said.Batch+".ndjson", ""); err != nil {
		t.Error(err)
	}
	forged := bytes.Replace(text, []byte(`"signature":"`), []byte(`"signature":"A`), 1)
	if status, answer := c.send("POST", "/score/batches", forged); status/100 != 4 {
		t.Errorf("a forged batch: %d %s", status, answer)
	}
}

// While the database is away each app's fail mode answers, and says that nothing was
// decided.
func TestTheFailModeAnswersWhileTheDatabaseIsAway(t *testing.T) {
	c := begin(t, "ANSWER_LIMIT=300ms")
	c.ask("PUT", "/score/apps/open", App{Name: "公开", Fail: FailOpen, IntervalS: 50}, 200, nil)
	p := c.phone(report.SM)
	p.report(p.body)
	sealed := p.seal(p.header(), p.body)
	lock, err := c.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), `LOCK TABLE device IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	if status, a := p.sendSealed(sealed); status != 200 || a.Decided || a.Outcome != rules.Block {
		t.Errorf("closed: %d %+v, want block, not decided", status, a)
	}
	if err := lock.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, a := p.sendSealed(sealed); status != 200 || !a.Decided {
		t.Errorf("sent again: %d %+v, want a decision", status, a)
	}
}

// A device that sends too much waits, and another does not wait for it.
func TestADeviceThatSendsTooMuchWaits(t *testing.T) {
	c := begin(t, "DEVICE_BURST=3")
	p, other := c.phone(report.SM), c.phone(report.SM)
	var refused int
	for range 5 {
		if status, _ := p.sendSealed(p.seal(p.header(), p.body)); status == 429 {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d of 5 were told to wait, want 2", refused)
	}
	other.report(other.body)
}

// Clocks an hour off, late ones and unknown ones are told what to do.
func TestWhatIsWrongWithAReport(t *testing.T) {
	c := begin(t)
	p := c.phone(report.SM)
	stranger := *p
	stranger.id = named("d", 99)
	changed := func(do func(*report.Header)) []byte {
		h := p.header()
		do(&h)
		return p.seal(h, p.body)
	}
	for name, bad := range map[string]struct {
		sealed []byte
		status int
		code   string
	}{
		"an hour ahead":    {changed(func(h *report.Header) { h.Time = report.At(noon.Add(time.Hour)) }), 400, report.CodeStale},
		"an hour behind":   {changed(func(h *report.Header) { h.Time = report.At(noon.Add(-time.Hour)) }), 400, report.CodeStale},
		"eight days late":  {changed(func(h *report.Header) { h.Offline, h.Time = true, report.At(noon.Add(-8*24*time.Hour)) }), 400, report.CodeStale},
		"not enrolled":     {stranger.seal(stranger.header(), p.body), 401, CodeUnknownDevice},
		"of another app":   {changed(func(h *report.Header) { h.App = "mail" }), 401, CodeUnknownDevice},
		"another version":  {changed(func(h *report.Header) { h.V = 2 }), 400, report.CodeUnsupportedVersion},
		"nothing":          {nil, 400, report.CodeMalformed},
		"larger than ever": {bytes.Repeat([]byte("x"), report.MaxSealed+1), 413, "body_large"},
	} {
		status, answer := c.send("POST", "/score/reports", bad.sealed)
		if status != bad.status || !strings.Contains(string(answer), `"`+bad.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, bad.status, bad.code)
		}
	}
}

// A report that was answered over HTTP and comes as an event too is told as it was
// decided; a counter that was used for another is refused, and ends as a dead letter.
func TestAnEventOfWhatWasDecidedTellsItAgain(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	p := c.phone(report.SM)
	e := p.told(p.claiming("sys.root"))
	sealed := must(json.Marshal(must(events.Decode[events.DeviceReported](e)).Sealed))
	if status, a := p.sendSealed(sealed); status != 200 || a.Outcome != rules.Warn {
		t.Fatalf("%d %+v", status, a)
	}
	c.Twice(c.TB, e)
	if got := toldAs[events.RiskDecided](c); len(got) != 1 || got[0].Outcome != events.OutcomeWarn {
		t.Errorf("told %+v, want the decision once", got)
	}
	p.counter--
	if answer := c.Twice(c.TB, p.told(p.body)); answer.Status != 422 || !strings.Contains(answer.Body, CodeReplayed) {
		t.Errorf("a counter used twice: %d %s, want 422 %s", answer.Status, answer.Body, CodeReplayed)
	}
}

func TestABatchOverItsLimitIsRefused(t *testing.T) {
	c := begin(t, "MAX_BATCH=1KiB")
	text, _ := c.phone(report.SM).batch(3, "")
	answer := c.Twice(c.TB, c.uploadedBatch(text))
	if answer.Status != 422 || !strings.Contains(answer.Body, "over 1024") || c.count(`SELECT count(*) FROM report`) != 0 {
		t.Errorf("%d %s, want 422 that names the limit", answer.Status, answer.Body)
	}
}

// An app that sends more than it may waits, whichever device it is of; and a lent key
// ends with its ticket.
func TestLimitsOfAnAppAndOfASession(t *testing.T) {
	c := begin(t, "APP_RATE=2", "SESSION_AGE=1h")
	for i := range 3 {
		p := c.phone(report.SM)
		if status, _ := p.sendSealed(p.seal(p.header(), p.body)); (status == 429) != (i == 2) {
			t.Errorf("report %d of the app: %d", i, status)
		}
	}
	p := c.phone(report.HMAC)
	c.wait(2 * time.Hour)
	if status, text := c.send("POST", "/score/reports", p.seal(p.header(), p.body)); status != 401 || !strings.Contains(string(text), report.CodeExpiredTicket) {
		t.Errorf("an old session: %d %s, want 401 %s", status, text, report.CodeExpiredTicket)
	}
}

// Decisions go after KEEP_REPORTS, counters after two days.
func TestWhatIsTooOldGoes(t *testing.T) {
	d := openDesk(t)
	d.enrolled(1)
	d.decided(d.of(named("d", 0), "", "203.0.113.7", noon))
	for _, c := range []struct {
		after            time.Duration
		reports, minutes bool
	}{{24 * time.Hour, true, true}, {48 * time.Hour, true, false}, {200 * 24 * time.Hour, false, false}} {
		d.wait(c.after)
		if err := d.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, m := d.count(`SELECT count(*) FROM report`) > 0, d.count(`SELECT count(*) FROM minute`) > 0; r != c.reports || m != c.minutes {
			t.Errorf("after %v more: reports %v, counters %v; want %v, %v", c.after, r, m, c.reports, c.minutes)
		}
	}
}
