package watermark

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// Code names who got a copy and when, as an id that the caller can look up.
type Code uint64

// A code is drawn as a square of cells, each with a dot in one of two places.
// The 64 bits and their CRC-32 become 192 by a convolutional code (constraint
// length 7, rate 1/2, the polynomials 171 and 133 of CCSDS 131.0-B, its ends
// joined), so that many cells may be covered or blurred. The other 64 cells are
// the same in every square and show where it begins.
const (
	side      = 16 // cells
	cells     = side * side
	pilots    = 64
	plainBits = 96
	codedBits = 2 * plainBits

	memory  = 6
	states  = 1 << memory
	polyOne = 0o171
	polyTwo = 0o133
)

// pilotWord and whitening are fixed for ever: what was printed must stay legible.
const pilotWord uint64 = 0x9c3a_57e1_0b6d_f248

// whitening keeps a code of zeros from looking like a pattern of its own.
func whitening(k int) bool {
	return bits.OnesCount64(uint64(k+1)*0x9e37_79b9_7f4a_7c15>>40)%2 == 1
}

// cellOf scatters neighbouring bits, because what covers one cell covers the next.
func cellOf(k int) int { return (k*109 + 57) % cells }

// square returns for each cell whether its dot is in the second place.
func square(c Code) (dots [cells]bool) {
	for k := range pilots {
		dots[cellOf(k)] = pilotWord>>k&1 == 1
	}
	for k, bit := range convolve(plain(c)) {
		dots[cellOf(pilots+k)] = bit != whitening(k)
	}
	return dots
}

// packed is a code and its checksum.
func packed(c Code) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(c))
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// unpacked is the inverse of packed, and false where the checksum is wrong.
func unpacked(b []byte) (Code, bool) {
	if len(b) != plainBits/8 || binary.BigEndian.Uint32(b[8:]) != crc32.ChecksumIEEE(b[:8]) {
		return 0, false
	}
	return Code(binary.BigEndian.Uint64(b)), true
}

// plain is a code and its checksum, as bits.
func plain(c Code) (out [plainBits]bool) {
	b := packed(c)
	for i := range out {
		out[i] = b[i/8]>>(7-i%8)&1 == 1
	}
	return out
}

// codeOf is the inverse of plain, and false where the checksum is wrong.
func codeOf(in [plainBits]bool) (Code, bool) {
	b := make([]byte, plainBits/8)
	for i, bit := range in {
		if bit {
			b[i/8] |= 1 << (7 - i%8)
		}
	}
	return unpacked(b)
}

// emit returns the two bits for a window of seven: the newest bit is the highest.
func emit(window int) (one, two bool) {
	return bits.OnesCount(uint(window&polyOne))%2 == 1, bits.OnesCount(uint(window&polyTwo))%2 == 1
}

func convolve(in [plainBits]bool) (out [codedBits]bool) {
	state := 0
	push := func(bit bool) int {
		window := state
		if bit {
			window |= states
		}
		state = window >> 1
		return window
	}
	for _, bit := range in[plainBits-memory:] { // ends joined: it begins as it ends
		push(bit)
	}
	for i, bit := range in {
		out[2*i], out[2*i+1] = emit(push(bit))
	}
	return out
}

// deconvolve finds the most likely bits (Viterbi). Soft values are positive for
// true, the surer the larger. It goes round three times and keeps the middle,
// where neither end is felt.
func deconvolve(soft [codedBits]float64) (out [plainBits]bool) {
	const rounds = 3
	var score [states]float64
	var from [rounds * plainBits][states]uint8 // the window's lowest bit: what was pushed out
	for step := range from {
		next := [states]float64{}
		one, two := soft[2*(step%plainBits)], soft[2*(step%plainBits)+1]
		for state := range states {
			best := -1e300
			for out := range 2 {
				window := state<<1 | out
				s := score[window&(states-1)] + signed(window, one, two)
				if s > best {
					best, from[step][state] = s, uint8(out)
				}
			}
			next[state] = best
		}
		score = next
	}
	state := 0
	for s, v := range score {
		if v > score[state] {
			state = s
		}
	}
	for step := len(from) - 1; step >= plainBits; step-- {
		if step < 2*plainBits {
			out[step-plainBits] = state&(states>>1) != 0
		}
		state = (state<<1 | int(from[step][state])) & (states - 1)
	}
	return out
}

func signed(window int, one, two float64) float64 {
	a, b := emit(window)
	if !a {
		one = -one
	}
	if !b {
		two = -two
	}
	return one + two
}

// read decodes a square of soft values, positive for a dot in the second place.
func read(soft *[cells]float64) (Code, bool) {
	var data [codedBits]float64
	for k := range data {
		data[k] = soft[cellOf(pilots+k)]
		if whitening(k) {
			data[k] = -data[k]
		}
	}
	return codeOf(deconvolve(data))
}

// alignment is how well a square's fixed cells fit, turned around where negative.
func alignment(soft *[cells]float64) float64 {
	sum := 0.0
	for k := range pilots {
		if v := soft[cellOf(k)]; pilotWord>>k&1 == 1 {
			sum += v
		} else {
			sum -= v
		}
	}
	return sum
}
