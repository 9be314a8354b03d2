package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/booktext"
	"xietong.dev/shared/fault"
)

func code(err error) string { return fault.Code(err) }

// A book becomes all that a reader needs, under the sum of its file.
func TestABookBecomesAllThatAReaderNeeds(t *testing.T) {
	b := start(t)
	content := string(booktest.EPUB3(booktest.Small()))
	all := b.run(b.uploaded("a", 1, "a.epub", content))
	said, covered := every[events.BookCatalogued](b, all), only[events.BookCovered](b, all)
	if len(said) != 2 || said[0].Text != nil || said[0].Letters != 0 {
		t.Fatalf("want it said without its text, and then with it: %+v", said)
	}
	d := said[1]
	if first := said[0]; !cmp.Equal(first.Metadata, d.Metadata) || first.Contents != d.Contents || first.Origin != d.Origin {
		t.Errorf("it is said otherwise without its text: %+v", first)
	}
	if d.Format != events.BookEPUB || d.Metadata.Title != "读书馆的故事" || d.Metadata.ISBN != "9787020002207" || !d.HasCover || d.Letters == 0 {
		t.Errorf("got %+v", d)
	}
	want := []string{"contents.json", "cover.jpg", "file.epub", "text.zst", "thumbnail.jpg"}
	for i, name := range want {
		want[i] = "books/" + d.SHA256 + "/" + name
	}
	if diff := cmp.Diff(want, b.objects()); diff != "" {
		t.Errorf("objects (-want +got)\n%s", diff)
	}
	if b.held(d.File) != content {
		t.Error("the file is not the one that was uploaded")
	}
	if _, err := events.DecodeBookContents([]byte(b.held(d.Contents))); err != nil {
		t.Error(err)
	}
	var text []booktext.Part
	err := booktext.Read(strings.NewReader(b.held(*d.Text)), 1<<20, func(p booktext.Part) bool { text = append(text, p); return true })
	if err != nil || len(text) < 3 || !strings.Contains(text[len(text)-2].Text, "𠮷野家") {
		t.Errorf("the text: %v, %+v", err, text)
	}
	if small, err := jpeg.Decode(strings.NewReader(b.held(covered.Thumbnail))); err != nil || small.Bounds().Dx() > 320 {
		t.Errorf("the thumbnail: %v", err)
	}
	k, err := findRecord(t.Context(), b.catalogue.DB, d.Book, "", "")
	if err != nil || k.edition != "9787020002207" || k.sha256 != d.SHA256 {
		t.Errorf("the record: %+v, %v", k, err)
	}
}

// A file is read once, and its cover made once, whoever sends it and by whatever
// name.
func TestTheSameFileIsReadOnce(t *testing.T) {
	b := start(t)
	content := string(booktest.EPUB3(booktest.Small()))
	first := every[events.BookCatalogued](b, b.run(b.uploaded("a", 1, "a.epub", content)))[1]
	written := map[string]time.Time{}
	for _, key := range b.objects() {
		info, err := b.store.Head(t.Context(), "artifacts", key, "")
		if err != nil {
			t.Fatal(err)
		}
		written[key] = info.Modified
	}
	all := b.run(b.uploaded("b", 1, "b.epub", content))
	second := only[events.BookCatalogued](b, all)
	only[events.BookCovered](b, all)
	if diff := cmp.Diff([]any{first.File, first.Text}, []any{second.File, second.Text}); diff != "" {
		t.Errorf("(-first +second)\n%s", diff)
	}
	for key, at := range written {
		if info, err := b.store.Head(t.Context(), "artifacts", key, ""); err != nil || !info.Modified.Equal(at) {
			t.Errorf("%s was written again", key)
		}
	}
}

// A title that only a file's name gives is each book's own.
func TestWhatHasNoTitleGoesByItsName(t *testing.T) {
	b := start(t)
	for _, name := range []string{"三国演义", "水浒传"} {
		if d := only[events.BookCatalogued](b, b.run(b.uploaded(name, 1, name+".txt", story("x")))); d.Metadata.Title != name {
			t.Errorf("%s.txt is called %q", name, d.Metadata.Title)
		}
	}
}

// What means harm is refused by name or read as far as it goes, and what is refused
// leaves nothing behind.
func TestHostileBooks(t *testing.T) {
	b := start(t)
	for i, h := range booktest.Hostiles() {
		before := len(b.objects())
		answer := b.Twice(t, b.uploaded(fmt.Sprint(i), 1, "a.epub", string(h.File)))
		switch {
		case h.Code == "" && answer.Status != 204:
			t.Errorf("%s: %d %s", h.Name, answer.Status, answer.Body)
		case h.Code == "":
			only[events.BookCatalogued](b, answer.Sent)
		default:
			if d := only[events.BookRefused](b, answer.Sent); answer.Status != 422 || d.Code != h.Code || d.Stage != Word || len(b.objects()) != before {
				t.Errorf("%s: %d %+v, %d objects, want %s and nothing new", h.Name, answer.Status, d, len(b.objects())-before, h.Code)
			}
		}
	}
}

// A book whose cover cannot be shown is a book all the same: nobody is told that it
// was refused.
func TestACoverThatCannotBeShown(t *testing.T) {
	b := start(t)
	small := string(booktest.EPUB3(booktest.Small()))
	for name, picture := range map[string]string{"huge": string(booktest.HugePNG(60_000, 60_000)), "none": "not a picture"} {
		content := string(booktest.With([]byte(small), booktest.CoverFile, picture))
		all := b.Twice(t, b.uploaded(name, 1, "a.epub", content)).Sent
		if len(all) != 3 {
			t.Fatalf("%s: got %v", name, all)
		}
		if answer := b.Twice(t, all[2]); answer.Status != 422 || len(answer.Sent) != 0 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}

func TestLimits(t *testing.T) {
	b := start(t, "MAX_BOOK=1KiB", "MAX_BATCH_ROWS=2")
	fits, over := strings.Repeat("书", 341), strings.Repeat("书", 342)
	if answer := b.Twice(t, b.uploaded("a", 1, "a.txt", fits)); answer.Status != 204 {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if d := only[events.BookRefused](b, b.Twice(t, b.uploaded("b", 1, "a.txt", over)).Sent); d.Code != events.RefusedTooLarge {
		t.Errorf("got %+v", d)
	}
	rows := []string{other("withdraw", "x", 1), other("withdraw", "y", 1), other("withdraw", "z", 1)}
	if answer := b.Twice(t, b.listed("a.batch.jsonl", list("delta", rows[:2]...))); answer.Status != 204 {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if answer := b.Twice(t, b.listed("b.batch.jsonl", list("delta", rows...))); answer.Status != 422 || !strings.HasPrefix(answer.Body, events.RefusedTooLarge) {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
}

// An event that is not what it says is refused.
func TestForgeries(t *testing.T) {
	b := start(t)
	o := b.put("haixin/a.txt", story("a"))
	forged := b.event(events.BookUploaded{Book: bookID("other", "a"), Upload: "0123456789", Object: o, Name: "a.txt", Origin: events.Origin{Source: source, ID: "a", Version: 1}})
	if d := only[events.BookRefused](b, b.Twice(t, forged).Sent); d.Code != "invalid" {
		t.Errorf("got %+v", d)
	}
	theirs := strings.Replace(list("delta", upsert("a", 1, "a.txt")), source, "another", 1)
	for _, c := range []struct {
		e    events.Event
		want string
	}{
		{b.listed("a.batch.jsonl", theirs), CodeSource},
		{b.event(events.BatchApproved{Batch: "0123456789", By: "li"}), CodeUnknownBatch},
		{b.event(events.BatchRowsRequested{Batch: "0123456789", First: 1, Last: 1}), CodeUnknownBatch},
	} {
		if answer := b.Twice(t, c.e); answer.Status != 422 || !strings.HasPrefix(answer.Body, c.want) {
			t.Errorf("want %s: %d %s", c.want, answer.Status, answer.Body)
		}
	}
}

// A batch that waits for an approval does not begin because somebody asks for its
// rows.
func TestRowsDoNotBeginWithoutApproval(t *testing.T) {
	b := start(t, "APPROVE_WITHDRAWALS=0")
	b.run(b.uploaded("a", 1, "a.txt", story("a")))
	planned := b.listed("a.batch.jsonl", list("delta", other("withdraw", "a", 2)))
	if d := only[events.BatchPlanned](b, b.run(planned)); !d.NeedsApproval {
		t.Errorf("got %+v", d)
	}
	if answer := b.Twice(t, b.event(events.BatchRowsRequested{Batch: planned.Subject(), First: 1, Last: 1})); answer.Status != 422 || len(answer.Sent) != 0 {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if d := only[events.BookWithdrawn](b, b.run(b.event(events.BatchApproved{Batch: planned.Subject(), By: "li"}))); d.Origin.Version != 2 {
		t.Errorf("got %+v", d)
	}
	var reasons []string
	if err := b.catalogue.DB.QueryRow(t.Context(), `SELECT array_agg(what || ' ' || version || ' ' || reason || ' ' || number ORDER BY version) FROM trail`).Scan(&reasons); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"withdrawn 2 test 1"}, reasons); diff != "" {
		t.Errorf("the trail (-want +got)\n%s", diff)
	}
}

// Versions of one book that are worked on at the same moment: the newest stays.
func TestManyVersionsAtOnce(t *testing.T) {
	b := start(t)
	var group sync.WaitGroup
	for version := range int64(12) {
		e := b.uploaded("a", version+1, "a.txt", story(fmt.Sprint(version)))
		group.Go(func() {
			for range 50 {
				if answer := b.Deliver(t, e); answer.Status != 429 {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Error("busy for ever")
		})
	}
	group.Wait()
	k, err := findRecord(t.Context(), b.catalogue.DB, bookID(source, "a"), source, "a")
	if err != nil || k.content != 12 {
		t.Errorf("got version %d, %v", k.content, err)
	}
}

// The form of a report's line is a promise.
func TestReportLine(t *testing.T) {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(reportLine{Row: 1, SourceID: "a", Op: "upsert", Version: 2, Result: "refused", Code: "drm_lcp", Reason: "why"}); err != nil {
		t.Fatal(err)
	}
	if want := `{"row":1,"source_id":"a","op":"upsert","version":2,"result":"refused","code":"drm_lcp","reason":"why"}` + "\n"; out.String() != want {
		t.Errorf("got %s", out.String())
	}
}
