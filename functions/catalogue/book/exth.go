package book

import "encoding/binary"

// Records of EXTH, MOBI's metadata, by their kinds (MobileRead wiki, "MOBI").
const (
	exthAuthor      = 100
	exthPublisher   = 101
	exthDescription = 103
	exthISBN        = 104
	exthSubject     = 105
	exthPublished   = 106
	exthContributor = 108
	exthKF8         = 121 // record of the newer form's header
	exthFixed       = 122
	exthCover       = 201 // counted from the first picture
	exthThumbnail   = 202
	exthTitle       = 503
	exthLanguage    = 524
	exthWriting     = 525
	exthDirection   = 527
)

// exth is MOBI's metadata: values by kind.
type exth map[int][][]byte

// parseEXTH reads as many records as there are, whatever the header says.
func parseEXTH(b []byte) exth {
	e := exth{}
	count := binary.BigEndian.Uint32(b[8:])
	for b = b[12:]; count > 0 && len(b) >= 8; count-- {
		kind, size := int(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint32(b[4:])
		if size < 8 || int64(size) > int64(len(b)) {
			break
		}
		e[kind] = append(e[kind], b[8:size])
		b = b[size:]
	}
	return e
}

func (e exth) first(kind int) []byte {
	if all := e[kind]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// number returns a value of four bytes, unless it is the one for none.
func (e exth) number(kind int) (int, bool) {
	value := e.first(kind)
	if len(value) != 4 {
		return 0, false
	}
	n := binary.BigEndian.Uint32(value)
	return int(n), n != 0xffffffff
}
