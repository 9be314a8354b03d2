// Package letters tells in which encoding a text is written, and decodes it.
//
//	in   bytes that claim to be a text, with or without a byte order mark
//	out  the text, and the name of its encoding
//
// Nothing is refused. Where the bytes are no text in any encoding that Chinese
// offices use, the answer says so.
package letters

import (
	"bytes"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// The names of encodings, as the web has them.
const (
	UTF8    = "utf-8"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
	GB18030 = "gb18030" // and GBK and GB 2312, which are parts of it
	Big5    = "big5"
)

// candidate is an encoding that is tried, and by how many bits it is likelier
// than others before anything is read.
type candidate struct {
	name  string
	prior float64
	enc   encoding.Encoding
}

var candidates = []candidate{
	{GB18030, 6, simplifiedchinese.GB18030},
	{Big5, 3, traditionalchinese.Big5},
	{UTF16LE, 2, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{UTF16BE, 0, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"shift_jis", -4, japanese.ShiftJIS},
	{"euc-jp", -4, japanese.EUCJP},
	{"euc-kr", -8, korean.EUCKR},
	{"windows-1252", 0, charmap.Windows1252},
}

// marked are the encodings that say so themselves.
var marked = []struct {
	mark string
	candidate
}{
	{"\xef\xbb\xbf", candidate{UTF8, 0, unicode.UTF8BOM}},
	{"\xff\xfe\x00\x00", candidate{"utf-32le", 0, utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM)}},
	{"\x00\x00\xfe\xff", candidate{"utf-32be", 0, utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)}},
	{"\xff\xfe", candidate{UTF16LE, 0, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)}},
	{"\xfe\xff", candidate{UTF16BE, 0, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)}},
}

// sampleBytes is how much of a text is judged.
const sampleBytes = 32 << 10

// Decode returns a text in UTF-8, and the encoding it was in: "" where it is no
// text, and then bytes that are none are replaced.
func Decode(text []byte) (string, string) {
	c := guess(text)
	decoded, _, err := transform.Bytes(c.enc.NewDecoder(), text)
	if err != nil {
		return string(bytes.ToValidUTF8(text, []byte("\ufffd"))), ""
	}
	return string(decoded), c.name
}

// IsText reports whether the beginning of a file reads as a text.
func IsText(head []byte) bool { return guess(head).name != "" }

// Reader decodes a text while it is read, and names its encoding. It looks at the
// whole text beforehand, since what tells the encoding may come late.
func Reader(r io.ReaderAt, size int64) (io.Reader, string, error) {
	sample, err := telling(r, size)
	if err != nil {
		return nil, "", err
	}
	c := guess(sample)
	return c.enc.NewDecoder().Reader(io.NewSectionReader(r, 0, size)), c.name, nil
}

// ReaderLabelled is [Reader] for a text that states its encoding, as a page does.
// The statement is believed where the text does not contradict it.
func ReaderLabelled(r io.ReaderAt, size int64, label string) (io.Reader, string, error) {
	sample, err := telling(r, size)
	if err != nil {
		return nil, "", err
	}
	c := guess(sample)
	if stated, name := charset.Lookup(strings.TrimSpace(label)); stated != nil && believed(sample, stated, name, c) {
		if name == "gbk" {
			stated, name = simplifiedchinese.GB18030, GB18030
		}
		c = candidate{name, 0, stated}
	}
	return c.enc.NewDecoder().Reader(io.NewSectionReader(r, 0, size)), c.name, nil
}

// believed reports whether a sample may be in the encoding that is stated. Bytes
// that are valid UTF-8 beyond ASCII are hardly ever anything else, and pages that
// lie mostly state a single-byte encoding, in which everything is valid.
func believed(sample []byte, stated encoding.Encoding, name string, guessed candidate) bool {
	if strings.HasPrefix(name, "utf-16") || guessed.name == UTF8 || strings.HasPrefix(guessed.name, "utf-16") {
		return name == guessed.name
	}
	text := decode(stated, sample)
	wrong := strings.Count(text, "\ufffd")
	single := strings.HasPrefix(name, "windows-") || strings.HasPrefix(name, "iso-8859")
	return wrong*50 <= len([]rune(text)) && (!single || guessed.name == "windows-1252" || guessed.name == "")
}

// telling returns a part of a text that says something about its encoding: its
// beginning, or if that is all ASCII, the first lines that are not.
func telling(r io.ReaderAt, size int64) ([]byte, error) {
	block := make([]byte, sampleBytes)
	for at := int64(0); at < size; {
		n, err := r.ReadAt(block, at)
		if err != nil && err != io.EOF {
			return nil, err
		}
		first := bytes.IndexFunc(block[:n], func(r rune) bool { return r >= utf8.RuneSelf || r == 0 })
		if first >= 0 && (at == 0 || first == 0) || n == 0 {
			return bytes.Clone(block[:n]), nil
		}
		if first < 0 {
			first = n
		}
		at += int64(first)
	}
	return nil, nil
}

// guess returns the likeliest encoding of a sample, whose last character may be
// cut off.
func guess(sample []byte) candidate {
	for _, m := range marked {
		if bytes.HasPrefix(sample, []byte(m.mark)) {
			return m.candidate
		}
	}
	whole := len(sample) <= sampleBytes
	sample = sample[:min(len(sample), sampleBytes)]
	if isUTF8(sample, whole) && !isGBKToo(sample) {
		return candidate{UTF8, 0, unicode.UTF8}
	}
	best, most := candidate{"", 0, unicode.UTF8}, math.Inf(-1)
	bytesPer := 0.0
	for _, c := range candidates {
		if strings.HasPrefix(c.name, "utf-16") && len(sample)%2 != 0 && whole {
			continue
		}
		score := c.prior + likelihood(decode(c.enc, sample))
		if score > most {
			best, most = c, score
			bytesPer = score / float64(len(sample))
		}
	}
	if bytesPer < noText || strings.HasPrefix(best.name, "utf-16") && bytesPer < noWideText {
		return candidate{"", 0, unicode.UTF8}
	}
	return best
}

// noText is the bits per byte under which something is no text in any encoding.
// Random bytes come to about -11, Chinese texts to -5.5, and rare names to -9.
const noText = -9.5

// noWideText is the same where nothing but the guess says that two bytes are one
// character: almost any two are, and most of them Chinese or Korean ones.
const noWideText = -8

// isGBKToo reports whether a short text that is UTF-8 is likelier to be GBK: 通知 is
// both, and as UTF-8 it is two accents without a letter.
func isGBKToo(sample []byte) bool {
	letters := 0
	for _, b := range sample {
		if b >= 0xe0 || letters > 16 {
			return false // three bytes that fit are no accident, and neither are many that do
		}
		if b >= utf8.RuneSelf {
			letters++
		}
	}
	const prior = 8
	return letters > 0 && likelihood(decode(simplifiedchinese.GB18030, sample)) > likelihood(string(sample))+prior
}

func decode(e encoding.Encoding, sample []byte) string {
	text, _, _ := transform.Bytes(e.NewDecoder(), sample)
	return strings.TrimSuffix(string(text), "\ufffd") // the last may be cut off
}

// isUTF8 reports whether a sample is UTF-8: wholly, but for a last character that
// is cut off, or so far that nothing else is likely.
func isUTF8(sample []byte, whole bool) bool {
	good, bad := 0, 0
	for i := 0; i < len(sample); {
		b := sample[i]
		switch r, n := utf8.DecodeRune(sample[i:]); {
		case b == 0, b < ' ' && !strings.ContainsRune("\t\n\r\f\x1b\x1a\b\v", rune(b)):
			bad++
			i++
		case b < utf8.RuneSelf:
			i++
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(sample[i:]):
			i = len(sample) // cut off
		case r == utf8.RuneError && n == 1:
			bad++
			i++
		default:
			good++
			i += n
		}
	}
	return bad == 0 || bad*100 < good
}
