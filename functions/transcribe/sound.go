package transcribe

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"xietong.dev/shared/speech"
)

// sound is a decoded recording on local disk: 16 kHz, 16 bit, a file for each
// stream, with the channels of the stream interleaved.
type sound struct {
	files    []*os.File
	channels []int // of each file
}

func (s *sound) close() {
	for _, f := range s.files {
		f.Close()
	}
}

// measure looks at all of a sound once.
func (s *sound) measure() (measured, error) {
	m := newMeter(s.channels)
	readers := make([]*bufio.Reader, len(s.files))
	for i, f := range s.files {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return measured{}, err
		}
		readers[i] = bufio.NewReaderSize(f, 1<<18)
	}
	for {
		frame, first := make([][]int16, 0, len(m.last)), 0
		some := false
		for i, r := range readers {
			block, err := readBlock(r, s.channels[i])
			if err != nil {
				return measured{}, fmt.Errorf("read decoded stream %d: %w", i, err)
			}
			some = some || len(block[0]) > 0
			frame, first = append(frame, block...), first+s.channels[i]
		}
		if !some {
			return m.result(), nil
		}
		m.add(frame)
	}
}

// readBlock returns the next frame of each channel of a stream; empty at its
// end. What is shorter than a frame at the end is left out.
func readBlock(r io.Reader, channels int) ([][]int16, error) {
	block := make([][]int16, channels)
	raw := make([]byte, 2*channels*speech.FrameSamples)
	_, err := io.ReadFull(r, raw)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return block, nil
	}
	for c := range block {
		block[c] = make([]int16, speech.FrameSamples)
		for i := range block[c] {
			block[c][i] = int16(binary.LittleEndian.Uint16(raw[2*(i*channels+c):]))
		}
	}
	return block, err
}

// meter gathers what the rules need to know.
type meter struct {
	measured
	last []int16
}

func newMeter(streams []int) *meter {
	total := 0
	for _, c := range streams {
		total += c
	}
	m := &meter{last: make([]int16, total)}
	m.levels, m.alike = make([][]float32, total), make([][]float64, total)
	for i := range m.alike {
		m.alike[i] = make([]float64, total)
	}
	return m
}

func (m *meter) add(frame [][]int16) {
	for a, samples := range frame {
		if len(samples) == 0 {
			continue
		}
		m.levels[a] = append(m.levels[a], speech.Level(samples, m.last[a]))
		m.last[a] = samples[len(samples)-1]
		for b := 0; b <= a; b++ {
			m.alike[a][b] += dot(samples, frame[b])
		}
	}
}

func dot(a, b []int16) float64 {
	var sum int64
	for i := range min(len(a), len(b)) {
		sum += int64(a[i]) * int64(b[i])
	}
	return float64(sum)
}

// result turns sums of products into correlations.
func (m *meter) result() measured {
	r := measured{levels: m.levels, alike: make([][]float64, len(m.alike))}
	for a := range m.alike {
		r.alike[a] = make([]float64, len(m.alike))
		for b := range m.alike {
			power := math.Sqrt(m.alike[a][a] * m.alike[b][b])
			if power > 0 {
				r.alike[a][b] = m.alike[max(a, b)][min(a, b)] / power
			}
		}
	}
	return r
}

// cut returns the samples of pieces of a track.
func (s *sound) cut(t track, pieces []piece) ([]int16, error) {
	var out []int16
	for _, p := range pieces {
		sum := make([]int32, (p.EndMS-p.StartMS)*speech.SampleRate/1000)
		for i, channel := range t.channels {
			if err := s.addTo(sum, channel, t.inverted[i], p.StartMS*speech.SampleRate/1000); err != nil {
				return nil, err
			}
		}
		for _, v := range sum {
			out = append(out, int16(v/int32(len(t.channels))))
		}
	}
	return out, nil
}

// addTo adds samples of one channel, counted over all streams.
func (s *sound) addTo(sum []int32, channel int, inverted bool, from int64) error {
	file := 0
	for channel >= s.channels[file] {
		channel, file = channel-s.channels[file], file+1
	}
	count := s.channels[file]
	raw := make([]byte, 2*count*len(sum))
	n, err := s.files[file].ReadAt(raw, 2*int64(count)*from)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for i := range sum {
		at := 2 * (i*count + channel)
		if at+2 > n {
			break
		}
		v := int32(int16(binary.LittleEndian.Uint16(raw[at:])))
		if inverted {
			v = -v
		}
		sum[i] += v
	}
	return nil
}
