package corpus

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// kept is where the corpus stays from one run of the tests to the next.
func kept() string { return filepath.Join(os.TempDir(), "xietong-documents") }

func TestWrite(t *testing.T) {
	all, err := Write(t.Context(), kept())
	if err != nil {
		t.Fatal(err)
	}
	formats, names := map[string]int{}, map[string]bool{}
	for _, d := range all {
		formats[d.Format]++
		if names[d.Name] {
			t.Errorf("%s is there twice", d.Name)
		}
		names[d.Name] = true
		if info, err := os.Stat(d.Path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, want a file that holds something", d.Name, err)
		}
	}
	if len(all) < 64 {
		t.Errorf("%d documents, want at least 64", len(all))
	}
	for _, want := range strings.Fields("docx docm dotx doc dot rtf odt fodt wps xlsx xlsm xltx xls ods fods csv et pptx ppsx pptm potx ppt odp fodp dps txt md html htm epub pdf png jpeg tiff") {
		if formats[want] == 0 {
			t.Errorf("no document is a %s", want)
		}
	}
	t.Logf("%d documents: %v", len(all), formats)
}

// What was made stays, byte by byte, without LibreOffice.
func TestWriteAgain(t *testing.T) {
	first, err := Write(t.Context(), kept())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	again, err := Write(t.Context(), kept())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
}

func TestWriteNeedsLibreOffice(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := t.TempDir()
	if _, err := Write(t.Context(), dir); err == nil {
		t.Error("want an error where there is no LibreOffice")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left of a corpus that was not finished", left)
	}
}

// What is made by hand is the same every time.
func TestSameEveryTime(t *testing.T) {
	first, again := everything(), everything()
	for i, m := range first {
		if string(m.data) != string(again[i].data) {
			t.Errorf("%s differs from one time to the next", m.name)
		}
	}
}

// unread are formats that LibreOffice 7.4 has no reader for.
var unread = []string{"epub"}

// misread says what LibreOffice 7.4 gets wrong where nobody tells it the
// encoding or the filter. A converter must tell it; here a PDF is enough.
var misread = map[string]string{
	".csv":       "takes every table for Windows-1252",
	"（Big5）.txt": "takes Big5 for another encoding",
	"营商环境.html":  "as Writer/Web loses the first paragraph, and begins with an empty page",
}

func isMisread(name string) bool {
	for end := range misread {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// Real LibreOffice opens every document, and its PDF says what the document says.
func TestDocumentsOpen(t *testing.T) {
	all, err := Write(t.Context(), kept())
	if err != nil {
		t.Fatal(err)
	}
	in, out := t.TempDir(), t.TempDir()
	halves := map[string][]string{}
	for i, d := range all {
		if slices.Contains(unread, d.Format) {
			continue
		}
		path := filepath.Join(in, fmt.Sprintf("%d.%s", i, d.Format))
		if err := os.Symlink(d.Path, path); err != nil {
			t.Fatal(err)
		}
		half := fmt.Sprint(i % 2)
		halves[half] = append(halves[half], path)
	}
	if err := parallel([]string{"0", "1"}, func(half string) error { return Convert(t.Context(), out, "pdf", halves[half]...) }); err != nil {
		t.Fatal(err)
	}
	for i, d := range all {
		if slices.Contains(unread, d.Format) {
			continue
		}
		said, err := pdfText(t.Context(), filepath.Join(out, fmt.Sprintf("%d.pdf", i)))
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
			continue
		}
		if isMisread(d.Name) {
			continue
		}
		for _, word := range words(d.Text) {
			if !says(said, word, slices.Contains(d.Features, "vertical text")) {
				t.Errorf("%s: the PDF does not say %q", d.Name, word)
			}
		}
	}
}

func pdfText(ctx context.Context, path string) (string, error) {
	text, err := exec.CommandContext(ctx, "pdftotext", "-q", path, "-").Output()
	return squeeze(string(text)), err
}

// says looks for a word. In vertical text its characters stand apart.
func says(text, word string, apart bool) bool {
	if !apart {
		return strings.Contains(text, word)
	}
	return !strings.ContainsFunc(word, func(r rune) bool { return !strings.ContainsRune(text, r) })
}

// squeeze takes out what lines are broken by.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// words are the beginnings of some lines of a text.
func words(text string) []string {
	var found []string
	lines := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, at := range []int{0, 1, 2} {
		if len(lines) == 0 {
			break
		}
		word := []rune(lines[at*(len(lines)-1)/2])
		found = append(found, string(word[:min(4, len(word))]))
	}
	return found
}
