package watermark

import (
	"math/rand/v2"
	"testing"
)

// softly are a square's cells as values, with noise of the given spread.
func softly(c Code, noise float64, random *rand.Rand) *[cells]float64 {
	var soft [cells]float64
	for i, second := range square(c) {
		soft[i] = -1 + noise*random.NormFloat64()
		if second {
			soft[i] += 2
		}
	}
	return &soft
}

func TestCodesSurviveNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, noise := range []float64{0, 0.3, 0.6} {
		for i := range 200 {
			code := Code(random.Uint64())
			switch i {
			case 0:
				code = 0
			case 1:
				code = 1<<64 - 1
			}
			if got, ok := read(softly(code, noise, random)); !ok || got != code {
				t.Errorf("noise %v: %x became %x %v", noise, code, got, ok)
			}
		}
	}
}

// One cell in seven is covered, and one in sixty says the opposite.
func TestCodesSurviveLosses(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for range 100 {
		code := Code(random.Uint64())
		soft := softly(code, 0, random)
		for i := range cells {
			if random.IntN(7) == 0 {
				soft[i] = 0
			}
			if random.IntN(60) == 0 {
				soft[i] = -soft[i]
			}
		}
		if got, ok := read(soft); !ok || got != code {
			t.Errorf("%x became %x %v", code, got, ok)
		}
	}
}

// What is no code is not taken for one.
func TestNoiseIsNoCode(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for range 2000 {
		var soft [cells]float64
		for i := range soft {
			soft[i] = random.NormFloat64()
		}
		if code, ok := read(&soft); ok {
			t.Errorf("found %x", code)
		}
	}
}

// The square is fixed for ever.
func TestTheSquareDoesNotChange(t *testing.T) {
	var hash uint64 = 14695981039346656037
	for _, code := range []Code{0, 1, 0x0123456789abcdef} {
		for _, second := range square(code) {
			hash *= 1099511628211
			if second {
				hash ^= 1
			}
		}
	}
	if hash != 0xf3dd83dec167dc73 {
		t.Errorf("the squares' hash is %#x", hash)
	}
}
