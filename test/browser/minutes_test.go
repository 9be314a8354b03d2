package browser

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestMinutes does with minutes what clerks do, through the console's sign-in, on a
// recording that is uploaded, heard by the engine and summarised as it is.
func TestMinutes(t *testing.T) {
	o := &office{T: t, runtime: runtimeOf(t, "--set", "minutes.AUDIO_EXPIRY=10s"), tab: chromium(t, t.TempDir(), wide)}
	o.enter()
	for _, part := range []struct {
		name string
		does func(*office)
	}{
		{"a recording is uploaded and comes to be minutes", (*office).uploadRecording},
		{"a sentence is heard where it is clicked, and keys do the rest", (*office).hear},
		{"a citation leads to what was said", (*office).cite},
		{"the sound goes on after its address has ended", (*office).addressEnds},
		{"an edit lives through a reload", (*office).draft},
		{"two people edit at once, and nothing is lost", (*office).conflict},
		{"revisions are compared and brought back", (*office).revisions},
		{"the title is changed, and all is exported", (*office).nameAndExport},
		{"what a record says besides the talk is filled in", (*office).particulars},
		{"a telephone shows one after the other", (*office).telephone},
		{"the tab key reaches everything", (*office).tabThrough},
		{"names are text, whatever they are", (*office).names},
		{"a day's meeting moves as a short one", (*office).long},
		{"what was refused says what to do, and is done", (*office).refused},
		{"a newer summary is offered and never forced", (*office).offered},
		{"minutes are deleted when that is confirmed", (*office).deleteMinutes},
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

const hostile = `<script>document.body.remove()</script>`

// send uploads a sample on the page that is open.
func (o *office) send(file, title, language string) {
	o.T.Helper()
	o.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{filepath.Join(root, "local", "samples", file)}))
	if title != "" {
		o.fill("#upload-title", title)
	}
	o.until("the form", fmt.Sprintf(`(document.getElementById('spoken').value = %q) || true`, language))
	o.click("#upload-go")
	o.until("that the file is sent", `!document.getElementById('upload').open`)
}

// row waits until a row of the list is as wanted.
func (o *office) row(title, is string) {
	o.T.Helper()
	o.until(title+" with "+is, fmt.Sprintf(`[...document.querySelectorAll('#list li')].some(li => li.querySelector('.title').innerText === %q && (%s))`, title, is))
}

func (o *office) uploadRecording() {
	o.visit("/minutes")
	o.until("that there are none", `document.querySelector('#notice h3')?.innerText === '还没有纪要'`)
	o.click("#new")
	o.send("memo-en.mp4", hostile, "en")
	o.row(hostile, `li.querySelector('.state.good')`) // without anybody loading it again
	if got := js[string](o.tab, `document.querySelector('#list .state').innerText`); got != "已生成摘要" {
		o.T.Errorf("the state is %q", got)
	}
	o.fill("#query", "chairs\r")
	o.until("the place found", `document.querySelector('.hit mark')?.innerText === 'chairs' && location.search === '?q=chairs'`)
	o.click(".hit a")
	o.until("the minutes at that place", `document.querySelector('mark.here')?.innerText === 'chairs' && document.querySelector('li[aria-current] mark.here')`)
	o.until("the title as text", fmt.Sprintf(`document.querySelector('#title').innerText === %q`, hostile))
}

// line is the n-th line of the transcript, in an expression.
func line(n int) string { return fmt.Sprintf(`document.querySelectorAll('#lines li')[%d]`, n) }

// heard reports that the sound is within a line, and the line is marked.
func heard(n int) string {
	return fmt.Sprintf(`(() => { const audio = document.querySelector('audio'), at = %s.querySelector('.at').innerText.split(':'), next = %s?.querySelector('.at').innerText.split(':')
		const from = 60 * at[0] + +at[1], to = next ? 60 * next[0] + +next[1] + 1 : 1e9
		return audio.currentTime >= from && audio.currentTime <= to && %[1]s.getAttribute('aria-current') === 'true' && document.querySelectorAll('#lines [aria-current]').length === 1 })()`, line(n), line(n+1))
}

func (o *office) hear() {
	o.until("the sound", `document.querySelector('audio').readyState >= 1`)
	o.click("#lines li:nth-child(2) p")
	o.until("the second sentence, really playing", heard(1)+` && !document.querySelector('audio').paused && document.querySelector('audio').played.length && document.querySelector('audio').played.end(0) - document.querySelector('audio').played.start(0) > 0.3`)
	o.press(' ')
	o.until("that it halts", `document.querySelector('audio').paused && document.querySelector('#play').ariaLabel === '播放'`)
	o.press('j')
	o.until("the third sentence", heard(2))
	o.press('k')
	o.until("the second sentence again", heard(1))
	before := js[float64](o.tab, `document.querySelector('audio').currentTime`)
	o.press(right)
	o.until("five seconds on", fmt.Sprintf(`Math.abs(document.querySelector('audio').currentTime - %f) < 0.1`, before+5))
	o.press(left)
	o.press('>')
	o.until("a higher speed", `document.querySelector('audio').playbackRate === 1.25 && document.querySelector('#speed').value === '1.25'`)
	o.press('/')
	o.fill("#sought", "the")
	o.until("all places", `/^0 \/ [1-9]/.test(document.querySelector('#hits').innerText)`)
	o.press('\r')
	o.until("one of them", `document.querySelectorAll('mark.here').length === 1 && document.querySelector('#hits').innerText.match(/^[1-9]/)`)
	o.press(escape)
	o.until("no mark", `!document.querySelector('#lines mark') && document.activeElement.id === 'lines'`)
	o.do(chromedp.Reload())
	o.until("the same speed", `document.querySelector('audio').readyState >= 1 && document.querySelector('audio').playbackRate === 1.25 && document.querySelector('#lines li')`)
}

func (o *office) cite() {
	o.click(".part.actions .where")
	o.until("the evidence, marked and in view", `(() => { const line = document.querySelector('li.cited'), at = line?.getBoundingClientRect(), view = document.querySelector('#lines').getBoundingClientRect()
		return line && line.querySelector('.at').innerText === document.querySelector('.part.actions .where').innerText && at.top >= view.top && at.bottom <= view.bottom })()`)
	if js[bool](o.tab, `!document.querySelector('audio').paused`) {
		o.T.Error("it plays, and nobody asked for that")
	}
	o.click(".part.actions .hear")
	o.until("the evidence, playing", `!document.querySelector('audio').paused && document.querySelector('li.cited[aria-current]')`)
	o.press(' ')
}

// addressEnds: signed addresses last a while only, here ten seconds; the page asks for
// another and goes on where it was.
func (o *office) addressEnds() {
	o.until("that the address has ended", `(() => { const [, ...at] = document.querySelector('audio').src.match(/X-Amz-Date=(....)(..)(..)T(..)(..)(..)Z/); return Date.now() > Date.UTC(at[0], at[1] - 1, ...at.slice(2)) + 11_000 })()`)
	o.click("#lines li:nth-child(3) p")
	o.until("the third sentence", heard(2)+` && !document.querySelector('audio').paused`)
	if !js[bool](o.tab, `(() => { const audio = document.querySelector('audio'); audio.src += '&ended'; audio.play().catch(() => {}); return true })()`) { // what was fetched is no longer there
		o.T.Fatal("no audio")
	}
	o.until("the sound, from there on", `!document.querySelector('audio').paused && !document.querySelector('audio').src.includes('&ended') && document.querySelector('audio').currentTime > 9 && document.querySelector('#unplayable').hidden`)
	o.press(' ')
}

func (o *office) nameAndExport() {
	o.click("#rename")
	o.until("the field", `document.querySelector('#title input')?.selectionEnd > 5`)
	o.press(escape)
	o.until("the old title", fmt.Sprintf(`document.querySelector('#title').innerText === %q`, hostile))
	o.click("#rename")
	o.until("the field", `document.querySelector('#title input')`)
	o.fill("#title input", "周例会\r") // all was selected
	o.until("the new title, by which the page is called too", `document.title === '周例会 · 智能纪要'`)
	o.until("that the API has it", `fetch(location.pathname).then(a => a.json()).then(m => { window.named = m.title }), window.named === '周例会'`)
	o.click("#export summary")
	for format, holds := range map[string]string{"docx": "word/document.xml", "md": "# ", "txt": "00:01", "srt": "-->", "vtt": "WEBVTT", "json": `"segments"`} {
		got := js[string](o.tab, fmt.Sprintf(`(() => { const ask = new XMLHttpRequest(); ask.open('GET', document.querySelector('#export a[data-format=%s]').href, false); ask.send(); return ask.getResponseHeader('Content-Disposition') + ask.responseText })()`, format))
		if !strings.HasPrefix(got, `attachment; filename="minutes.`+format) || !strings.Contains(got, holds) {
			o.T.Errorf("exported as %s: %.200s", format, got)
		}
	}
	o.click("#export-pdf")
	o.until("the PDF, which another function makes", `document.getElementById('export-said').innerText === 'PDF 已生成'`)
	o.press(escape)
}

// particulars: what is filled in stands in what is exported, and in the form again.
func (o *office) particulars() {
	fields := map[string]string{"place": "三楼会议室", "chair": "张伟", "recorder": "李静", "present": "张伟，王芳，王芳，欧阳娜娜", "absent": "赵六", "issue": "12", "issuer": "滨海区办公室", "copies": "各镇人民政府"}
	open := func() {
		o.click("#others summary")
		o.click("#particulars")
		o.until("the form", `document.getElementById('occasion').open && document.getElementById('occasion-problem').hidden`)
	}
	open()
	o.until("the fields of an official record", `document.getElementById('occasion-official').hidden && (document.getElementById('occasion-kind').value = 'official') && document.getElementById('occasion-kind').dispatchEvent(new Event('change')) && !document.getElementById('occasion-official').hidden`)
	for name, text := range fields {
		o.fill("#occasion-"+name, text)
	}
	o.until("a time", `document.getElementById('occasion-began').value = '2026-03-04T09:30'`)
	o.click("#occasion [type=submit]")
	o.until("the place among the facts", `!document.getElementById('occasion').open && document.querySelector('#facts').innerText.includes('三楼会议室')`)
	text := js[string](o.tab, `(() => { const ask = new XMLHttpRequest(); ask.open('GET', document.querySelector('#export a[data-format=txt]').href, false); ask.send(); return ask.responseText })()`)
	began := time.Date(2026, 3, 4, 9, 30, 0, 0, time.Local).In(time.FixedZone("Asia/Shanghai", 8*3600)) // as paper has it
	for _, want := range []string{"会议纪要", "时间：" + began.Format("2006年1月2日 15:04"), "地点：三楼会议室", "主持人：张伟", "记录人：李静", "出席：张伟、王芳、王芳、欧阳娜娜", "请假：赵六", "滨海区办公室"} {
		if !strings.Contains(text, want) {
			o.T.Errorf("no %s in\n%s", want, text)
		}
	}
	fields["present"] = "王芳、王芳、欧阳娜娜" // two of one name, and the chair once
	open()
	for name, want := range fields {
		if got := js[string](o.tab, fmt.Sprintf(`document.getElementById('occasion-%s').value`, name)); got != want {
			o.T.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	o.press(escape)
}

// telephone: a citation in the summary turns to the transcript.
func (o *office) telephone() {
	o.do(chromedp.EmulateViewport(narrow.width, narrow.height, chromedp.EmulateScale(1), chromedp.EmulateMobile, chromedp.EmulateTouch))
	defer o.do(chromedp.EmulateViewport(wide.width, wide.height, chromedp.EmulateScale(1)))
	shown := func(name string) string { return fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, name) }
	o.click("#tab-summary")
	o.until("the summary alone", shown("#points")+` && !`+shown("#lines")+` && document.documentElement.scrollWidth <= innerWidth`)
	o.click(".part.actions .where")
	o.until("the transcript with the evidence", shown("#lines")+` && !`+shown("#points")+` && document.querySelector('li.cited').checkVisibility() && document.querySelector('#tab-transcript').ariaSelected === 'true'`)
	for _, button := range []string{"#play", "#back5", "#on5", "#tab-summary", "#find-on", "#export summary", "#others summary"} {
		if size := js[float64](o.tab, fmt.Sprintf(`Math.min(...['width', 'height'].map(side => document.querySelector(%q).getBoundingClientRect()[side]))`, button)); size < 44 {
			o.T.Errorf("%s is only %v high or wide", button, size)
		}
	}
	if js[bool](o.tab, `document.documentElement.scrollWidth > innerWidth`) {
		o.T.Error("the page is wider than the window")
	}
}

// tabThrough: of the transcript one line is reached, and arrows do the rest; what is
// not shown is not reached.
func (o *office) tabThrough() {
	o.do(chromedp.Reload())
	o.until("the minutes", `document.querySelector('#lines li') && document.querySelector('.part') && document.querySelector('audio').readyState >= 1`)
	var way []string
	for len(way) < 160 && !slices.Contains(way, "speed") {
		o.press('\t')
		way = append(way, js[string](o.tab, `(e => e.id || (e.closest('details')?.id ?? '') + e.className)(document.activeElement)`))
	}
	for _, want := range []string{"skip", "back", "rename", "export", "others", "theme", "sought", "at quiet", "revisions", "edit", "hear", "where", "back5", "play", "on5", "place", "speed"} {
		if !slices.Contains(way, want) {
			o.T.Errorf("%s is not reached: %s", want, way)
		}
	}
	if lines := len(slices.DeleteFunc(way, func(at string) bool { return at != "at quiet" })); lines != 1 {
		o.T.Errorf("%d lines are stops of the tab key, want 1", lines)
	}
}

// names: those of files and speakers are text as well, in both languages.
func (o *office) names() {
	long := strings.Repeat("很长的会议名称", 43)[:900]
	srt := "1\n00:00:01,000 --> 00:00:04,000\n‮&lt;img src=x onerror=document.body.remove()&gt;：会议决定通过。\n"
	key := strings.Repeat("a", 32) + "/" + "long.srt"
	if err := o.runtime.Upload(o.T.Context(), key, []byte(srt), map[string]string{"title": long[:300], "language": "zh"}); err != nil {
		o.T.Fatal(err)
	}
	if _, err := o.runtime.Await(o.T.Context(), strings.Repeat("a", 32), "summarised"); err != nil {
		o.T.Fatal(err)
	}
	o.visit("/minutes?lang=en")
	o.until("English", `document.documentElement.lang === 'en' && document.querySelector('#heading').innerText === 'All minutes'`)
	o.row(long[:300], `li.querySelector('.state.good')`)
	o.until("no wider than the window", `document.documentElement.scrollWidth <= innerWidth`)
	o.visit("/minutes/" + strings.Repeat("a", 32) + "?lang=en")
	o.until("the speaker and the words as text", `document.querySelector('#summary-heading').innerText === 'Summary' && document.querySelector('#lines').innerText.includes('会议决定通过') && document.documentElement.scrollWidth <= innerWidth`)
	o.visit("/minutes?lang=zh")
	o.until("Chinese", `document.querySelector('#heading').innerText === '全部纪要'`)
}

// long: of ten thousand lines only those near are laid out, and each can be gone to.
func (o *office) long() {
	var b strings.Builder
	for i := range 10_000 {
		at := func(s int) string { return fmt.Sprintf("%02d:%02d:%02d,000", s/3600, s/60%60, s%60) }
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s：这是第 %d 句话，研究预算执行情况。\n\n", i+1, at(2*i), at(2*i+2), []string{"王主任", "李敏"}[i/3%2], i)
	}
	id, err := o.runtime.Submit(o.T.Context(), "一万句", "long.srt", "zh", []byte(b.String()))
	if err == nil {
		_, err = o.runtime.Await(o.T.Context(), id, "summarised")
	}
	if err != nil {
		o.T.Fatal(err)
	}
	inView := `(() => { const at = document.querySelector('#lines [aria-current]')?.getBoundingClientRect(), view = document.querySelector('#lines').getBoundingClientRect(); return at && at.top >= view.top && at.bottom <= view.bottom })()`
	o.visit("/minutes/" + id + "?at=14000000")
	o.until("line 7000, in view", `document.querySelector('#lines [aria-current]')?.innerText.includes('第 7000 句话') && `+inView)
	o.until("all lines", `document.querySelectorAll('#lines li').length === 10000`)
	if n := js[int](o.tab, `[...document.querySelectorAll('.sheet')].filter(s => s.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length`); n > 10 {
		o.T.Errorf("%d sheets are laid out", n)
	}
	o.until("that it can be scrolled away", `(document.querySelector('#lines').dispatchEvent(new WheelEvent('wheel')), document.querySelector('#lines').scrollTop = 0, document.querySelector('#follow').checkVisibility())`)
	o.press('j')
	o.until("the next line", inView+` && document.querySelector('#lines [aria-current]').innerText.includes('第 7001 句话') && document.querySelector('#follow').hidden`)
	o.until("that it can be scrolled away again", `(document.querySelector('#lines').dispatchEvent(new WheelEvent('wheel')), document.querySelector('#lines').scrollTop = 0, document.querySelector('#follow').checkVisibility())`)
	o.click("#follow")
	o.until("the line again", inView)
}

// refused: a language that the engine does not know waits for a transcript, which is
// uploaded in its place; the sound stays.
func (o *office) refused() {
	o.visit("/minutes")
	o.click("#new")
	o.send("memo-en.mp4", "防災訓練", "ja")
	o.row("防災訓練", `li.querySelector('.state.wait')?.innerText.includes('上传文字稿') && li.querySelector('.again')`)
	o.click("#list li:first-child .title")
	o.until("what to do", `document.querySelector('#state').innerText.includes('上传文字稿')`)
	o.click("#state button")
	o.send("meeting-ja.vtt", "", "ja")
	o.until("the transcript, the summary and the sound", `document.querySelectorAll('#lines li').length > 10 && document.querySelector('.part') && document.querySelector('audio').readyState >= 1 && document.querySelector('#state').hidden`)
}

func (o *office) deleteMinutes() {
	o.visit("/minutes")
	o.row("防災訓練", "true")
	before := js[int](o.tab, `document.querySelectorAll('#list li').length`)
	o.click("#list li:first-child .remove")
	o.until("the question", `document.querySelector('#confirm').open && document.querySelector('#confirm-text').innerText.includes('防災訓練') && document.activeElement.id === 'confirm-no'`)
	o.press(escape)
	o.until("that nothing is done", fmt.Sprintf(`!document.querySelector('#confirm').open && document.querySelectorAll('#list li').length === %d`, before))
	o.click("#list li:first-child .remove")
	o.click("#confirm-yes")
	o.until("that it is gone", fmt.Sprintf(`!document.querySelector('#confirm').open && document.querySelectorAll('#list li').length === %d && !document.querySelector('#list').innerText.includes('防災訓練')`, before-1))
	var list struct{ Minutes []struct{ Title string } }
	if status, err := o.runtime.Call(o.T.Context(), http.MethodGet, "/minutes", nil, &list); err != nil || status != 200 || len(list.Minutes) != before-1 {
		o.T.Errorf("the API says %d %v %+v", status, err, list)
	}
}
