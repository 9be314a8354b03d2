package speech

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xietong.dev/shared/fault"
)

// A dead engine is asked again only after a while, which grows.
func TestBreaker(t *testing.T) {
	now := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	var answer error
	asked := 0
	b := &Breaker{Now: func() time.Time { return now }, Engine: hears(func() error { asked++; return answer })}
	try := func() string {
		before := asked
		_, err := b.Hear(t.Context(), second)
		wait, busy := fault.RetryAfter(err)
		return fmt.Sprint(asked-before, " ", busy, " ", wait)
	}
	dead, refusal := fmt.Errorf("connection refused"), fault.Refusef(CodeEngine, "no")
	for i, step := range []struct {
		after time.Duration
		err   error
		want  string
	}{
		{0, dead, "1 false 0s"}, {0, refusal, "1 false 0s"}, // it answers: that does not count
		{0, dead, "1 false 0s"}, {0, dead, "1 false 0s"}, {0, dead, "1 false 0s"},
		{0, dead, "0 true 10s"}, {4 * time.Second, nil, "0 true 6s"},
		{6 * time.Second, dead, "1 false 0s"}, {0, dead, "0 true 20s"},
		{20 * time.Second, nil, "1 false 0s"}, {0, dead, "1 false 0s"}, {0, nil, "1 false 0s"},
	} {
		now, answer = now.Add(step.after), step.err
		if got := try(); got != step.want {
			t.Errorf("step %d: asked, busy, wait = %s, want %s", i, got, step.want)
		}
	}
}

type hears func() error

func (hears) Serves(string) error { return nil }

func (h hears) Hear(_ context.Context, _ Speech) (Heard, error) { return Heard{}, h() }
