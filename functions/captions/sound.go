package captions

// The sound of a session as one recording: a channel for each track, on the session's
// time.

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/speech"
)

// recorded is a track as it was kept.
type recorded struct {
	number  int
	beganMS int64
	pieces  []piece
}

// samples is how long a track is on the session's time.
func (t recorded) samples() int64 {
	last := t.pieces[len(t.pieces)-1]
	return t.silence() + last.start + last.length
}

func (t recorded) silence() int64 { return t.beganMS * speech.SampleRate / 1000 }

// maxWAV is the most samples that a WAV file holds; its sizes are 32 bit numbers.
const maxWAV = (1<<32 - 1<<10) / 2

// putSound writes the recording. Tracks that do not fit side by side into a WAV file are
// mixed.
func (c *Captions) putSound(ctx context.Context, s session, tracks []recorded) error {
	length := int64(0)
	for _, t := range tracks {
		length = max(length, t.samples())
	}
	channels := len(tracks)
	if length*int64(channels) > maxWAV {
		channels = 1
	}
	in, out := io.Pipe()
	defer in.Close()
	go func() { out.CloseWithError(c.mix(ctx, s.ID, tracks, channels, length, out)) }()
	size := speech.WAVHeader + 2*length*int64(channels)
	_, err := c.Store.Put(ctx, c.RecordingsBucket, s.ID+"/"+messages.Say(s.About.Language, "sound")+".wav", in,
		blob.Put{ContentType: "audio/wav", Size: size, Metadata: s.metadata()})
	return wrap("hand over the sound of", s.ID, err)
}

// mix writes a WAV file of tracks, block by block.
func (c *Captions) mix(ctx context.Context, id string, tracks []recorded, channels int, length int64, out io.Writer) error {
	const block = 16 * 1024
	if _, err := out.Write(header(channels, length)); err != nil {
		return err
	}
	readers := make([]*player, len(tracks))
	for i, t := range tracks {
		readers[i] = &player{ctx: ctx, captions: c, session: id, track: t, silence: t.silence()}
		defer readers[i].close()
	}
	sound, body := make([]int16, block), make([]byte, 0, 2*block*channels)
	for at := int64(0); at < length; at += block {
		n := int(min(block, length-at))
		mixed := make([]int32, n*channels)
		for i, r := range readers {
			if err := r.read(sound[:n]); err != nil {
				return err
			}
			for j, v := range sound[:n] {
				mixed[j*channels+i%channels] += int32(v)
			}
		}
		body = body[:0]
		for _, v := range mixed {
			body = binary.LittleEndian.AppendUint16(body, uint16(int16(min(32767, max(-32768, v)))))
		}
		if _, err := out.Write(body); err != nil {
			return err
		}
	}
	return nil
}

// header begins a WAV file of several channels.
func header(channels int, length int64) []byte {
	b := speech.WAV(nil)
	size, frame := uint32(2*length*int64(channels)), uint32(2*channels)
	binary.LittleEndian.PutUint32(b[4:], speech.WAVHeader-8+size)
	binary.LittleEndian.PutUint16(b[22:], uint16(channels))
	binary.LittleEndian.PutUint32(b[28:], speech.SampleRate*frame)
	binary.LittleEndian.PutUint16(b[32:], uint16(frame))
	binary.LittleEndian.PutUint32(b[40:], size)
	return b
}

// player reads one track from its pieces, with silence before and after.
type player struct {
	ctx      context.Context
	captions *Captions
	session  string
	track    recorded
	silence  int64 // samples, still to come before the first piece
	next     int   // piece
	body     io.ReadCloser
	bytes    []byte
}

func (p *player) close() {
	if p.body != nil {
		p.body.Close()
	}
}

// read fills sound with what comes next.
func (p *player) read(sound []int16) error {
	n := int(min(p.silence, int64(len(sound))))
	clear(sound[:n])
	p.silence -= int64(n)
	for sound = sound[n:]; len(sound) > 0; {
		if p.body == nil {
			if p.next == len(p.track.pieces) {
				clear(sound)
				return nil
			}
			if err := p.open(); err != nil {
				return err
			}
		}
		got, err := p.some(sound)
		if err != nil {
			return err
		}
		sound = sound[got:]
	}
	return nil
}

func (p *player) open() error {
	key := pieceKey(p.session, p.track.number, p.track.pieces[p.next])
	body, info, err := p.captions.Store.Get(p.ctx, p.captions.Artifacts, key, "")
	if err != nil {
		return fmt.Errorf("read the sound %s: %w", key, err)
	}
	if want := 2 * p.track.pieces[p.next].length; info.Size != want {
		body.Close()
		return fmt.Errorf("the sound %s has %d bytes, want %d", key, info.Size, want)
	}
	p.body, p.next = body, p.next+1
	return nil
}

// some reads from the piece that is open, up to its end.
func (p *player) some(sound []int16) (int, error) {
	if len(p.bytes) < 2*len(sound) {
		p.bytes = make([]byte, 2*len(sound))
	}
	n, err := io.ReadFull(p.body, p.bytes[:2*len(sound)])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		p.body.Close()
		p.body, err = nil, nil
	}
	for i := range n / 2 {
		sound[i] = int16(binary.LittleEndian.Uint16(p.bytes[2*i:]))
	}
	return n / 2, err
}
