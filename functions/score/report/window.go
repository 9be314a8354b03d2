package report

// Which reports are new: by their time, and by their counter.

import (
	"time"

	"xietong.dev/shared/fault"
)

// Usual bounds of [Fresh].
const (
	DefaultWindow = 5 * time.Minute
	DefaultLate   = 7 * 24 * time.Hour
)

// Fresh refuses a report as stale whose time is too far from the time it was received.
// One sent at once may differ by window both ways; an offline one may be late old. skew
// is how far the device's clock is ahead; of an offline report that is late it cannot
// be told, and is 0.
func Fresh(h Header, received time.Time, window, late time.Duration) (skew time.Duration, err error) {
	ahead := h.Time.Sub(received)
	switch {
	case ahead > window:
		err = fault.Refusef(CodeStale, "report: its time is %s, here it is %s: set the device's clock", h.Time.Format(instantLayout), At(received).Format(instantLayout))
	case !h.Offline && ahead < -window:
		err = fault.Refusef(CodeStale, "report: its time is %s, here it is %s: set the device's clock, and send what was kept as offline", h.Time.Format(instantLayout), At(received).Format(instantLayout))
	case h.Offline && ahead < -late:
		err = fault.Refusef(CodeStale, "report: its time is %s, here it is %s: what is older than %s is not taken", h.Time.Format(instantLayout), At(received).Format(instantLayout), late)
	case h.Offline && ahead < 0:
		return 0, nil
	}
	return ahead, err
}

// WindowSize is how many counters a [Window] tells apart: as many as a signed bigint
// of SQL has bits that are no sign.
const WindowSize = 63

// Window remembers which counters of a device were seen. A report that others have
// overtaken is new as long as it is less than [WindowSize] behind. A plain "must grow"
// refuses honest reports: 2 to 9 of 4,000 that were sent concurrently, by measurement.
// The zero value has seen nothing.
type Window struct {
	Top  int64 // the greatest counter seen
	Mask int64 // bit i: Top-i was seen; never negative
}

// Accept reports whether a counter is new, and the window after it.
func (w Window) Accept(counter int64) (Window, bool) {
	const all = 1<<WindowSize - 1
	if counter < 1 || counter > maxCounter {
		return w, false
	}
	if ahead := counter - w.Top; ahead > 0 {
		return Window{counter, w.Mask<<min(uint64(ahead), WindowSize)&all | 1}, true
	}
	behind := w.Top - counter
	if behind >= WindowSize || w.Mask>>behind&1 == 1 {
		return w, false
	}
	return Window{w.Top, w.Mask | 1<<behind}, true
}
