package booktest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// File is an entry of a zip file.
type File struct {
	Name   string
	Body   []byte
	Stored bool // not deflated
}

func checksum(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// Zip packs files, in this order, whatever their names are.
func Zip(files ...File) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		method := zip.Deflate
		if f.Stored {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: method})
		if err == nil {
			_, err = w.Write(f.Body)
		}
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// Unzip returns the entries of a zip file.
func Unzip(packed []byte) (files []File) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	must(err)
	for _, f := range z.File {
		r, err := f.Open()
		must(err)
		body, err := io.ReadAll(r)
		must(err)
		files = append(files, File{f.Name, body, f.Method == zip.Store})
	}
	return files
}

// With returns a zip file in which one entry has another body, or is added.
func With(packed []byte, name, body string) []byte {
	files := Unzip(packed)
	at := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
	if at < 0 {
		return Zip(append(files, File{Name: name, Body: []byte(body)})...)
	}
	files[at].Body = []byte(body)
	return Zip(files...)
}

// Without returns a zip file in which an entry is missing.
func Without(packed []byte, name string) []byte {
	return Zip(slices.DeleteFunc(Unzip(packed), func(f File) bool { return f.Name == name })...)
}

// Replaced returns a zip file in which a text is another, in one entry. It panics
// where the text is not there: the test would show nothing.
func Replaced(packed []byte, name, from, to string) []byte {
	for _, f := range Unzip(packed) {
		if f.Name == name && bytes.Contains(f.Body, []byte(from)) {
			return With(packed, name, string(bytes.ReplaceAll(f.Body, []byte(from), []byte(to))))
		}
	}
	panic(fmt.Sprintf("no %q in %s", from, name))
}

// Bomb is an archive with an entry of so many zeros, which pack to a thousandth.
func Bomb(entry string, bytes int) []byte { return Zip(File{Name: entry, Body: make([]byte, bytes)}) }

// Shared is an archive whose directory names one entry of so many bytes again and
// again: 2,000 times 8 MB are 16 GB in 100 kB.
func Shared(entries, bytesEach int) []byte {
	one := Zip(File{Name: "0000000", Body: make([]byte, bytesEach)})
	directory := int(binary.LittleEndian.Uint32(one[len(one)-6:]))
	record := one[directory : len(one)-22]
	out := slices.Clone(one[:directory])
	for i := range entries {
		r := slices.Clone(record)
		copy(r[46:], fmt.Sprintf("%07d", i))
		out = append(out, r...)
	}
	end := slices.Clone(one[len(one)-22:])
	binary.LittleEndian.PutUint16(end[8:], uint16(entries))
	binary.LittleEndian.PutUint16(end[10:], uint16(entries))
	binary.LittleEndian.PutUint32(end[12:], uint32(len(out)-directory))
	return append(out, end...)
}

// Lying is an archive that says an entry has other bytes than it has, more or less.
func Lying(packed []byte, entry string, bytesSaid uint32) []byte {
	out := slices.Clone(packed)
	directory := int(binary.LittleEndian.Uint32(out[len(out)-6:]))
	for at := directory; at+46 < len(out) && binary.LittleEndian.Uint32(out[at:]) == 0x02014b50; {
		name := int(binary.LittleEndian.Uint16(out[at+28:]))
		if string(out[at+46:at+46+name]) == entry {
			binary.LittleEndian.PutUint32(out[at+24:], bytesSaid)
			return out
		}
		at += 46 + name + int(binary.LittleEndian.Uint16(out[at+30:])) + int(binary.LittleEndian.Uint16(out[at+32:]))
	}
	panic("no entry " + entry)
}

// Many is a book with so many more entries, all of them empty.
func Many(packed []byte, entries int) []byte {
	files := Unzip(packed)
	for i := range entries {
		files = append(files, File{Name: fmt.Sprintf("OEBPS/%d", i), Stored: true})
	}
	return Zip(files...)
}

// must ends a test whose book cannot be made: memory takes everything.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
