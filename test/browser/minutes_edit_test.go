package browser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// another opens a second window of the same browser on the page that is open.
func (o *office) another() *office {
	o.T.Helper()
	ctx, end := chromedp.NewContext(o.ctx)
	b := &office{T: o.T, runtime: o.runtime, tab: &tab{T: o.T, ctx: ctx, quit: end}}
	o.T.Cleanup(end)
	b.do(chromedp.EmulateViewport(wide.width, wide.height, chromedp.EmulateScale(1)))
	b.open(js[string](o.tab, `location.href`))
	b.until("the summary", `document.querySelector('#points .part')`)
	return b
}

// write adds to the n-th sentence of a list of the summary.
func (o *office) write(list string, n int, text string) {
	o.T.Helper()
	o.until("the editor", fmt.Sprintf(`document.querySelectorAll('[data-list=%s] textarea')[%d]`, list, n))
	o.fill(fmt.Sprintf("[data-list=%s] li:nth-child(%d) textarea", list, n+1), text)
	o.until("that it is kept", `document.querySelector('#kept')?.innerText === '未保存，已暂存在本浏览器'`)
}

// says reports that the summary that is shown has a text.
func says(text string) string {
	return fmt.Sprintf(`!document.body.classList.contains('editing') && document.querySelector('#points').innerText.includes(%q)`, text)
}

func (o *office) draft() {
	o.click("#edit")
	o.write("abstract", 0, " Half a sen")
	o.do(chromedp.Reload())
	o.until("the edit that was not saved, and that it says so", `document.querySelector('#points .note')?.innerText.includes('尚未保存的修改') && document.querySelector('[data-list=abstract] textarea').value.endsWith(' Half a sen')`)
	o.write("abstract", 0, "tence.")
	o.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
	o.click(".saving .save")
	o.until("that the sign-in has ended", `document.querySelector('#edit-problem').innerText.includes('登录已过期') && document.querySelector('[data-list=abstract] textarea').value.endsWith(' Half a sentence.')`)
	here := js[string](o.tab, `location.href`)
	o.enter()
	o.open(here)
	o.until("the edit once more", `document.querySelector('[data-list=abstract] textarea')?.value.endsWith(' Half a sentence.')`)
	o.click(".saving .save")
	o.until("that it is saved", says("Half a sentence.")+` && document.querySelector('#origin').innerText.includes('operator')`)
	o.do(chromedp.Reload())
	o.until("that it stays, and no draft", says("Half a sentence.")+` && Object.keys(localStorage).every(k => !k.includes('draft'))`)
}

// conflict: both touch one sentence, and each another one that the other left alone.
func (o *office) conflict() {
	other := o.another()
	o.click("#edit")
	other.click("#edit")
	o.write("abstract", 0, " From the first.")
	o.write("actions", 0, " First too.")
	other.write("abstract", 0, " From the second.")
	o.click("[data-list=decisions] .add")
	o.write("decisions", 0, "A decision of the first.")
	o.click(".saving .save")
	o.until("what the first saved", says("From the first."))
	other.click(".saving .save")
	other.until("both versions", `document.querySelector('#conflict').open && document.querySelector('#choices .mine').innerText.includes('From the second.') && document.querySelector('#choices .theirs ins').innerText === 'first'`)
	other.click("#conflict-later")
	other.until("that what was typed is there still", `!document.querySelector('#conflict').open && document.querySelector('[data-list=abstract] textarea').value.endsWith('From the second.')`)
	other.click(".saving .save")
	other.until("both versions again", `document.querySelector('#conflict').open`)
	if got := js[string](other.tab, `[...document.querySelectorAll('#choices input:checked')].map(i => i.value).sort().join()`); got != "both,theirs,theirs" {
		o.T.Errorf("chosen at first: %s", got)
	}
	other.click("#conflict-save")
	for _, text := range []string{"From the first.", "From the second.", "First too.", "A decision of the first."} {
		other.until(text, says(text))
	}
	o.do(chromedp.Reload())
	o.until("the same in the first window", says("From the second."))
}

func (o *office) revisions() {
	o.click("#revisions")
	o.until("all revisions", `document.querySelectorAll('#history-list li').length === 4 && document.querySelector('#history-shown .changes')`)
	o.click("#history-list li:last-child button")
	o.until("how the first differs", `document.querySelector('#history-list li:last-child button[aria-current]') && document.querySelector('#history-shown del')`)
	o.click("#history-shown .main")
	o.until("the first again", `!document.querySelector('#history').open && !document.querySelector('#points').innerText.includes('From the') && document.querySelector('#origin').innerText.includes('operator')`)
	o.click("#revisions")
	o.until("one revision more, and none lost", `document.querySelectorAll('#history-list li').length === 5`)
	o.press(escape)
	o.until("the minutes", `!document.querySelector('#history').open`)
}

// offered: another transcript comes after somebody edited the summary.
func (o *office) offered() {
	o.click("#edit")
	o.write("abstract", 0, "人工补充。")
	o.click(".saving .save")
	o.until("what was written", says("人工补充。"))
	o.click("#others summary")
	o.click("#instead")
	o.send("meeting-zh.srt", "", "zh")
	o.until("the offer, and the edit as it was", `document.querySelector('#offer') && `+says("人工补充。"))
	o.click("#offer button:first-of-type")
	o.until("what the newer one says, beside what stands", `document.querySelector('#conflict').open && document.querySelector('#choices .theirs')`)
	o.press(escape)
	o.click("#offer button.quiet")
	o.until("that it is offered no more", `!document.querySelector('#offer') && `+says("人工补充。"))
	o.do(chromedp.Reload())
	o.until("not after a reload either", says("人工补充。")+` && !document.querySelector('#offer')`)
}
