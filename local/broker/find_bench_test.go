package broker

import (
	"testing"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// stored is how many events the lists are measured on.
const stored = 100_000

// fillList stores events of 1 KiB over a day, of 40 types and 20 units, each with one
// delivery or two: done but for every 997th, which is dead, and the last ten.
func fillList(b testing.TB, db *pg.DB) {
	b.Helper()
	for _, step := range []string{
		`INSERT INTO event (seq, type, subject, correlation, attributes, data, trace, hops, received_at)
			SELECT nextval('event_seq'), 'dev.xietong.noun' || n % 40 || '.made.v1', 'subject-' || n, 'story-' || n / 10,
				'{"causationid":"id-' || n - 1 || '","correlationid":"story-' || n / 10 || '","datacontenttype":"application/json","id":"id-' || n || '","source":"/bench","specversion":"1.0","subject":"subject-' || n || '","time":"2026-01-01T00:00:00Z","type":"dev.xietong.noun' || n % 40 || '.made.v1","unit":"unit-' || n % 20 || '"}',
				convert_to('{"text":"' || repeat('x', 1000) || n || '"}', 'UTF8'), '00-1-1-01', 0, '2026-01-01'::timestamptz + n * interval '864 ms' FROM generate_series(1, 100000) n`,
		`INSERT INTO delivery (seq, trigger, state, code, started_at, ended_at) SELECT seq, 'first', CASE WHEN seq % 997 = 0 THEN 4 WHEN seq > 99990 THEN 1 ELSE 3 END, 200, received_at, received_at FROM event WHERE seq % 5 > 0`,
		`INSERT INTO delivery (seq, trigger, state, code, started_at, ended_at) SELECT seq, 'second', 3, 200, received_at, received_at FROM event WHERE seq % 2 = 0`,
		`INSERT INTO lane (trigger, service, ordered) VALUES ('first', 'reader', false), ('second', 'keeper', false)`,
		`VACUUM (ANALYZE) event`, `VACUUM (ANALYZE) delivery`,
	} {
		if _, err := db.Exec(b.Context(), step); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFind lists the first page by each filter: those that match much, and those
// that match nothing and so look as far as they may.
func BenchmarkFind(b *testing.B) {
	broker := open(b, Config{DB: pgtest.Open(b, Schema, Migrations())})
	fillList(b, broker.DB)
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		s    Search
	}{
		{"all", Search{}}, {"deep", Search{Before: 20_000}}, {"story", Search{Correlation: "story-777"}},
		{"type", Search{Type: "noun7.made"}}, {"no type", Search{Type: "none"}},
		{"unit", Search{Unit: "unit-7"}}, {"no unit", Search{Unit: "none"}},
		{"function", Search{Service: "keeper"}}, {"no function", Search{Service: "none"}},
		{"done", Search{Outcome: AllDone}}, {"dead", Search{Outcome: SomeDead}}, {"on its way", Search{Outcome: OnItsWay}}, {"untaken", Search{Outcome: Untaken}},
		{"text", Search{Text: "x99"}}, {"no text", Search{Text: "none"}},
		{"since", Search{Since: noon}}, {"until", Search{Until: noon}}, {"all filters, nothing", Search{Type: "noun", Unit: "unit-7", Service: "reader", Outcome: SomeDead, Text: "none", Since: noon.Add(-6 * time.Hour)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := broker.Find(b.Context(), c.s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFollow asks what came where nothing did, and where 100 events did.
func BenchmarkFollow(b *testing.B) {
	broker := open(b, Config{DB: pgtest.Open(b, Schema, Migrations())})
	fillList(b, broker.DB)
	for name, after := range map[string]int64{"nothing": stored, "100": stored - 100} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := broker.Follow(b.Context(), Search{}, after, 100); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
