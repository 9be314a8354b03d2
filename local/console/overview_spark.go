package console

import (
	"math"

	"xietong.dev/local/broker"
)

// spark is the last hour in small: what ended a minute, and what failed.
type spark struct {
	Line   string
	Failed []box
	Most   int
	Any    bool
}

const (
	sparkWidth  = 120.0
	sparkHeight = 28.0
)

func sparkOf(steps []broker.Figures) spark {
	var s spark
	for _, f := range steps {
		s.Most = max(s.Most, f.Ended(), f.Failed+f.Dead)
	}
	if s.Any = s.Most > 0; !s.Any {
		return s
	}
	y := axis{ticks: []float64{0, float64(s.Most)}, top: 2, bottom: sparkHeight - 2}
	pitch := sparkWidth / float64(len(steps))
	xs, ys := make([]float64, len(steps)), make([]float64, len(steps))
	for i, f := range steps {
		xs[i], ys[i] = (float64(i)+0.5)*pitch, y.place(float64(f.Ended()))
		if bad := f.Failed + f.Dead; bad > 0 {
			top := math.Min(y.place(float64(bad)), sparkHeight-4)
			s.Failed = append(s.Failed, box{X: digits(float64(i) * pitch), Y: digits(top), Width: digits(pitch), Height: digits(sparkHeight - top)})
		}
	}
	s.Line = linePath(xs, ys)
	return s
}
