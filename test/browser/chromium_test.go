package browser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// screen is what a reader looks at.
type screen struct {
	width, height int64
	phone         bool
}

var (
	wide   = screen{1280, 800, false}
	narrow = screen{390, 844, true}
)

// tab is a window of Chromium.
type tab struct {
	*testing.T
	ctx  context.Context
	quit func()
}

// chromium starts a browser that keeps what it keeps in a folder. It resolves no name
// and reaches no address but this machine's.
func chromium(t *testing.T, folder string, s screen, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(folder), chromedp.NoSandbox, chromedp.WindowSize(int(s.width), int(s.height)),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.*"),
		chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"),
		chromedp.Flag("no-pings", false))
	options = append(options, more...)
	ctx, endBrowser := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, endTab := chromedp.NewContext(ctx)
	b := &tab{T: t, ctx: ctx}
	b.quit = sync.OnceFunc(func() {
		chromedp.Cancel(ctx) // as a person closes it: what it keeps is kept
		endTab()
		endBrowser()
	})
	t.Cleanup(b.quit)
	look := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if s.phone {
		look = append(look, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(s.width, s.height, look...))
	return b
}

// do does things one after the other.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) open(address string) {
	b.Helper()
	b.do(chromedp.Navigate(address))
}

// js returns what an expression is worth in the page.
func js[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatal(err)
	}
	return value
}

// until waits until an expression is true in the page.
func (b *tab) until(what, expression string) {
	b.Helper()
	await(b, what, func() error {
		is, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if errors.Is(err, context.Canceled) {
			b.Fatalf("%s: %v", what, err)
		}
		if err == nil && is {
			return nil
		}
		seen, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.href + ' ' + document.body?.innerText.slice(0, 300)"))
		return fmt.Errorf("%w: the page says %q", cmp.Or(err, errNotYet), seen)
	})
}

// press presses keys as a keyboard does: what the page takes for itself writes no
// letter. chromedp's own way writes it all the same.
func (b *tab) press(keys ...rune) {
	b.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, k := range keys {
			events := kb.Encode(k)
			down, up := *events[0], *events[len(events)-1]
			if len(events) == 3 {
				down.Text = events[1].Text
			}
			for _, e := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, e); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// click clicks with the mouse on what is shown.
func (b *tab) click(selector string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		b.Fatalf("click %s: %v", selector, err)
	}
}

// fill types a text into a field.
func (b *tab) fill(selector, text string) {
	b.Helper()
	await(b, "a text in "+selector, func() error { // the page may be replaced as the field is found
		return chromedp.Do(b.ctx, chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
	})
}

// The keys without a letter.
var (
	right  = []rune(kb.ArrowRight)[0]
	left   = []rune(kb.ArrowLeft)[0]
	escape = []rune(kb.Escape)[0]
)
