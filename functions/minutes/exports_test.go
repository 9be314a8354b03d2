package minutes

import (
	"mime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
)

// conversions returns the conversions that were asked for, once each.
func (d *desk) conversions() (all []events.DocumentConversionRequested) {
	d.Helper()
	seen := map[string]bool{}
	for _, e := range d.Sent() {
		if e.Type() != (events.DocumentConversionRequested{}).EventType() || seen[e.ID()] {
			continue
		}
		seen[e.ID()] = true
		data, err := events.Decode[events.DocumentConversionRequested](e)
		if err != nil {
			d.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

// converted is the answer to a conversion: a PDF in the store.
func (d *desk) converted(asked events.DocumentConversionRequested, text string) fn.Event {
	d.Helper()
	o := d.put("artifacts", "documents/"+asked.Document+"/minutes.pdf", []byte(text))
	return event(d, "converted-"+asked.Document+text, 40, events.DocumentConverted{Document: asked.Document, Upload: asked.Upload, Format: "docx", Pages: 1,
		Renditions: []events.Rendition{{Format: events.FormatPDF, Object: o}}, Report: events.Report{Quality: events.QualityGood}, Engine: events.Engine{Name: "office"}})
}

const askPDF = `{"format":"pdf","kind":"official","lang":"zh"}`

// TestPDF: a PDF is asked of another function, waited for, found again, and taken away
// with the minutes.
func TestPDF(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"预算 会议"}`))
	a := d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF))
	at := a.header.Get("Location")
	made := decoded[exportView](t, a)
	if made.State != "making" || at != "/minutes/"+rec+"/exports/"+made.ID || a.header.Get("Retry-After") == "" {
		t.Fatalf("%s, headers %v", a.body, a.header)
	}
	d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF)) // the same wish
	d.want(202, d.ask("GET", at, ""))
	d.refused(409, "export_not_ready", "", d.ask("GET", at+"/file", ""))
	asked := d.conversions()
	if len(asked) != 1 || asked[0].To != "pdf" || !d.has(asked[0].Object) {
		t.Fatalf("asked for %+v", asked)
	}
	d.tell(d.converted(asked[0], "%PDF-1.7 minutes"))
	ready := d.want(200, d.ask("GET", at, ""))
	if v := decoded[exportView](t, ready); v.State != "ready" || v.File != at+"/file" || v.Size != 16 {
		t.Errorf("%+v", v)
	}
	file := d.want(200, d.ask("GET", at+"/file", ""))
	_, names, err := mime.ParseMediaType(file.header.Get("Content-Disposition"))
	if file.body != "%PDF-1.7 minutes" || file.header.Get("Content-Type") != "application/pdf" || err != nil || names["filename"] != "预算 会议.pdf" {
		t.Errorf("%q, headers %v", file.body, file.header)
	}
	d.want(200, d.ask("POST", "/minutes/"+rec+"/export", askPDF))
	d.want(202, d.ask("POST", "/minutes/"+rec+"/export", `{"format":"pdf","kind":"class"}`))
	if asked := d.conversions(); len(asked) != 2 {
		t.Errorf("asked %d times, want once for each wish", len(asked))
	}
	const other = "X-Unit: other"
	for _, path := range []string{at, at + "/file"} {
		d.refused(404, "not_found", "", d.ask("GET", path, "", other))
	}
	d.refused(404, "not_found", "", d.ask("POST", "/minutes/"+rec+"/export", askPDF, other))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec+"/exports/nothing", ""))
	left := d.put("artifacts", "exports/"+rec+"/left.docx", []byte("of a request that failed"))
	before := len(d.Sent())
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
	var gone []string
	for _, e := range d.Sent()[before:] {
		gone = append(gone, e.Type())
	}
	want := []string{"dev.xietong.minutes.deleted.v1", "dev.xietong.document.deleted.v1", "dev.xietong.document.deleted.v1"}
	if diff := cmp.Diff(want, gone); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d.has(left) {
		t.Error("what no row tells of is still there")
	}
	for _, a := range d.conversions() {
		if d.has(a.Object) {
			t.Errorf("%s is still there", a.Object.Key)
		}
	}
	d.tell(d.converted(asked[0], "%PDF too late")) // of minutes that are deleted
	d.refused(410, "deleted", "", d.ask("GET", at+"/file", ""))
}

// TestPDFRefused: who asks is told why there is no PDF, and may ask again.
func TestPDFRefused(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	at := d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF)).header.Get("Location")
	first := d.conversions()[0]
	d.tell(event(t, "refused-1", 41, events.DocumentRefused{Document: first.Document, Upload: first.Upload, Stage: "convert", Code: "engine_failed", Reason: "it crashed"}))
	if v := decoded[exportView](t, d.want(200, d.ask("GET", at, ""))); v.State != "failed" || !strings.Contains(v.Message, "engine_failed") || !strings.Contains(v.Message, "Word") {
		t.Errorf("%+v", v)
	}
	d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF))
	asked := d.conversions()
	if len(asked) != 2 || asked[1].Document == first.Document {
		t.Fatalf("asked for %+v", asked)
	}
	d.tell(d.converted(first, "%PDF of the first attempt")) // which nobody waits for
	d.want(202, d.ask("GET", at, ""))
	d.tell(d.converted(asked[1], "%PDF"))
	d.want(200, d.ask("GET", at+"/file", ""))
}

// TestPDFLate: where nobody converts documents, that is said.
func TestPDFLate(t *testing.T) {
	d := open(t, "EXPORT_WAIT=1ns")
	d.summarise("今天讨论预算。")
	v := decoded[exportView](t, d.want(200, d.ask("POST", "/minutes/"+rec+"/export", askPDF)))
	if v.State != "late" || !strings.Contains(v.Message, "convert") || !strings.Contains(v.Message, "Word") {
		t.Errorf("%+v", v)
	}
	d.tell(d.converted(d.conversions()[0], "%PDF"))
	d.want(200, d.ask("GET", "/minutes/"+rec+"/exports/"+v.ID+"/file", ""))
}

// TestPDFExpires: files are taken away in time, and made anew for who asks again.
func TestPDFExpires(t *testing.T) {
	d := open(t, "EXPORT_EXPIRY=1h", "TEND_EVERY=10ms")
	d.summarise("今天讨论预算。")
	at := d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF)).header.Get("Location")
	first := d.conversions()[0]
	d.tell(d.converted(first, "%PDF"))
	if _, err := d.minutes.DB.Exec(t.Context(), `UPDATE export SET asked_at = asked_at - interval '2 hours'`); err != nil {
		t.Fatal(err)
	}
	for decoded[exportView](t, d.ask("GET", at, "")).State != "expired" {
		time.Sleep(5 * time.Millisecond) // until it is tended
	}
	d.refused(410, "export_gone", "", d.ask("GET", at+"/file", ""))
	last := d.Sent()[len(d.Sent())-1]
	if last.Type() != (events.DocumentDeleted{}).EventType() || last.Subject() != first.Document || d.has(first.Object) {
		t.Errorf("sent %s of %s; the document is there: %v", last.Type(), last.Subject(), d.has(first.Object))
	}
	d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF))
	if asked := d.conversions(); len(asked) != 2 || asked[1].Document == first.Document {
		t.Errorf("asked for %+v", asked)
	}
}

func TestPDFLimits(t *testing.T) {
	d := open(t, "MAX_EXPORTS=1")
	d.summarise("今天讨论预算。")
	d.want(202, d.ask("POST", "/minutes/"+rec+"/export", askPDF))
	d.refused(409, "too_many_exports", "1", d.ask("POST", "/minutes/"+rec+"/export", `{"format":"pdf","kind":"class"}`))
	for body, field := range map[string]string{`{"format":"docx"}`: "format", `{"format":"pdf","lang":"ja"}`: "lang", `{"format":"pdf","kind":"x"}`: "kind", `{"format":"pdf","x":1}`: "x"} {
		if a := d.ask("POST", "/minutes/"+rec+"/export", body); a.status != 400 || !strings.Contains(a.body, field) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}

// TestForeignConversions: of documents that others had converted, minutes know nothing.
func TestForeignConversions(t *testing.T) {
	d := open(t)
	d.tell(d.converted(events.DocumentConversionRequested{Document: up1, Upload: up1}, "%PDF"),
		event(t, "refused-2", 1, events.DocumentRefused{Document: up2, Upload: up2, Stage: "convert", Code: "encrypted", Reason: "x"}))
}
