package browser

import (
	"fmt"
	"strings"
)

// reading is the reading page in a tab.
type reading struct {
	*tab
	*library
	edition string
}

// read opens the reading page and waits until the text can be seen.
func (l *library) read(b *tab, edition string) *reading {
	l.Helper()
	b.open(l.page.origin + "/library/editions/" + edition + "/read")
	r := &reading{tab: b, library: l, edition: edition}
	r.tab.until("a page of the book", shown)
	return r
}

// shown is true when the frame is laid out and nothing lies over it.
const shown = `document.getElementById('notice').hidden && document.querySelectorAll('#stage iframe').length === 1 && document.querySelector('#stage iframe').style.visibility === ''`

// seen returns the first characters that can be seen, without space.
func (r *reading) seen(most int) string {
	r.tab.Helper()
	return js[string](r.tab, fmt.Sprintf(`(() => {
  const frame = document.querySelector('#stage iframe'), doc = frame?.contentDocument
  if (!doc?.body) return ''
  const range = doc.createRange()
  const inside = b => b.width > 0 && b.left >= -1 && b.right <= frame.clientWidth + 1 && b.top >= -1 && b.bottom <= frame.clientHeight + 1
  let text = ''
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
  for (let n; (n = walk.nextNode()) && text.length < %[1]d;) {
    range.selectNodeContents(n)
    if (![...range.getClientRects()].some(b => b.right > 0 && b.left < frame.clientWidth && b.bottom > 0 && b.top < frame.clientHeight)) continue
    for (let i = 0; i < n.data.length && text.length < %[1]d; i++) {
      range.setStart(n, i)
      range.setEnd(n, i + 1)
      if (n.data[i].trim() && inside(range.getBoundingClientRect())) text += n.data[i]
    }
  }
  return text
})()`, most))
}

// await waits until a text begins the page.
func (r *reading) await(text string) {
	r.tab.Helper()
	await(r.tab, fmt.Sprintf("a page that begins with %q", text), func() error {
		if got := r.seen(40); !strings.HasPrefix(got, bare(text)) {
			return fmt.Errorf("it begins with %q", got)
		}
		return nil
	})
}

// turn presses a key until the page is another.
func (r *reading) turn(key rune) {
	r.tab.Helper()
	before := r.seen(40)
	r.press(key)
	await(r.tab, "another page", func() error {
		if r.seen(40) == before {
			return errNotYet
		}
		return nil
	})
}

func bare(text string) string { return strings.Join(strings.Fields(text), "") }

// position is what the library keeps of a reader's place.
type position struct {
	Total   float64
	Locator struct {
		Href      string
		Locations struct {
			Progression float64
			Fragments   []string
		}
	}
}

// saved waits until the library's position is what the page shows.
func (r *reading) saved() position {
	r.tab.Helper()
	var p position
	await(r.tab, "the position is kept", func() error {
		if err := r.ask("/library/editions/"+r.edition+"/position", &p); err != nil {
			return err
		}
		if shown := js[string](r.tab, "document.getElementById('percent').textContent"); shown != fmt.Sprintf("%.0f%%", p.Total*100) {
			return fmt.Errorf("%s is shown, %v is kept", shown, p.Total)
		}
		return nil
	})
	return p
}
