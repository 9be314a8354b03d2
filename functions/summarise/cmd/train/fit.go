package main

import "math"

// fit finds the weights by which features give the logarithm of a count
// (Poisson regression), by Newton's steps. A small ridge keeps them finite.
func fit(samples []sample) []float64 {
	const ridge, steps = 1, 25
	w := make([]float64, len(samples[0].features))
	mean := 0.0
	for _, s := range samples {
		mean += s.count / float64(len(samples))
	}
	w[0] = math.Log(mean) // the first feature is 1
	at := likelihood(samples, w, ridge)
	for range steps {
		step := solve(curvature(samples, w, ridge))
		next, better := w, at
		for size := 1.0; size > 1e-4 && better <= at; size /= 2 {
			next = add(w, step, size)
			better = likelihood(samples, next, ridge)
		}
		if better <= at {
			break
		}
		w, at = next, better
	}
	for i := range w {
		w[i] = round(w[i])
	}
	return w
}

// likelihood is its logarithm, less what large weights cost.
func likelihood(samples []sample, w []float64, ridge float64) float64 {
	sum := 0.0
	for _, s := range samples {
		z := dot(w, s.features)
		sum += s.count*z - math.Exp(z)
	}
	return sum - ridge/2*dot(w, w)
}

// curvature returns the second derivatives of the likelihood, negated, and the
// first.
func curvature(samples []sample, w []float64, ridge float64) (second [][]float64, first []float64) {
	second, first = make([][]float64, len(w)), make([]float64, len(w))
	for i := range w {
		second[i] = make([]float64, len(w))
		second[i][i] = ridge
		first[i] = -ridge * w[i]
	}
	for _, s := range samples {
		rate := math.Exp(dot(w, s.features))
		for i, x := range s.features {
			first[i] += (s.count - rate) * x
			for j, y := range s.features {
				second[i][j] += rate * x * y
			}
		}
	}
	return second, first
}

// solve returns x where a·x = b (Gauss and Jordan). It overwrites both. The
// ridge keeps a positive definite, so that no pivot is zero.
func solve(a [][]float64, b []float64) []float64 {
	for c := range b {
		for r := range b {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := range b {
				a[r][k] -= f * a[c][k]
			}
			b[r] -= f * b[c]
		}
	}
	for i := range b {
		b[i] /= a[i][i]
	}
	return b
}

func add(w, step []float64, size float64) []float64 {
	sum := make([]float64, len(w))
	for i := range w {
		sum[i] = w[i] + size*step[i]
	}
	return sum
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// round keeps three places: the weights are read by people too.
func round(x float64) float64 { return math.Round(1000*x) / 1000 }
