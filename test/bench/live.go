package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/chromedp/chromedp"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// What the console's log of events is measured with.
const (
	liveStored = 100_000
	liveRate   = 500 // events a second
	liveFor    = 20 * time.Second
)

// live opens the console's log of events in Chromium on 100,000 stored events, and then
// lets 500 a second come for 20 seconds.
func live(b *bench) (figures, error) {
	r, err := drive.Up(b.ctx, b.root, b.program, filepath.Join(b.dir, "live"))
	if err != nil {
		return nil, err
	}
	defer r.Down()
	if err := fillLive(b.ctx, r); err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.UserDataDir(filepath.Join(b.dir, "chromium")), chromedp.NoSandbox, chromedp.WindowSize(1280, 800))
	ctx, endBrowser := chromedp.NewExecAllocator(b.ctx, options...)
	defer endBrowser()
	ctx, endTab := chromedp.NewContext(ctx)
	defer endTab()
	if err := chromedp.Do(ctx, chromedp.Navigate(r.Console)); err != nil {
		return nil, err
	}
	var paint, interactive []time.Duration
	for range max(3, b.rounds) {
		opened, err := openLive(ctx, r.Front+"/console/events")
		if err != nil {
			return nil, err
		}
		paint, interactive = append(paint, opened.paint()), append(interactive, opened.interactive())
	}
	rest, err := watchLive(ctx, liveFor/4, func() (int, error) { time.Sleep(liveFor / 4); return 0, nil })
	if err != nil {
		return nil, err
	}
	watched, err := watchLive(ctx, liveFor, func() (int, error) { return publishLive(ctx, r.Front+"/broker") })
	if err != nil {
		return nil, err
	}
	fmt.Printf("%-48s %d ms\n%-48s %d ms\n%-48s %.0f of %.0f\n%-48s %d, the longest %.0f ms\n%-48s %.0f, the longest wait %.0f ms\n%-48s %d, %.0f and %.0f ms\n%-48s %.0f ms\n",
		"100,000 events stored: first contentful paint", median(paint).Milliseconds(), "the script has run", median(interactive).Milliseconds(),
		fmt.Sprintf("%d a second for %s: left out", liveRate, liveFor), watched.Skipped, watched.Sent,
		"tasks over 50 ms", int(watched.Long), watched.Longest, "frames a second", watched.Frames, watched.Gap,
		"the same three where nothing comes", int(rest.Long), rest.Frames, rest.Gap, "from the last event to its row", watched.Late)
	return figures{{"paint_ms", float64(median(paint).Milliseconds())}, {"interactive_ms", float64(median(interactive).Milliseconds())},
		{"sent", watched.Sent}, {"skipped", watched.Skipped}, {"long_tasks", watched.Long}, {"longest_ms", watched.Longest}, {"frames_s", watched.Frames}, {"gap_ms", watched.Gap}, {"rest_frames_s", rest.Frames}, {"rest_gap_ms", rest.Gap}, {"late_ms", watched.Late}}, nil
}

// fillLive stores events of 1 KiB, each with a delivery that is done.
func fillLive(ctx context.Context, r *drive.Runtime) error {
	db, err := pg.Open(ctx, pg.Config{URL: conf.Secret(r.Database)}, "broker", nil)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, step := range []string{
		fmt.Sprintf(`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops)
			SELECT nextval('event_seq'), 'dev.xietong.bench.made.v1', 'old-' || n, 'old-' || n,
				'{"specversion":"1.0","id":"old-' || n || '","source":"/bench","type":"dev.xietong.bench.made.v1","subject":"old-' || n || '","unit":"default","datacontenttype":"application/json"}',
				convert_to('{"text":"' || repeat('x', 1000) || '"}', 'UTF8'), '', 0 FROM generate_series(1, %d) n`, liveStored),
		`INSERT INTO delivery (seq, trigger, state, code, started_at, ended_at) SELECT seq, 'bench-made', 3, 200, now(), now() FROM event`,
		`VACUUM (ANALYZE) event`, `VACUUM (ANALYZE) delivery`,
	} {
		if _, err := db.Exec(ctx, step); err != nil {
			return fmt.Errorf("fill the tables: %w", err)
		}
	}
	return nil
}

// opened is how a page came up, in milliseconds.
type opened struct{ Paint, Interactive float64 }

func (o opened) paint() time.Duration { return time.Duration(o.Paint * float64(time.Millisecond)) }
func (o opened) interactive() time.Duration {
	return time.Duration(o.Interactive * float64(time.Millisecond))
}

func openLive(ctx context.Context, address string) (o opened, err error) {
	if err = chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return o, err
	}
	for o.Paint == 0 && err == nil {
		time.Sleep(100 * time.Millisecond)
		o, err = chromedp.Run(ctx, chromedp.Evaluate[opened](`({ Paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0, Interactive: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd })`))
	}
	return o, err
}

// watched is how a page kept up.
type watched struct {
	Sent, Skipped, Long, Longest, Frames, Gap, Late float64
}

// watching begins to count anew.
const watching = `(() => {
	const began = window.watched
	window.watched = { Long: 0, Longest: 0, Frames: 0, Gap: 0 }
	if (began) return
	new PerformanceObserver(l => { for (const e of l.getEntries()) { watched.Long++; watched.Longest = Math.max(watched.Longest, e.duration) } }).observe({ type: 'longtask' })
	let last = performance.now()
	const frame = now => { watched.Frames++; watched.Gap = Math.max(watched.Gap, now - last); last = now; requestAnimationFrame(frame) }
	requestAnimationFrame(frame)
})()`

// watchLive looks how the page keeps up while something is done, which returns the
// number of the last event that it sent. Frames are counted a second.
func watchLive(ctx context.Context, long time.Duration, does func() (int, error)) (w watched, err error) {
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](watching)); err != nil {
		return w, err
	}
	sent, err := does()
	if err != nil {
		return w, err
	}
	w, err = chromedp.Run(ctx, chromedp.Evaluate[watched](`window.watched`))
	if err != nil {
		return w, err
	}
	w.Frames /= long.Seconds()
	ended := time.Now()
	for there := sent == 0; !there && err == nil; {
		there, err = chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`[...document.querySelectorAll('#events tbody tr')].some(tr => tr.children[2]?.textContent === 'new-%d')`, sent)))
	}
	w.Late = float64(time.Since(ended).Milliseconds())
	if err == nil {
		w.Skipped, err = chromedp.Run(ctx, chromedp.Evaluate[float64](`Number(document.getElementById('live-skipped').textContent.replace(/\D/g, ''))`))
	}
	w.Sent = float64(sent)
	return w, err
}

// publishLive posts events at the rate, and returns the number of the last.
func publishLive(ctx context.Context, to string) (sent int, err error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	limit := make(chan struct{}, 64)
	var all sync.WaitGroup
	var failed error
	var once sync.Once
	began := time.Now()
	for time.Since(began) < liveFor {
		for due := int(time.Since(began).Seconds() * liveRate); sent < due; {
			sent++
			subject := fmt.Sprint("new-", sent)
			limit <- struct{}{}
			all.Go(func() {
				defer func() { <-limit }()
				if err := post(ctx, client, to, subject); err != nil {
					once.Do(func() { failed = err })
				}
			})
		}
		time.Sleep(2 * time.Millisecond)
	}
	all.Wait()
	return sent, failed
}

func post(ctx context.Context, client *http.Client, to, subject string) error {
	text, err := json.Marshal(map[string]any{"specversion": "1.0", "id": subject, "source": "/bench", "type": "dev.xietong.bench.made.v1", "subject": subject, "unit": "default", "data": map[string]string{"text": subject}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/cloudevents+json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		return fmt.Errorf("publish %s: %s", subject, res.Status)
	}
	return nil
}
