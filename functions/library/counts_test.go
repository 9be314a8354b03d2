package library

import (
	"errors"
	"sync"
	"testing"
	"time"
)

func TestCountsOfLongListsAreKept(t *testing.T) {
	now, there := began, 0
	c := Counts{For: time.Minute, Now: func() time.Time { return now }}
	asks := 0
	ask := func(l listing) int {
		t.Helper()
		f, err := c.of(l, func() (Facets, error) { asks++; return Facets{Counted: there}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return f.Counted
	}
	for _, step := range []struct {
		after time.Duration
		there int
		list  listing
		want  int
	}{
		{0, longList - 1, listing{}, longList - 1}, {0, 1000, listing{}, 1000}, // a short one is not kept
		{0, 2000, listing{}, 1000}, {0, 2000, listing{words: "数据"}, 2000}, {0, 3000, listing{filter: Filter{Year: 2001}}, 3000}, {0, 4000, listing{values: 5}, 4000}, {0, 5000, listing{field: Title}, 5000},
		{59 * time.Second, 3000, listing{}, 1000}, {time.Second, 3000, listing{}, 3000}, {time.Minute, 10, listing{}, 10}, {0, 11, listing{}, 11},
	} {
		now, there = now.Add(step.after), step.there
		if got := ask(step.list); got != step.want {
			t.Errorf("%+v: %d books, want %d", step, got, step.want)
		}
	}
	there = longList
	for i := range 3 * manyLists {
		ask(listing{values: i})
	}
	if n := len(c.kept); n > manyLists {
		t.Errorf("%d lists are kept", n)
	}
	failing := errors.New("no database")
	if _, err := c.of(listing{words: "坏"}, func() (Facets, error) { return Facets{}, failing }); !errors.Is(err, failing) {
		t.Errorf("%v, want %v", err, failing)
	}
	asks = 0
	var all sync.WaitGroup
	for range 50 { // one counts for all
		all.Go(func() {
			if got := ask(listing{words: "坏"}); got != longList {
				t.Errorf("%d books", got)
			}
		})
	}
	if all.Wait(); asks != 1 {
		t.Errorf("counted %d times", asks)
	}
}
