package console

// Charts as their template draws them.

import (
	"math"
	"time"
)

// frameOf is the size of a drawing: one for wide screens and one for narrow ones, so
// that its letters have the size of all others on both.
type frameOf struct {
	Class                    string
	Width, Height            float64
	Left, Right, Top, Bottom float64 // of the plot
	ticks                    int     // of the time axis
}

var sizes = []frameOf{
	{Class: "wide", Width: 960, Height: 220, Left: 84, Right: 952, Top: 10, Bottom: 192, ticks: 10},
	{Class: "narrow", Width: 340, Height: 200, Left: 84, Right: 322, Top: 10, Bottom: 172, ticks: 5},
}

// Middle is where nothing but a word stands.
func (f frameOf) Middle() float64 { return (f.Left + f.Right) / 2 }

// data is what a chart shows: one value for each step of time.
type data struct {
	From, To time.Time // in the zone of the axis
	Step     time.Duration
	Stacked  []valued // from the bottom up
	Lines    []valued
	Seconds  bool // the values are lengths of time
	Log      bool
	Label    string // what the chart is of
}

// valued is one row of values; NaN is none.
type valued struct {
	Class  string
	Values []float64
}

// plotted is one chart in one size.
type plotted struct {
	frameOf
	Rows    []mark // of the value axis
	Columns []mark // of the time axis
	Bars    []box
	Lines   []stroke
	Label   string // for who hears it
	Nothing string // what stands where there is nothing to draw
	Empty   bool
	Steps   int
	Pitch   float64 // width of a step
}

// mark is a tick with what stands at it.
type mark struct {
	At    string // its place
	Label string
	Time  string // RFC 3339, for whoever writes it in the reader's zone
	Whole bool   // a day begins
}

type box struct{ Class, X, Y, Width, Height string }

type stroke struct{ Class, Path string }

// draw draws a chart in every size.
func (d data) draw(language string) []plotted {
	all := make([]plotted, len(sizes))
	for i, size := range sizes {
		all[i] = d.in(size, language)
	}
	return all
}

func (d data) in(f frameOf, language string) plotted {
	steps := d.steps()
	out := plotted{frameOf: f, Steps: steps, Pitch: (f.Right - f.Left) / float64(steps), Label: d.Label, Nothing: chartWords.Say(language, "nothing to draw")}
	least, most := d.extent()
	out.Empty = most <= 0
	y := d.axis(f, least, most)
	for _, v := range y.ticks {
		m := mark{At: digits(y.place(v)), Label: digits(v)}
		if d.Seconds {
			m.Label = spanText(language, time.Duration(v*float64(time.Second)))
		}
		out.Rows = append(out.Rows, m)
	}
	for _, at := range timeTicks(d.From, d.To, f.ticks) {
		out.Columns = append(out.Columns, d.column(f, at))
	}
	out.Bars = d.bars(f, y, out.Pitch)
	xs := make([]float64, steps)
	for i := range xs {
		xs[i] = f.Left + (float64(i)+0.5)*out.Pitch
	}
	for _, l := range d.Lines {
		ys := make([]float64, len(l.Values))
		for i, v := range l.Values {
			ys[i] = math.NaN()
			if !math.IsNaN(v) {
				ys[i] = y.place(v)
			}
		}
		out.Lines = append(out.Lines, stroke{l.Class, linePath(xs, ys)})
	}
	return out
}

func (d data) steps() int { return max(1, int((d.To.Sub(d.From)+d.Step-1)/d.Step)) }

// column is a tick of the time axis.
func (d data) column(f frameOf, at time.Time) mark {
	share := float64(at.Sub(d.From)) / (float64(d.steps()) * float64(d.Step))
	m := mark{At: digits(f.Left + share*(f.Right-f.Left)), Label: at.Format("15:04"), Time: at.Format(time.RFC3339)}
	if m.Whole = at.Hour() == 0 && at.Minute() == 0; m.Whole {
		m.Label = at.Format("01-02")
	}
	return m
}

// extent is the least value above zero, and the most: of a stack, its height.
func (d data) extent() (least, most float64) {
	least = math.Inf(1)
	see := func(v float64) {
		if most = math.Max(most, v); v > 0 {
			least = math.Min(least, v)
		}
	}
	for i := range d.steps() {
		height := 0.0
		for _, s := range d.Stacked {
			height += s.Values[i]
		}
		see(height)
		for _, l := range d.Lines {
			if !math.IsNaN(l.Values[i]) {
				see(l.Values[i])
			}
		}
	}
	if most == 0 {
		least = 0
	}
	return least, most
}

// axis is the value axis. A stack is never logarithmic: its parts could not be compared.
func (d data) axis(f frameOf, least, most float64) axis {
	a := axis{top: f.Top, bottom: f.Bottom, log: d.Log && len(d.Stacked) == 0}
	switch {
	case a.log:
		a.ticks = powerTicks(least, most)
	case d.Seconds:
		a.ticks = durationTicks(most, 4)
	default:
		a.ticks = countTicks(most, 4)
	}
	return a
}

// bars are the boxes of the stack, with room between two steps where there is any.
func (d data) bars(f frameOf, y axis, pitch float64) []box {
	var all []box
	room := math.Min(2, pitch*0.2)
	for i := range d.steps() {
		height := 0.0
		for _, s := range d.Stacked {
			v := s.Values[i]
			if v <= 0 {
				continue
			}
			low, high := y.place(height), y.place(height+v)
			height += v
			all = append(all, box{Class: s.Class, X: digits(f.Left + float64(i)*pitch + room/2), Y: digits(high),
				Width: digits(pitch - room), Height: digits(math.Max(low-high, 0.8))})
		}
	}
	return all
}
