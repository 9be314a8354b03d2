package book

import (
	"encoding/binary"

	"xietong.dev/shared/fault"
)

// unpackPalmDOC appends the text of a record, packed by Palm's LZ77: a byte stands
// for itself, for so many bytes that follow, for a piece of what came before, or
// for a space and a letter.
func unpackPalmDOC(to, record []byte) ([]byte, error) {
	start := len(to)
	for i := 0; i < len(record); i++ {
		switch b := record[i]; {
		case b >= 1 && b <= 8:
			n := min(int(b), len(record)-i-1)
			to = append(to, record[i+1:i+1+n]...)
			i += n
		case b < 0x80:
			to = append(to, b)
		case b >= 0xc0:
			to = append(to, ' ', b^0x80)
		default:
			if i++; i == len(record) {
				return to, nil
			}
			pair := int(b)<<8 | int(record[i])
			distance := pair >> 3 & 0x7ff
			if distance == 0 || distance > len(to)-start {
				return nil, unreadablef("the text of the MOBI is damaged: it repeats what is not there")
			}
			for range pair&7 + 3 { // it may repeat what it is just writing
				to = append(to, to[len(to)-distance])
			}
		}
	}
	return to, nil
}

// huffcdic unpacks text by a Huffman code whose symbols are phrases, which may be
// packed themselves.
type huffcdic struct {
	codes   [256]huffCode // by the first eight bits
	least   [33]uint64    // code of each length, at the left of 32 bits
	most    [33]uint64
	phrases []phrase
}

type huffCode struct {
	length int
	whole  bool // the code has no more bits than these eight
	most   uint64
}

type phrase struct {
	text   []byte
	plain  bool
	opened bool // is being unpacked: a phrase within itself is an error
}

// huffcdic reads the dictionaries: a record HUFF with the code, and records CDIC.
func (p *palm) huffcdic(h mobiHeader) (func(to, record []byte) ([]byte, error), error) {
	const most = 256
	if h.huffs < 2 || h.huffs > most {
		return nil, unreadablef("the MOBI has %d dictionaries", h.huffs)
	}
	held, err := p.record(h.base+h.huff, recordBytes)
	if err != nil {
		return nil, err
	}
	d := &huffcdic{}
	if err := d.readCode(held); err != nil {
		return nil, err
	}
	for i := 1; i < h.huffs; i++ {
		held, err := p.record(h.base+h.huff+i, recordBytes)
		if err != nil {
			return nil, err
		}
		if err := d.readPhrases(held); err != nil {
			return nil, err
		}
	}
	return func(to, record []byte) ([]byte, error) {
		budget := recordBytes
		return d.unpack(to, record, 0, &budget)
	}, nil
}

func (d *huffcdic) readCode(r []byte) error {
	if len(r) < 24 || string(r[:4]) != "HUFF" {
		return unreadablef("the MOBI's dictionary has no code")
	}
	first, second := int64(binary.BigEndian.Uint32(r[8:])), int64(binary.BigEndian.Uint32(r[12:]))
	if first+4*256 > int64(len(r)) || second+4*64 > int64(len(r)) {
		return unreadablef("the code of the MOBI's dictionary is cut off")
	}
	for i := range d.codes {
		v := binary.BigEndian.Uint32(r[int(first)+4*i:])
		length := int(v & 0x1f)
		if length == 0 {
			return unreadablef("the code of the MOBI's dictionary has no length")
		}
		d.codes[i] = huffCode{length, v&0x80 != 0, upTo(v>>8, length)}
	}
	for length := 1; length <= 32; length++ {
		at := int(second) + 8*(length-1)
		d.least[length] = uint64(binary.BigEndian.Uint32(r[at:])) << (32 - length)
		d.most[length] = upTo(binary.BigEndian.Uint32(r[at+4:]), length)
	}
	return nil
}

// upTo is the last of 32 bits that begin with a code.
func upTo(code uint32, length int) uint64 { return (uint64(code)+1)<<(32-length) - 1 }

func (d *huffcdic) readPhrases(r []byte) error {
	if len(r) < 16 || string(r[:4]) != "CDIC" {
		return unreadablef("the MOBI's dictionary has no phrases")
	}
	all, bits := int64(binary.BigEndian.Uint32(r[8:])), binary.BigEndian.Uint32(r[12:])
	n := min(int64(1)<<min(bits, 16), all-int64(len(d.phrases)))
	for i := range n {
		if 16+2*i+2 > int64(len(r)) {
			break
		}
		at := 16 + int(binary.BigEndian.Uint16(r[16+2*i:]))
		if at+2 > len(r) {
			return unreadablef("a phrase of the MOBI's dictionary is cut off")
		}
		size := int(binary.BigEndian.Uint16(r[at:]))
		end := at + 2 + size&0x7fff
		if end > len(r) {
			return unreadablef("a phrase of the MOBI's dictionary is cut off")
		}
		d.phrases = append(d.phrases, phrase{text: r[at+2 : end], plain: size&0x8000 != 0})
	}
	return nil
}

// unpack appends the text of a record or of a phrase. The budget is what the record
// may come to, for a small dictionary can be built to write without an end.
func (d *huffcdic) unpack(to, packed []byte, deep int, budget *int) ([]byte, error) {
	const levels = 32
	if deep > levels {
		return nil, fault.Refusef(CodeBomb, "the phrases of the MOBI's dictionary stand within each other more than %d deep", levels)
	}
	bits := bitReader{packed, 0}
	for {
		code := uint64(bits.peek())
		c := d.codes[code>>24]
		if !c.whole {
			for c.length < 32 && code < d.least[c.length] {
				c.length++
			}
			c.most = d.most[c.length]
		}
		if !bits.skip(c.length) {
			return to, nil
		}
		at := (c.most - code) >> (32 - c.length)
		if c.most < code || at >= uint64(len(d.phrases)) {
			return nil, unreadablef("the text of the MOBI is damaged: it names a phrase that is not there")
		}
		var err error
		if to, err = d.phrase(to, int(at), deep, budget); err != nil {
			return nil, err
		}
	}
}

func (d *huffcdic) phrase(to []byte, at, deep int, budget *int) ([]byte, error) {
	p := &d.phrases[at]
	switch {
	case p.opened:
		return nil, unreadablef("a phrase of the MOBI's dictionary stands within itself")
	case !p.plain:
		p.opened = true
		text, err := d.unpack(nil, p.text, deep+1, budget)
		if err != nil {
			return nil, err
		}
		*p = phrase{text: text, plain: true}
	}
	if *budget -= len(p.text) + 1; *budget < 0 {
		return nil, fault.Refusef(CodeBomb, "a record of the MOBI grows to more than %d bytes", recordBytes)
	}
	return append(to, p.text...), nil
}

// bitReader reads bits from the left. Behind the end there are zeros.
type bitReader struct {
	b  []byte
	at int
}

func (r *bitReader) peek() uint32 {
	var v uint64
	for i := range 5 {
		v <<= 8
		if at := r.at/8 + i; at < len(r.b) {
			v |= uint64(r.b[at])
		}
	}
	return uint32(v >> (8 - r.at%8))
}

// skip reports whether there were so many bits.
func (r *bitReader) skip(n int) bool {
	r.at += n
	return r.at <= 8*len(r.b)
}
