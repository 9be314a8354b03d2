package quality

import "testing"

func TestPk(t *testing.T) {
	for _, c := range []struct {
		truth, got []int
		want       float64
	}{
		{[]int{0, 0, 0, 0, 1, 1, 1, 1}, []int{0, 0, 0, 0, 1, 1, 1, 1}, 0},
		{[]int{0, 0, 0, 0, 1, 1, 1, 1}, []int{0, 0, 0, 0, 0, 0, 0, 0}, 2. / 6}, // two of six pairs, two turns apart
		{[]int{0, 0, 0, 0, 1, 1, 1, 1}, []int{0, 0, 0, 1, 1, 1, 1, 1}, 2. / 6}, // 1-3 and 3-5
		{[]int{0}, []int{0}, 0},
		{nil, nil, 0},
	} {
		if got := Pk(c.truth, c.got); got != c.want {
			t.Errorf("Pk(%v, %v) = %v, want %v", c.truth, c.got, got, c.want)
		}
	}
}
