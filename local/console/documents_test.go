package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/local/broker"
)

const (
	aDocument = "01a21d6e-4385-72d5-9f39-663e302b74f8"
	anUpload  = "01a21d6e-4385-72d5-9f39-663e302b74f9"
)

var arrived = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func object(key string, size int64) events.Object {
	return events.Object{Bucket: "artifacts", Key: key, Size: size}
}

// recorded are events of one story.
func recorded(t *testing.T, all ...events.Data) (records []broker.Record) {
	t.Helper()
	for i, data := range all {
		e, err := events.New(data)
		if err != nil {
			t.Fatal(err)
		}
		e.SetID("e")
		e.SetSource("/test")
		e.SetExtension(events.CorrelationID, "story")
		records = append(records, broker.Record{Seq: int64(i + 1), Event: e, ReceivedAt: arrived})
	}
	return records
}

// What becomes of a document is read from its events, whatever their order after the first.
func TestADocumentsStory(t *testing.T) {
	recall := 0.9996
	uploaded := events.DocumentUploaded{Document: aDocument, Upload: anUpload, Object: object("a", 1200), Name: "通知 <b>.docx", MediaType: "application/zip"}
	page := func(n int) events.Rendition {
		return events.Rendition{Format: "png", Object: object("p", 5), Page: n, Width: 10, Height: 14}
	}
	converted := events.DocumentConverted{Document: aDocument, Upload: anUpload, Format: "docx", Pages: 2, Report: events.Report{Quality: events.QualityDegraded, Recall: &recall, Blank: []int{2}},
		Engine: events.Engine{Name: "office", Model: "25.2"}, Renditions: []events.Rendition{{Format: "pdf", Object: object("f.pdf", 9)}, {Format: "thumbnail", Object: object("t", 3), Width: 5, Height: 7}}}
	refused := events.DocumentRefused{Document: aDocument, Upload: anUpload, Stage: "convert", Code: "encrypted", Reason: "ask with the password"}
	original := madeFile{"original", "通知 <b>.docx", object("a", 1200)}
	begun := document{Story: "story", Name: "通知 <b>.docx", Title: "通知 <b>.docx", At: arrived, Size: 1200, State: docWaits, Files: []madeFile{original}}
	done := begun
	done.State, done.Format, done.Pages, done.Report, done.Engine = docDegraded, "docx", 2, &converted.Report, converted.Engine
	done.Files = []madeFile{original, {"pdf", "通知 <b>.pdf", object("f.pdf", 9)}}
	done.Thumbnail = &picture{Rendition: converted.Renditions[1]}
	done.Pictures = []picture{{Rendition: page(1)}, {Rendition: page(2)}}
	stopped := begun
	stopped.State, stopped.Refused = docRefused, &refused
	for name, c := range map[string]struct {
		told []events.Data
		want document
	}{
		"nothing":   {nil, document{}},
		"begun":     {[]events.Data{uploaded}, begun},
		"refused":   {[]events.Data{uploaded, refused}, stopped},
		"converted": {[]events.Data{uploaded, refused, converted, previewed(page(2)), previewed(page(1), page(2))}, done},
	} {
		got := documentOf(recorded(t, c.told...))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func previewed(all ...events.Rendition) events.Data {
	return events.DocumentPreviewed{Document: aDocument, Upload: anUpload, Renditions: all, Ended: len(all), Pages: 2}
}

// A list is read a page at a time, and looks at so many events and no more.
func TestAListOfDocumentsIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		found broker.Found
		want  documentList
	}{
		"the last page":               {broker.Found{Looked: 30, Reached: arrived}, documentList{First: true}},
		"a full one":                  {broker.Found{Next: 7, Full: true}, documentList{First: true, Next: 7}},
		"one that looked only so far": {broker.Found{Next: 7, Looked: broker.DefaultLook, Reached: arrived}, documentList{First: true, Next: 7, Looked: broker.DefaultLook, Reached: arrived}},
	} {
		if diff := cmp.Diff(c.want, pageOf(c.found, true)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	o := openFront(t)
	for i := range documentsShown + 1 {
		e := recorded(t, events.DocumentUploaded{Document: aDocument, Upload: anUpload, Object: object("a", 1), Name: fmt.Sprintf("%d.docx", i), MediaType: "application/zip"})[0].Event
		e.SetID(fmt.Sprint("e", i))
		e.SetExtension(events.CorrelationID, fmt.Sprint("story", i))
		if err := o.Publish(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	first := o.send(http.MethodGet, "/console/documents", nil, nil).Body.String()
	if n := strings.Count(first, `<li class="card">`); n != documentsShown || !strings.Contains(first, "?before=2\"") || strings.Contains(first, "<bdi>0.docx<") {
		t.Errorf("%d documents on the first page:\n%s", n, first)
	}
	last := o.send(http.MethodGet, "/console/documents?before=2", nil, nil).Body.String()
	if n := strings.Count(last, `<li class="card">`); n != 1 || !strings.Contains(last, "<bdi>0.docx<") {
		t.Errorf("%d documents on the last page:\n%s", n, last)
	}
}

// A share that is not whole is never called whole.
func TestHowFaithfulInWords(t *testing.T) {
	for recall, want := range map[float64]string{1: "100", 0.99999: "99.9", 0.9996: "99.9", 0.98: "98", 0.5555: "55.5", 0: "0"} {
		if got := (document{Report: &events.Report{Recall: &recall}}).Percent(); got != want {
			t.Errorf("%v: %q, want %q", recall, got, want)
		}
	}
	if got := (document{}).Percent(); got != "" {
		t.Errorf("without a report: %q", got)
	}
}
