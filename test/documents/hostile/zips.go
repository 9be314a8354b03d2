package hostile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"xietong.dev/test/documents/parts"
)

// zips are archives that are not as archives should be.
func (m *maker) zips() {
	paths := map[string]string{
		"path above": "../../../../outside.txt", "path of Windows above": `..\..\..\outside.txt`, "absolute path": "/etc/cron.d/outside", "drive": `C:\Windows\outside.txt`,
		"share": `\\127.0.0.1\share\outside.txt`, "device": "word/CON", "stream": "word/a.txt:b", "empty name": "", "very long name": strings.Repeat("a", 60_000), "name of control characters": "word/\x00\x1b[2J\r\n.xml",
	}
	for _, kind := range slices.Sorted(maps.Keys(paths)) {
		m.may("docx, "+kind, "docx", parts.Zip(append(simpleWord().Entries(), parts.Part{Name: paths[kind], Data: []byte("outside")})...))
	}
	m.may("docx, a link out of the archive", "docx", linking())
	entries := simpleWord().Entries()
	m.may("docx, two documents of one name", "docx", parts.Zip(append(entries, parts.Part{Name: "word/document.xml", Data: []byte(wordHead + parts.P("", parts.Run("", "另一份")) + wordTail)})...))
	m.may("docx, names that differ by case", "docx", parts.Zip(append(entries, parts.Part{Name: "WORD/DOCUMENT.XML", Data: []byte("<a/>")})...))
	file := parts.Zip(entries...)
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	patch := func(kind string, at int, value uint32) {
		out := bytes.Clone(file)
		binary.LittleEndian.PutUint32(out[at:], value)
		m.may("docx, "+kind, "docx", out)
	}
	directory := bytes.Index(file, []byte("PK\x01\x02"))
	patch("directory beyond the end", end+16, 0xfffffff0)
	patch("directory that begins in an entry", end+16, 40)
	patch("directory of no length", end+12, 0)
	patch("entry that begins beyond the end", directory+42, 0x7fffffff)
	patch("entry of an unknown method", directory+8, 99<<16|uint32(binary.LittleEndian.Uint16(file[directory+8:])))
	patch("entry of a wrong checksum", directory+16, 0xdeadbeef)
	patch("entry that says it is encrypted", directory+8, uint32(binary.LittleEndian.Uint16(file[directory+8:]))|1)
	many := bytes.Clone(file)
	binary.LittleEndian.PutUint16(many[end+10:], 0xffff)
	m.may("docx, directory of too few entries", "docx", many)
	m.may("docx, another name in the entry than in the directory", "docx", bytes.Replace(file, []byte("word/document.xml"), []byte("word/DOCUMENT.xml"), 1))
	m.may("docx behind a program", "docx", append(bytes.Repeat([]byte("MZ\x90\x00"), 4096), file...))
	m.may("docx before a megabyte of zeros", "docx", append(bytes.Clone(file), make([]byte, megabyte)...))
	m.may("docx in a comment", "docx", commented(file))
	m.may("docx without content types", "docx", parts.Zip(entries[1:]...))
	m.may("docx that relates to itself", "docx", looping())
	m.may("odt whose kind stands last", "odt", parts.Zip(append(simpleOpen("text").Entries()[1:], simpleOpen("text").Entries()[0])...))
	m.may("odt that says it is a workbook", "odt", parts.Zip(append([]parts.Part{{Name: "mimetype", Data: []byte("application/vnd.oasis.opendocument.spreadsheet"), Stored: true}}, simpleOpen("text").Entries()[1:]...)...))
}

func linking() []byte {
	const target = "../../../../../../etc/hostname"
	h := zip.FileHeader{Name: "word/media/link.png", CRC32: crc32.ChecksumIEEE([]byte(target)), CompressedSize64: uint64(len(target)), UncompressedSize64: uint64(len(target)), CreatorVersion: 3 << 8, ExternalAttrs: 0o120777 << 16}
	return raw(simpleWord().Entries(), h, []byte(target))
}

// commented is an empty archive with another one in its comment.
func commented(file []byte) []byte {
	out := append([]byte("PK\x05\x06"), make([]byte, 16)...)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(file)))
	return append(out, file...)
}

// looping has headers whose relations lead back to the document.
func looping() []byte {
	w := simpleWord()
	id := w.Relates("header", "document.xml")
	w.Section(`<w:headerReference w:type="default" r:id="` + id + `"/>` + parts.A4)
	w.Relate("word/document.xml", "aFChunk", "document.xml")
	return w.Bytes()
}
