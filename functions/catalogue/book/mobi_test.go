package book

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/fault"
)

func TestOfTwoFormsTheNewerIsRead(t *testing.T) {
	old, newer := booktest.Small(), booktest.Small()
	old.Title, newer.Title = "旧", "新"
	newer.Chapters, newer.Cover = newer.Chapters[:2], []byte("not this")
	b := opened(t, booktest.Both(old, newer), "a")
	r, ok := b.Cover()
	if b.Metadata.Title != "新" || len(texts(t, b)) != 2 || !ok {
		t.Fatalf("%+v", b.Contents)
	}
	// The pictures stand among the records of the old form.
	if cover, err := io.ReadAll(r); err != nil || !bytes.Equal(cover, old.Cover) {
		t.Errorf("%d bytes, %v", len(cover), err)
	}
}

// TestEncodingsOfMOBI: old Chinese books state windows-1252 and are GBK.
func TestEncodingsOfMOBI(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("读书馆的故事，二十万册书。")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		gbk: "读书馆的故事，二十万册书。", "Caf\xe9, and much that is not beyond ASCII": "Café, and much that is not beyond ASCII", "读书": "读书",
	} {
		if got := (mobiHeader{encoding: 1252}).decode([]byte(in)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatStandsBehindTheText(t *testing.T) {
	for _, c := range []struct {
		flags        int
		record, want string
	}{
		{0, "abc", "abc"},
		{1, "abc\x00", "abc"},
		{1, "abc\xe4\xb8\x02", "abc\xe4"[:3]},
		{2, "abcxx\x83", "abc"},
		{3, "abc\x00xx\x83", "abc"},
		{6, "abcyy\x83x\x82", "abc"},
		{2, "a\x7f\x7f\x7f\x7f", ""}, // more than there is
		{7, "", ""},
	} {
		if got := withoutTrailing([]byte(c.record), c.flags); string(got) != c.want {
			t.Errorf("%d, %q: got %q, want %q", c.flags, c.record, got, c.want)
		}
	}
}

func TestPalmDOC(t *testing.T) {
	for packed, want := range map[string]string{
		"abc": "abc", "\x03\xe4\xb8\xad": "中", "\xe1b": " ab", "abc\x80\x18": "abcabc", "a\x80\x0f": "a" + strings.Repeat("a", 10), "\x08ab": "ab", "ab\x80": "ab",
	} {
		if got, err := unpackPalmDOC(nil, []byte(packed)); err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v", packed, got, err)
		}
	}
	for _, packed := range []string{"\x80\x08", "a\x80\x00", "a\xbf\xff"} {
		if _, err := unpackPalmDOC([]byte("before"), []byte(packed)); fault.Code(err) != CodeUnreadable {
			t.Errorf("%q: %v", packed, err)
		}
	}
}

func TestMOBIsThatAreDamaged(t *testing.T) {
	file := booktest.MOBI{Packed: 2}.Make(booktest.Small())
	header := int(binary.BigEndian.Uint32(file[78:]))
	with := func(at int, b ...byte) []byte {
		out := bytes.Clone(file)
		copy(out[at:], b)
		return out
	}
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"no records":                     {with(76, 0, 0), CodeEmpty},
		"records that are not in it":     {with(86, 0x7f, 0xff, 0xff, 0xff), CodeUnreadable},
		"more records of text":           {with(header+8, 0xff, 0xff), CodeUnreadable},
		"a way of packing nobody knows":  {with(header, 0, 9), CodeUnsupported},
		"a dictionary that is not there": {with(header, 0x44, 0x48), CodeUnreadable},
		"no text":                        {with(header+8, 0, 0), CodeEmpty},
		"metadata that is cut off":       {with(header+16+0xe8+12+4, 0x7f, 0xff, 0xff, 0xff), ""},
	} {
		if _, err := open(t, c.file, "a", standard(t)); fault.Code(err) != c.code || err != nil && c.code == "" {
			t.Errorf("%s: got %v, want %q", name, err, c.code)
		}
	}
}
