package convert

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
)

var update = flag.Bool("update", false, "write what came out into the cases")

const doc = "0123456789abcdef"

// Each file in testdata/story holds a document, the format that it is wanted in,
// and what came of it. Every event is delivered twice.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/story/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	b := start(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, content, to := story.Files[0].Name, string(story.Files[0].Data), strings.TrimSpace(string(story.Files[1].Data))
			answer := b.Twice(t, b.asked(doc, name, content, to))
			got := fmt.Sprintln(answer.Status, answer.Body)
			for _, e := range answer.Sent {
				got += b.told(e)
			}
			if *update {
				story.Files[2].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(story.Files[2].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// told is what an event says, without what differs from run to run.
func (b *bench) told(e events.Event) string {
	b.Helper()
	switch e.Type() {
	case events.DocumentRefused{}.EventType():
		d := sent[events.DocumentRefused](b, []events.Event{e})
		return fmt.Sprintf("refused by %s: %s\n", d.Stage, d.Code)
	case events.DocumentConverted{}.EventType():
		d := sent[events.DocumentConverted](b, []events.Event{e})
		text := fmt.Sprintf("%s by %s, %d pages, %s\n", d.Format, d.Engine.Name, d.Pages, d.Report.Quality)
		for _, r := range d.Renditions {
			text += r.Format + "\n"
			if r.Format == "txt" || r.Format == "md" || r.Format == "html" || r.Format == "csv" {
				text += strings.TrimSpace(b.held(r.Object)) + "\n"
			}
		}
		return text
	}
	return e.Type() + "\n"
}

// An upload becomes a PDF, a text, a thumbnail, and a picture of each page.
func TestAnUploadBecomesAllThatIsUsual(t *testing.T) {
	b := start(t, "PREVIEW_PAGES=2")
	answer := b.Twice(t, b.uploaded(doc, "notice.fodt", notice(5)))
	d := sent[events.DocumentConverted](b, answer.Sent)
	if d.Format != "fodt" || d.Pages != 5 || d.Report.Quality != events.QualityGood || *d.Report.Recall < 0.99 || d.Repeated || len(d.Report.Blank) > 0 {
		t.Errorf("got %+v %+v", d, d.Report)
	}
	var made []string
	for _, r := range d.Renditions {
		made = append(made, r.Format)
	}
	if diff := cmp.Diff([]string{"pdf", "thumbnail", "txt"}, made); diff != "" {
		t.Errorf("renditions (-want +got)\n%s", diff)
	}
	if pdf := b.held(d.Renditions[0].Object); !strings.HasPrefix(pdf, "%PDF-") {
		t.Errorf("the PDF begins with %.20q", pdf)
	}
	ended := 0
	for _, e := range answer.Sent[1:] {
		e.SetSource("/functions/convert")
		p := sent[events.DocumentPreviewed](b, b.Twice(t, e).Sent)
		ended = p.Ended
		for _, r := range p.Renditions {
			if r.Format != "png" || r.Width != 1240 || r.Height < 1700 || !strings.HasPrefix(b.held(r.Object), "\x89PNG") {
				t.Errorf("got %+v", r)
			}
		}
	}
	if len(answer.Sent) != 4 || ended != 5 {
		t.Errorf("%d events, %d pages have pictures", len(answer.Sent), ended)
	}
}

// What a format does not become is left out of what is usual: a picture says
// nothing.
func TestAnUploadOfAnyFormatBecomesWhatItCan(t *testing.T) {
	b := start(t, "PREVIEW_FORMAT=none")
	picture := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\fIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
	pdf := b.post("/convert/forms/libreoffice/convert", nil, file{"a.fodt", notice(1)}).body
	for name, c := range map[string]struct{ content, want string }{
		"a.txt": {"滨海区通知", "pdf thumbnail txt"}, "a.csv": {"品名,单价\n纸,2\n", "pdf thumbnail txt"}, "a.md": {"# 通知", "pdf thumbnail txt"},
		"a.html": {"<p>通知</p>", "pdf thumbnail txt"}, "a.png": {picture, "pdf thumbnail"}, "a.pdf": {pdf, "pdf thumbnail txt"},
	} {
		answer := b.Twice(t, b.uploaded(doc, name, c.content))
		if answer.Status >= 300 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			continue
		}
		var made []string
		for _, r := range sent[events.DocumentConverted](b, answer.Sent).Renditions {
			made = append(made, r.Format)
		}
		if got := strings.Join(made, " "); got != c.want {
			t.Errorf("%s became %s, want %s", name, got, c.want)
		}
	}
}

// The same content again is answered from what is there.
func TestTheSameContentIsConvertedOnce(t *testing.T) {
	b := start(t, "PREVIEW_FORMAT=none")
	first := sent[events.DocumentConverted](b, b.Twice(t, b.uploaded(doc, "a.fodt", notice(1))).Sent)
	second := sent[events.DocumentConverted](b, b.Twice(t, b.uploaded("fedcba9876543210", "b.fodt", notice(1))).Sent)
	if first.Repeated || !second.Repeated || second.Document != "fedcba9876543210" {
		t.Errorf("got %+v\nthen %+v", first, second)
	}
	if diff := cmp.Diff(first.Renditions, second.Renditions); diff != "" {
		t.Errorf("renditions (-first +second)\n%s", diff)
	}
	other := sent[events.DocumentConverted](b, b.Twice(t, b.uploaded(doc, "a.fodt", notice(2))).Sent)
	if other.Repeated || other.Pages != 2 {
		t.Errorf("other content: %+v", other)
	}
}

// What was made goes with the last document that it was made for.
func TestWhatIsDeletedIsGone(t *testing.T) {
	b := start(t, "PREVIEW_FORMAT=none")
	b.Twice(t, b.uploaded(doc, "a.fodt", notice(1)))
	b.Twice(t, b.uploaded("fedcba9876543210", "b.fodt", notice(1)))
	if n := len(b.objects()); n != 3 {
		t.Fatalf("%d objects", n)
	}
	b.Twice(t, b.event(events.DocumentDeleted{Document: doc}))
	if n := len(b.objects()); n != 3 {
		t.Errorf("%d objects are left although another document needs them", n)
	}
	b.Twice(t, b.event(events.DocumentDeleted{Document: "fedcba9876543210"}))
	if left := b.objects(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	// Late work for a document that is gone leaves nothing.
	if late := b.Twice(t, b.uploaded(doc, "a.fodt", notice(1))); late.Status != 204 || len(late.Sent) != 0 || len(b.objects()) != 0 {
		t.Errorf("late work: %+v, left %v", late, b.objects())
	}
}

// What is refused leaves nothing behind, and says so.
func TestRefusals(t *testing.T) {
	b := start(t, "MAX_DOCUMENT=64KiB", "PREVIEW_FORMAT=none")
	for name, c := range map[string]struct{ content, code string }{
		"program.docx": {"\x7fELF\x02\x01\x01" + strings.Repeat("\x00\x01\xfe", 100), "unsupported"},
		"empty.docx":   {"", "empty_file"},
		"large.txt":    {strings.Repeat("滨海区", 64<<10), "too_large"},
		"broken.pdf":   {"%PDF-1.7\n1 0 obj\n<<", "unreadable"},
	} {
		answer := b.Twice(t, b.uploaded(doc, name, c.content))
		if answer.Status != 422 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			continue
		}
		if d := sent[events.DocumentRefused](b, answer.Sent); d.Code != c.code || d.Stage != Word {
			t.Errorf("%s: %+v, want %s", name, d, c.code)
		}
	}
	if left := b.objects(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// notice is an official notice of so many pages, as flat OpenDocument.
func notice(pages int) string {
	var body strings.Builder
	for page := 1; page <= pages; page++ {
		style := "P"
		if page > 1 {
			style = "B"
		}
		fmt.Fprintf(&body, `<text:p text:style-name="%s">滨海区人民政府办公室关于召开第%d次工作会议的通知</text:p><text:p text:style-name="P">各街道办事处，区属各单位：会议定于2026年11月%d日召开。</text:p>`, style, page, page)
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles><style:style style:name="P" style:family="paragraph"/><style:style style:name="B" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style></office:automatic-styles>
<office:body><office:text>` + body.String() + `</office:text></office:body></office:document>`
}
