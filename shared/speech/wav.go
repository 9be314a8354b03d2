package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// WAVHeader is the canonical 44 bytes before the samples (RIFF, PCM).
const WAVHeader = 44

// WAV returns a WAV file of one channel of 16 bit samples.
func WAV(samples []int16) []byte {
	size := uint32(2 * len(samples))
	b := make([]byte, 0, WAVHeader+int(size))
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, WAVHeader-8+size)
	b = append(b, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, SampleRate, 2 * SampleRate, 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// Samples returns the bytes of the samples of a WAV file that [WAV] made.
func Samples(file []byte) ([]byte, error) {
	header := WAV(nil)
	if len(file) < WAVHeader || !bytes.Equal(file[8:40], header[8:40]) {
		return nil, errors.New("is not a WAV file of 16 kHz, one channel, 16 bit")
	}
	return file[WAVHeader:], nil
}
