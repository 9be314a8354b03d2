package watermark

import (
	"cmp"
	"errors"
	"image"
	"math"
	"slices"
)

// ErrNoCode says that no code was found, which does not prove that there is none.
var ErrNoCode = errors.New("no trace code was found")

// The pitches of cells that are sought, in pixels: an A4 page is 600 to 4,500
// pixels high with them.
const (
	finest, coarsest = 5.5, 64.0
)

// How many grids are tried: text may be stronger than dots on a straight page,
// whose lines of text are gratings too, but hardly along the diagonals of a
// turned one.
const (
	gridsStraight = 10
	gridsTurned   = 2
)

// FindInImage reads the code from a picture of a page or of a part of one: a
// third of a page, at 80 to 500 dpi, is enough. It may be turned by 3 degrees,
// as scans are. The error is [ErrNoCode] where there is none to be read.
func FindInImage(m image.Image) (Code, error) {
	if r := m.Bounds(); r.Dx() < 64 || r.Dy() < 64 {
		return 0, ErrNoCode
	}
	p := planeOf(m)
	s := p.sums()
	for i, turn := range turns {
		most := gridsTurned
		if i == 0 {
			most = gridsStraight
		}
		for _, g := range p.grids(turn*math.Pi/180, most) {
			if code, ok := p.readGrid(s, g); ok {
				return code, nil
			}
		}
	}
	return 0, ErrNoCode
}

// turns are tried in this order, in degrees: what is not turned is found first.
var turns = func() []float64 {
	all := []float64{0}
	for t := 0.12; t < 3.1; t += 0.12 {
		all = append(all, t, -t)
	}
	return all
}()

// grid is where dots may be. Both places of a cell lie on the lines of two
// gratings, along the diagonals, whatever the code says: cell (X, Y) has dots at
// a quarter or three quarters of both, so that X+Y is a half and X-Y is whole.
type grid struct {
	sin, cos   float64
	rise, fall wave
	strength   float64
}

// wave is a grating: how many lines there are to a pixel, and where one is.
type wave struct{ perPixel, at float64 }

// grids returns the likeliest grids of a picture that is turned by an angle.
func (p *plane) grids(angle float64, most int) []grid {
	sin, cos := math.Sincos(angle)
	rise, fall := p.project(cos-sin, sin+cos), p.project(cos+sin, sin-cos)
	step := 1 / float64(4*max(len(rise.sums), len(fall.sums)))
	var found []grid
	var strengths []float64
	for f := 1 / coarsest; f < 1/finest; f += step {
		strengths = append(strengths, rise.strength(f)*fall.strength(f))
	}
	for i := 1; i+1 < len(strengths); i++ {
		if strengths[i] < strengths[i-1] || strengths[i] < strengths[i+1] {
			continue
		}
		f := 1/coarsest + float64(i)*step
		// Text is strong where lines are wide apart.
		near := strengths[max(0, i-60):min(len(strengths), i+60)]
		mean := 0.0
		for _, v := range near {
			mean += v / float64(len(near))
		}
		found = append(found, grid{sin, cos, wave{f, 0}, wave{f, 0}, strengths[i] / mean})
	}
	slices.SortFunc(found, func(a, b grid) int { return cmp.Compare(b.strength, a.strength) })
	found = found[:min(len(found), most)]
	for i := range found {
		g := &found[i]
		g.rise, g.fall = rise.refine(g.rise.perPixel, step), fall.refine(g.fall.perPixel, step)
	}
	return found
}

// projection is the darkness of a picture along a line, from a first place on.
type projection struct {
	first float64
	sums  []float64
}

func (p *plane) project(ux, uy float64) projection {
	w, h := float64(p.width), float64(p.height)
	first := math.Floor(min(0, ux*w) + min(0, uy*h))
	last := max(0, ux*w) + max(0, uy*h)
	out := projection{first, make([]float64, int(last-first)+2)}
	for y := range p.height {
		at := uy*float64(y) - first + 0.5
		for x, dark := range p.dark[y*p.width:][:p.width] {
			if dark != 0 {
				out.sums[int(at+ux*float64(x))] += float64(dark)
			}
		}
	}
	return out
}

// spectrum is the strength and phase of a grating of f lines to a pixel.
func (p projection) spectrum(f float64) complex128 {
	sum, sin, cos := complex(0, 0), 0.0, 0.0
	sin, cos = math.Sincos(-2 * math.Pi * f)
	turn, phase := complex(cos, sin), complex(1, 0)
	for _, v := range p.sums {
		sum += complex(v*real(phase), v*imag(phase))
		phase *= turn
	}
	return sum
}

func (p projection) strength(f float64) float64 {
	v := p.spectrum(f)
	return math.Hypot(real(v), imag(v))
}

// refine looks closer around a frequency.
func (p projection) refine(f, step float64) wave {
	best, most := f, 0.0
	for i := -20.0; i <= 20; i++ {
		if s := p.strength(f + i*step/10); s > most {
			best, most = f+i*step/10, s
		}
	}
	v := p.spectrum(best)
	phase := math.Atan2(imag(v), real(v))
	return wave{best, p.first - phase/(2*math.Pi*best)}
}

// pixel is where a point of the grid, in cells, lies in the picture.
func (g grid) pixel(x, y float64) (float64, float64) {
	along := (x+y-0.5)/g.rise.perPixel + g.rise.at
	across := (x-y)/g.fall.perPixel + g.fall.at
	u, v := (along+across)/2, (along-across)/2
	return u*g.cos - v*g.sin, u*g.sin + v*g.cos
}

// cell is the inverse of pixel.
func (g grid) cell(px, py float64) (float64, float64) {
	u, v := px*g.cos+py*g.sin, py*g.cos-px*g.sin
	sum := (u+v-g.rise.at)*g.rise.perPixel + 0.5
	difference := (u - v - g.fall.at) * g.fall.perPixel
	return (sum + difference) / 2, (sum - difference) / 2
}

// readGrid lays all squares of a picture on one another and decodes what is
// seen. The grid leaves open which of a cell's two places is the first, and
// where a square begins.
func (p *plane) readGrid(s *sums, g grid) (Code, bool) {
	var tries []attempt
	for _, shift := range []float64{0, 0.5} {
		pile := p.pile(s, g, shift)
		for start := range cells {
			soft := moved(pile, start)
			tries = append(tries, attempt{math.Abs(alignment(soft)), alignment(soft) < 0, soft})
		}
	}
	slices.SortFunc(tries, func(a, b attempt) int { return cmp.Compare(b.fit, a.fit) })
	for _, t := range tries[:6] {
		if t.turned { // light dots on a dark page
			for i := range t.soft {
				t.soft[i] = -t.soft[i]
			}
		}
		if code, ok := read(t.soft); ok {
			return code, true
		}
	}
	return 0, false
}

type attempt struct {
	fit    float64
	turned bool
	soft   *[cells]float64
}

// reach is half the side of a dot, in cells.
const reach = dotSide / cellSide / 2

// pile adds up what each cell of the square shows, over the whole picture.
func (p *plane) pile(s *sums, g grid, shift float64) *[cells]float64 {
	left, right, low, high := g.bounds(float64(p.width), float64(p.height))
	size := reach / math.Sqrt(g.rise.perPixel*g.fall.perPixel)
	var sum, count [cells]float64
	for y := low; y <= high; y++ {
		for x := left; x <= right; x++ {
			firstX, firstY := g.pixel(float64(x)+shift+0.25, float64(y)+shift+0.25)
			secondX, secondY := g.pixel(float64(x)+shift+0.75, float64(y)+shift+0.75)
			first, ok := p.mean(s, firstX, firstY, size)
			second, also := p.mean(s, secondX, secondY, size)
			if ok && also {
				i := mod(y)*side + mod(x)
				sum[i] += max(-mostDark/2, min(mostDark/2, second-first))
				count[i]++
			}
		}
	}
	for i := range sum {
		// Where little was seen, little is believed.
		sum[i] /= count[i] + 0.5
	}
	return &sum
}

func (g grid) bounds(width, height float64) (left, right, low, high int) {
	var xs, ys []float64
	for _, corner := range [][2]float64{{0, 0}, {width, 0}, {0, height}, {width, height}} {
		x, y := g.cell(corner[0], corner[1])
		xs, ys = append(xs, x), append(ys, y)
	}
	return int(slices.Min(xs)) - 1, int(slices.Max(xs)) + 1, int(slices.Min(ys)) - 1, int(slices.Max(ys)) + 1
}

func mod(n int) int { return (n%side + side) % side }

// moved is a square that begins at another cell.
func moved(pile *[cells]float64, start int) *[cells]float64 {
	var out [cells]float64
	dx, dy := start%side, start/side
	for y := range side {
		for x := range side {
			out[y*side+x] = pile[mod(y+dy)*side+mod(x+dx)]
		}
	}
	return &out
}
