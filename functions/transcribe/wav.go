package transcribe

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// wavHeader is the canonical 44 bytes before the samples (RIFF, PCM).
const wavHeader = 44

// wav returns a WAV file of one channel of 16 bit samples.
func wav(samples []int16) []byte {
	size := uint32(2 * len(samples))
	b := make([]byte, 0, wavHeader+int(size))
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, wavHeader-8+size)
	b = append(b, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, sampleRate, 2 * sampleRate, 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// statedByWAV is the length that a WAV file's header states, in milliseconds, and
// 0 where it states none. ffprobe goes by the size of the file instead, and so
// does not notice when the end is missing.
func statedByWAV(head []byte) int64 {
	if len(head) < 12 || string(head[:4]) != "RIFF" || string(head[8:12]) != "WAVE" {
		return 0
	}
	bytesPerSecond := int64(0)
	for at := 12; at+8 <= len(head); {
		size := int64(binary.LittleEndian.Uint32(head[at+4:]))
		switch name := string(head[at : at+4]); {
		case name == "fmt " && at+20 <= len(head):
			bytesPerSecond = int64(binary.LittleEndian.Uint32(head[at+16:]))
		case name == "data" && bytesPerSecond > 0 && size < 0xfffff000: // more is written where a program could not know
			return size * 1000 / bytesPerSecond
		case name == "data":
			return 0
		}
		at += 8 + int(size+size%2)
	}
	return 0
}

// samplesOf returns the bytes of the samples of a WAV file that [wav] made.
func samplesOf(file []byte) ([]byte, error) {
	header := wav(nil)
	if len(file) < wavHeader || !bytes.Equal(file[8:40], header[8:40]) {
		return nil, errors.New("is not a WAV file of 16 kHz, one channel, 16 bit")
	}
	return file[wavHeader:], nil
}
