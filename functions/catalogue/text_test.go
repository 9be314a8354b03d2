package catalogue

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
)

// texts takes the requests for a text out of what was sent.
func texts(all []events.Event) (asked []events.Event) {
	for _, e := range all {
		if e.Type() == (events.BookTextRequested{}).EventType() {
			asked = append(asked, e)
		}
	}
	return asked
}

// Whatever becomes of a book between its row and its text, it is said with the text
// once it is to be seen, and never without afterwards.
func TestTheTextComesLast(t *testing.T) {
	content, other := string(booktest.EPUB3(booktest.Small())), string(booktest.EPUB2(booktest.Small()))
	row := func(op string, version int) func(*bench) []events.Event {
		return func(b *bench) []events.Event {
			return b.run(b.listed("a.batch.jsonl", list("delta", `{"op":"`+op+`","source_id":"a","version":`+string(rune('0'+version))+`,"metadata":{"title":"新"},"reason":"test"}`)))
		}
	}
	for name, meanwhile := range map[string][]func(*bench) []events.Event{
		"nothing":            nil,
		"it is described":    {row("metadata", 2)},
		"it is withdrawn":    {row("withdraw", 2)},
		"it is restored too": {row("withdraw", 2), row("restore", 3)},
		"its file is another": {func(b *bench) []events.Event {
			return b.run(b.uploaded("a", 2, "a.epub", other))
		}},
		"another has its file": {func(b *bench) []events.Event {
			return b.run(b.uploaded("b", 1, "b.epub", content))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			asked := texts(b.Twice(t, b.uploaded("a", 1, "a.epub", content)).Sent)
			if len(asked) != 1 {
				t.Fatalf("its text is asked for %d times", len(asked))
			}
			var said []events.BookCatalogued
			for _, step := range meanwhile {
				said = append(said, every[events.BookCatalogued](b, step(b))...)
			}
			late := every[events.BookCatalogued](b, b.run(asked[0]))
			for _, d := range late {
				if d.Text == nil || d.Letters == 0 || d.Book != bookID(source, "a") {
					t.Errorf("its text was read, and it is said with %+v", d)
				}
			}
			k, err := findRecord(t.Context(), b.catalogue.DB, bookID(source, "a"), "", "")
			if err != nil {
				t.Fatal(err)
			}
			newest := events.BookCatalogued{}
			for _, d := range append(said, late...) {
				if d.Book == k.book && d.Text != nil && d.SHA256 == k.sha256 {
					newest = d
				}
			}
			switch {
			case k.withdrawn && len(late) > 0:
				t.Errorf("it is withdrawn, and said: %+v", late)
			case !k.withdrawn && (newest.Origin.Version != k.content || !cmp.Equal(newest.Metadata, k.describe())):
				t.Errorf("it was last said with a text as %+v, and is %+v", newest, k)
			}
			if again := texts(b.run(b.uploaded("c", 1, "c.epub", content))); len(again) != 0 {
				t.Error("the text that was read is asked for again")
			}
		})
	}
}

// A text that fails holds up no book.
func TestATextThatIsTooLong(t *testing.T) {
	b := start(t, "MAX_BOOK_LETTERS=10")
	sent := b.Twice(t, b.uploaded("a", 1, "a.epub", string(booktest.EPUB3(booktest.Small())))).Sent
	only[events.BookCatalogued](b, sent)
	if answer := b.Twice(t, texts(sent)[0]); answer.Status != 422 || len(answer.Sent) != 0 {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if f, there, err := findFile(t.Context(), b.catalogue.DB, only[events.BookCatalogued](b, sent).SHA256); err != nil || !there || f.textRead {
		t.Errorf("the file: %+v, %v", f, err)
	}
}
