package score

import (
	"strconv"
	"testing"

	"xietong.dev/functions/score/report"
)

// BenchmarkCheck asks over HTTP how a device stands that has reported 100 times.
func BenchmarkCheck(b *testing.B) {
	c := begin(b, "DEVICE_RATE=1e9", "DEVICE_BURST=1000000000")
	p := c.phone(report.SM)
	for range 100 {
		p.report(p.body)
	}
	for n := range 1000 {
		c.ask("PUT", "/score/lists/own/items/model/m"+strconv.Itoa(n), map[string]any{"reason": "试"}, 200, nil)
	}
	for b.Loop() {
		c.ask("POST", "/score/checks", map[string]string{"app": "oa", "device": p.id, "account": "zhang.wei"}, 200, nil)
	}
}
