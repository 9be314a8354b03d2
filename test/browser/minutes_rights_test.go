package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestMinutesRights: whoever created minutes says who sees them, shares them by a link,
// keeps them from being deleted, and deletes them in the end; each function proves that
// nothing is left.
func TestMinutesRights(t *testing.T) {
	o := &office{T: t, runtime: runtimeOf(t), tab: chromium(t, t.TempDir(), wide)}
	o.enter()
	s := o.shareable("预算协调会")
	for _, part := range []struct {
		name string
		does func(*sharing)
	}{
		{"people are named", (*sharing).name},
		{"a link opens them for whoever knows the password", (*sharing).link},
		{"a revoked link says so", (*sharing).revoke},
		{"what is on hold is not deleted", (*sharing).hold},
		{"how long minutes are kept is said before they go", (*sharing).retain},
		{"all is reached by keys, and fits a telephone", (*sharing).small},
		{"deleted minutes are proved to be gone", (*sharing).prove},
	} {
		if !t.Run(part.name, func(t *testing.T) {
			own := *o.tab
			own.T = t
			part.does(&sharing{office: &office{T: t, runtime: o.runtime, tab: &own}, id: s.id, address: s.address})
		}) {
			return // the parts build on each other
		}
	}
}

// sharing is minutes whose rights somebody changes.
type sharing struct {
	*office
	id      string
	address *string // of the link, once there is one
}

// shareable makes minutes of a transcript through the page's own sign-in, and so with an
// owner.
func (o *office) shareable(title string) *sharing {
	o.T.Helper()
	o.visit("/minutes")
	o.until("the page", `document.querySelector('#notice h3')?.innerText === '还没有纪要'`)
	o.click("#new")
	o.send("meeting-zh.srt", title, "zh")
	o.row(title, `li.querySelector('.state.good')`)
	o.click("#list .title")
	o.until("the minutes", `document.querySelectorAll('#lines li').length > 5 && document.querySelector('.part')`)
	return &sharing{office: o, id: strings.TrimPrefix(js[string](o.tab, `location.pathname`), "/minutes/"), address: new(string)}
}

// open opens the dialog.
func (s *sharing) open() {
	s.T.Helper()
	s.visit("/minutes/" + s.id)
	s.until("the minutes", `document.querySelector('#lines li') && document.body.dataset.may`)
	s.click("#share")
	s.until("the rights", `document.querySelector('#sharing').open && document.querySelector('#see :checked') && document.querySelector('#trail li')`)
}

func (s *sharing) name() {
	s.open()
	s.click(`#see [value=people]`)
	s.fill("#person", "李")
	s.press('\r')
	s.until("what an account is", `document.querySelector('#sharing-problem').innerText.includes('ASCII')`)
	js[string](s.tab, `document.querySelector('#person').value = ''`)
	s.fill("#person", "wang.min")
	s.press('\r')
	s.until("the name in the list", `document.querySelector('#allowed bdi')?.innerText === 'wang.min' && document.querySelector('#sharing-problem').hidden`)
	s.click("#rights-save")
	s.until("the trail", `document.querySelector('#trail').innerText.includes('允许 wang.min 查看') && document.querySelector('#sharing-problem').hidden`)
	status, _ := s.as("stranger", "GET", "/minutes/"+s.id)
	if status != http.StatusNotFound {
		s.T.Errorf("a stranger is answered %d", status)
	}
	if status, body := s.as("wang.min", "GET", "/minutes/"+s.id); status != 200 || !strings.Contains(body, `"may":"read"`) {
		s.T.Errorf("a reader is answered %d %s", status, body)
	}
}

// as asks the API for an account.
func (s *sharing) as(account, method, path string) (int, string) {
	s.T.Helper()
	text := ""
	req, err := http.NewRequestWithContext(s.T.Context(), method, s.runtime.Front+path, nil)
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.runtime.APIToken)
	req.Header.Set("X-Auth-Id", account)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.T.Fatal(err)
	}
	defer res.Body.Close()
	var body json.RawMessage
	if json.NewDecoder(res.Body).Decode(&body) == nil {
		text = string(body)
	}
	return res.StatusCode, text
}

// visitor is somebody with another browser, who has not signed in.
func (s *sharing) visitor() *tab {
	s.T.Helper()
	guest := chromium(s.T, s.T.TempDir(), wide)
	guest.open(*s.address)
	return guest
}

func (s *sharing) link() {
	s.open()
	s.fill("#link-name", "审计局")
	s.fill("#link-password", "correct horse")
	s.click("#link-make")
	s.until("the link", `!document.querySelector('#made').hidden && document.querySelector('#links').innerText.includes('审计局')`)
	*s.address = js[string](s.tab, `document.querySelector('#address').value`)
	guest := s.visitor()
	guest.until("the question", `document.querySelector('#enter').checkVisibility() && document.activeElement.id === 'password'`)
	guest.fill("#password", "wrong one")
	guest.press('\r')
	guest.until("that it is wrong", `document.querySelector('#enter-problem').innerText === '密码不对'`)
	js[string](guest, `document.querySelector('#password').value = ''`)
	guest.fill("#password", "correct horse")
	guest.press('\r')
	guest.until("the minutes, to be read", `document.querySelector('#title').innerText === '预算协调会' && document.querySelectorAll('#lines li').length > 5 && document.querySelector('.part') && !document.querySelector('#edit, #share, #delete, #rename')`)
	guest.click(".part .where")
	guest.until("the evidence", `document.querySelector('li.cited')`)
	guest.do(chromedp.Reload())
	guest.until("that the window remembers the password", `document.querySelector('.part')`)
	other := js[int](guest, fmt.Sprintf(`(() => { const ask = new XMLHttpRequest(); ask.open('GET', '/minutes/%s', false); ask.setRequestHeader('Accept', 'application/json'); ask.send(); return ask.status })()`, s.id))
	if other != http.StatusUnauthorized {
		s.T.Errorf("the visitor's other requests are answered %d", other)
	}
}

func (s *sharing) revoke() {
	s.open()
	s.until("that it was used", `/打开过 [1-9]/.test(document.querySelector('#links').innerText)`)
	s.click("#links .danger")
	s.until("that it has ended", `document.querySelector('#links .over')?.innerText.includes('已失效')`)
	guest := s.visitor()
	guest.until("the words", `document.querySelector('#gone').innerText.includes('撤销')`)
}

func (s *sharing) hold() {
	s.open()
	s.fill("#hold-why", "年度审计")
	s.press('\r')
	s.until("the reason", `document.querySelector('#holds').innerText.includes('年度审计') && document.querySelector('#fate').innerText.includes('年度审计')`)
	s.click("#sharing-close")
	s.click("#others summary")
	s.click("#delete")
	s.click("#confirm-yes")
	s.until("why not", `document.querySelector('#confirm-problem').innerText.includes('年度审计')`)
	s.click("#confirm-no")
	s.click("#share")
	s.until("that it can be lifted", `(() => { const lift = document.querySelector('#holds button'); lift?.click(); return !!lift })()`) // it is drawn anew meanwhile
	s.until("no reason", `!document.querySelector('#holds li') && document.querySelector('#fate').hidden`)
}

func (s *sharing) retain() {
	s.visit("/minutes")
	s.until("the list", `document.querySelector('#list li')`)
	s.click("#retain")
	s.until("what there is", `document.querySelector('#retention').open && document.querySelector('#going').innerText.includes('没有')`)
	js[string](s.tab, `document.querySelector('#days').value = ''`)
	s.fill("#days", "10")
	s.press('\r')
	s.until("what goes", `document.querySelector('#going a')?.innerText === '预算协调会' && document.querySelector('#soon').innerText.includes('1')`)
	s.press(escape)
	s.visit("/minutes/" + s.id)
	s.until("when it goes", `/将于 .*年.*月.*日 删除/.test(document.querySelector('#fate').innerText)`)
}

func (s *sharing) small() {
	s.do(chromedp.EmulateViewport(narrow.width, narrow.height, chromedp.EmulateScale(1), chromedp.EmulateMobile, chromedp.EmulateTouch))
	defer s.do(chromedp.EmulateViewport(wide.width, wide.height, chromedp.EmulateScale(1)))
	s.open()
	if js[bool](s.tab, `document.documentElement.scrollWidth > innerWidth || document.querySelector('#sharing-parts').scrollWidth > document.querySelector('#sharing-parts').clientWidth`) {
		s.T.Error("the dialog is wider than the window")
	}
	var way []string
	for range 40 {
		s.press('\t')
		way = append(way, js[string](s.tab, `document.activeElement.id || document.activeElement.value || document.activeElement.className`))
	}
	for _, want := range []string{"sharing-close", "people", "person", "person-add", "rights-save", "link-name", "link-days", "link-password", "link-hear", "link-make", "hold-why", "hold-add"} {
		if !strings.Contains(strings.Join(way, " "), want) {
			s.T.Errorf("%s is not reached: %s", want, way)
		}
	}
	s.press(escape)
	s.until("that it is closed", `!document.querySelector('#sharing').open`)
}

func (s *sharing) prove() {
	s.visit("/minutes/" + s.id)
	s.until("the minutes", `document.querySelector('#lines li')`)
	s.click("#others summary")
	s.click("#delete")
	s.click("#confirm-yes")
	s.until("the list without them", `location.pathname === '/minutes' && document.querySelector('#notice h3')`)
	var p struct {
		Complete  bool
		Missing   []string
		Functions []struct {
			Function                string
			Objects, Rows, Payloads int
		}
		Receipt *struct{ Signature string }
	}
	for range 100 {
		if status, err := s.runtime.Call(s.T.Context(), http.MethodGet, "/minutes/"+s.id+"/deletion", nil, &p); err != nil || status != 200 {
			s.T.Fatal(status, err)
		}
		if p.Complete {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !p.Complete || p.Receipt == nil || p.Receipt.Signature == "" {
		s.T.Errorf("the proof %+v", p)
	}
	for _, f := range p.Functions {
		if f.Function == "captions" { // nobody captioned this meeting
			continue
		}
		if f.Function != "uploads" && f.Objects == 0 || f.Payloads == 0 && f.Function != "minutes" {
			s.T.Errorf("%s removed nothing: %+v", f.Function, f)
		}
	}
}
