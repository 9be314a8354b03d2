package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/blob"
)

// putDocument puts a document into its bucket.
func (o *office) putDocument(key, title string, text []byte) {
	o.T.Helper()
	_, err := o.runtime.Blob.Put(o.T.Context(), "documents", key, bytes.NewReader(text), blob.Put{Size: int64(len(text)), Metadata: map[string]string{"title": title}})
	if err != nil {
		o.T.Fatal(err)
	}
}

// hostileTitle is a name that would like to be more than a name.
var hostileTitle = `<script>window.hit=1</script><img src=x onerror="window.hit=1">‮` + strings.Repeat("x", 240)

// titled finds the document of a list whose title begins so.
const titled = `title => [...document.querySelectorAll('.documents > li')].find(e => e.querySelector('h2').textContent.startsWith(title))`

// documents shows that a document that was put into the store is seen with its pages, and
// can be taken away as files, whatever it is called.
func (o *office) documents() {
	o.enter()
	notice, err := os.ReadFile(filepath.Join(root, "local/samples/notice-zh.docx"))
	if err != nil {
		o.T.Fatal(err)
	}
	o.visit("/console/documents?before=1&lang=zh")
	o.until("that there are none so old", `document.querySelector('main .empty')`)
	o.visit("/console/documents")
	o.putDocument("00000000000000000000000000000001/notice-zh.docx", "关于改造的通知", notice)
	o.putDocument("00000000000000000000000000000002/a.docx", hostileTitle, []byte("PK\x03\x04 no document at all"))
	o.until("both by itself, one converted and one refused", `(t => t('关于改造的通知')?.querySelector('.state.good') && t('<script>')?.querySelector('.state.bad'))(`+titled+`)`)
	if got := js[bool](o.tab, `!window.hit && document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('h2 bdi')].some(e => e.textContent.startsWith('<script>'))`); !got {
		o.T.Error("the hostile name was more than a name")
	}
	o.until("the first page small", `(`+titled+`)('关于改造的通知')?.querySelector('.thumb img')?.naturalWidth > 0`)
	js[any](o.tab, `(`+titled+`)('关于改造的通知').querySelector('h2 a').click()`)
	o.until("its pages", `document.querySelectorAll('.pictures img').length === 5`)
	o.until("the pictures", `[...document.querySelectorAll('.pictures img')].every(i => i.complete && i.naturalWidth > 0)`)
	if got := js[string](o.tab, `document.querySelector('dl.facts').innerText`); !strings.Contains(got, "的文字都在 PDF 中") {
		o.T.Errorf("it says %s", got)
	}
	o.takenAway()
	o.visit("/console/documents?lang=en")
	o.until("English", `document.querySelector('.state.bad')?.innerText === 'Refused'`)
	o.visit("/console/documents/nothing")
	o.until("that there is no such document", `document.querySelector('[role=alert]')?.innerText === 'not found'`)
}

// takenAway shows that what was made of a document comes as a file and never as a page.
func (o *office) takenAway() {
	o.T.Helper()
	got := awaited[[]string](o.tab, `Promise.all([...document.querySelectorAll('.files a')].map(async a => {
		const r = await fetch(a.href), h = n => r.headers.get(n), text = await r.text()
		return [r.status, h('Content-Type'), h('Content-Security-Policy'), h('X-Content-Type-Options'), h('Content-Disposition').split(';')[0], text.slice(0, 2)].join(' ')
	}))`)
	want := []string{
		"200 application/octet-stream sandbox; default-src 'none' nosniff attachment PK",
		"200 application/octet-stream sandbox; default-src 'none' nosniff attachment %P",
		"200 application/octet-stream sandbox; default-src 'none' nosniff attachment 滨海",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		o.T.Errorf("downloads (-want +got)\n%s", diff)
	}
	policy := awaited[string](o.tab, `fetch(location.href).then(r => r.headers.get('Content-Security-Policy'))`)
	if want := "img-src 'self' data: " + o.runtime.Store + ";"; !strings.Contains(policy, want) {
		o.T.Errorf("the policy is %s, want %s in it", policy, want)
	}
	if got := awaited[int](o.tab, `fetch(location.href + '/99').then(r => r.status)`); got != 404 {
		o.T.Errorf("a file that there is not: %d", got)
	}
}
