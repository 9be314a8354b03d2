package watermark

import (
	"image"
	"image/color"
)

// plane is what a picture holds of dots: how much darker each pixel is than
// what is around it. Rows count from the bottom, as in a PDF.
type plane struct {
	width, height int
	dark          []float32 // 0 where it is not known
	known         []bool    // not under text or a line
}

const (
	// largest is the longer side that is looked at; what is larger is halved.
	largest = 3000
	// around is how far the lightest pixel is sought, which is the paper.
	around = 16
	// inkDepth is what is darker than any dot: text. Its rim is left out too,
	// where JPEG rings.
	inkDepth, inkRim = 70, 2
	// mostDark bounds what one pixel may say.
	mostDark = 30
)

func planeOf(m image.Image) *plane {
	grey, width, height := greyOf(m)
	for max(width, height) > largest {
		grey, width, height = halved(grey, width, height)
	}
	p := &plane{width: width, height: height, dark: make([]float32, width*height), known: make([]bool, width*height)}
	paper := lightest(grey, width, height)
	ink := make([]bool, width*height)
	for i, v := range grey {
		ink[i] = paper[i]-v > inkDepth
		p.known[i] = true
	}
	p.leaveOut(ink)
	p.level(grey, paper)
	return p
}

// leaveOut makes ink and its rim unknown.
func (p *plane) leaveOut(ink []bool) {
	for y := range p.height {
		for x := range p.width {
			if !ink[y*p.width+x] {
				continue
			}
			for v := max(0, y-inkRim); v <= min(p.height-1, y+inkRim); v++ {
				for u := max(0, x-inkRim); u <= min(p.width-1, x+inkRim); u++ {
					p.known[v*p.width+u] = false
				}
			}
		}
	}
}

// level fills in the darkness of what is known, around a mean of 0.
func (p *plane) level(grey, paper []float32) {
	sum, n := 0.0, 0.0
	for i, known := range p.known {
		if known {
			p.dark[i] = min(paper[i]-grey[i], mostDark)
			sum, n = sum+float64(p.dark[i]), n+1
		}
	}
	mean := float32(sum / max(n, 1))
	for i, known := range p.known {
		if known {
			p.dark[i] -= mean
		}
	}
}

// greyOf returns the luma of a picture from its lowest row upwards.
func greyOf(m image.Image) (grey []float32, width, height int) {
	r := m.Bounds()
	width, height = r.Dx(), r.Dy()
	grey = make([]float32, width*height)
	rgba, fast := m.(*image.RGBA)
	for y := range height {
		out := grey[(height-1-y)*width:][:width]
		if fast {
			row := rgba.Pix[y*rgba.Stride:]
			for x := range out {
				out[x] = 0.299*float32(row[4*x]) + 0.587*float32(row[4*x+1]) + 0.114*float32(row[4*x+2])
			}
			continue
		}
		for x := range out {
			out[x] = float32(color.GrayModel.Convert(m.At(r.Min.X+x, r.Min.Y+y)).(color.Gray).Y)
		}
	}
	return grey, width, height
}

func halved(grey []float32, width, height int) ([]float32, int, int) {
	w, h := width/2, height/2
	out := make([]float32, w*h)
	for y := range h {
		for x := range w {
			i := 2*y*width + 2*x
			out[y*w+x] = (grey[i] + grey[i+1] + grey[i+width] + grey[i+width+1]) / 4
		}
	}
	return out, w, h
}

// lightest returns for each pixel the lightest around it.
func lightest(grey []float32, width, height int) []float32 {
	rows := make([]float32, len(grey))
	for y := range height {
		slideMax(grey[y*width:], rows[y*width:], width, 1)
	}
	out := make([]float32, len(grey))
	for x := range width {
		slideMax(rows[x:], out[x:], height, width)
	}
	return out
}

// slideMax is the greatest of each value and those around it, along a line of n
// values that are so many places apart. The queue holds, in order, those that may
// still become the greatest.
func slideMax(in, out []float32, n, apart int) {
	queue := make([]int, 0, 2*around+2)
	for i := range n + around {
		if i < n {
			v := in[i*apart]
			for len(queue) > 0 && in[queue[len(queue)-1]*apart] <= v {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - around; at >= 0 {
			if queue[0] < at-around {
				queue = queue[1:]
			}
			out[at*apart] = in[queue[0]*apart]
		}
	}
}

// sums are integral images: they give the sum over any rectangle at once.
type sums struct {
	width       int
	dark, known []float64
}

func (p *plane) sums() *sums {
	s := &sums{p.width + 1, make([]float64, (p.width+1)*(p.height+1)), make([]float64, (p.width+1)*(p.height+1))}
	for y := range p.height {
		dark, known := 0.0, 0.0
		for x := range p.width {
			if i := y*p.width + x; p.known[i] {
				dark += float64(p.dark[i])
				known++
			}
			at := (y+1)*s.width + x + 1
			s.dark[at], s.known[at] = s.dark[at-s.width]+dark, s.known[at-s.width]+known
		}
	}
	return s
}

// mean is the darkness around a place, and false where too little is known.
func (p *plane) mean(s *sums, x, y, reach float64) (float64, bool) {
	left, right := int(x-reach+0.5), int(x+reach+0.5)
	low, high := int(y-reach+0.5), int(y+reach+0.5)
	if left < 0 || low < 0 || right >= p.width || high >= p.height || x < reach || y < reach {
		return 0, false
	}
	over := func(of []float64) float64 {
		return of[(high+1)*s.width+right+1] - of[(high+1)*s.width+left] - of[low*s.width+right+1] + of[low*s.width+left]
	}
	area := float64((right - left + 1) * (high - low + 1))
	known := over(s.known)
	if known < 0.6*area {
		return 0, false
	}
	return over(s.dark) / known, true
}
