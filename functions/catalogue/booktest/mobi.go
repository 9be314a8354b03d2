package booktest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// MOBI says how a book is to be packed.
type MOBI struct {
	Packed    int  // 1 for none, 2 for PalmDOC, 17480 for HUFF/CDIC
	KF8       bool // as AZW3 has it
	Encrypted bool
}

// Make makes a MOBI: its header, its text in records of 4096 bytes, its cover.
func (m MOBI) Make(b Book) []byte { return palm(m.records(b, 0)) }

// Both makes a file with the old form of one book and the new form of another,
// as a publisher's file for all devices has them.
func Both(old, newer Book) []byte {
	m := MOBI{Packed: 2}
	at := len(m.records(old, 1)) + 1
	records := append(m.records(old, at), []byte("BOUNDARY"))
	m.KF8 = true
	return palm(append(records, m.records(newer, 0)...))
}

// records are those of one form; newer is the record of the newer form's header.
func (m MOBI) records(b Book, newer int) [][]byte {
	text := m.text(b)
	var records [][]byte
	for rest := []byte(text); len(rest) > 0; {
		n := min(4096, len(rest))
		records = append(records, append(m.pack(rest[:n]), 0)) // the byte says that no character is cut
		rest = rest[n:]
	}
	texts := len(records)
	dictionary := len(records) + 1
	if m.Packed == 17480 {
		records = append(records, huff(), cdic())
	}
	image := len(records) + 1
	records = append(records, b.Cover, []byte("\xe9\x8e\r\n"))
	return append([][]byte{m.header(b, len(text), texts, dictionary, image, newer)}, records...)
}

func (m MOBI) text(b Book) string {
	var p strings.Builder
	if !m.KF8 {
		p.WriteString("<html><head><guide></guide></head><body>")
	}
	for i, c := range b.Chapters {
		switch {
		case m.KF8:
			p.WriteString(`<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body></body></html>`)
		case i > 0:
			p.WriteString("<mbp:pagebreak/>")
		}
		fmt.Fprintf(&p, "<h2>%s</h2>", esc(c.Title))
		for _, text := range c.Paragraphs {
			fmt.Fprintf(&p, `<p height="0" width="2em">%s</p>`, esc(text))
		}
	}
	if !m.KF8 {
		p.WriteString("</body></html>")
	}
	return p.String()
}

func (m MOBI) header(b Book, length, texts, dictionary, image, newer int) []byte {
	const size = 0xe8
	h := make([]byte, 16+size)
	u16 := func(at, v int) { binary.BigEndian.PutUint16(h[at:], uint16(v)) }
	u32 := func(at, v int) { binary.BigEndian.PutUint32(h[at:], uint32(v)) }
	u16(0, m.Packed)
	u32(4, length)
	u16(8, texts)
	u16(10, 4096)
	if m.Encrypted {
		u16(12, 2)
	}
	copy(h[16:], "MOBI")
	u32(20, size)
	u32(24, 2)
	u32(28, 65001)
	u32(36, 6)
	if m.KF8 {
		u32(36, 8)
	}
	u32(108, image)
	u32(112, dictionary)
	u32(116, 2)
	u32(128, 0x50)
	u16(242, 1)
	x := exth(b, newer)
	u32(84, len(h)+len(x))
	u32(88, len(b.Title))
	return append(append(append(h, x...), b.Title...), 0, 0)
}

// exth is the metadata of a MOBI.
func exth(b Book, newer int) []byte {
	var x bytes.Buffer
	count := 0
	add := func(kind int, value string) {
		if value != "" {
			binary.Write(&x, binary.BigEndian, [2]uint32{uint32(kind), uint32(8 + len(value))})
			x.WriteString(value)
			count++
		}
	}
	add(100, b.Author)
	add(101, b.Publisher)
	add(103, b.Summary)
	add(104, b.ISBN)
	for _, s := range b.Subjects {
		add(105, s)
	}
	add(106, b.Published)
	if newer > 0 {
		add(121, string(binary.BigEndian.AppendUint32(nil, uint32(newer))))
	}
	add(503, b.Title)
	add(524, b.Language)
	if b.Cover != nil {
		add(201, "\x00\x00\x00\x00")
	}
	head := binary.BigEndian.AppendUint32([]byte("EXTH"), uint32(12+x.Len()))
	return append(binary.BigEndian.AppendUint32(head, uint32(count)), x.Bytes()...)
}

func (m MOBI) pack(text []byte) []byte {
	switch m.Packed {
	case 2:
		return palmDOC(text)
	case 17480:
		// Each byte is a code of eight bits, from the last phrase to the first.
		out := make([]byte, len(text))
		for i, b := range text {
			out[i] = 255 - b
		}
		return out
	}
	return bytes.Clone(text)
}

// palmDOC packs by Palm's LZ77, with every kind of code that it has.
func palmDOC(text []byte) (out []byte) {
	for i := 0; i < len(text); {
		from, n := longest(text, i)
		switch b := text[i]; {
		case n >= 3:
			pair := 0x8000 | (i-from)<<3 | (n - 3)
			out = append(out, byte(pair>>8), byte(pair))
			i += n
		case b == ' ' && i+1 < len(text) && text[i+1] >= 0x40 && text[i+1] < 0x80:
			out = append(out, text[i+1]^0x80)
			i += 2
		case b == 0 || b >= 9 && b < 0x80:
			out = append(out, b)
			i++
		default:
			end := i
			for end < len(text) && end < i+8 && (text[end] >= 0x80 || text[end] >= 1 && text[end] <= 8) {
				end++
			}
			out = append(append(out, byte(end-i)), text[i:end]...)
			i = end
		}
	}
	return out
}

// longest finds what was written before that is the same as what comes now.
func longest(text []byte, at int) (from, n int) {
	for f := max(0, at-2047); f < at; f++ {
		k := 0
		for k < 10 && at+k < len(text) && text[f+k] == text[at+k] {
			k++
		}
		if k > n {
			from, n = f, k
		}
	}
	return from, n
}

// huff is a code in which each byte stands for itself, and has eight bits.
func huff() []byte {
	h := append([]byte("HUFF\x00\x00\x00\x18"), make([]byte, 16)...)
	binary.BigEndian.PutUint32(h[8:], 24)
	binary.BigEndian.PutUint32(h[12:], 24+1024)
	for range 256 {
		h = binary.BigEndian.AppendUint32(h, 255<<8|0x80|8)
	}
	return append(h, make([]byte, 256)...)
}

func cdic() []byte {
	c := append([]byte("CDIC\x00\x00\x00\x10"), make([]byte, 8)...)
	binary.BigEndian.PutUint32(c[8:], 256)
	binary.BigEndian.PutUint32(c[12:], 8)
	for i := range 256 {
		c = binary.BigEndian.AppendUint16(c, uint16(512+3*i))
	}
	for i := range 256 {
		c = append(c, 0x80, 1, byte(i))
	}
	return c
}

// palm puts records into a Palm database.
func palm(records [][]byte) []byte {
	out := make([]byte, 78)
	copy(out, "booktest")
	copy(out[60:], "BOOKMOBI")
	binary.BigEndian.PutUint16(out[76:], uint16(len(records)))
	at := 78 + 8*len(records) + 2
	for i, r := range records {
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(2*i))
		at += len(r)
	}
	out = append(out, 0, 0)
	for _, r := range records {
		out = append(out, r...)
	}
	return out
}
