package catalogue

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

const many = 2000

// poisoned reports whether a row of the large batch is one of the 3 % that mean
// harm or have no file.
func poisoned(i int) bool { return i%100 < 3 }

// large is a batch of many books, whose files lie beside it.
func large(b *bench) string {
	rows := make([]string, many)
	for i := range rows {
		name := fmt.Sprintf("%d.txt", i)
		rows[i] = upsert(fmt.Sprint(i), 1, name)
		switch {
		case i%100 == 0:
			b.put(source+"/batches/"+name, "\x00\x01\x02 no book")
		case i%100 == 1: // its file never came
		case i%100 == 2:
			b.put(source+"/batches/"+name, " \n")
		default:
			b.put(source+"/batches/"+name, story(name))
		}
	}
	return list("snapshot", rows...)
}

// A large batch comes to an exact report; again, it changes nothing. A snapshot that
// lacks books withdraws none.
func TestALargeBatch(t *testing.T) {
	b := start(t)
	text := large(b)
	began := time.Now()
	all := b.run(b.listed("1.batch.jsonl", text))
	t.Logf("%d rows, each event twice: %v", many, time.Since(began).Round(time.Millisecond))
	done := only[events.BatchCompleted](b, all)
	want := events.RowCount{Rows: many, Catalogue: many - many*3/100, Refused: many * 3 / 100}
	if diff := cmp.Diff(want, done.Counts); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
	b.exact(done)
	if n := len(every[events.BookCatalogued](b, all)); n != want.Catalogue {
		t.Errorf("%d books were catalogued, want %d", n, want.Catalogue)
	}

	began = time.Now()
	again := b.run(b.listed("2.batch.jsonl", text))
	t.Logf("the same again: %v", time.Since(began).Round(time.Millisecond))
	want = events.RowCount{Rows: many, Unchanged: want.Catalogue, Refused: want.Refused}
	if diff := cmp.Diff(want, only[events.BatchCompleted](b, again).Counts); diff != "" {
		t.Errorf("the same again (-want +got)\n%s", diff)
	}
	if n := len(every[events.BookCatalogued](b, again)) + len(every[events.BookWithdrawn](b, again)); n != 0 {
		t.Errorf("the same again changed %d books", n)
	}
	b.lacking(50)
}

// exact checks the report of the large batch row by row.
func (b *bench) exact(d events.BatchCompleted) {
	b.Helper()
	for i, l := range b.report(d) {
		want := reportLine{Row: i + 1, SourceID: fmt.Sprint(i), Op: "upsert", Version: 1, Result: string(catalogued), Reason: l.Reason}
		if poisoned(i) {
			want.Result, want.Code = string(refused), []string{"unsupported", events.RefusedMissing, "empty_book"}[i%100]
		}
		if diff := cmp.Diff(want, l); diff != "" || (l.Reason != "") != poisoned(i) {
			b.Fatalf("row %d (-want +got)\n%s", i+1, diff)
		}
	}
}

// lacking sends a snapshot without some of the books that are there.
func (b *bench) lacking(lost int) {
	b.Helper()
	var rows []string
	for i := range many {
		switch {
		case poisoned(i):
		case lost > 0:
			lost--
		default:
			rows = append(rows, upsert(fmt.Sprint(i), 1, fmt.Sprintf("%d.txt", i)))
		}
	}
	all := b.run(b.listed("3.batch.jsonl", list("snapshot", rows...)))
	if n := len(every[events.BookWithdrawn](b, all)); n != 0 {
		b.Errorf("%d books were withdrawn by absence", n)
	}
	if d := only[events.BatchPlanned](b, all); d.Why != "50 books of the source are not in the snapshot; they stay, for only a row withdraws a book" || d.NeedsApproval {
		b.Errorf("got %+v", d)
	}
	if d := only[events.BatchCompleted](b, all); d.Counts != (events.RowCount{Rows: len(rows), Unchanged: len(rows)}) {
		b.Errorf("got %+v", d.Counts)
	}
}

// Batches of one source that come in the wrong order, and again: the book that one
// of them withdraws does not show again.
func TestAWithdrawnBookStaysAway(t *testing.T) {
	b := start(t)
	b.put(source+"/batches/a1.txt", story("a1"))
	b.put(source+"/batches/a3.txt", story("a3"))
	batches := []string{list("delta", upsert("a", 1, "a1.txt")), list("delta", other("withdraw", "a", 2)), list("delta", upsert("a", 3, "a3.txt"))}
	for _, order := range [][]int{{1, 0, 2}, {0, 1, 2, 0, 1, 2}, {1, 2, 0, 1, 0, 2}} {
		for _, i := range order {
			all := b.run(b.listed(fmt.Sprintf("%d.batch.jsonl", i), batches[i]))
			shown := len(every[events.BookCatalogued](b, all)) + len(every[events.BookRestored](b, all))
			if gone := b.gone("a"); shown > 0 && gone {
				t.Errorf("order %v: list %d shows the book again", order, i)
			}
		}
	}
	if !b.gone("a") {
		t.Error("the book is there")
	}
}

func (b *bench) gone(id string) bool {
	b.Helper()
	k, err := findRecord(b.Context(), b.catalogue.DB, bookID(source, id), source, id)
	if err != nil {
		b.Fatal(err)
	}
	return k.withdrawn
}
