package plain

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xietong.dev/functions/convert/formats"
)

// office has the real LibreOffice convert documents, all in one run.
func office(t *testing.T, to string, documents []string) (dir string) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir = t.TempDir()
	args := append([]string{"--headless", "-env:UserInstallation=file://" + t.TempDir(), "--convert-to", to, "--outdir", dir}, documents...)
	if out, err := exec.CommandContext(ctx, "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// of returns what became of a document.
func of(dir, document, extension string) string {
	return filepath.Join(dir, strings.TrimSuffix(filepath.Base(document), filepath.Ext(document))+"."+extension)
}

// twins writes each document under a name of its own, since LibreOffice keeps only
// what stands before the dot.
func twins(t *testing.T, documents ...string) (all []string) {
	dir := t.TempDir()
	for _, name := range documents {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		twin := filepath.Join(dir, strings.ReplaceAll(strings.TrimSuffix(base, filepath.Ext(base)), ".", "-")+"-"+filepath.Ext(base)[1:]+filepath.Ext(base))
		if err := os.WriteFile(twin, content, 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, twin)
	}
	return all
}

// What we read is what the printed pages show. The other way round a layout adds
// numbers of pages and lists, names of sheets, headers, and, in LibreOffice, what was
// deleted but is still tracked.
func TestTextIsThatOfThePages(t *testing.T) {
	documents := twins(t, "testdata/notice.docx", "testdata/notice.odt", "testdata/notice.fodt",
		"testdata/budget.xlsx", "testdata/budget.ods", "testdata/budget.fods", "testdata/report.pptx", "testdata/report.odp", "testdata/report.fodp")
	dir := office(t, "pdf", documents)
	for _, name := range documents {
		out, err := exec.Command("pdftotext", "-layout", of(dir, name, "pdf"), "-").Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text := textOfFile(t, name)
		there, missing := Recall(text, string(out))
		back, added := Recall(string(out), text)
		t.Logf("%-14s in the pages %.4f %s, in ours %.4f %s", filepath.Base(name), there, missing, back, added)
		if there < 0.99 || back < 0.7 {
			t.Errorf("%s: %.4f are in the pages, not %q; %.4f of the pages are in ours, not %q", filepath.Base(name), there, missing, back, added)
		}
	}
}

// LibreOffice's own text export has no headers, notes and text boxes, numbers its
// lists, and has what was deleted and what is hidden; so these documents have none of
// them. Each is read as LibreOffice saves it in three formats.
func TestTextIsThatOfTheOffice(t *testing.T) {
	written := texts(t)
	if len(written) < 12 {
		t.Fatalf("there are %d texts, want 12", len(written))
	}
	exported := office(t, "txt:Text (encoded):UTF8,LF,,,", written)
	for _, to := range []string{"fodt", "docx", "odt"} {
		dir := office(t, to, written)
		for _, name := range written {
			want, err := os.ReadFile(of(exported, name, "txt"))
			if err != nil {
				t.Fatal(err)
			}
			got := textOfFile(t, of(dir, name, to))
			there, missing := Recall(string(want), got)
			back, added := Recall(got, string(want))
			if there < 0.99 || back < 0.99 {
				t.Errorf("%s as %s: %.4f are in ours, not %q; %.4f of ours are in theirs, not %q", filepath.Base(name), to, there, missing, back, added)
			}
		}
	}
}

// texts writes a document about each text of the package letters: with a heading, a
// paragraph, a list and a table in a flat file.
func texts(t *testing.T) (all []string) {
	dir := t.TempDir()
	for _, file := range []string{"simplified", "traditional"} {
		content, err := os.ReadFile("../../../shared/letters/testdata/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			name := filepath.Join(dir, fmt.Sprintf("%s%d.fodt", file, len(all)))
			if err := os.WriteFile(name, document(strings.TrimSpace(line)), 0o600); err != nil {
				t.Fatal(err)
			}
			all = append(all, name)
		}
	}
	return all
}

func document(text string) []byte {
	head, _, _ := strings.Cut(text, "。")
	var items, cells string
	for sentence := range strings.SplitSeq(text, "。") {
		items += "<text:list-item><text:p>" + sentence + "</text:p></text:list-item>"
		cells += "<table:table-row><table:table-cell><text:p>" + sentence + "</text:p></table:table-cell><table:table-cell><text:p>A1</text:p></table:table-cell></table:table-row>"
	}
	return []byte(`<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>` +
		`<text:h text:outline-level="1">` + head + `</text:h><text:p>` + text + `</text:p><text:list>` + items + `</text:list>` +
		`<table:table><table:table-column table:number-columns-repeated="2"/>` + cells + `</table:table></office:text></office:body></office:document>`)
}

// textOfFile is the body of a document.
func textOfFile(t *testing.T, name string) string {
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, notes, err := textOf(content, formats.ByExtension(name), defaults(t))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text[:notes.Body]
}
