package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/functions/summarise/quality"
)

// twoHours puts meetings together until so much is said: 18,000 words of
// English or 36,000 characters of Chinese are about two hours.
func twoHours(meetings []quality.Meeting, tokens int) events.Transcript {
	var whole quality.Meeting
	for _, m := range meetings {
		whole.Lang = m.Lang
		for _, turn := range m.Turns {
			if tokens < 0 {
				break
			}
			whole.Turns = append(whole.Turns, turn)
			tokens -= len(quality.Tokens(turn.Text))
		}
	}
	return whole.Transcript()
}

// cost prints what the summary of two hours takes, as the function makes it.
func cost(name string, t events.Transcript, rounds int) ([]string, error) {
	engine := extractive.Engine{MaxSentences: 10_000, MaxPoints: 100} // as open.go sets them
	runtime.GC()
	before, done, most := heap(), make(chan bool), make(chan uint64)
	go func() {
		peak := before
		for {
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(time.Millisecond):
				peak = max(peak, heap())
			}
		}
	}()
	var took []time.Duration
	processor := processorTime()
	for range max(rounds, 1) {
		began := time.Now()
		if _, err := engine.Summarise(context.Background(), t); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	each := (processorTime() - processor) / float64(len(took))
	done <- true
	mib := float64(<-most-before) / (1 << 20)
	slices.Sort(took)
	seconds := took[len(took)/2].Seconds()
	fmt.Printf("%s, two hours: %.2f s, of which the processor works %.2f s; heap at most %.0f MiB more than the %.0f MiB before\n", name, seconds, each, mib, float64(before)/(1<<20))
	return []string{fmt.Sprintf("%s_two_hours_s=%.3f %s_two_hours_processor_s=%.3f %s_two_hours_heap_mib=%.1f", name, seconds, name, each, name, mib)}, nil
}

// processorTime is what the program has used so far, in seconds: on a busy
// machine the clock says little.
func processorTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// heap is what objects on the heap take up, in bytes, the dead ones too.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
