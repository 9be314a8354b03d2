package archive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"xietong.dev/shared/fault"
)

// patched changes bytes that stand before and after a mark, in every header of an
// archive: what a writer would not write.
func patched(b []byte, mark string, at int, with ...byte) []byte {
	b = bytes.Clone(b)
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte(mark))
		if j < 0 {
			return b
		}
		copy(b[i+j+at:], with)
		i += j + 4
	}
}

const local, central = "PK\x03\x04", "PK\x01\x02"

func TestCheck(t *testing.T) {
	zeroes := strings.Repeat("\x00", 2<<20)
	random := make([]byte, 5000)
	rand.NewChaCha8([32]byte{}).Read(random)
	noise := string(random)
	many := make([]part, 101)
	for i := range many {
		many[i] = part{fmt.Sprintf("%d.xml", i), "x"}
	}
	inner := string(zipOf(t, part{"xl/workbook.xml", "x"}))
	within := string(zipOf(t, part{"word/embeddings/a.xlsx", inner}))
	deflated := zipOf(t, part{"a.xml", strings.Repeat("通知", 1000)})
	// The second entry of the directory is told to lie where the first does.
	overlap := zipOf(t, part{"a", strings.Repeat("x", 100)}, part{"b", "y"})
	second := bytes.LastIndex(overlap, []byte(central))
	copy(overlap[second+42:], "\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		content []byte
		limit   func(*Limits)
		code    string
		says    string
	}{
		"an archive within":    {content: zipOf(t, part{"word/embeddings/a.xlsx", inner})},
		"small and very dense": {content: zipOf(t, part{"a.xml", zeroes[:1<<20]})},
		"no archive":           {[]byte("hello"), nil, CodeUnreadable, "directory"},
		"a cut archive":        {deflated[:len(deflated)-30], nil, CodeUnreadable, "directory"},

		"a bomb":                   {zipOf(t, part{"a.xml", zeroes}), nil, CodeBomb, "MAX_ARCHIVE_RATIO"},
		"a dense entry":            {zipOf(t, part{"a.xml", zeroes}), func(l *Limits) { l.Ratio = 2000 }, "", ""},
		"a large entry":            {zipOf(t, part{"a.xml", zeroes}), func(l *Limits) { l.Inflated = 1 << 20 }, CodeBomb, "MAX_ARCHIVE_INFLATED"},
		"large together":           {zipOf(t, part{"a", zeroes[:900]}, part{"b", zeroes[:900]}), func(l *Limits) { l.Inflated = 1000 }, CodeBomb, "together"},
		"many entries":             {zipOf(t, many...), func(l *Limits) { l.Entries = 100 }, CodeBomb, "MAX_ARCHIVE_ENTRIES"},
		"a long directory":         {zipOf(t, part{strings.Repeat("a", 60_000), "x"}, part{strings.Repeat("b", 60_000), "x"}), func(l *Limits) { l.Directory = 1000 }, CodeBomb, "MAX_ARCHIVE_DIRECTORY"},
		"an archive in two":        {zipOf(t, part{"a.docx", within}), nil, CodeBomb, "MAX_ARCHIVE_NESTING"},
		"two levels allowed":       {zipOf(t, part{"a.docx", within}), func(l *Limits) { l.Nesting = 2 }, "", ""},
		"a bomb within":            {zipOf(t, part{"a.docx", string(zipOf(t, part{"b.xml", zeroes}))}), nil, CodeBomb, "a.docx"},
		"a large within":           {zipOf(t, part{"a.docx", inner}), func(l *Limits) { l.Nested = 10 }, CodeTooLarge, "a.docx"},
		"shared bytes":             {overlap, nil, CodeBomb, "share bytes"},
		"encrypted":                {patched(patched(deflated, local, 6, 1), central, 8, 1), nil, CodeEncrypted, "password"},
		"an odd method":            {patched(patched(deflated, local, 8, 12), central, 10, 12), nil, CodeUnsafe, "method 12"},
		"an absolute name":         {zipOf(t, part{"/etc/passwd", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a name upwards":           {zipOf(t, part{"word/../../x", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a drive":                  {zipOf(t, part{"C:x", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a backslash":              {zipOf(t, part{`word\x`, "x"}), nil, CodeUnsafe, "elsewhere"},
		"a NUL":                    {zipOf(t, part{"word/x\x00.xml", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a place before the start": {patched(zipOf(t, part{"a", strings.Repeat("x", 100)}), "PK\x05\x06", 16, 0xa0), nil, CodeUnreadable, "damaged"},
		"less than is packed":      {patched(zipOf(t, part{"a.xml", noise}), central, 24, 100, 0, 0, 0), nil, CodeUnsafe, "were packed"},
		"a name twice":             {zipOf(t, part{"a", "x"}, part{"a", "y"}), nil, CodeUnsafe, "two entries"},
		"a page with a type":       {content: zipOf(t, part{"a.xhtml", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html/>`})},
		"entities":                 {zipOf(t, part{"word/document.xml", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>`}), nil, CodeXML, "document.xml"},
		"entities after a space":   {zipOf(t, part{"a.xml", "\ufeff\n" + `<!-- a --><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`}), nil, CodeXML, "entities"},
		"entities in UTF-16":       {zipOf(t, part{"a.xml", "\xff\xfe" + wide(`<!DOCTYPE a [<!ENTITY b "ha">]><a/>`)}), nil, CodeXML, "entities"},
		"no XML at all":            {content: zipOf(t, part{"a.bin", "<<<<"})},
		"packed again":             {content: zipOf(t, part{"word/media/a.emz", gzipped("x")})},
		"packed again, a bomb":     {zipOf(t, part{"word/media/a.emz", gzipped(zeroes)}), func(l *Limits) { l.Nested = 1 << 20 }, CodeBomb, "MAX_ARCHIVE_NESTED"},
		"packed again, damaged":    {content: zipOf(t, part{"word/media/a.emz", gzipped("xyz")[:12]})},
		"dots that are fine":       {content: zipOf(t, part{"a..b/...", "x"})},
	} {
		limits := defaults(t)
		if c.limit != nil {
			c.limit(&limits)
		}
		err := Check(bytes.NewReader(c.content), int64(len(c.content)), limits)
		if fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v (%s), want %s that says %q", name, err, fault.Code(err), c.code, c.says)
		}
	}
}

// A directory that says 10 bytes where there are more.
func TestEntriesSayWhereTheyAre(t *testing.T) {
	content := zipOf(t, part{"b.xhtml", strings.Repeat("通知", 1000)}, part{"a", ""})
	a, err := Open(bytes.NewReader(content), int64(len(content)), defaults(t))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := a.Entries()
	if err != nil || len(entries) != 2 || entries[0].Name != "b.xhtml" || entries[1].Name != "a" {
		t.Fatalf("entries %+v (%v), want b.xhtml and a", entries, err)
	}
	e := entries[0]
	held, err := io.ReadAll(flate.NewReader(bytes.NewReader(content[e.Offset : e.Offset+e.Packed])))
	if err != nil || !e.Deflated || int64(len(held)) != e.Size || crc32.ChecksumIEEE(held) != e.CRC32 {
		t.Errorf("the bytes at %+v inflate to %d (%v)", e, len(held), err)
	}
}

func TestLyingDirectory(t *testing.T) {
	content := zipOf(t, part{"a.xml", strings.Repeat("x", 5000)})
	at := bytes.LastIndex(content, []byte(central))
	binary.LittleEndian.PutUint32(content[at+24:], 10)
	a, err := Open(bytes.NewReader(content), int64(len(content)), defaults(t))
	if err != nil {
		t.Fatal(err)
	}
	if held, err := a.Read("a.xml", 1<<20); fault.Code(err) != CodeUnreadable {
		t.Errorf("got %d bytes, %v", len(held), err)
	}
}

// What is read again and again counts again and again.
func TestInflatedCountsEveryRead(t *testing.T) {
	content := zipOf(t, part{"a.xml", strings.Repeat("x", 600)})
	limits := defaults(t)
	limits.Inflated = 600 + openBytes + 100
	a, err := Open(bytes.NewReader(content), int64(len(content)), limits)
	if err != nil {
		t.Fatal(err)
	}
	_, first := a.Read("a.xml", 1<<20)
	_, second := a.Read("a.xml", 1<<20)
	if first != nil || fault.Code(second) != CodeBomb {
		t.Errorf("got %v, then %v", first, second)
	}
	if _, err := a.Read("b.xml", 1); fault.Code(err) != CodeUnreadable {
		t.Errorf("a part that is not there: %v", err)
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("connection reset") }

func TestFailureToReadIsNoDamage(t *testing.T) {
	if err := Check(broken{}, 1000, defaults(t)); err == nil || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
	for _, err := range []error{zip.ErrFormat, zip.ErrChecksum, io.ErrUnexpectedEOF} {
		if !fault.IsInvalid(Damaged("a", err)) {
			t.Errorf("%v is damage", err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(zipOf(f, part{"word/document.xml", "<a>通知</a>"}))
	f.Add(zipOf(f, part{"a", string(zipOf(f, part{"b", "c"}))}))
	limits := defaults(f)
	limits.Inflated = 8 << 20
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := Check(bytes.NewReader(content), int64(len(content)), limits); err != nil && !fault.IsInvalid(err) {
			t.Error(err)
		}
	})
}
