package browser

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"xietong.dev/functions/score/probe"
	probed "xietong.dev/functions/score/report"
)

// phone is a probe in an app of the office, enrolled.
func (o *office) phone(model string) *probe.Probe {
	o.T.Helper()
	ctx := o.T.Context()
	if status, err := o.runtime.Call(ctx, "PUT", "/score/apps/risky", map[string]any{"name": "办公 <script>window.hit=1</script>", "fail": "open", "interval_s": 60}, nil); status != 200 {
		o.T.Fatalf("add the app: %d %v", status, err)
	}
	var given struct{ Ticket string }
	if status, err := o.runtime.Call(ctx, "POST", "/score/tickets", map[string]string{"app": "risky", "purpose": probed.PurposeDevice, "account": "zhang.wei"}, &given); status != 201 {
		o.T.Fatalf("ask for a ticket: %d %v", status, err)
	}
	key, err := probed.NewSigningKey(probed.SM, rand.Reader)
	if err != nil {
		o.T.Fatal(err)
	}
	p := &probe.Probe{URL: o.runtime.Front, App: "risky", Key: key, Client: http.DefaultClient, Now: time.Now, Random: rand.Reader, Save: func(probe.State) error { return nil }}
	if err := p.Enrol(ctx, probed.Enrolment{Ticket: given.Ticket, Platform: "harmonyos", Model: model}); err != nil {
		o.T.Fatal(err)
	}
	return p
}

// says sends a report of a phone.
func (o *office) says(p *probe.Probe, model string, claims ...string) {
	o.T.Helper()
	b := probed.Body{Platform: "harmonyos", Model: model, AppVersion: "3.2.1", Account: "zhang.wei"}
	for _, id := range claims {
		b.Claimed = append(b.Claimed, probed.Claim{ID: id, Detail: `<img src=x onerror="window.hit=1">`})
	}
	if _, err := p.Report(o.T.Context(), b); err != nil {
		o.T.Fatal(err)
	}
}

// ruleWords are the words of a rule that comes with the function.
func (o *office) ruleWords(id string) (zh, en string) {
	o.T.Helper()
	var set struct {
		Rules struct {
			Rules []struct{ ID, Zh, En string }
		}
	}
	if status, err := o.runtime.Call(o.T.Context(), "GET", "/score/rulesets/1", nil, &set); status != 200 {
		o.T.Fatalf("the rules: %d %v", status, err)
	}
	for _, r := range set.Rules.Rules {
		if r.ID == id {
			return r.Zh, r.En
		}
	}
	o.T.Fatalf("there is no rule %s", id)
	return "", ""
}

const (
	hostileModel  = `<script>window.hit=1</script>Mate 70 ` // with as much more as a report takes
	hostileReason = `<script>window.hit=1</script> 核实中，`
)

// risk looks at what was decided on a phone, blocks it, and finds who did that.
func (o *office) risk() {
	o.enter()
	o.visit("/console/?lang=zh")
	o.visit("/score?app=risky")
	o.until("that there are no decisions", `document.querySelector('#view .empty')?.innerText.includes('没有符合条件的决策')`)
	p, called := o.phone(hostileModel+strings.Repeat("x", 80)), hostileModel+strings.Repeat("x", 80)
	o.says(p, called)
	o.says(p, called, "virt.emulator", "app.repackaged")
	o.until("the block, by itself", `document.querySelector('#view tbody .state.bad')?.innerText === '阻断'`)
	o.until("the counts", `document.querySelector('.cards .card:nth-child(5) .figure').innerText > 0`)
	o.riskReasons()
	o.riskDevice(p.State.Device)
	o.riskHarmless()
	o.riskAlertsAndLists(p.State.Device)
	o.riskSilence(p.State.Device)
	o.riskKeyboard(p.State.Device)
}

// riskReasons looks at the reasons of a decision, in both languages.
func (o *office) riskReasons() {
	zh, en := o.ruleWords("app.repackaged")
	o.click(`#view tbody tr:has(.state.bad) td:nth-child(4) a`)
	o.until("the reasons", `location.search.includes('view=decision') && document.querySelector('.verdict .state.bad')?.innerText === '阻断'`)
	if got := js[string](o.tab, `document.querySelector('#view').innerText`); !strings.Contains(got, zh) || !strings.Contains(got, "探针所述") || !strings.Contains(got, "第 1 版") {
		o.T.Errorf("it does not say %s: %s", zh, got)
	}
	weights := js[[]int](o.tab, `[...document.querySelectorAll('#view section:nth-child(2) meter')].map(m => m.value)`)
	for i := 1; i < len(weights); i++ {
		if weights[i] > weights[i-1] {
			o.T.Errorf("the reasons' weights are %v, want the strongest first", weights)
		}
	}
	at := js[string](o.tab, `location.pathname + location.search`)
	o.visit("/console/?lang=en")
	o.visit(at)
	o.until("English", `document.querySelector('.verdict .state.bad')?.innerText === 'Block'`)
	if got := js[string](o.tab, `document.querySelector('#view').innerText`); !strings.Contains(got, en) || !strings.Contains(got, "claimed") {
		o.T.Errorf("it does not say %s: %s", en, got)
	}
	o.visit("/console/?lang=zh")
	o.visit(at)
	o.until("the device", `document.querySelector('#view a[href*="view=device"]')`)
	o.click(`#view a[href*="view=device"]`)
}

// riskDevice looks at a device's timeline, blocks it with a reason, and finds that in the
// timeline and in the audit.
func (o *office) riskDevice(id string) {
	o.until("the timeline", `document.querySelectorAll('.timeline .decision').length === 2 && document.querySelector('.timeline .alert')`)
	o.until("the drawing", `document.querySelectorAll('svg.graph a.account').length === 1`)
	o.click(`#acts .danger`)
	o.click(`dialog .danger`)
	if got := js[bool](o.tab, `document.querySelector('dialog textarea').matches(':invalid') && document.querySelector('dialog').open`); !got {
		o.T.Error("it is done without a reason")
	}
	o.fill(`dialog textarea`, hostileReason+strings.Repeat("长", 300))
	o.click(`dialog .danger`)
	o.until("the command", `!document.querySelector('dialog') && document.querySelector('.timeline .command')?.innerText.includes('核实中')`)
	o.visit("/score?view=audit&what=command.block")
	o.until("who did it and why", `document.querySelector('tbody tr')?.innerText.includes('operator') && document.querySelector('tbody tr').innerText.includes('核实中')`)
	if got := js[string](o.tab, `document.querySelector('tbody a').title`); got != id {
		o.T.Errorf("the audit names %s, want %s", got, id)
	}
}

// riskHarmless shows that nothing of what came from outside ran or broke the page.
func (o *office) riskHarmless() {
	o.T.Helper()
	for _, path := range []string{"/score", "/score?view=audit", "/score?view=commands", "/score?view=apps"} {
		o.visit(path)
		o.until("the view", `document.querySelector('#main').getAttribute('aria-busy') === 'false' && document.querySelector('tbody tr')`)
		if got := js[bool](o.tab, `!window.hit && !document.querySelector('#view script, #view img') && document.documentElement.scrollWidth <= innerWidth`); !got {
			o.T.Errorf("%s: something ran, or the page is wider than the screen", path)
		}
	}
}

// riskAlertsAndLists closes an alert, and puts the device on a list and takes it off.
func (o *office) riskAlertsAndLists(id string) {
	o.visit("/score?view=alerts")
	o.until("open alerts", `document.querySelectorAll('tbody .state.bad').length > 0`)
	o.click(`tbody tr:first-child td:nth-child(2) a`)
	o.until("the alert", `document.querySelector('#acts .main')`)
	o.click(`#acts .main`)
	o.fill(`dialog textarea`, "已核实")
	o.click(`dialog .main`)
	o.until("that it is closed", `!document.querySelector('dialog') && document.querySelector('.verdict .state')?.innerText === '已关闭'`)
	o.visit("/score?view=device&device=" + id)
	o.until("the device", `document.querySelector('.timeline')`)
	o.click(`#acts button:nth-last-child(2)`)
	o.fill(`dialog textarea`, "观察一段时间")
	o.click(`dialog .main`)
	o.until("that it is on the list", `!document.querySelector('dialog') && document.querySelector('dl.facts a[href*="list=watched"]')`)
	o.click(`dl.facts a[href*="list=watched"]`)
	o.until("the entry", `document.querySelector('tbody tr')?.innerText.includes('观察一段时间')`)
	o.click(`tbody button`)
	o.click(`dialog .danger`)
	o.until("that the list is empty", `!document.querySelector('dialog') && document.querySelector('#view .empty')`)
}

// riskSilence has nothing alerted of the device, ends that, and asks how it stands.
func (o *office) riskSilence(id string) {
	o.visit("/score?view=device&device=" + id)
	o.until("the device", `document.querySelector('.timeline')`)
	o.click(`#acts button:last-child`)
	o.fill(`dialog textarea`, "正在处理")
	o.click(`dialog .main`)
	o.until("that it is in the timeline", `!document.querySelector('dialog') && document.querySelector('.timeline .change')?.innerText.includes('正在处理')`)
	o.visit("/score?view=suppressions")
	o.until("it in the list", `document.querySelector('tbody tr')?.innerText.includes('正在处理')`)
	o.click(`tbody button`)
	o.click(`dialog .main`)
	o.until("that the list is empty", `!document.querySelector('dialog') && document.querySelector('#view .empty')`)
	o.visit("/score?view=apps")
	o.until("the form", `document.querySelector('.row-form')`)
	js[any](o.tab, `void (document.querySelector('.row-form select').value = 'risky')`)
	o.fill(`.row-form input[name=device]`, id)
	o.click(`.row-form .main`)
	o.until("that it is blocked", `document.querySelector('#standing .state.bad')?.innerText === '阻断'`)
}

// riskKeyboard opens and leaves a dialog with keys alone: the focus is back where it was.
func (o *office) riskKeyboard(id string) {
	o.visit("/score?view=device&device=" + id)
	o.until("the device", `document.querySelector('.timeline')`)
	for range 30 {
		if o.press('\t'); js[bool](o.tab, `document.activeElement.matches('#acts .danger')`) {
			break
		}
	}
	o.press('\r')
	o.until("the dialog", `document.querySelector('dialog[open] textarea') && document.querySelector('dialog').contains(document.activeElement)`)
	o.press(escape)
	o.until("the button again", `!document.querySelector('dialog') && document.activeElement.matches('#acts .danger')`)
}
