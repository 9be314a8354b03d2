package console

// From moments to places in a drawing. Where nothing happened for long, time is left
// out, or what happened before and after would be too small to see.

import (
	"slices"
	"time"
)

// The drawing is so many units wide, and a gap that is left out takes some of them.
const (
	drawn    = 1000.0
	gapWidth = 30.0
	gapFrom  = 2 * time.Second // shorter ones are never left out
)

// span is from one moment to another.
type span struct{ From, To time.Time }

func (s span) took() time.Duration { return s.To.Sub(s.From) }

// storyScale is the drawing's time, piece by piece.
type storyScale []scalePiece

type scalePiece struct {
	span
	X, Width float64
	Gap      bool // nothing happened here, and its width says nothing
}

// united joins spans that touch, in order.
func united(all []span) []span {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b span) int { return a.From.Compare(b.From) })
	var joined []span
	for _, s := range all {
		if n := len(joined); n > 0 && !s.From.After(joined[n-1].To) {
			if s.To.After(joined[n-1].To) {
				joined[n-1].To = s.To
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// scaleOf makes the scale of what happened. A gap is left out that is longer than all
// that happened together.
func scaleOf(happened []span) storyScale {
	joined := united(happened)
	var busy time.Duration
	for _, s := range joined {
		busy += s.took()
	}
	var scale storyScale
	var shown time.Duration
	gaps := 0
	for i, s := range joined {
		if i > 0 {
			gap := scalePiece{span: span{joined[i-1].To, s.From}}
			if gap.Gap = gap.took() > max(busy, gapFrom); gap.Gap {
				gaps++
			} else {
				shown += gap.took()
			}
			scale = append(scale, gap)
		}
		scale, shown = append(scale, scalePiece{span: s}), shown+s.took()
	}
	scale.place(shown, gaps)
	return scale
}

// place gives each piece its width.
func (s storyScale) place(shown time.Duration, gaps int) {
	wide := min(gapWidth, drawn/2/float64(max(1, gaps)))
	unit := (drawn - wide*float64(gaps)) / float64(max(1, shown))
	at := 0.0
	for i := range s {
		p := &s[i]
		if p.X, p.Width = at, wide; !p.Gap {
			p.Width = float64(p.took()) * unit
		}
		at += p.Width
	}
}

// x is where a moment is drawn.
func (s storyScale) x(at time.Time) float64 {
	for _, p := range s {
		if at.After(p.To) {
			continue
		}
		part := 0.0
		if p.took() > 0 {
			part = max(0, float64(at.Sub(p.From))/float64(p.took()))
		}
		return p.X + p.Width*part
	}
	return drawn
}
