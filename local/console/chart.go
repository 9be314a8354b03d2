package console

// How charts are drawn, apart from the drawing: where ticks stand, how high a value
// lies, and where a line has gaps.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"xietong.dev/shared/say"
)

// niceTicks are from zero on the multiples of one, two or five times a power of ten
// that reach over most, about n of them.
func niceTicks(most float64, n int) []float64 {
	if most <= 0 {
		return []float64{0, 1}
	}
	step := math.Pow(10, math.Floor(math.Log10(most/float64(n))))
	for _, times := range []float64{1, 2, 5, 10} {
		if most/(step*times) <= float64(n) {
			step *= times
			break
		}
	}
	ticks := []float64{0}
	for i := 1.0; ticks[len(ticks)-1] < most; i++ {
		ticks = append(ticks, i*step)
	}
	return ticks
}

// countTicks are niceTicks of what is counted: whole numbers.
func countTicks(most float64, n int) []float64 {
	if most < float64(n) {
		n = max(1, int(most))
	}
	return niceTicks(most, n)
}

// Lengths of time that people count by, in seconds.
var lengths = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 4 * 3600, 12 * 3600, 24 * 3600}

// durationTicks are niceTicks of seconds: beyond ten they go by minutes and hours.
func durationTicks(most float64, n int) []float64 {
	if most <= 10 {
		return niceTicks(most, n)
	}
	for _, step := range lengths {
		if most/step <= float64(n) {
			ticks := []float64{0}
			for i := 1.0; ticks[len(ticks)-1] < most; i++ {
				ticks = append(ticks, i*step)
			}
			return ticks
		}
	}
	return niceTicks(most, n)
}

// powerTicks are the powers of ten around what is shown on a logarithmic axis.
func powerTicks(least, most float64) []float64 {
	if least <= 0 || most <= 0 {
		return []float64{0.001, 1}
	}
	var ticks []float64
	low, high := math.Floor(math.Log10(least)), math.Ceil(math.Log10(most))
	if low == high {
		high++
	}
	for e := low; e <= high; e++ {
		ticks = append(ticks, math.Pow(10, e))
	}
	return ticks
}

// axis is how values lie between the bottom and the top of a plot.
type axis struct {
	ticks       []float64
	log         bool
	top, bottom float64 // places
}

// place is where a value lies. What a logarithmic axis cannot show lies at its bottom.
func (a axis) place(v float64) float64 {
	low, high := a.ticks[0], a.ticks[len(a.ticks)-1]
	if a.log {
		if v <= low {
			return a.bottom
		}
		v, low, high = math.Log10(v), math.Log10(low), math.Log10(high)
	}
	return a.bottom - (v-low)/(high-low)*(a.bottom-a.top)
}

// Steps in which the hours of a time axis go.
var clockSteps = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 2 * 24 * time.Hour}

// timeTicks are the round moments of a stretch of time, as clocks of its zone show
// them, at most n.
func timeTicks(from, to time.Time, n int) []time.Time {
	for _, step := range clockSteps {
		if to.Sub(from)/step >= time.Duration(n) {
			continue
		}
		var ticks []time.Time
		day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, from.Location())
		for at := day; at.Before(to); at = nextTick(at, step) {
			if !at.Before(from) {
				ticks = append(ticks, at)
			}
		}
		return ticks
	}
	return nil
}

// nextTick goes on by the calendar where a step is whole days: some days have 23 hours.
func nextTick(at time.Time, step time.Duration) time.Time {
	if days := int(step / (24 * time.Hour)); days > 0 {
		return at.AddDate(0, 0, days)
	}
	return at.Add(step)
}

// linePath is the path of a line through places; where a value is missing it is NaN,
// and the line has a gap. A value alone is a dot.
func linePath(xs, ys []float64) string {
	var path strings.Builder
	broken := true
	for i, y := range ys {
		switch {
		case math.IsNaN(y):
			broken = true
		case broken:
			fmt.Fprintf(&path, "M%s %sh.01", digits(xs[i]), digits(y))
			broken = false
		default:
			fmt.Fprintf(&path, "L%s %s", digits(xs[i]), digits(y))
		}
	}
	return path.String()
}

// digits writes a place in a drawing to a tenth.
func digits(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

var chartWords = say.Table{
	"chart label":     {Zh: "%s：左右方向键逐格读数", En: "%s: the arrow keys read it step by step"},
	"nothing to draw": {Zh: "这段时间没有投递结束", En: "No delivery ended in this time"},
}
