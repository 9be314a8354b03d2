package catalogue

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
	"xietong.dev/shared/archive"
)

// What is wrong with a list as a whole ends it before any row, and whoever waits for
// it is told why.
func TestListsThatAreRefused(t *testing.T) {
	b := start(t, "MAX_BATCH=4KiB", "MAX_BATCH_ROWS=3", "MAX_BATCH_FIELDS=8")
	row := other("withdraw", "a", 1)
	whole := list("delta", row, row)
	for what, c := range map[string]struct{ name, content, code string }{
		"cut off in a row":         {"a.batch.jsonl", whole[:len(whole)-5], records.CodeCut},
		"cut off between rows":     {"a.batch.jsonl", strings.TrimSuffix(whole, row+"\n"), records.CodeCut},
		"nothing at all":           {"a.csv", "", records.CodeUnsupported},
		"changed under way":        {"a.batch.jsonl", strings.Replace(whole, `"reason":"test"`, `"reason":"TEST"`, 1), records.CodeCorrupt},
		"more rows than it says":   {"a.batch.jsonl", whole + row + "\n", records.CodeCorrupt},
		"of another source":        {"a.batch.jsonl", strings.Replace(whole, source, "another", 1), CodeSource},
		"too many bytes":           {"a.batch.jsonl", list("delta", other("withdraw", strings.Repeat("a", 4096), 1)), archive.CodeTooLarge},
		"too many rows":            {"a.batch.jsonl", list("delta", row, row, row, row), archive.CodeTooLarge},
		"too many columns":         {"a.csv", "source_id,version,op,a,b,c,d,e,f\n", archive.CodeTooLarge},
		"a header that is none":    {"a.batch.jsonl", strings.Replace(whole, `"seq":1`, `"seq":"x"`, 1), archive.CodeUnreadable},
		"XML that ends early":      {"a.onix.xml", `<ONIXMessage release="3.0"><Header></Header><Product>`, archive.CodeUnreadable},
		"XML that builds entities": {"a.onix.xml", `<!DOCTYPE a [<!ENTITY b "c">]><ONIXMessage release="3.0"/>`, archive.CodeXML},
		"ONIX of another time":     {"a.onix.xml", `<ONIXMessage release="2.1"/>`, records.CodeUnsupported},
		"no list":                  {"a.batch.jsonl", "一、二、三\n", records.CodeUnsupported},
	} {
		b.refused(what, b.listed(c.name, c.content), c.code)
	}
	if n := b.staged(); n != 0 {
		t.Errorf("%d rows are left of lists that were refused", n)
	}
}

// A list that is not there any more, or is another by now, is refused as well, and
// one whose event is wrong.
func TestListsThatAreNotThere(t *testing.T) {
	b := start(t)
	content := list("delta", other("withdraw", "a", 1))
	gone := b.listed("gone.batch.jsonl", content)
	if err := b.store.Delete(t.Context(), "books", source+"/batches/gone.batch.jsonl"); err != nil {
		t.Fatal(err)
	}
	b.refused("gone", gone, events.RefusedMissing)
	replaced := b.listed("a.batch.jsonl", content)
	b.put(source+"/batches/a.batch.jsonl", content+"\n")
	b.refused("replaced", replaced, events.RefusedMissing)

	nameless := b.listed("b.batch.jsonl", content)
	if err := nameless.SetData("application/json", bytes.Replace(nameless.Data(), []byte(`"name":"b.batch.jsonl"`), []byte(`"name":""`), 1)); err != nil {
		t.Fatal(err)
	}
	b.refused("nameless", nameless, "invalid")
}

// A list that is under way is not refused because its event comes again and the list
// is gone: nobody is told that nothing was done of it.
func TestAListUnderWayIsNotRefused(t *testing.T) {
	b := start(t)
	e := b.listed("a.batch.jsonl", list("delta", other("withdraw", "a", 1)))
	only[events.BatchPlanned](b, b.Twice(t, e).Sent)
	again := e.Clone()
	again.SetID("again")
	if err := again.SetData("application/json", bytes.Replace(e.Data(), []byte(`"name":"a.batch.jsonl"`), []byte(`"name":""`), 1)); err != nil {
		t.Fatal(err)
	}
	if answer := b.Twice(t, again); answer.Status != 422 || len(answer.Sent) != 0 {
		t.Errorf("%d %s, %d events", answer.Status, answer.Body, len(answer.Sent))
	}
}

// refused delivers the event of a list that is given up, and checks what is told of
// that.
func (b *bench) refused(what string, e events.Event, code string) {
	b.Helper()
	var list events.BatchUploaded
	if err := e.DataAs(&list); err != nil {
		b.Fatal(err)
	}
	answer := b.Twice(b, e)
	if answer.Status != 422 {
		b.Fatalf("%s: %d %s", what, answer.Status, answer.Body)
	}
	told := only[events.BatchRefused](b, answer.Sent)
	want := events.BatchRefused{Batch: list.Batch, Source: source, Object: list.Object, Stage: Word, Code: code, Reason: told.Reason}
	if diff := cmp.Diff(want, told); diff != "" || told.Reason == "" || len(answer.Sent) != 1 {
		b.Errorf("%s: %d events, (-want +got)\n%s", what, len(answer.Sent), diff)
	}
	kept, err := findBatch(b.Context(), b.catalogue.DB, list.Batch)
	if err != nil || kept.state != "" && (kept.state != stateNew || kept.reason != code+": "+told.Reason) {
		b.Errorf("%s: kept is %+v, %v", what, kept, err)
	}
}

// staged counts the rows of all lists.
func (b *bench) staged() (n int) {
	b.Helper()
	if err := b.catalogue.DB.QueryRow(b.Context(), `SELECT count(*) FROM batch_row`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
