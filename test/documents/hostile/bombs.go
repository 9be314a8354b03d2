package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"

	"xietong.dev/test/documents/parts"
)

const megabyte = 1 << 20

// swollen is a text with a part in it that is repeated very often, compressed
// without ever having been that long.
type swollen struct {
	raw  []byte
	size uint64
	crc  uint32
}

// swell compresses before + unit × times + after. Each piece is compressed by
// itself and ends at a byte, so that pieces can be put one after the other.
func swell(before, unit string, times int, after string) swollen {
	unit = strings.Repeat(unit, megabyte/len(unit))
	s := swollen{size: uint64(len(before)) + uint64(len(unit))*uint64(times) + uint64(len(after))}
	s.raw = append(piece(before, false), bytes.Repeat(piece(unit, false), times)...)
	s.raw = append(s.raw, piece(after, true)...)
	s.crc = crc32.ChecksumIEEE([]byte(before))
	once := []byte(unit)
	for range times {
		s.crc = crc32.Update(s.crc, crc32.IEEETable, once)
	}
	s.crc = crc32.Update(s.crc, crc32.IEEETable, []byte(after))
	return s
}

func piece(text string, last bool) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	w.Write([]byte(text))
	if last {
		w.Close()
	} else {
		w.Flush()
	}
	return out.Bytes()
}

// with puts a swollen entry into a document, instead of the one of that name.
func with(entries []parts.Part, name string, s swollen) []byte {
	return raw(entries, zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: s.crc, CompressedSize64: uint64(len(s.raw)), UncompressedSize64: s.size}, s.raw)
}

// raw writes an entry as its header says, whether that is true or not.
func raw(entries []parts.Part, h zip.FileHeader, data []byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		if e.Name != h.Name {
			w, _ := z.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Deflate})
			w.Write(e.Data) // into memory
		}
	}
	w, _ := z.CreateRaw(&h)
	w.Write(data)
	z.Close()
	return out.Bytes()
}

// simple documents to hide something in.
func simpleWord() *parts.Word {
	w := &parts.Word{Title: "附件"}
	w.Add(parts.P("", parts.Run("", "请查收附件。")))
	return w
}

func simpleBook() *parts.Book {
	b := &parts.Book{Title: "附件"}
	b.Sheet("Sheet1").Row("请查收附件。", 1)
	return b
}

func simpleDeck() *parts.Deck {
	d := &parts.Deck{Title: "附件"}
	d.Slide("", parts.Heading("请查收附件。"))
	return d
}

func simpleOpen(kind string) parts.Open {
	body := map[string]string{
		"text":         `<text:p>请查收附件。</text:p>`,
		"spreadsheet":  `<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string"><text:p>请查收附件。</text:p></table:table-cell></table:table-row></table:table>`,
		"presentation": `<draw:page draw:name="a" draw:master-page-name="S"><draw:frame svg:x="1cm" svg:y="1cm" svg:width="9cm" svg:height="2cm"><draw:text-box><text:p>请查收附件。</text:p></draw:text-box></draw:frame></draw:page>`,
	}[kind]
	o := parts.Open{Kind: kind, Body: body}
	if kind == "presentation" {
		o.Styles, o.Master = `<style:page-layout style:name="L"/>`, `<style:master-page style:name="S" style:page-layout-name="L"/>`
	}
	return o
}

const (
	wordHead = parts.Header + `<w:document ` + parts.WordXML + `><w:body>`
	wordTail = `</w:body></w:document>`
)

// zipBombs grow when they are unpacked.
func (m *maker) zipBombs() {
	m.refuse("docx, 512 MB of spaces in a document", "docx", with(simpleWord().Entries(), "word/document.xml", swell(wordHead, " ", 512, wordTail)))
	m.refuse("docx, 256 MB of paragraphs", "docx", with(simpleWord().Entries(), "word/document.xml", swell(wordHead, parts.P("", parts.Run("", "塞满")), 256, wordTail)))
	m.refuse("docx, 256 MB of settings", "docx", with(simpleWord().Entries(), "word/settings.xml", swell(`<w:settings `+parts.WordXML+`>`, " ", 256, `</w:settings>`)))
	m.refuse("docx, 512 MB of a picture nobody sees", "docx", with(simpleWord().Entries(), "word/media/image9.png", swell("\x89PNG\r\n\x1a\n", "\x00", 512, "")))
	m.refuse("docx, 1 GB of something unknown", "docx", with(simpleWord().Entries(), "word/other.bin", swell("", "\x00", 1024, "")))
	m.refuse("xlsx, 512 MB of rows", "xlsx", with(simpleBook().Entries(), "xl/worksheets/sheet1.xml", swell(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`, `<row><c><v>1</v></c></row>`, 512, `</sheetData></worksheet>`)))
	m.refuse("xlsx, 256 MB of shared strings", "xlsx", with(simpleBook().Entries(), "xl/sharedStrings.xml", swell(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`, `<si><t>a</t></si>`, 256, `</sst>`)))
	m.refuse("pptx, 256 MB of shapes", "pptx", with(simpleDeck().Entries(), "ppt/slides/slide1.xml", swell(`<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree>`, `<p:sp/>`, 256, `</p:spTree></p:cSld></p:sld>`)))
	for _, kind := range []string{"text", "spreadsheet", "presentation"} {
		entries := simpleOpen(kind).Entries()
		m.refuse("OpenDocument, 256 MB of "+kind, map[string]string{"text": "odt", "spreadsheet": "ods", "presentation": "odp"}[kind], with(entries, "content.xml", swell(string(entries[1].Data), " ", 256, "")))
	}
	m.refuse("epub, 256 MB of a chapter", "epub", with(chapters(""), "OEBPS/c.xhtml", swell(`<html xmlns="http://www.w3.org/1999/xhtml"><body>`, "<p>a</p>", 256, `</body></html>`)))
	m.refuse("docx, two hundred entries of 8 MB", "docx", manySwollen())
	m.refuse("docx, zips in zips", "docx", parts.Zip(append(simpleWord().Entries(), parts.Part{Name: "word/embeddings/1.zip", Data: nested(6)})...))
	m.refuse("zip, zips in zips", "zip", nested(6))
	m.refuse("docx, 20,000 entries", "docx", manyEntries())
	m.refuse("docx, entries that share their bytes", "docx", overlapping(500))
	m.refuse("docx, 256 MB that claim to be 100 bytes", "docx", lying(100))
	m.refuse("docx, 100 bytes that claim to be 4 GB", "docx", claiming(4<<30))
	m.refuse("docx, 100 bytes that claim to be 16 EB", "docx", claiming(1<<63))
	m.refuse("docx, a compressed metafile of 512 MB", "docx", gzipped("emz"))
	m.refuse("svgz, 256 MB", "svgz", gunzip(swell(`<svg xmlns="http://www.w3.org/2000/svg">`, `<g/>`, 256, `</svg>`)))
	m.may("zip that holds itself", "zip", itself())
}

func manySwollen() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range simpleWord().Entries() {
		w, _ := z.Create(e.Name)
		w.Write(e.Data)
	}
	s := swell("", "\x00", 8, "")
	for i := range 200 {
		w, _ := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("word/media/%d.bin", i), Method: zip.Deflate, CRC32: s.crc, CompressedSize64: uint64(len(s.raw)), UncompressedSize64: s.size})
		w.Write(s.raw)
	}
	z.Close()
	return out.Bytes()
}

// nested is a zip of ten zips, and so on down to a megabyte of zeros: 10^levels
// megabytes.
func nested(levels int) []byte {
	data := make([]byte, megabyte)
	for level := range levels {
		var entries []parts.Part
		for i := range 10 {
			entries = append(entries, parts.Part{Name: fmt.Sprintf("%d-%d.zip", level, i), Data: data})
		}
		data = parts.Zip(entries...)
	}
	return data
}

func manyEntries() []byte {
	entries := simpleWord().Entries()
	for i := range 20_000 {
		entries = append(entries, parts.Part{Name: fmt.Sprintf("word/media/%d", i), Stored: true})
	}
	return parts.Zip(entries...)
}

// overlapping has one megabyte of zeros, and a directory that lists it under
// many names.
func overlapping(times int) []byte {
	file := parts.Zip(append(simpleWord().Entries(), parts.Part{Name: "word/media/000.bin", Data: make([]byte, 8*megabyte)})...)
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	last := bytes.LastIndex(file[:end], []byte("PK\x01\x02"))
	first := int(binary.LittleEndian.Uint32(file[end+16:]))
	out := bytes.Clone(file[:end])
	for i := 1; i < times; i++ {
		out = append(out, bytes.Replace(file[last:end], []byte("000.bin"), fmt.Appendf(nil, "%03d.bin", i), 1)...)
	}
	tail := bytes.Clone(file[end:])
	n := binary.LittleEndian.Uint16(tail[10:]) + uint16(times-1)
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-first))
	return append(out, tail...)
}

// lying says of a great entry that it is small.
func lying(claimed uint64) []byte {
	s := swell(wordHead, " ", 256, wordTail)
	return raw(simpleWord().Entries(), zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: s.crc, CompressedSize64: uint64(len(s.raw)), UncompressedSize64: claimed}, s.raw)
}

// claiming says of a small entry that it is great.
func claiming(claimed uint64) []byte {
	text := wordHead + parts.P("", parts.Run("", "小")) + wordTail
	data := piece(text, true)
	return raw(simpleWord().Entries(), zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(text)), CompressedSize64: uint64(len(data)), UncompressedSize64: claimed}, data)
}

func gzipped(extension string) []byte {
	w := simpleWord()
	w.Add(parts.P("", w.Image(extension, gunzip(swell("\x01\x00\x00\x00", "\x00", 512, "")), 50, 50)))
	return w.Bytes()
}

// gunzip wraps what was compressed as gzip does.
func gunzip(s swollen) []byte {
	var out bytes.Buffer
	gzip.NewWriter(&out).Flush()
	head := bytes.Clone(out.Bytes()[:10])
	head = append(head, s.raw...)
	head = binary.LittleEndian.AppendUint32(head, s.crc)
	return binary.LittleEndian.AppendUint32(head, uint32(s.size))
}

// itself has an entry whose bytes are the whole file.
func itself() []byte {
	file := parts.Zip(parts.Part{Name: "self.zip", Stored: true})
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	directory := bytes.LastIndex(file, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(file[directory+20:], uint32(end))
	binary.LittleEndian.PutUint32(file[directory+24:], uint32(end))
	return file
}
