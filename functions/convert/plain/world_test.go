package plain

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/conf"
)

// defaults are the limits that apply where nothing is configured.
func defaults(t testing.TB) (l Limits) {
	if err := conf.Read(func(string) string { return "" }, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// pack makes an archive of parts: a name, then a text.
func pack(t testing.TB, parts ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		entry, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		entry.Write([]byte(parts[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// textOf and markdownOf read a document whose kind is known.
func textOf(content []byte, f formats.Format, l Limits) (string, Notes, error) {
	var b strings.Builder
	notes, err := Text(&b, bytes.NewReader(content), int64(len(content)), f, l)
	return b.String(), notes, err
}

func markdownOf(content []byte, f formats.Format, l Limits) (string, error) {
	var b strings.Builder
	_, err := Markdown(&b, bytes.NewReader(content), int64(len(content)), f, l)
	return b.String(), err
}

// TestCases reads what each file of testdata packs together.
func TestCases(t *testing.T) {
	cases, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range cases {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := formats.Format(strings.TrimSuffix(filepath.Base(name), ".txtar"))
		want, parts := map[string]string{}, []string{}
		for _, file := range a.Files {
			if file.Name == "notes" || strings.HasPrefix(file.Name, "out.") {
				want[file.Name] = string(file.Data)
				continue
			}
			parts = append(parts, file.Name, string(file.Data))
		}
		content := []byte(parts[1])
		if !strings.HasPrefix(parts[0], "in.") {
			content = pack(t, parts...)
		}
		text, notes, err := textOf(content, f, defaults(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		md, err := markdownOf(content, f, defaults(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := map[string]string{"out.txt": text, "out.md": md, "notes": told(notes, text)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// told writes the notes line by line.
func told(n Notes, text string) string {
	var b strings.Builder
	if n.Body < int64(len(text)) {
		fmt.Fprintf(&b, "body ends before %s", text[n.Body:])
	}
	if n.Encoding != "" {
		fmt.Fprintf(&b, "encoding %s\n", n.Encoding)
	}
	if len(n.HiddenSheets) > 0 {
		fmt.Fprintf(&b, "hidden sheets %s\n", strings.Join(n.HiddenSheets, " "))
	}
	if n.HiddenRows > 0 {
		fmt.Fprintf(&b, "hidden rows %d\n", n.HiddenRows)
	}
	if n.HiddenSlides > 0 {
		fmt.Fprintf(&b, "hidden slides %d\n", n.HiddenSlides)
	}
	return b.String()
}

func fileOf(t testing.TB, name string) []byte {
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
