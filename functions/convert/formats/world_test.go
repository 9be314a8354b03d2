package formats

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"testing"
	"unicode/utf16"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/conf"
)

// defaults are the limits that apply where nothing is configured.
func defaults(t testing.TB) (l archive.Limits) {
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func file(t testing.TB, name string) []byte {
	held, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// part is an entry of an archive.
type part struct{ name, text string }

// zipOf packs parts in this order, under whatever names.
func zipOf(t testing.TB, parts ...part) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		entry, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		entry.Write([]byte(p.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ooxmlOf packs an Office document whose main part has this content type.
func ooxmlOf(t testing.TB, mains ...string) []byte {
	types := `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`
	for _, m := range mains {
		types += `<Override PartName="/` + m + `" ContentType="` + m + `"/>`
	}
	return zipOf(t, part{"[Content_Types].xml", types + `</Types>`})
}

// ole builds a compound file with these streams; text is where the first begins.
func ole(text string, names ...string) []byte {
	b := make([]byte, 512*12)
	copy(b, oleMark)
	binary.LittleEndian.PutUint16(b[30:], 9)
	binary.LittleEndian.PutUint32(b[48:], 1)          // the directory
	binary.LittleEndian.PutUint32(b[68:], 0xfffffffe) // no further tables
	for i := range 109 {
		binary.LittleEndian.PutUint32(b[76+4*i:], 0xffffffff)
	}
	binary.LittleEndian.PutUint32(b[76:], 0) // the table of sectors
	fat := b[512:1024]
	for i := range 128 {
		binary.LittleEndian.PutUint32(fat[4*i:], 0xfffffffe)
	}
	for i, name := range append([]string{"Root Entry"}, names...) {
		entry := b[1024+128*i:]
		for j, unit := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(entry[2*j:], unit)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(name)+2))
		entry[66] = 2
		binary.LittleEndian.PutUint32(entry[116:], 2)
		binary.LittleEndian.PutUint64(entry[120:], smallOLE)
	}
	copy(b[1536:], text)
	return b
}
