package browser

import (
	"crypto/md5" // what the store names a small object by
	"fmt"
	"net/url"
	"strings"
)

// The pages of what is no recording, and of a recording that is damaged.
const (
	notMedia = "/console/dead?reason=not_media"
	damaged  = "/console/dead?reason=damaged"
)

const (
	script  = `<script>document.title='owned'</script>`
	farName = "很长的名字.wav"
)

// deadLetters brings files that are no recordings, and shows how an operator reads why,
// redrives in vain, sends mended data, and gives up: each kept with who and why.
func (o *office) deadLetters() {
	o.open(o.runtime.Console + "&name=" + url.QueryEscape("王芳"))
	for key, body := range map[string]string{
		"notes.wav": "not a recording\n",
		script + strings.Repeat("a-long-name/", 21) + farName: "not a recording\n", // 300 characters
		"broken.wav": "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00",
	} {
		if err := o.runtime.Upload(o.T.Context(), key, []byte(body), nil); err != nil {
			o.T.Fatal(err)
		}
	}
	o.groups(notMedia, "2\tuploads")
	o.groups(damaged, "1\ttranscribe")
	o.showsHostileNames()
	o.readWhy()
	o.redriveInVain()
	o.sendMended()
	o.redriveMended()
	o.giveUpByKeyboard()
	o.seeWhoDidWhat()
}

// groups waits until a page's first group begins as told.
func (o *office) groups(page, begins string) {
	o.T.Helper()
	await(o.T, "dead letters at "+page, func() error {
		o.visit(page)
		if said := js[string](o.tab, `document.querySelector('#groups tbody')?.innerText || ''`); !strings.HasPrefix(said, begins) {
			return fmt.Errorf("%w: the groups are %q", errNotYet, said)
		}
		return nil
	})
}

// showsHostileNames wants what came from outside to be text that wraps.
func (o *office) showsHostileNames() {
	for _, path := range []string{notMedia, o.address(notMedia, farName)} {
		o.visit(path)
		o.until("the name as text", `[...document.querySelectorAll('bdi, pre')].some(e => e.textContent.includes("`+script+`"))`)
		if js[bool](o.tab, `document.title.includes('owned') || document.documentElement.scrollWidth > innerWidth`) {
			o.T.Errorf("a hostile name ran, or widened the page %s", path)
		}
	}
}

// address is that of the dead letter whose line on a page has a text.
func (o *office) address(page, text string) string {
	o.T.Helper()
	line := fmt.Sprintf(`[...document.querySelectorAll('#choose tbody tr')].find(r => r.textContent.includes(%q))`, text)
	o.visit(page)
	o.until("the letter of "+text, line)
	return js[string](o.tab, line+`.querySelector('a').getAttribute('href')`)
}

// readWhy goes from the group to the letter.
func (o *office) readWhy() {
	o.visit(notMedia)
	o.click("#groups tbody a")
	o.until("the letters of the group", `location.search.includes('group=') && document.querySelectorAll('#choose tbody tr').length === 2`)
	o.visit(o.address(notMedia, `"notes.wav"`))
	o.until("the reason, in words", `document.querySelector('#reason').innerText.includes('notes.wav') && document.querySelector('main').innerText.includes('函数判定无法处理')`)
}

// redriveInVain sends a letter again that dies again. Without a why nothing is sent,
// and Escape asks no more.
func (o *office) redriveInVain() {
	o.click(".head button[value=redrive]")
	o.until("the question", `document.querySelector('#ask:modal') && document.querySelector('#ask td.number').innerText === '1' && document.activeElement.name === 'why'`)
	o.press(escape)
	o.until("no question, nor in the address", `!document.querySelector('#ask:modal') && !location.search.includes('do=')`)
	o.click(".head button[value=redrive]")
	o.until("the question again", `document.querySelector('#ask:modal')`)
	o.click("#ask button.main")
	if js[bool](o.tab, `document.querySelector('#ask textarea').validity.valid`) {
		o.T.Error("a redrive without a why may be sent")
	}
	o.fill("#ask textarea", "解码程序已修好")
	o.click("#ask button.main")
	o.until("that it died again", `document.querySelector('#redrives')?.parentElement.innerText.includes('解码程序已修好') && document.querySelector('#replay-form')`)
	o.visit("/console/dead/runs")
	o.until("the run, ended", `document.querySelector('[data-state=ended]')?.innerText.includes('1 / 1')`)
}

// sendMended sends other data as a new event, and discards the letter with it. What
// does not fit the event's type is named and not sent.
func (o *office) sendMended() {
	o.visit(o.address(damaged, "transcribe-recording-uploaded"))
	const data = `document.querySelector('#replay-form textarea')`
	js[string](o.tab, data+`.value = JSON.stringify({...JSON.parse(`+data+`.value), object: {bucket: 'recordings', key: 'broken.wav'}})`)
	o.fill("#replay-form input[name=why]", "标题写错了")
	o.click("#replay-form button.main")
	o.until("which field is wrong", `document.querySelector('#wrong')?.innerText.includes('object.size') && !`+data+`.value.includes('size')`)
	js[string](o.tab, data+`.value = JSON.stringify({...JSON.parse(`+data+`.value), object: {bucket: 'recordings', key: 'broken.wav', size: 44}, title: '更正'})`)
	o.click("#replay-form button.main")
	o.until("that it was sent, and the letter is discarded", `document.querySelector('.note')?.innerText.includes('已作为新事件') && document.querySelector('#given-up')?.innerText.includes('标题写错了')`)
}

// redriveMended sends a letter again once what it lacked is there, and sees it done.
func (o *office) redriveMended() {
	const key, page = "late/补交.txt", "/console/dead?function=convert&reason=late"
	body := []byte("补交的通知。\n")
	o.publish(event{"id": "late", "type": "dev.xietong.document.uploaded.v1", "subject": "late-notice", "data": event{"document": "late-notice", "upload": "late-notice-1", "name": "补交.txt",
		"media_type": "text/plain", "object": event{"bucket": "documents", "key": key, "etag": fmt.Sprintf("%x", md5.Sum(body)), "size": len(body)}}})
	o.groups(page, "1\tconvert")
	o.put("documents", key, "text/plain", body)
	o.visit(o.address(page, "convert-document-uploaded"))
	o.until("that the object was not there", `document.querySelector('#reason').innerText.includes('no longer there')`)
	o.click(".head button[value=redrive]")
	o.until("the question", `document.querySelector('#ask:modal')`)
	o.fill("#ask textarea", "文件已补交")
	o.click("#ask button.main")
	o.until("that it is done", `document.querySelector('#state.good')`)
}

// giveUpByKeyboard discards without a mouse.
func (o *office) giveUpByKeyboard() {
	o.visit(o.address(notMedia, farName))
	o.tabUntil("the button", `document.activeElement.value === 'discard'`)
	o.press(enterKey)
	o.until("the question", `document.querySelector('#ask:modal') && document.activeElement.name === 'why'`)
	o.press([]rune("only a test")...)
	o.tabUntil("the button of the question", `document.activeElement.matches('#ask button.danger')`)
	o.press(enterKey)
	o.until("that it is discarded", `document.querySelector('#given-up')?.innerText.includes('王芳 已丢弃：only a test')`)
}

// tabUntil presses Tab until something has the focus.
func (o *office) tabUntil(what, focused string) {
	o.T.Helper()
	for range 60 {
		if js[bool](o.tab, focused) {
			return
		}
		o.press(tabKey)
	}
	o.T.Fatalf("no Tab leads to %s", what)
}

func (o *office) seeWhoDidWhat() {
	o.visit("/console/acts")
	for _, want := range []string{"丢弃死信|1|only a test", "修改后重新发送|1|标题写错了", "重新投递|1|解码程序已修好"} {
		p := strings.Split(want, "|")
		o.until("the act "+want, fmt.Sprintf(`[...document.querySelectorAll('#acts tbody tr')].some(r => r.cells[1].innerText === '王芳' && r.cells[2].innerText.startsWith(%q) && r.cells[3].innerText === %q && r.cells[4].innerText === %q)`, p[0], p[1], p[2]))
	}
}
