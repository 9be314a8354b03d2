package booktext

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func pack(t testing.TB, parts ...Part) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(packed []byte, limit int64, enough int) (parts []Part, err error) {
	err = Read(bytes.NewReader(packed), limit, func(p Part) bool {
		parts = append(parts, p)
		return len(parts) < enough
	})
	return parts, err
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	long := strings.Repeat("政务数据\n", 500_000)
	for _, want := range [][]Part{
		nil,
		{{"1.xhtml", ""}},
		{{"1.xhtml", "一段。\n又一段。"}, {"第二章.xhtml#a", "{\"href\":1}\n"}, {strings.Repeat("\x01", MaxHref), long}, {"4", "末"}},
	} {
		got, err := read(pack(t, want...), 64<<20, MaxParts)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%.2000s", err, diff)
		}
	}
	// No more is read than is wanted.
	if got, err := read(pack(t, Part{"1", "一"}, Part{"2", "二"}), 1000, 1); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// Whatever came of the text before, the next is read as by a new reader.
func TestAReaderReadsManyTexts(t *testing.T) {
	texts := [][]byte{pack(t, Part{"1", "一"}, Part{"2", strings.Repeat("春眠不觉晓", 100_000)}), pack(t, Part{"1", "处处"}), []byte("no text"), pack(t)[:9]}
	var r Reader
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			packed, enough := texts[i%4], 1+i/4%2
			var got []Part
			err := r.Read(bytes.NewReader(packed), 2<<20, func(p Part) bool {
				got = append(got, p)
				return len(got) < enough
			})
			want, wrong := read(packed, 2<<20, enough)
			if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (wrong == nil) {
				t.Errorf("text %d: %v, want %v (-want +got)\n%.2000s", i%4, err, wrong, diff)
			}
		})
	}
	all.Wait()
}

func TestAnObjectIsReadableByPeople(t *testing.T) {
	unpacked, err := zstd.NewReader(bytes.NewReader(pack(t, Part{"1.xhtml", "春眠不觉晓"}, Part{"2.xhtml", "处处闻啼鸟"})))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(unpacked)
	want := `{"document_version":1}
{"href":"1.xhtml","bytes":15}
春眠不觉晓
{"href":"2.xhtml","bytes":15}
处处闻啼鸟
`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestPartsThatAreNotWritten(t *testing.T) {
	w, err := NewWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Part{
		"no href":                {"", "a"},
		"a long href":            {strings.Repeat("字", MaxHref+1), "a"},
		"a href not in UTF-8":    {"\xff", "a"},
		"a text not in UTF-8":    {"1", "\xff"},
		"more than a part takes": {"1", strings.Repeat("a", MaxPart+1)},
	} {
		if err := w.Write(p); err == nil {
			t.Errorf("%s is written", name)
		}
	}
	for i := range MaxParts {
		if err := w.Write(Part{"1", ""}); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	if err := w.Write(Part{"1", ""}); err == nil {
		t.Error("one part too many is written")
	}
}

func TestWhatIsNoText(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	many := `{"document_version":1}` + "\n" + strings.Repeat(`{"href":"1","bytes":0}`+"\n\n", MaxParts+1)
	for _, text := range []string{
		"", "{", `{"document_version":1}`, `{"document_version":2}` + "\n", "null\n", "[]\n",
		v1 + `{"href":"1","bytes":3}` + "\nab", v1 + `{"href":"1","bytes":2}` + "\nabc\n", v1 + `{"href":"1","bytes":2}` + "\nab",
		v1 + `{"href":"1","bytes":-1}` + "\n\n", v1 + `{"href":"1","bytes":1e3}` + "\n\n", v1 + `{"href":"","bytes":0}` + "\n\n",
		v1 + `{"href":"1","bytes":1}` + "\n\xff\n", v1 + `{"href":"1","bytes":9000000000000000000}` + "\n\n",
		v1 + strings.Repeat(" ", maxLine+1) + "\n", many,
	} {
		if got, err := read(enc.EncodeAll([]byte(text), nil), 8<<20, MaxParts+2); err == nil {
			t.Errorf("%.60q is a text of %d parts", text, len(got))
		}
	}
	whole := pack(t, Part{"1.xhtml", strings.Repeat("春眠不觉晓", 1000)})
	for i := range whole {
		if _, err := read(whole[:i], 8<<20, 9); err == nil {
			t.Errorf("%d of %d bytes are a text", i, len(whole))
		}
	}
	for _, c := range []struct {
		limit int64
		whole bool
	}{{15_000, false}, {15_023, false}, {15_100, true}} {
		if _, err := read(whole, c.limit, 9); (err == nil) != c.whole {
			t.Errorf("within %d bytes: %v", c.limit, err)
		}
	}
}

const v1 = `{"document_version":1}` + "\n"

// A megabyte of packed zeros is refused before its gigabytes are unpacked.
func TestABombIsRefused(t *testing.T) {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(w, "%s{\"href\":\"1\",\"bytes\":%d}\n", v1, 1<<32)
	for range 64 {
		w.Write(make([]byte, 1<<20))
	}
	w.Close()
	if got, err := read(out.Bytes(), 1<<20, 9); err == nil || len(got) > 0 {
		t.Errorf("%d parts, %v", len(got), err)
	}
}
