package archive

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"xietong.dev/shared/conf"
)

// defaults are the limits that apply where nothing is configured.
func defaults(t testing.TB) (l Limits) {
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
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

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// wide is a text in UTF-16, the low byte first.
func wide(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}
