package browser

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp/kb"
)

// The keys of whoever has no mouse.
var (
	onward  = []rune(kb.Tab)[0]
	confirm = []rune(kb.Enter)[0]
	space   = ' '
)

// dropFiles drops files where people drop them, each with its bytes.
func (o *office) dropFiles(files map[string][]byte) {
	o.T.Helper()
	var script strings.Builder
	script.WriteString("(() => { const held = new DataTransfer();")
	for name, text := range files {
		fmt.Fprintf(&script, "held.items.add(new File([Uint8Array.from(atob(%q), c => c.charCodeAt(0))], %q));", base64.StdEncoding.EncodeToString(text), name)
	}
	script.WriteString("document.querySelector('#drop').dispatchEvent(new DragEvent('drop', { dataTransfer: held, bubbles: true, cancelable: true })); return true })()")
	js[bool](o.tab, script.String())
}

// loaded holds for a page that a form led to, once it can be clicked on.
const loaded = `document.readyState === 'complete' && `

// uploaded is the line of a file that was dropped.
func uploaded(name string) string {
	return fmt.Sprintf("[...document.querySelectorAll('#uploads > li')].find(line => line.querySelector('bdi').textContent === %q)", name)
}

// dropAFile drops two files at once: each is a story that completes. A name does no
// harm, however it is written.
func (o *office) dropAFile() {
	o.enter()
	o.visit("/console/try?lang=zh")
	o.until("a place to drop files", `!document.querySelector('#drop').hidden`)
	meeting, err := os.ReadFile(filepath.Join(root, "local", "samples", "meeting-zh.srt"))
	if err != nil {
		o.T.Fatal(err)
	}
	hostile := "<script>document.title='ran'</script>" + strings.Repeat("长", 50) + ".srt"
	hostile = strings.ReplaceAll(hostile, "/", "∕")
	o.dropFiles(map[string][]byte{"例会.srt": meeting, hostile: meeting, "空.txt": {}})
	o.until("that an empty file is refused", uploaded("空.txt")+`?.innerText.includes('文件是空的')`)
	for _, name := range []string{"例会.srt", hostile} {
		o.until("the story of "+name, uploaded(name)+`?.dataset.ended === 'complete'`)
		o.until("its events", uploaded(name)+`.querySelectorAll('.told li').length >= 4 && `+uploaded(name)+`.innerText.includes('录音已摘要')`)
	}
	if title := js[string](o.tab, `document.title`); !strings.HasPrefix(title, "试一试") {
		o.T.Errorf("the page is called %q", title)
	}
	if over := js[int](o.tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		o.T.Errorf("a long name makes the page %d wider than its window", over)
	}
	if link := js[string](o.tab, uploaded("例会.srt")+`.querySelector('a').getAttribute('href')`); !strings.HasPrefix(link, "/console/story/") {
		o.T.Errorf("the story is at %q", link)
	}
}

// sendAnEvent fills in a form: first wrongly, which is said at the field and sends
// nothing, then as it should be.
func (o *office) sendAnEvent() {
	o.enter()
	o.visit("/console/try?lang=en&type=dev.xietong.minutes.deleted.v1")
	const recording = `[name="/recording"]`
	o.until("the form, with the example", fmt.Sprintf(`document.querySelector('%s')?.value.length > 7`, recording))
	js[bool](o.tab, fmt.Sprintf(`document.querySelector('%s').value = 'NO', true`, recording))
	o.click("#made button.main")
	if sent := js[bool](o.tab, `!document.querySelector('#made input[name=sure]').validity.valid`); !sent {
		o.T.Error("an event is sent without a word that it is meant")
	}
	o.click("#made input[name=sure]")
	o.click("#made button.main")
	o.until("what is wrong, at its field", fmt.Sprintf(loaded+`document.querySelector('#problem')?.innerText.includes('/recording') && document.activeElement === document.querySelector('.field.bad %s')`, recording))
	js[bool](o.tab, fmt.Sprintf(`document.querySelector('%s').value = '6f1c9c1e', true`, recording))
	o.click("#made input[name=sure]")
	o.click("#made button.main")
	o.until("its story, complete", `document.querySelector('#story')?.dataset.ended === 'complete' && document.querySelector('#story').innerText.includes('Minutes deleted')`)
}

// lookOver sees every function on the overview, in both languages, and that it
// refreshes itself without taking what somebody types.
func (o *office) lookOver() {
	o.enter()
	for language, word := range map[string]string{"zh": "数据库", "en": "Database"} {
		o.visit("/console/?lang=" + language)
		o.until("the functions", `['catalogue', 'convert', 'library', 'minutes', 'score', 'summarise', 'transcribe', 'uploads'].every(word => document.querySelector('#functions tr[data-function=' + word + ']'))`)
		o.until("what they work with", fmt.Sprintf(`document.querySelector('#health').innerText.includes(%q)`, word))
	}
	o.visit("/console/?lang=zh")
	const hold = `#triggers tr[data-trigger="score-told"] `
	o.click(hold + "summary")
	o.fill(hold+"input[name=why]", "看一看")
	at := js[string](o.tab, `document.querySelector('#asof time').dateTime`)
	o.until("a newer page", fmt.Sprintf(`document.querySelector('#asof time').dateTime !== %q`, at))
	if typed := js[string](o.tab, fmt.Sprintf(`document.activeElement === document.querySelector('%sinput[name=why]') ? document.activeElement.value : 'not there'`, hold)); typed != "看一看" {
		o.T.Errorf("after it refreshed itself, what was typed is %q", typed)
	}
	o.click(hold + "button")
	o.until("that it is paused, and that this needs somebody", fmt.Sprintf(loaded+`document.querySelector('%s.state.wait') && document.querySelector('#needs').innerText.includes('score-told')`, hold))
	o.click(hold + "summary")
	o.fill(hold+"input[name=why]", "看过了")
	o.click(hold + "button")
	o.until("that it delivers again", fmt.Sprintf(loaded+`document.querySelector('%s.state.good') && !document.querySelector('#needs').innerText.includes('score-told')`, hold))
}

// goOnTo goes on with the Tab key until it stands on what is meant.
func (o *office) goOnTo(selector string) {
	o.T.Helper()
	for range 200 {
		if js[bool](o.tab, fmt.Sprintf(`!!document.activeElement?.matches(%q)`, selector)) {
			return
		}
		o.press(onward)
	}
	o.T.Fatalf("the Tab key never comes to %s", selector)
}

// byKeyboard sends a sample, reads a chart and chooses a range without a mouse.
func (o *office) byKeyboard() {
	o.enter()
	o.visit("/console/try?lang=zh")
	o.goOnTo(`.samples li:nth-child(3) button`)
	o.press(confirm)
	o.until("the sample's story, complete", `document.querySelector('#story')?.dataset.ended === 'complete'`)
	o.goOnTo("#files")
	if ring := js[string](o.tab, `getComputedStyle(document.querySelector('.choose')).outlineStyle`); ring != "solid" {
		o.T.Errorf("where the focus is on choosing files, the outline is %q", ring)
	}
	o.visit("/console/metrics?range=15m")
	o.goOnTo(`.chart[data-chart=outcomes] .plot.wide`)
	o.press(left)
	o.until("the values of the last step", `document.querySelector('.chart[data-chart=outcomes] .reading b:nth-of-type(2)') && document.querySelector('.chart[data-chart=outcomes]').dataset.step === document.querySelector('.plot').dataset.steps - 1 + ''`)
	o.press(left)
	o.until("those of the one before", `document.querySelector('.chart[data-chart=outcomes]').dataset.step === document.querySelector('.plot').dataset.steps - 2 + ''`)
	o.goOnTo(`#figures summary`)
	o.press(space)
	o.until("the same figures", `document.querySelector('#figures').open && document.querySelectorAll('#steps tbody tr').length >= 15`)
	if done := js[int](o.tab, `[...document.querySelectorAll('#steps tbody tr')].reduce((n, row) => n + +row.cells[1].textContent, 0)`); done == 0 {
		o.T.Error("nothing is counted of all that was done")
	}
}
