package records

import (
	"bufio"
	"hash"
	"io"
)

// pieces cuts a stream behind each delimiter.
type pieces struct {
	r     *bufio.Reader
	limit int
	sum   hash.Hash // of all that was read, if it is wanted
	held  []byte
}

// next returns the next piece, with its delimiter unless the stream ends before one.
// Of a piece with more bytes than the limit there is only the beginning, and long is
// set. The piece is valid until the next call.
func (p *pieces) next(delimiter byte) (piece []byte, long bool, err error) {
	p.held = p.held[:0]
	for {
		part, err := p.r.ReadSlice(delimiter)
		if p.sum != nil {
			p.sum.Write(part)
		}
		if room := p.limit - len(p.held); len(part) > room {
			part, long = part[:room], true
		}
		p.held = append(p.held, part...)
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && (len(p.held) > 0 || long):
			return p.held, long, nil
		}
		return p.held, long, err
	}
}
