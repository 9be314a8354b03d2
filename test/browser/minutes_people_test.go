package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
)

// TestMinutesPeople does what several people do with the same minutes: they put lines
// right, name who spoke, set notes beside, and find them again.
func TestMinutesPeople(t *testing.T) {
	o := &office{T: t, runtime: runtimeOf(t), tab: chromium(t, t.TempDir(), wide)}
	o.enter()
	for _, part := range []struct {
		name string
		does func(*office)
	}{
		{"a line is put right, and a reload loses no letter", (*office).putRight},
		{"what was put right is offered for the other lines and the glossary", (*office).everywhere},
		{"two browsers put the same line right", (*office).sameLine},
		{"one name for a speaker, everywhere", (*office).nameSpeakers},
		{"comments, highlights and ticks", (*office).remarks},
		{"two browsers edit while the machine summarises again, and nothing is lost", (*office).meanwhile},
		{"all minutes are searched, to the second", (*office).searchAll},
		{"a glossary is kept", (*office).terms},
	} {
		if !t.Run(part.name, func(t *testing.T) {
			own := *o.tab
			own.T = t
			part.does(&office{T: t, runtime: o.runtime, tab: &own})
		}) {
			return // the parts build on each other
		}
	}
}

const people = "ffffffffffffffffffffffffffffffff"

// guest is somebody else, in a browser of their own.
func (o *office) guest(name string) *office {
	o.T.Helper()
	b := &office{T: o.T, runtime: o.runtime, tab: chromium(o.T, o.T.TempDir(), wide)}
	b.visit("/console/")
	b.fill("input[name=token]", o.runtime.Console[strings.LastIndex(o.runtime.Console, "=")+1:])
	b.fill("input[name=name]", name)
	b.click("button.main")
	b.until("the overview", `document.querySelector('#pages')`)
	b.visit("/minutes/" + people)
	b.until("the minutes", `document.querySelector('#points .part') && document.querySelector('#lines li')`)
	return b
}

// text is an expression for the words of the n-th line.
func text(n int) string { return line(n) + `.querySelector('p').innerText` }

// rewrite opens the n-th line, from 0, and types at its end.
func (o *office) rewrite(n int, words string) {
	o.T.Helper()
	o.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#lines li[data-i='%d'] .at", n)), chromedp.NodeVisible))
	o.press('x')
	field := fmt.Sprintf("#lines li[data-i='%d'] .rewrite textarea", n)
	o.until("the editor", fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, field))
	o.fill(field, words)
}

func (o *office) putRight() {
	srt, err := os.ReadFile(filepath.Join(root, "local", "samples", "meeting-zh.srt"))
	if err != nil {
		o.T.Fatal(err)
	}
	if err := o.runtime.Upload(o.T.Context(), people+"/例会.srt", srt, map[string]string{"title": "城建例会", "language": "zh"}); err != nil {
		o.T.Fatal(err)
	}
	if _, err := o.runtime.Await(o.T.Context(), people, "summarised"); err != nil {
		o.T.Fatal(err)
	}
	o.visit("/minutes/" + people)
	o.until("the minutes", `document.querySelector('#points .part') && document.querySelectorAll('#lines li').length > 5`)
	o.rewrite(1, "补充半")
	o.do(chromedp.Reload())
	o.until("what was typed", fmt.Sprintf(`%s?.querySelector('.rewrite textarea')?.value.endsWith('补充半')`, line(1)))
	o.fill("#lines li[data-i='1'] .rewrite textarea", "句。\r")
	o.until("that it is saved", text(1)+`.endsWith('补充半句。') && `+line(1)+`.querySelector('.edited').innerText.includes('operator')`)
	o.click("#lines li[data-i='1'] .edited")
	o.until("what was heard", line(1)+`.querySelector('.edits li:last-child').innerText.includes('机器识别')`)
	o.do(chromedp.Reload())
	o.until("that it stays, and no draft", text(1)+`.endsWith('补充半句。') && Object.keys(localStorage).every(k => !k.includes('.line.'))`)
}

// everywhere replaces a name that stands in several lines.
func (o *office) everywhere() {
	lines := js[int](o.tab, `[...document.querySelectorAll('#lines li p')].filter(p => p.innerText.includes('小区')).length`)
	first := js[int](o.tab, `[...document.querySelectorAll('#lines li p')].findIndex(p => p.innerText.includes('小区'))`)
	if lines < 3 {
		o.T.Fatalf("小区 stands in %d lines", lines)
	}
	o.rewrite(first, "")
	o.until("another word", fmt.Sprintf(`(() => { const f = %s.querySelector('.rewrite textarea'); f.value = f.value.replace('小区', '社区'); f.dispatchEvent(new InputEvent('input')); f.form.requestSubmit(); return true })()`, line(first)))
	o.until("the offer", `!document.querySelector('#everywhere').hidden && document.querySelector('#wrong').value === '小区' && document.querySelector('#right').value === '社区'`)
	o.click("#everywhere-go")
	o.until("all lines put right", `document.querySelector('#everywhere').hidden && [...document.querySelectorAll('#lines li p')].every(p => !p.innerText.includes('小区'))`)
	var glossary struct{ Terms []events.Term }
	if status, err := o.runtime.Call(o.T.Context(), http.MethodGet, "/minutes/glossary", nil, &glossary); err != nil || status != 200 || len(glossary.Terms) != 1 || glossary.Terms[0].Text != "社区" {
		o.T.Errorf("%d %v: the glossary has %+v", status, err, glossary.Terms)
	}
}

func (o *office) sameLine() {
	other := o.guest("second")
	other.rewrite(0, "来自第二人。")
	o.rewrite(0, "来自第一人。\r")
	o.until("what the first wrote", text(0)+`.endsWith('来自第一人。')`)
	other.press('\r')
	other.until("both", line(0)+`.querySelector('.rewrite .bad').innerText.includes('来自第') && `+line(0)+`.querySelector('.rewrite textarea').value.endsWith('来自第二人。')`)
	other.do(chromedp.Reload())
	other.until("what the second typed, after a reload too", line(0)+`?.querySelector('.rewrite textarea')?.value.endsWith('来自第二人。')`)
	other.press('\r')
	other.until("what the second chose", text(0)+`.endsWith('来自第二人。') && !`+line(0)+`.querySelector('.rewrite')`)
	other.click("#lines li[data-i='0'] .edited")
	other.until("that the first's words are kept", line(0)+`.querySelector('.edits').innerText.includes('来自第一人。')`)
	other.quit()
}

func (o *office) nameSpeakers() {
	o.click("#speakers")
	o.until("who speaks", `document.querySelector('#people').open && document.querySelector('#people-list .label').value === '王主任'`)
	o.until("another name", `(() => { const f = document.querySelector('#people-list .label'); f.value = '王建国'; f.form.requestSubmit(); return true })()`)
	o.until("that name", `!document.querySelector('#people').open && document.querySelector('#lines .who')?.innerText === '王建国' && ![...document.querySelectorAll('#lines .who')].some(w => w.innerText === '王主任')`)
	got := js[string](o.tab, `(() => { const ask = new XMLHttpRequest(); ask.open('GET', location.pathname + '/export?format=txt', false); ask.send(); return ask.responseText })()`)
	if !strings.Contains(got, "王建国") {
		o.T.Errorf("exported: %.200s", got)
	}
	o.click("#speakers")
	o.click("#people-history summary")
	o.click("#people-past li:last-child button")
	o.until("the old name again", `document.querySelector('#lines .who')?.innerText === '王主任'`)
}

func (o *office) remarks() {
	o.do(chromedp.Click(chromedp.CSS("#lines li[data-i='2'] .at"), chromedp.NodeVisible))
	o.press('c')
	o.until("a field", line(2)+`.querySelector('.threads textarea') === document.activeElement`)
	o.fill("#lines li[data-i='2'] .threads textarea", "这个数")
	o.do(chromedp.Reload())
	o.until("what was typed", line(2)+`?.querySelector('.threads textarea')?.value === '这个数'`)
	o.fill("#lines li[data-i='2'] .threads textarea", "对吗？\r")
	o.until("the comment", line(2)+`.querySelector('.said')?.innerText.includes('这个数对吗？')`)
	other := o.guest("second")
	other.until("that others see it", line(2)+`.querySelector('.badge .first')?.innerText === '这个数对吗？'`)
	other.click("#lines li[data-i='2'] .badge")
	other.fill("#lines li[data-i='2'] .thread textarea", "对。\r")
	other.until("the answer", line(2)+`.querySelectorAll('.said').length === 2`)
	other.click(".part.actions .tick")
	other.until("who did it", `document.querySelector('.part.actions .done .by')?.innerText.includes('second')`)
	other.quit()
	o.do(chromedp.Reload())
	o.until("the answer and the tick", line(2)+`?.querySelector('.badge')?.innerText.includes('2') && document.querySelector('.part.actions .tick')?.checked`)
	o.click("#lines li[data-i='3'] .at")
	o.press('h')
	o.until("the highlight", line(3)+`.querySelector('.lit')`)
	o.press('h')
	o.until("none", `!`+line(3)+`.querySelector('.lit')`)
}

// summarised says that the machine has made another summary: as the first, with another
// sentence in place of the first one, and one more.
func (o *office) summarised(change func(*events.Summary)) {
	o.T.Helper()
	var list struct {
		Revisions []struct{ Revision, Origin string }
	}
	var first struct{ Document events.Summary }
	path := "/minutes/" + people + "/revisions"
	if status, err := o.runtime.Call(o.T.Context(), http.MethodGet, path, nil, &list); err != nil || status != 200 {
		o.T.Fatal(status, err)
	}
	if status, err := o.runtime.Call(o.T.Context(), http.MethodGet, path+"/"+list.Revisions[len(list.Revisions)-1].Revision, nil, &first); err != nil || status != 200 {
		o.T.Fatal(status, err)
	}
	s := first.Document
	change(&s)
	body, err := json.Marshal(s)
	if err != nil {
		o.T.Fatal(err)
	}
	key := fmt.Sprintf("summaries/%s/%d.json", people, time.Now().UnixNano())
	if _, err := o.runtime.Blob.Put(o.T.Context(), "artifacts", key, bytes.NewReader(body), blob.Put{Size: int64(len(body))}); err != nil {
		o.T.Fatal(err)
	}
	e, err := events.New(events.RecordingSummarised{Recording: s.Recording, Upload: s.Upload, Revision: s.Revision, Language: s.Language, Engine: s.Engine,
		Summary: events.Object{Bucket: "artifacts", Key: key, Size: int64(len(body))}, Transcript: events.Object{Bucket: "artifacts", Key: "x.json"}})
	if err != nil {
		o.T.Fatal(err)
	}
	e.SetID(key)
	e.SetSource("/functions/summarise")
	e.SetTime(time.Now())
	e.SetExtension(events.Unit, "default")
	if status, err := o.runtime.Send(o.T.Context(), e); err != nil || status/100 != 2 {
		o.T.Fatal(status, err)
	}
}

// meanwhile: two people edit, one is in mid-typing when the page is loaded again, and a
// newer summary comes.
func (o *office) meanwhile() {
	other := o.guest("second")
	o.click("#edit")
	other.click("#edit")
	o.write("abstract", 0, "第一人改。")
	other.write("abstract", 0, "第二人改。")
	other.write("decisions", 0, "第二人的决定。")
	o.click(".saving .save")
	o.until("what the first saved", says("第一人改。"))
	o.summarised(func(s *events.Summary) {
		s.Abstract[0].Text = "机器又写的" + s.Abstract[0].Text
		extra := s.Abstract[0]
		extra.ID, extra.Text = "machine-2", "机器补充的一句。"
		extra.Evidence = s.Abstract[len(s.Abstract)-1].Evidence
		s.Decisions = append(s.Decisions, extra)
	})
	other.do(chromedp.Reload())
	other.until("what the second typed", `document.querySelector('[data-list=abstract] textarea')?.value.endsWith('第二人改。') && document.querySelector('[data-list=decisions] textarea').value.endsWith('第二人的决定。')`)
	other.click(".saving .save")
	other.until("both versions", `document.querySelector('#conflict').open && document.querySelector('#choices .theirs ins').innerText === '一'`)
	other.click("#conflict-save")
	for _, words := range []string{"第一人改。", "第二人改。", "第二人的决定。"} {
		other.until(words, says(words))
	}
	other.do(chromedp.Reload())
	other.until("the offer of the machine's, and both edits", `document.querySelector('#offer') && `+says("第一人改。")+` && `+says("第二人改。"))
	other.click("#offer button:first-of-type")
	other.until("what the machine says, beside what stands", `document.querySelector('#conflict').open && [...document.querySelectorAll('#choices .theirs')].some(c => c.innerText.includes('机器又写的')) && [...document.querySelectorAll('#choices .mine')].some(c => c.innerText.includes('第二人改。'))`)
	if got := js[string](other.tab, `[...document.querySelectorAll('#choices input:checked')].map(i => i.value).sort().join()`); got != "both,theirs" {
		o.T.Errorf("chosen at first: %s", got)
	}
	other.click("#conflict-save")
	for _, words := range []string{"第一人改。", "第二人改。", "第二人的决定。", "机器又写的", "机器补充的一句。"} {
		other.until(words, says(words))
	}
	other.until("that it is offered no more", `!document.querySelector('#offer')`)
	other.quit()
	o.do(chromedp.Reload())
	o.until("the same in the first browser, and the tick", says("机器补充的一句。")+` && document.querySelector('.part.actions .tick')?.checked`)
	o.click("#revisions")
	o.until("all revisions, side by side", `document.querySelectorAll('#history-list li').length === 5 && document.querySelector('#history-shown .changes li p + p')`)
	o.press(escape)
}

func (o *office) searchAll() {
	o.visit("/minutes")
	o.fill("#query", "紅星家園\r")
	const place = `[...document.querySelectorAll('.hit')].find(h => h.querySelector('mark')?.innerText === '红星家园' && h.querySelector('.who').innerText === '李敏')`
	o.until("the place, in simplified characters", `!!`+place)
	at := js[string](o.tab, place+`.querySelector('.at').innerText`)
	o.until("the way there", `(() => { `+place+`.querySelector('a').click(); return true })()`)
	o.until("the minutes at that second", fmt.Sprintf(`document.querySelector('li[aria-current] .at')?.innerText === %q`, at))
	o.visit("/minutes?q=chengjian")
	o.until("by pinyin", `document.querySelector('#list .title')?.innerText === '城建例会'`)
	o.visit("/minutes")
	o.click("#filters summary")
	o.until("another speaker", `(() => { const f = document.querySelector('#speaker'); f.value = '李敏'; f.dispatchEvent(new Event('change')); return true })()`)
	o.until("what that one says", `location.search.includes('speaker=') && document.querySelectorAll('.hit').length === 5 && [...document.querySelectorAll('.hit .who')].every(w => w.innerText === '李敏')`)
	o.do(chromedp.EmulateViewport(narrow.width, narrow.height, chromedp.EmulateScale(1), chromedp.EmulateMobile, chromedp.EmulateTouch))
	defer o.do(chromedp.EmulateViewport(wide.width, wide.height, chromedp.EmulateScale(1)))
	o.until("all of it on a telephone", `document.documentElement.scrollWidth <= innerWidth && document.querySelector('#to').checkVisibility()`)
}

func (o *office) terms() {
	o.visit("/minutes")
	o.click("#glossary-open")
	o.until("the terms", `document.querySelector('#glossary').open && document.querySelector('#terms').innerText.includes('社区')`)
	o.fill("#term", "海信集团")
	o.fill("#term-heard", "海鑫集团，嗨信集团\r")
	o.until("one more", `document.querySelector('#terms').innerText.includes('海鑫集团、嗨信集团') && document.querySelector('#glossary-count').innerText.includes('2')`)
	o.until("a table", `(() => { const data = new DataTransfer(); data.setData('text', '东湖新村,东胡新村\n"红星, 家园"\t红心家园'); document.querySelector('#term').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true, bubbles: true })); return true })()`)
	o.until("four", `document.querySelector('#glossary-count').innerText.includes('4')`)
	o.click("#terms li:last-child button")
	o.until("three", `document.querySelector('#glossary-count').innerText.includes('3')`)
	o.press(escape)
}
