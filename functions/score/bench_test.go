package score

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// What one report costs from its opened body to its committed decision, by the rules
// that the function begins with.
func BenchmarkAnswer(b *testing.B) {
	d := openDesk(b)
	const devices = 500
	d.enrolled(devices)
	reports := make([]*Report, b.N)
	for i := range reports {
		who := i % devices
		reports[i] = d.of(named("d", who), named("a", who), fmt.Sprintf("203.0.%d.%d", who/200, who%200), noon.Add(time.Duration(i)*5*time.Millisecond), "sys.root", "cfg.dev_mode")
	}
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, _, err := d.answer(b.Context(), reports[next.Add(1)-1]); err != nil {
				b.Error(err)
			}
		}
	})
}
