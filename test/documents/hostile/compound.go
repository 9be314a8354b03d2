package hostile

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// The compound file of Office's old formats, and of its encrypted new ones
// (MS-CFB, version 3).
const (
	sector     = 512
	endOfChain = 0xfffffffe
	noSector   = 0xffffffff
)

type stream struct {
	name string
	data []byte
}

// compound writes streams into a compound file. Streams shorter than 4096 bytes
// are filled up, so that none belongs into the mini stream.
func compound(streams ...stream) []byte {
	var body []byte
	var table []uint32
	directory := entry("Root Entry", 5, noSector, 1, endOfChain, 0)
	for i, s := range streams {
		size := max(len(s.data), 4096)
		data := append(slices.Clone(s.data), make([]byte, (size+sector-1)/sector*sector-len(s.data))...)
		next := uint32(noSector)
		if i+1 < len(streams) {
			next = uint32(i + 2)
		}
		directory = append(directory, entry(s.name, 2, next, noSector, uint32(len(table)), size)...)
		table = chain(table, len(data)/sector)
		body = append(body, data...)
	}
	directory = append(directory, make([]byte, (sector-len(directory)%sector)%sector)...)
	first := len(table)
	table = chain(table, len(directory)/sector)
	body = append(body, directory...)
	blocks := 1
	for blocks*sector/4 < len(table)+blocks {
		blocks++
	}
	start := len(table)
	for range blocks {
		table = append(table, 0xfffffffd)
	}
	return append(header(first, start, blocks), append(body, tableBytes(table, blocks)...)...)
}

func chain(table []uint32, sectors int) []uint32 {
	for range sectors - 1 {
		table = append(table, uint32(len(table)+1))
	}
	return append(table, endOfChain)
}

func tableBytes(table []uint32, blocks int) []byte {
	for len(table) < blocks*sector/4 {
		table = append(table, noSector)
	}
	var out bytes.Buffer
	binary.Write(&out, binary.LittleEndian, table) // into memory
	return out.Bytes()
}

func header(directory, table, blocks int) []byte {
	h := make([]byte, sector)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le := binary.LittleEndian
	le.PutUint16(h[24:], 0x3e)
	le.PutUint16(h[26:], 3)
	le.PutUint16(h[28:], 0xfffe)
	le.PutUint16(h[30:], 9)
	le.PutUint16(h[32:], 6)
	le.PutUint32(h[44:], uint32(blocks))
	le.PutUint32(h[48:], uint32(directory))
	le.PutUint32(h[56:], 4096)
	le.PutUint32(h[60:], endOfChain)
	le.PutUint32(h[68:], endOfChain)
	for i := range 109 {
		at := uint32(noSector)
		if i < blocks {
			at = uint32(table + i)
		}
		le.PutUint32(h[76+4*i:], at)
	}
	return h
}

// entry is an entry of the directory; right and child are other entries.
func entry(name string, kind byte, right, child, start uint32, size int) []byte {
	e := make([]byte, 128)
	units := utf16.Encode([]rune(name))
	for i, u := range units {
		binary.LittleEndian.PutUint16(e[2*i:], u)
	}
	binary.LittleEndian.PutUint16(e[64:], uint16(2*len(units)+2))
	e[66], e[67] = kind, 1
	for i, v := range []uint32{noSector, right, child} {
		binary.LittleEndian.PutUint32(e[68+4*i:], v)
	}
	binary.LittleEndian.PutUint32(e[116:], start)
	binary.LittleEndian.PutUint32(e[120:], uint32(size))
	return e
}

// compounds are old documents whose chains lead astray.
func (m *maker) compounds() {
	for _, name := range []string{"通知-老旧小区改造.doc", "部门预算执行.xls", "重点项目进度.ppt"} {
		file := m.document(name)
		if len(file) < sector {
			return
		}
		extension := name[len(name)-3:]
		table := sector + int(binary.LittleEndian.Uint32(file[76:]))*sector
		directory := sector + int(binary.LittleEndian.Uint32(file[48:]))*sector
		patch := func(kind string, values map[int]uint32) {
			out := bytes.Clone(file)
			for at, v := range values {
				binary.LittleEndian.PutUint32(out[at:], v)
			}
			m.may(extension+", "+kind, extension, out)
		}
		loop := map[int]uint32{}
		for i := range 100 {
			loop[table+4*i] = uint32(i / 2)
		}
		patch("chains that turn back", loop)
		patch("table of very many sectors", map[int]uint32{44: 0x7fffffff})
		patch("table that lists itself", map[int]uint32{68: binary.LittleEndian.Uint32(file[76:]), 72: 0x7fffffff})
		patch("directory beyond the end", map[int]uint32{48: 0x00fffffe})
		patch("directory whose entries are their own children", map[int]uint32{directory + 76: 0, directory + 128 + 68: 1, directory + 128 + 72: 1})
		patch("stream of 2 GB", map[int]uint32{directory + 128 + 120: 0x7fffffff, directory + 256 + 120: 0x7fffffff})
		patch("sectors of 2 bytes", map[int]uint32{28: 0x0001fffe})
		patch("sectors of 32 kB", map[int]uint32{28: 0x000ffffe})
	}
	m.may("doc of empty streams", "doc", compound(stream{"WordDocument", nil}, stream{"1Table", nil}))
	m.may("xls of records without end", "xls", compound(stream{"Workbook", bytes.Repeat([]byte{0x09, 0x08, 0x10, 0x00}, 100_000)}))
	m.may("ppt of containers in containers", "ppt", compound(stream{"Current User", nil}, stream{"PowerPoint Document", bytes.Repeat([]byte{0x0f, 0x00, 0xe8, 0x03, 0xff, 0xff, 0xff, 0x7f}, 50_000)}))
	m.may("msg that is a letter", "msg", compound(stream{"__substg1.0_0037001F", []byte("a\x00")}))
	m.may("doc of a thousand streams", "doc", thousand())
}

func thousand() []byte {
	var all []stream
	for i := range 1000 {
		all = append(all, stream{string(rune('A'+i%26)) + string(rune(0x4e00+i)), []byte{1}})
	}
	return compound(all...)
}
