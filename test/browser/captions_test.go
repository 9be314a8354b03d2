package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// talk is what the microphone of the test hears, again and again.
const talk = "the meeting is about the budget"

// TestCaptions speaks into one page and reads on another, with a page that is loaded
// again in between, and sees the meeting become minutes.
func TestCaptions(t *testing.T) {
	r := runtimeOf(t)
	speaker := &office{T: t, runtime: r, tab: chromium(t, t.TempDir(), wide, microphone(t)...)}
	speaker.enter()
	speaker.visit("/minutes")
	speaker.click(`a[href="/captions"]`)
	speaker.fill("#title", "周例会 "+hostile)
	speaker.until("the language", `(document.getElementById('spoken').value = 'en')`)
	speaker.fill("#people li:first-child input", "张伟 <b>")
	speaker.click("#go")
	speaker.until("that nobody has spoken", `document.body.dataset.state === 'live' && document.querySelector('#title').innerText.includes('<script>') && !document.querySelector('#notice').hidden`)
	path := js[string](speaker.tab, `location.pathname`)

	reader := &office{T: t, runtime: r, tab: chromium(t, t.TempDir(), narrow)}
	reader.enter()
	reader.visit(path)
	speaker.click("#speak")
	for _, o := range []*office{speaker, reader} {
		o.until("what is said, by whom", said(1)+` && document.querySelector('#lines .who b').innerText === '张伟 <b>'`)
	}
	speaker.do(chromedp.Reload())
	speaker.until("that it speaks on", `document.body.dataset.mic === 'on' && `+said(3))
	speaker.press('m')
	speaker.until("that it is muted", `document.querySelector('#mic').innerText === '已静音'`)
	speaker.press('m')
	reader.visit(path)
	reader.until("what was said before", said(3))
	speaker.click("#end")
	speaker.click("#ending-yes")
	speaker.until("the end", `!document.querySelector('#over').hidden`)
	reader.until("the end, here too", `!document.querySelector('#over').hidden && document.body.dataset.state === 'over'`)
	got := js[[]string](reader.tab, `[...document.querySelectorAll('#lines li > p:last-child')].map(p => p.innerText)`)
	if again := js[[]string](speaker.tab, `[...document.querySelectorAll('#lines li > p:last-child')].map(p => p.innerText)`); strings.Join(again, "\n") != strings.Join(got, "\n") {
		t.Errorf("one page shows %q, the other %q", got, again)
	}
	reader.click("#to-minutes")
	reader.until("the minutes of that meeting", fmt.Sprintf(`location.pathname === %q && document.querySelectorAll('#lines li').length >= %d && document.querySelector('#lines').innerText.includes('budget')`,
		strings.Replace(path, "/captions/", "/minutes/", 1), len(got)))
}

// said is true once the page shows so many sentences of the talk.
func said(n int) string {
	return fmt.Sprintf(`[...document.querySelectorAll('#lines li')].filter(li => li.innerText.includes('budget')).length >= %d`, n)
}

// microphone has a browser hear the talk, and ask nobody whether it may.
func microphone(t *testing.T) []chromedp.ExecAllocatorOption {
	t.Helper()
	file := filepath.Join(t.TempDir(), "talk.wav")
	if out, err := exec.Command("flite", "-voice", "slt", "-t", talk, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("flite: %v %s", err, out)
	}
	wav, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wav = append(wav, make([]byte, 2*16000)...) // a second of silence behind it
	for at, size := range map[int]int{4: len(wav) - 8, 40: len(wav) - 44} {
		wav[at], wav[at+1], wav[at+2], wav[at+3] = byte(size), byte(size>>8), byte(size>>16), byte(size>>24)
	}
	if err := os.WriteFile(file, wav, 0o600); err != nil {
		t.Fatal(err)
	}
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", file)}
}
