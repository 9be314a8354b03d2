package formats

import (
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf16"

	"xietong.dev/shared/archive"
)

// compound is the directory of an OLE compound file ([MS-CFB]), which is what
// binary office documents and encrypted newer ones are.
type compound struct {
	r       io.ReaderAt
	sector  int64             // bytes
	streams map[string]stream // by name; storages too
}

type stream struct {
	start uint32
	size  uint64
}

const (
	oleMark = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	// maxOLE bounds the sectors of a directory: 4096 of 512 bytes list 16,384
	// streams, and an office document has some ten.
	maxOLE = 4096
	// smallOLE is the size under which a stream lies in a sector of another.
	smallOLE = 4096
	endOLE   = 0xfffffffa // sector numbers from here on are marks
)

// readCompound reads the directory.
func readCompound(r io.ReaderAt) (*compound, error) {
	head := make([]byte, 512)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, archive.Damaged("the OLE file's header", err)
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return nil, unreadablef("the OLE file's header is damaged: sectors of 2^%d bytes", shift)
	}
	c := &compound{r: r, sector: 1 << shift, streams: map[string]stream{}}
	at := binary.LittleEndian.Uint32(head[48:])
	for n := 0; at < endOLE; n++ {
		if n == maxOLE {
			return nil, unreadablef("the OLE file's directory is damaged: it does not end")
		}
		block, err := c.read(at)
		if err != nil {
			return nil, err
		}
		c.list(block)
		if at, err = c.next(head, at); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// read returns a sector. The last one of a file may be cut short.
func (c *compound) read(at uint32) ([]byte, error) {
	block := make([]byte, c.sector)
	n, err := c.r.ReadAt(block, (int64(at)+1)*c.sector)
	if err != nil && (err != io.EOF || n == 0) {
		return nil, archive.Damaged("the OLE file", err)
	}
	return block, nil
}

// next returns the sector that follows, by the table of sectors. Where its parts
// are is in the header, and beyond the first 109 in a chain of further sectors.
func (c *compound) next(head []byte, at uint32) (uint32, error) {
	per := uint32(c.sector / 4)
	part, places := at/per, head[76:512]
	more := binary.LittleEndian.Uint32(head[68:])
	for n := 0; part >= uint32(len(places)/4); n++ {
		if more >= endOLE || n == maxOLE {
			return 0, unreadablef("the OLE file is damaged: sector %d is in no table", at)
		}
		part -= uint32(len(places) / 4)
		if n > 0 {
			part++ // the last place of a further sector names the one after it
		}
		block, err := c.read(more)
		if err != nil {
			return 0, err
		}
		places, more = block, binary.LittleEndian.Uint32(block[c.sector-4:])
		places = places[:c.sector-4]
	}
	table, err := c.read(binary.LittleEndian.Uint32(places[4*part:]))
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(table[4*(at%per):]), nil
}

// list adds the streams of one sector of the directory.
func (c *compound) list(block []byte) {
	for entry := range slices.Chunk(block, 128) {
		length := int(binary.LittleEndian.Uint16(entry[64:]))/2 - 1
		if length < 1 || length > 31 || entry[66] == 0 {
			continue
		}
		name := make([]uint16, length)
		for i := range name {
			name[i] = binary.LittleEndian.Uint16(entry[2*i:])
		}
		c.streams[string(utf16.Decode(name))] = stream{binary.LittleEndian.Uint32(entry[116:]), binary.LittleEndian.Uint64(entry[120:])}
	}
}

func (c *compound) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := c.streams[name]; return ok })
}

// begin returns the first sector of a stream, or nothing for a small one.
func (c *compound) begin(name string) []byte {
	s, ok := c.streams[name]
	if !ok || s.size < smallOLE || s.start >= endOLE {
		return nil
	}
	block, err := c.read(s.start)
	if err != nil {
		return nil
	}
	return block
}

// format tells which program wrote the file.
func (c *compound) format() (Format, string) {
	switch {
	case c.has("WordDocument"):
		return Doc, ""
	case c.has("Workbook", "Book"):
		return Xls, ""
	case c.has("PowerPoint Document", "PP97_DUALSTORAGE"):
		return Ppt, ""
	case c.has("__properties_version1.0"):
		return "", "an Outlook message: save its attachments, or print it to a PDF"
	case c.has("VisioDocument"):
		return "", "a Visio drawing: export it as PDF"
	case c.has("Props12", "Props9", "Props14"):
		return "", "a Project plan: export it as PDF"
	case c.has("MatOST", "MM", "CONTENTS"):
		return "", "a Works or Publisher document: export it as PDF"
	}
	return "", "an OLE file that no office program of ours writes"
}

// macros reports whether there is a storage for macros.
func (c *compound) macros() bool {
	return c.has("Macros", "_VBA_PROJECT_CUR", "VBA", "_VBA_PROJECT")
}

// encrypted reports whether a password is wanted: by the envelope of a newer
// document, or by the marks of the older formats ([MS-DOC] 2.5.2, [MS-XLS]
// 2.4.117, [MS-PPT] 2.3.7).
func (c *compound) encrypted() bool {
	if c.has("EncryptedPackage", "EncryptedSummary") {
		return true
	}
	if fib := c.begin("WordDocument"); fib != nil {
		return fib[11]&1 != 0
	}
	return filePass(c.begin("Workbook")) || filePass(c.begin("Book"))
}

// filePass looks for the record that says how a workbook is encrypted. It comes
// among the first, all of which are short.
func filePass(book []byte) bool {
	for len(book) >= 4 {
		id, size := binary.LittleEndian.Uint16(book), int(binary.LittleEndian.Uint16(book[2:]))
		if id == 0x2f {
			return true
		}
		if 4+size > len(book) || id == 0 {
			return false
		}
		book = book[4+size:]
	}
	return false
}
