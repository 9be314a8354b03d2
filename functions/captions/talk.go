package captions

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"xietong.dev/shared/speech"
	"xietong.dev/shared/web"
)

// patience is how long somebody may take to receive a message.
const patience = 10 * time.Second

// leastMS is how much of a sentence has to be said before it is worth hearing.
const leastMS = 1000

// talk is the sound of one track as it comes over one connection.
type talk struct {
	*Captions
	track
	session session
	conn    *websocket.Conn

	cut     int64     // samples that are cut into pieces
	pending []int16   // sound that is not cut yet
	queue   []job     // pieces that wait to be heard
	heard   time.Time // when the unfinished sentence was last heard
	looked  int       // frames of pending when it was last looked at
}

// job is sound to be heard: a piece, or a sentence that has not ended.
type job struct {
	start   int64 // in samples
	samples []int16
	partial bool
}

// done is what became of a job.
type done struct {
	job
	captions []Caption
	err      error
}

// run takes sound in until the speaker has ended, and hears it piece by piece. Sound
// that waits for too long keeps the connection from being read, so that the other side
// waits too.
func (t *talk) run(whole context.Context) error {
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	sound, ended, results := make(chan []int16), make(chan error, 1), make(chan done, 1)
	go func() { ended <- receive(whole, ctx, t.conn, sound) }()
	t.cut = t.kept
	at := max(t.kept, (t.Now().Sub(t.session.BeganAt).Milliseconds()-t.beganMS)*speech.SampleRate/1000)
	if err := tell(ctx, t.conn, message{Type: "ready", Kept: &t.kept, Now: &at}); err != nil {
		return err
	}
	var over error
	busy := false
	for {
		if !busy {
			var next job
			if next, busy = t.next(over != nil); busy {
				go func() { results <- t.hear(ctx, next) }()
			}
		}
		if over != nil && !busy {
			return over
		}
		from := sound
		if over != nil || t.waiting() > samplesOf(t.MaxBehind) {
			from = nil
		}
		select {
		case samples := <-from:
			if err := t.take(samples); err != nil {
				return err
			}
		case over = <-ended:
			if !errors.Is(over, errOver) {
				return over // what is not kept is sent again
			}
			t.divide(true)
		case d := <-results:
			busy = false
			if err := t.settle(ctx, d); err != nil {
				return err
			}
		}
	}
}

// waiting is how many samples wait to be heard.
func (t *talk) waiting() int {
	n := len(t.pending)
	for _, j := range t.queue {
		n += len(j.samples)
	}
	return n
}

// take adds sound, and looks every fifth of a second whether a sentence has ended.
func (t *talk) take(samples []int16) error {
	if t.cut+int64(len(t.pending)+len(samples)) > int64(samplesOf(t.MaxSession)) {
		return web.Refuse(http.StatusRequestEntityTooLarge, "session_long", int(t.MaxSession.Minutes()))
	}
	t.pending = append(t.pending, samples...)
	if n := len(t.pending) / speech.FrameSamples; n >= t.looked+200/speech.FrameMS {
		t.looked = n
		t.divide(false)
	}
	return nil
}

// divide cuts what has ended off the pending sound.
func (t *talk) divide(ended bool) {
	for len(t.pending) > 0 {
		n := cut(levelsOf(t.pending), frames(t.MaxSentence), ended) * speech.FrameSamples
		if ended {
			n = len(t.pending)
		}
		if n == 0 {
			return
		}
		t.queue = append(t.queue, job{start: t.cut, samples: t.pending[:n:n]})
		t.cut, t.pending, t.looked = t.cut+int64(n), t.pending[n:], 0
	}
}

// next is what is to be heard next: a piece that waits, or else the sentence that is
// being said, where it was not heard for a while.
func (t *talk) next(ended bool) (job, bool) {
	if len(t.queue) > 0 {
		next := t.queue[0]
		t.queue = t.queue[1:]
		return next, true
	}
	now := t.Now()
	if ended || t.PartialEvery <= 0 || now.Sub(t.heard) < t.PartialEvery || spokenMS(levelsOf(t.pending)) < leastMS {
		return job{}, false
	}
	t.heard = now
	return job{start: t.cut, samples: append([]int16(nil), t.pending...), partial: true}, true
}

// settle keeps what was heard, and tells of it.
func (t *talk) settle(ctx context.Context, d done) error {
	if d.err != nil {
		return d.err
	}
	if d.partial {
		if d.start != t.cut || len(d.captions) == 0 { // it has ended meanwhile
			return nil
		}
		if err := show(ctx, t.DB, t.track, d.captions[0]); err != nil {
			return err
		}
		return tell(ctx, t.conn, message{Type: "partial", Caption: d.captions[0]})
	}
	t.kept, t.heard = d.start+int64(len(d.samples)), t.Now()
	for _, caption := range d.captions {
		if err := tell(ctx, t.conn, message{Type: "line", Caption: caption}); err != nil {
			return err
		}
	}
	return tell(ctx, t.conn, message{Type: "kept", Kept: &t.kept})
}
