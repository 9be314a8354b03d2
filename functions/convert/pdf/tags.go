package pdf

import (
	"bytes"
	"encoding/binary"
)

// tags are what a picture's file says of how to show it.
type tags struct {
	orientation int     // 1 to 8, as Exif counts; 1 is upright
	perInch     float64 // pixels
}

// standardPerInch is what screens are taken for, where a file says nothing.
const standardPerInch = 96

// tagsOf reads the resolution of JPEG (JFIF) and PNG (pHYs), and the orientation
// of JPEG (Exif). What is not there, or makes no sense, is left at the standard.
func tagsOf(format string, file []byte) tags {
	t := tags{1, standardPerInch}
	switch format {
	case "png":
		// pHYs comes before the pixels; the unit 1 is the metre.
		head := file[:min(len(file), 4096)]
		if i := bytes.Index(head, []byte("pHYs")); i >= 0 && i+13 <= len(head) && head[i+12] == 1 {
			t.resolution(float64(binary.BigEndian.Uint32(head[i+4:])) * 0.0254)
		}
	case "jpeg":
		t.jpeg(file)
	}
	return t
}

func (t *tags) resolution(perInch float64) {
	if perInch >= 10 && perInch <= 10_000 {
		t.perInch = perInch
	}
}

// jpeg goes through the segments before the picture.
func (t *tags) jpeg(file []byte) {
	for at := 2; at+4 <= len(file) && file[at] == 0xff && file[at+1] != 0xda; {
		size := int(binary.BigEndian.Uint16(file[at+2:]))
		if size < 2 || at+2+size > len(file) {
			return
		}
		data := file[at+4 : at+2+size]
		switch {
		case file[at+1] == 0xe0 && bytes.HasPrefix(data, []byte("JFIF\x00")) && len(data) >= 10:
			perUnit := float64(binary.BigEndian.Uint16(data[8:]))
			switch data[7] {
			case 1:
				t.resolution(perUnit)
			case 2: // to a centimetre
				t.resolution(perUnit * 2.54)
			}
		case file[at+1] == 0xe1 && bytes.HasPrefix(data, []byte("Exif\x00\x00")):
			t.exif(data[6:])
		}
		at += 2 + size
	}
}

// exif finds the orientation in the first directory of a TIFF header.
func (t *tags) exif(b []byte) {
	if len(b) < 8 {
		return
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			return
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				t.orientation = v
			}
			return
		}
		entries = entries[12:]
	}
}
