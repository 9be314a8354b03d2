package formats

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

func TestCheckArchive(t *testing.T) {
	zeroes := strings.Repeat("\x00", 2<<20)
	many := make([]part, 101)
	for i := range many {
		many[i] = part{fmt.Sprintf("%d.xml", i), "x"}
	}
	inner := string(archive(t, part{"xl/workbook.xml", "x"}))
	within := string(archive(t, part{"word/embeddings/a.xlsx", inner}))
	deflated := archive(t, part{"a.xml", strings.Repeat("通知", 1000)})
	// The second entry of the directory is told to lie where the first does.
	overlap := archive(t, part{"a", strings.Repeat("x", 100)}, part{"b", "y"})
	second := bytes.LastIndex(overlap, []byte(central))
	copy(overlap[second+42:], "\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		content []byte
		limit   func(*Limits)
		code    string
		says    string
	}{
		"what LibreOffice writes": {content: file(t, "a.pptx")},
		"an archive within":       {content: archive(t, part{"word/embeddings/a.xlsx", inner})},
		"small and very dense":    {content: archive(t, part{"a.xml", zeroes[:1<<20]})},
		"no archive":              {[]byte("hello"), nil, CodeUnreadable, "directory"},
		"a cut archive":           {file(t, "a.docx")[:2000], nil, CodeUnreadable, "directory"},

		"a bomb":                   {archive(t, part{"a.xml", zeroes}), nil, CodeBomb, "MAX_ARCHIVE_RATIO"},
		"a dense entry":            {archive(t, part{"a.xml", zeroes}), func(l *Limits) { l.Ratio = 2000 }, "", ""},
		"a large entry":            {archive(t, part{"a.xml", zeroes}), func(l *Limits) { l.Inflated = 1 << 20 }, CodeBomb, "MAX_ARCHIVE_INFLATED"},
		"large together":           {archive(t, part{"a", zeroes[:900]}, part{"b", zeroes[:900]}), func(l *Limits) { l.Inflated = 1000 }, CodeBomb, "together"},
		"many entries":             {archive(t, many...), func(l *Limits) { l.Entries = 100 }, CodeBomb, "MAX_ARCHIVE_ENTRIES"},
		"a long directory":         {archive(t, part{strings.Repeat("a", 60_000), "x"}, part{strings.Repeat("b", 60_000), "x"}), func(l *Limits) { l.Directory = 1000 }, CodeBomb, "MAX_ARCHIVE_DIRECTORY"},
		"an archive in two":        {archive(t, part{"a.docx", within}), nil, CodeBomb, "MAX_ARCHIVE_NESTING"},
		"two levels allowed":       {archive(t, part{"a.docx", within}), func(l *Limits) { l.Nesting = 2 }, "", ""},
		"a bomb within":            {archive(t, part{"a.docx", string(archive(t, part{"b.xml", zeroes}))}), nil, CodeBomb, "a.docx"},
		"a large within":           {archive(t, part{"a.docx", inner}), func(l *Limits) { l.Nested = 10 }, CodeTooLarge, "a.docx"},
		"shared bytes":             {overlap, nil, CodeBomb, "share bytes"},
		"encrypted":                {patched(patched(deflated, local, 6, 1), central, 8, 1), nil, CodeEncrypted, "password"},
		"an odd method":            {patched(patched(deflated, local, 8, 12), central, 10, 12), nil, CodeUnsafe, "method 12"},
		"an absolute name":         {archive(t, part{"/etc/passwd", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a name upwards":           {archive(t, part{"word/../../x", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a drive":                  {archive(t, part{"C:x", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a backslash":              {archive(t, part{`word\x`, "x"}), nil, CodeUnsafe, "elsewhere"},
		"a NUL":                    {archive(t, part{"word/x\x00.xml", "x"}), nil, CodeUnsafe, "elsewhere"},
		"a place before the start": {patched(archive(t, part{"a", strings.Repeat("x", 100)}), "PK\x05\x06", 16, 0xa0), nil, CodeUnreadable, "damaged"},
		"a name twice":             {archive(t, part{"a", "x"}, part{"a", "y"}), nil, CodeUnsafe, "two entries"},
		"dots that are fine":       {content: archive(t, part{"a..b/...", "x"})},
	} {
		limits := defaults(t)
		if c.limit != nil {
			c.limit(&limits)
		}
		err := CheckArchive(bytes.NewReader(c.content), int64(len(c.content)), limits)
		if fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v (%s), want %s that says %q", name, err, fault.Code(err), c.code, c.says)
		}
	}
}

// A directory that says 10 bytes where there are more.
func TestLyingDirectory(t *testing.T) {
	content := archive(t, part{"a.xml", strings.Repeat("x", 5000)})
	at := bytes.LastIndex(content, []byte(central))
	binary.LittleEndian.PutUint32(content[at+24:], 10)
	a, err := OpenArchive(bytes.NewReader(content), int64(len(content)), defaults(t))
	if err != nil {
		t.Fatal(err)
	}
	if held, err := a.Read("a.xml", 1<<20); fault.Code(err) != CodeUnreadable {
		t.Errorf("got %d bytes, %v", len(held), err)
	}
}

// What is read again and again counts again and again.
func TestInflatedCountsEveryRead(t *testing.T) {
	content := archive(t, part{"a.xml", strings.Repeat("x", 600)})
	limits := defaults(t)
	limits.Inflated = 600 + openBytes + 100
	a, err := OpenArchive(bytes.NewReader(content), int64(len(content)), limits)
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
	if err := CheckArchive(broken{}, 1000, defaults(t)); err == nil || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
	if _, err := Detect(broken{}, 1000, ""); err == nil || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
	for _, err := range []error{zip.ErrFormat, zip.ErrChecksum, io.ErrUnexpectedEOF} {
		if !fault.IsInvalid(Damaged("a", err)) {
			t.Errorf("%v is damage", err)
		}
	}
}

func FuzzCheckArchive(f *testing.F) {
	f.Add(file(f, "a.docx"))
	f.Add(archive(f, part{"a", string(archive(f, part{"b", "c"}))}))
	limits := defaults(f)
	limits.Inflated = 8 << 20
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := CheckArchive(bytes.NewReader(content), int64(len(content)), limits); err != nil && !fault.IsInvalid(err) {
			t.Error(err)
		}
	})
}
