package hostile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"xietong.dev/test/documents/parts"
)

// chunkOf is a chunk of a PNG file.
func chunkOf(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf is a picture of grey that says how large it is.
func pngOf(width, height uint32, data []byte, more ...byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunkOf("IHDR", append(head, 8, 0, 0, 0, 0))...)
	return append(append(append(out, more...), chunkOf("IDAT", data)...), chunkOf("IEND", nil)...)
}

// absurd are pictures that no scanner made, by extension.
func absurd() map[string]map[string][]byte {
	jpeg := parts.JPEG(parts.Drawing(64, 64, 5))
	frame := bytes.Index(jpeg, []byte{0xff, 0xc0})
	giant := bytes.Clone(jpeg)
	copy(giant[frame+5:], []byte{0xff, 0xff, 0xff, 0xff})
	tiff := func(tags ...parts.Tag) []byte {
		return append([]byte{'I', 'I', 42, 0, 8, 0, 0, 0}, parts.Directory(tags, 8)...)
	}
	gif := func(width, height uint16, frames int) []byte {
		out := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16([]byte("GIF89a"), width), height)
		out = append(out, 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
		one := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16([]byte{0x2c, 0, 0, 0, 0}, width), height)
		one = append(one, 0, 2, 2, 0x4c, 1, 0)
		return append(append(out, bytes.Repeat(one, frames)...), 0x3b)
	}
	emf := make([]byte, 108)
	copy(emf, []byte{1, 0, 0, 0, 108, 0, 0, 0})
	copy(emf[40:], " EMF\x00\x00\x01\x00")
	bmp := append([]byte("BM"), make([]byte, 52)...)
	copy(bmp[14:], []byte{40, 0, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 24, 0})
	webp := append([]byte("RIFF\xff\xff\xff\x7fWEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	return map[string]map[string][]byte{
		"png": {
			"100,000 × 100,000": pngOf(100_000, 100_000, zlibbed("\x00", 8)), "30,000 × 30,000, all there": pngOf(30_000, 30_000, zlibbed("\x00", 858)), "largest numbers": pngOf(0x7fffffff, 0x7fffffff, zlibbed("\x00", 1)),
			"no size": pngOf(0, 0, nil), "text of 256 MB": pngOf(1, 1, zlibbed("\x00", 1), chunkOf("zTXt", append([]byte("a\x00\x00"), zlibbed("a", 256)...))...),
			"profile of 256 MB": pngOf(1, 1, zlibbed("\x00", 1), chunkOf("iCCP", append([]byte("a\x00\x00"), zlibbed("a", 256)...))...), "chunk of 4 GB": []byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR"),
		},
		"jpeg": {"65,535 × 65,535": giant, "segments without end": append([]byte{0xff, 0xd8}, bytes.Repeat([]byte{0xff, 0xe1, 0, 2}, 200_000)...), "50,000 scans": append(bytes.Clone(jpeg[:len(jpeg)-2]), bytes.Repeat([]byte{0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0}, 50_000)...)},
		"tiff": {
			"directory that leads to itself": tiff(parts.Tag{Number: 256, Kind: 4, Count: 1, Value: 9}), "100,000 × 100,000": tiff(parts.Tag{Number: 256, Kind: 4, Count: 1, Value: 100_000}, parts.Tag{Number: 257, Kind: 4, Count: 1, Value: 100_000}, parts.Tag{Number: 273, Kind: 4, Count: 1, Value: 8}),
			"strips that share their bytes": tiff(parts.Tag{Number: 256, Kind: 4, Count: 1, Value: 60_000}, parts.Tag{Number: 257, Kind: 4, Count: 1, Value: 60_000}, parts.Tag{Number: 273, Kind: 4, Count: 60_000, Value: 8}), "directory within itself": tiff(parts.Tag{Number: 330, Kind: 4, Count: 1, Value: 8}),
			"tag of 4 GB": tiff(parts.Tag{Number: 270, Kind: 2, Count: 0x7fffffff, Value: 8}), "5,000 pages": manyPages(5000),
		},
		"gif":  {"65,535 × 65,535": gif(65_535, 65_535, 1), "20,000 frames": gif(4096, 4096, 20_000)},
		"bmp":  {"65,535 × 65,535": bmp},
		"webp": {"16 million wide": webp},
		"emf":  {"record of no length": append(emf, make([]byte, 64)...), "record of 4 GB": append(bytes.Clone(emf), 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)},
		"wmf":  {"record of no length": append([]byte{0xd7, 0xcd, 0xc6, 0x9a}, make([]byte, 64)...)},
		"svg": {
			"a billion uses": doublingUses(30), "as wide as can be": []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="1e30" height="1e30" viewBox="0 0 1e-30 1e-30"><rect width="1e38" height="1e38"/></svg>`), "a use of itself": []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><g id="a"><use xlink:href="#a"/></g></svg>`),
			"pattern of itself": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><pattern id="p" width="0.001" height="0.001" fill="url(#p)"><rect width="9" height="9" fill="url(#p)"/></pattern><rect width="999" height="999" fill="url(#p)"/></svg>`),
			"blur of a million": []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="5000" height="5000"><filter id="f"><feGaussianBlur stdDeviation="1000000"/></filter><rect width="5000" height="5000" filter="url(#f)"/></svg>`), "path of a million steps": []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><path stroke="red" stroke-dasharray="0.001" d="M0 0` + strings.Repeat(" L9 9 L0 400", 300_000) + `"/></svg>`),
		},
	}
}

func manyPages(n int) []byte {
	out := []byte{'I', 'I', 42, 0, 8, 0, 0, 0}
	for i := range n {
		size := 2 + 12 + 4
		out = append(out, parts.Directory([]parts.Tag{{Number: 256, Kind: 4, Count: 1, Value: 1}}, uint32(8+(i+1)*size))...)
	}
	return out
}

func doublingUses(depth int) []byte {
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99"><defs><rect id="u0" width="1" height="1"/>`)
	for i := range depth {
		fmt.Fprintf(&out, `<g id="u%d"><use xlink:href="#u%d"/><use xlink:href="#u%d"/></g>`, i+1, i, i)
	}
	fmt.Fprintf(&out, `</defs><use xlink:href="#u%d"/></svg>`, depth)
	return []byte(out.String())
}

// pictures are absurd by themselves, and inside a document.
func (m *maker) pictures() {
	all := absurd()
	for _, extension := range slices.Sorted(maps.Keys(all)) {
		for _, kind := range slices.Sorted(maps.Keys(all[extension])) {
			data := all[extension][kind]
			m.may(extension+", "+kind, extension, data)
			w := simpleWord()
			w.Add(parts.P("", w.Image(extension, data, 60, 60)))
			m.may(extension+" in docx, "+kind, "docx", w.Bytes())
		}
	}
}
