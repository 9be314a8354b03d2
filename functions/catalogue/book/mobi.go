package book

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// palm is a Palm database: records one after the other, as MOBI has them.
type palm struct {
	file    io.ReaderAt
	size    int64
	offsets []int64
}

func openPalm(file io.ReaderAt, size int64) (*palm, error) {
	head := make([]byte, 78)
	if _, err := file.ReadAt(head, 0); err != nil {
		return nil, damaged(err)
	}
	count := int(binary.BigEndian.Uint16(head[76:]))
	list := make([]byte, 8*count)
	if _, err := file.ReadAt(list, 78); err != nil && count > 0 {
		return nil, damaged(err)
	}
	p := &palm{file: file, size: size}
	for i := range count {
		p.offsets = append(p.offsets, int64(binary.BigEndian.Uint32(list[8*i:])))
	}
	if count == 0 {
		return nil, emptyf("the MOBI has no records")
	}
	return p, nil
}

func damaged(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return unreadablef("the MOBI ends too early")
	}
	return fmt.Errorf("read the MOBI: %w", err)
}

// record returns a record by its number, of so many bytes at most.
func (p *palm) record(n int, limit int64) ([]byte, error) {
	if n < 0 || n >= len(p.offsets) {
		return nil, unreadablef("the MOBI has no record %d", n)
	}
	from, to := p.offsets[n], p.size
	if n+1 < len(p.offsets) {
		to = p.offsets[n+1]
	}
	if from > to || to > p.size {
		return nil, unreadablef("record %d of the MOBI is not in the file", n)
	}
	if to-from > limit {
		return nil, fault.Refusef(CodeTooLarge, "record %d of the MOBI has %d bytes; %d are allowed", n, to-from, limit)
	}
	held := make([]byte, to-from)
	if _, err := p.file.ReadAt(held, from); err != nil {
		return nil, damaged(err)
	}
	return held, nil
}

// recordBytes is what a record of text, of a header or of a dictionary has at most.
// The format's own count of them is 16 bits.
const recordBytes = 1 << 20

// mobiHeader is record 0, as far as it is used.
type mobiHeader struct {
	base        int // the record it is in
	compression int
	length      int // of the text
	texts       int // records of text
	encryption  int
	encoding    int
	version     int
	fullName    string
	image       int // first record of pictures
	huff, huffs int // dictionaries
	trailing    int // flags: what stands behind the text in each record
	exth        exth
}

func parseMOBI(r []byte, base int) (mobiHeader, error) {
	if len(r) < 16 {
		return mobiHeader{}, unreadablef("the MOBI's header has %d bytes", len(r))
	}
	u16 := func(at int) int {
		if at+2 > len(r) {
			return 0
		}
		return int(binary.BigEndian.Uint16(r[at:]))
	}
	u32 := func(at int) int {
		if at+4 > len(r) {
			return 0
		}
		return int(binary.BigEndian.Uint32(r[at:]))
	}
	h := mobiHeader{base: base, compression: u16(0), length: u32(4), texts: u16(8), encryption: u16(12), encoding: 1252, image: -1}
	if len(r) < 24 || string(r[16:20]) != "MOBI" {
		return h, nil // PalmDOC, which has no more
	}
	length := u32(20)
	h.encoding, h.version, h.image, h.huff, h.huffs = u32(28), u32(36), u32(108), u32(112), u32(116)
	if at, n := u32(84), u32(88); n < 4096 && at+n <= len(r) {
		h.fullName = h.decode(r[at : at+n])
	}
	if length >= 0xe4 {
		h.trailing = u16(242)
	}
	if at := 16 + length; u32(128)&0x40 != 0 && at+12 <= len(r) && string(r[at:at+4]) == "EXTH" {
		h.exth = parseEXTH(r[at:])
	}
	return h, nil
}

const (
	mobiUTF8 = 65001
	mobiHuff = 17480
)

// decode returns a text in the encoding that the header states, unless it is UTF-8
// all the same.
func (h mobiHeader) decode(text []byte) string {
	if h.encoding == mobiUTF8 || isUnicode(text) {
		return string(unicodeOf(text))
	}
	if isWestern(text) {
		decoded, _ := charmap.Windows1252.NewDecoder().Bytes(text)
		return string(decoded)
	}
	return string(unicodeOf(text)) // Chinese books state 1252 and are GBK
}

// isWestern reports whether few bytes are beyond ASCII, as in western languages.
func isWestern(text []byte) bool {
	n := 0
	for _, b := range text {
		if b >= 0x80 {
			n++
		}
	}
	return n*5 < len(text)
}

func isUnicode(text []byte) bool { return bytes.Equal(bytes.ToValidUTF8(text, nil), text) }

// openMOBI reads a MOBI or an AZW3. Of a file with both forms of a book it reads
// the newer one (KF8).
func (b *Book) openMOBI(s source) error {
	p, err := openPalm(s.file, s.size)
	if err != nil {
		return err
	}
	first, err := p.header(0)
	if err != nil {
		return err
	}
	h := first
	if at, ok := first.exth.number(exthKF8); ok && at > 0 && at < len(p.offsets) {
		if newer, err := p.header(at); err == nil && newer.version == 8 {
			h = newer
		}
	}
	if first.encryption != 0 || h.encryption != 0 {
		return fault.Refusef(CodeKindle, "the book is under Amazon's DRM: ask its supplier for a copy without DRM")
	}
	h.describe(b)
	if at, ok := h.coverRecord(first.image); ok {
		b.cover = func() (io.Reader, error) {
			picture, err := p.record(at, int64(b.limits.Cover))
			return bytes.NewReader(picture), err
		}
	}
	raw, err := p.text(h, int64(b.limits.Whole))
	if err != nil {
		return err
	}
	return b.mobiParts(h, raw)
}

func (p *palm) header(at int) (mobiHeader, error) {
	held, err := p.record(at, recordBytes)
	if err != nil {
		return mobiHeader{}, err
	}
	return parseMOBI(held, at)
}

// text unpacks the text's records.
func (p *palm) text(h mobiHeader, limit int64) ([]byte, error) {
	unpack, err := p.unpacker(h)
	if err != nil {
		return nil, err
	}
	var all []byte
	for i := 1; i <= h.texts; i++ {
		held, err := p.record(h.base+i, recordBytes)
		if err != nil {
			return nil, err
		}
		if all, err = unpack(all, withoutTrailing(held, h.trailing)); err != nil {
			return nil, err
		}
		if int64(len(all)) > limit {
			return nil, fault.Refusef(CodeTooLarge, "the text of the MOBI has more than %d bytes, which is what MAX_BOOK_WHOLE allows", limit)
		}
	}
	return all, nil
}

// unpacker returns what appends the text of a record to others.
func (p *palm) unpacker(h mobiHeader) (func(to, record []byte) ([]byte, error), error) {
	switch h.compression {
	case 1:
		return func(to, record []byte) ([]byte, error) { return append(to, record...), nil }, nil
	case 2:
		return unpackPalmDOC, nil
	case mobiHuff:
		return p.huffcdic(h)
	}
	return nil, unsupportedf("the text of the MOBI is packed in a way (%d) that is not known", h.compression)
}

// withoutTrailing cuts off what is no text at the end of a record: entries with
// their sizes written backwards, and the rest of a character.
func withoutTrailing(record []byte, flags int) []byte {
	for bits := flags >> 1; bits != 0; bits >>= 1 {
		if bits&1 != 0 {
			record = record[:len(record)-min(len(record), backward(record))]
		}
	}
	if flags&1 != 0 && len(record) > 0 {
		record = record[:len(record)-min(len(record), int(record[len(record)-1]&3)+1)]
	}
	return record
}

// backward reads a number whose last byte is its lowest, seven bits each, of four
// bytes at most; the highest bit marks the first of them.
func backward(record []byte) (size int) {
	for i, shift := len(record)-1, 0; i >= 0 && shift < 28; i, shift = i-1, shift+7 {
		size |= int(record[i]&0x7f) << shift
		if record[i]&0x80 != 0 {
			break
		}
	}
	return size
}

// partMarks stand where a new page begins: in MOBI a tag, in KF8 a document.
var partMarks = map[bool]string{false: "<mbp:pagebreak", true: "<html"}

// mobiParts makes parts of the text: its pages, or the documents within KF8.
func (b *Book) mobiParts(h mobiHeader, raw []byte) error {
	g := gather{mark: "#m", mediaType: "text/html", toc: tree{limit: b.limits.Headings, levels: b.limits.Levels}}
	mark := partMarks[h.version == 8]
	for _, page := range splitBefore(raw, mark) {
		text, title, err := textOf([]byte(h.decode(page)))
		if err != nil {
			return err
		}
		if title != "" && text != "" {
			g.toc.add(events.BookHeading{Title: title, Href: g.next()}, 0)
		}
		g.part(title, text)
		if len(g.parts) > b.limits.Parts {
			break
		}
	}
	return g.into(b)
}

// splitBefore cuts a text before each mark.
func splitBefore(text []byte, mark string) (pieces [][]byte) {
	for len(text) > 0 {
		at := bytes.Index(text[1:], []byte(mark)) + 1
		if at == 0 {
			at = len(text)
		}
		pieces = append(pieces, text[:at])
		text = text[at:]
	}
	return pieces
}

// coverRecord is where EXTH says that the cover is.
func (h mobiHeader) coverRecord(image int) (int, bool) {
	for _, kind := range []int{exthCover, exthThumbnail} {
		if at, ok := h.exth.number(kind); ok && image > 0 && at < 1<<16 {
			return image + at, true
		}
	}
	return 0, false
}

// describe takes what EXTH says of the book.
func (h mobiHeader) describe(b *Book) {
	text := func(kind int) string { return strings.TrimSpace(h.decode(h.exth.first(kind))) }
	m := &b.Metadata
	m.Title = cmp.Or(text(exthTitle), h.fullName)
	m.Publisher, m.Published, m.Language, m.Summary = text(exthPublisher), text(exthPublished), text(exthLanguage), text(exthDescription)
	m.ISBN = isbnOf([]string{text(exthISBN)})
	for _, kind := range []int{exthAuthor, exthContributor} {
		for _, name := range h.exth[kind] {
			one := events.Contributor{Name: h.decode(name), Role: map[int]string{exthAuthor: "aut", exthContributor: "ctb"}[kind]}
			if !strings.Contains(strings.ToLower(one.Name), "calibre") { // the program puts itself there
				m.Contributors = append(m.Contributors, one)
			}
		}
	}
	for _, subject := range h.exth[exthSubject] {
		m.Subjects = append(m.Subjects, strings.Split(h.decode(subject), ";")...)
	}
	b.Contents.Fixed = text(exthFixed) == "true"
	if slices.Contains([]string{"vertical-rl", "horizontal-rl"}, text(exthWriting)) || text(exthDirection) == "rtl" {
		b.Contents.Direction = "rtl"
	}
}
