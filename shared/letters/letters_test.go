package letters

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

type form struct {
	name string
	enc  encoding.Encoding
}

var unicodes = []form{
	{"utf-8", unicode.UTF8}, {"utf-8 with a mark", unicode.UTF8BOM},
	{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, {"utf-16le with a mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}, {"utf-16be with a mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
}

// TestChinese cuts the texts into pieces of each length, at every place that is a
// multiple of three, and wants each back from each encoding. The share that must
// be right is what was measured, rounded down.
func TestChinese(t *testing.T) {
	gbk, big5 := form{"gb18030", simplifiedchinese.GB18030}, form{"big5", traditionalchinese.Big5}
	for _, c := range []struct {
		file   string
		length int
		least  int // per thousand, of the encodings that do not say so themselves
		forms  []form
	}{
		{"simplified", 6, 980, append(unicodes, gbk)}, {"simplified", 10, 995, append(unicodes, gbk)},
		{"simplified", 20, 1000, append(unicodes, gbk)}, {"simplified", 200, 1000, append(unicodes, gbk)},
		{"traditional", 6, 980, append(unicodes, gbk, big5)}, {"traditional", 10, 995, append(unicodes, gbk, big5)},
		{"traditional", 20, 1000, append(unicodes, gbk, big5)}, {"traditional", 120, 1000, append(unicodes, gbk, big5)},
	} {
		for _, f := range c.forms {
			right, all := 0, 0
			var missed []string
			for _, piece := range pieces(t, "testdata/"+c.file+".txt", c.length) {
				raw, err := f.enc.NewEncoder().Bytes([]byte(piece))
				if err != nil {
					continue
				}
				all++
				if got, name := Decode(raw); got == piece {
					right++
				} else {
					missed = append(missed, piece+" as "+name)
				}
			}
			t.Logf("%-12s %4d characters %-20s %d of %d %s", c.file, c.length, f.name, right, all, strings.Join(missed[:min(5, len(missed))], "; "))
			if right*1000 < c.least*all || all == 0 {
				t.Errorf("%s, %d characters, %s: %d of %d are right, want %d in a thousand", c.file, c.length, f.name, right, all, c.least)
			}
		}
	}
}

// pieces returns what the lines of a file hold, cut to a length. Lines that are
// shorter are pieces of six only.
func pieces(t *testing.T, file string, length int) (all []string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		runes := []rune(strings.TrimSpace(line))
		for at := 0; at+length <= len(runes) || at == 0 && length == 6; at += 3 {
			all = append(all, string(runes[at:min(len(runes), at+length)]))
		}
	}
	return all
}

func TestOtherLanguages(t *testing.T) {
	text, err := os.ReadFile("testdata/other.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		enc, _ := charset.Lookup(name)
		raw, err := enc.NewEncoder().Bytes([]byte(want))
		if err != nil {
			t.Fatal(name, err)
		}
		if got, as := Decode(raw); got != want {
			t.Errorf("%s was taken for %s: %s", name, as, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct{ raw, text, encoding string }{
		"nothing":                     {"", "", "utf-8"},
		"ASCII":                       {"hello\r\n", "hello\r\n", "utf-8"},
		"one wrong byte in much text": {strings.Repeat("通知", 100) + "\xff", strings.Repeat("通知", 100) + "\ufffd", "utf-8"},
		"four bytes of GB 18030":      {"\xd6\xd0\xb9\xfa\xb5\xc4\x81\x39\xef\x30\xb5\xd8\xb7\xbd", "中国的㐁地方", "gb18030"},
		"UTF-8 by accident":           {"\xcd\xa8\xd6\xaa", "通知", "gb18030"},
		"no accident":                 {"é", "é", "utf-8"},
		"nor this":                    {"Привет", "Привет", "utf-8"},
		"no text":                     {"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x03\x00\x3e\x00\xb7\x13\x88\x91", "", ""},
	} {
		got, encoding := Decode([]byte(c.raw))
		if encoding != c.encoding || (c.text != "" && got != c.text) {
			t.Errorf("%s: got %q in %q", name, got, encoding)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xcd\xa8\xd6\xaa"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Add([]byte("\xc9"))
	f.Add([]byte("通知\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, name := Decode(raw)
		if name == "utf-8" && bytes.Equal([]byte(text), raw) {
			return
		}
		if strings.ToValidUTF8(text, "") != text {
			t.Errorf("%q in %s is not UTF-8", text, name)
		}
	})
}

func TestNoiseIsNoText(t *testing.T) {
	dice := rand.NewChaCha8([32]byte{1})
	for _, head := range []string{"", "OTTO\x00\x09\x00\x80\x00\x03\x00\x10", "QFI\xfb\x00\x00\x00\x03", "ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"} {
		for range 100 {
			for _, n := range []int{500, 2000, 9000} {
				noise := make([]byte, n)
				dice.Read(noise)
				if _, encoding := Decode(append([]byte(head), noise...)); encoding != "" {
					t.Errorf("%d random bytes behind %q are read as %s", n, head, encoding)
				}
			}
		}
	}
}
