package captions

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xietong.dev/shared/speech"
)

// gathering is an engine that hears nothing until so many ask at the same moment.
type gathering struct {
	speech.Engine
	enough    int64
	now, most atomic.Int64
	once      sync.Once
	all       chan struct{}
}

func gather(engine speech.Engine, enough int64) *gathering {
	return &gathering{Engine: engine, enough: enough, all: make(chan struct{})}
}

func (g *gathering) Hear(ctx context.Context, s speech.Speech) (speech.Heard, error) {
	n := g.now.Add(1)
	defer g.now.Add(-1)
	for most := g.most.Load(); n > most && !g.most.CompareAndSwap(most, n); most = g.most.Load() {
	}
	if n >= g.enough {
		g.once.Do(func() { close(g.all) })
	}
	select {
	case <-g.all:
		return g.Engine.Hear(ctx, s)
	case <-ctx.Done():
		return speech.Heard{}, ctx.Err()
	}
}

// While the engine is behind, whoever speaks has to wait, and sends again what was not
// kept.
func TestSoundWaits(t *testing.T) {
	d := open(t, func(c *Captions) {
		c.PartialEvery, c.MaxBehind = 0, time.Second
		c.Engine = gather(c.Engine, 2) // for ever: one track asks once at a time
	})
	path := "/captions/" + d.begin(meeting) + "/speak"
	speaking := d.connect(path)
	speaking.until("ready")
	sound, sent := spoken(t, "slt", "the report is ready"), 0
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		err := speaking.Write(ctx, websocket.MessageBinary, sound[:min(maxFrame, len(sound))])
		cancel()
		if err != nil {
			break
		}
		if sent += min(maxFrame, len(sound)); sent > 64<<20 {
			t.Fatalf("%d bytes of sound are taken in, of which a second may wait", sent)
		}
	}
	if kept := *d.connect(path).until("ready")[0].Kept; kept != 0 {
		t.Errorf("%d samples are kept, want none: the engine heard nothing", kept)
	}
}

// However many speak, no more than a few ask the engine at the same moment.
func TestFewAtTheEngine(t *testing.T) {
	for _, most := range []int{1, 2} {
		var engine *gathering
		d := open(t, func(c *Captions) {
			c.PartialEvery, c.MaxHearing = 0, most
			engine = gather(c.Engine, int64(most))
			c.Engine = engine
		})
		id := d.begin(meeting)
		sound := spoken(t, "slt", "the report is ready")
		var tracks []connection
		for _, track := range []string{"0", "1", "2"} {
			c := d.connect("/captions/" + id + "/speak?track=" + track)
			c.until("ready")
			c.say(sound)
			tracks = append(tracks, c)
		}
		for _, c := range tracks {
			c.until("kept")
		}
		if got := engine.most.Load(); got != int64(most) {
			t.Errorf("%d ask at the same moment, want %d", got, most)
		}
	}
}
