package formats

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"xietong.dev/shared/fault"
)

func TestFormatsNameThemselves(t *testing.T) {
	for _, f := range All() {
		if f == PDFA || f == Thumbnail {
			continue
		}
		if got := ByExtension("通知." + strings.ToUpper(f.Extension())); got != f {
			t.Errorf("the extension of %s is that of %q", f, got)
		}
		if got := ByMediaType(f.MediaType() + "; charset=utf-8"); got != f {
			t.Errorf("the media type of %s is that of %q", f, got)
		}
	}
	if ByExtension("a.svg") != "" || ByExtension("") != "" || ByMediaType("") != "" || Format("svg").Known() || Format("svg").Extension() != "" {
		t.Error("SVG is no format")
	}
}

// Every way leads by formats that there is a way to, and every way of the office
// engine has a filter.
func TestWaysLeadSomewhere(t *testing.T) {
	for _, w := range Ways() {
		if w.Via != "" {
			if _, err := Find(w.From, w.Via); err != nil {
				t.Errorf("%s to %s: %v", w.From, w.To, err)
			}
		}
		if w.Engines[0] != Office {
			continue
		}
		from := w.From
		if w.Via != "" {
			from = w.Via
		}
		if name, _ := Filter(from, w.To); name == "" {
			t.Errorf("%s to %s has no filter", from, w.To)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		from, to Format
		first    Engine
		via      Format
		says     string
	}{
		{Docx, PDF, Office, "", ""}, {Docx, Txt, Plain, "", ""}, {Doc, Md, Plain, Docx, ""}, {Pptx, Thumbnail, Pdfium, PDF, ""},
		{Md, PDF, Office, HTML, ""}, {PDF, Txt, Pdfium, "", ""}, {PNG, PDF, Pdfcpu, "", ""}, {Csv, Xlsx, Office, "", ""},
		{PDF, Docx, "", "", "it becomes html, jpeg"}, {Docx, Docx, "", "", "does not become"}, {PDFA, Txt, "", "", "nothing is made"},
	} {
		w, err := Find(c.from, c.to)
		if c.says != "" {
			if fault.Code(err) != CodeUnsupported || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s to %s: %v", c.from, c.to, err)
			}
			continue
		}
		if err != nil || w.Engines[0] != c.first || w.Via != c.via {
			t.Errorf("%s to %s: got %+v, %v", c.from, c.to, w, err)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table()
	if rows := strings.Count(table, "\n"); rows > 20 {
		t.Errorf("the table has %d lines\n%s", rows, table)
	}
	for _, f := range All() {
		if _, err := Find(f, PDF); err == nil && !strings.Contains(table, " "+string(f)+" ") {
			t.Errorf("%s is not in the table\n%s", f, table)
		}
	}
}

// The filters are those that the installed office suite lists.
func TestFiltersExist(t *testing.T) {
	var registry []byte
	for _, part := range []string{"main", "writer", "calc", "impress"} {
		held, err := os.ReadFile("/usr/lib/libreoffice/share/registry/" + part + ".xcd")
		if err != nil {
			t.Fatal(err)
		}
		registry = append(registry, held...)
	}
	for _, from := range All() {
		names := map[string]bool{}
		for _, to := range All() {
			name, _ := Filter(from, to)
			names[name] = true
		}
		name, _ := Import(from)
		names[name] = true
		for name := range names {
			if name != "" && !bytes.Contains(registry, []byte(`oor:name="`+name+`"`)) {
				t.Errorf("the office suite has no filter %q, for %s", name, from)
			}
		}
	}
}
