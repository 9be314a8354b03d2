package minutes

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// The benchmark's size. The default only shows that it works:
//
//	go test -run '^$' -bench Find -benchtime 20x -meetings 1000 -lines 1000 .
var (
	benchMeetings = flag.Int("meetings", 20, "minutes of the benchmark")
	benchLines    = flag.Int("lines", 100, "lines of each")
)

const often = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府研究讨论预算会议"

// sentences writes lines with words as common as they are in speech: few make most.
func sentences(r *rand.Rand, n int) (all []events.Segment) {
	letters := []rune(often)
	zipf := rand.NewZipf(r, 1.05, 8, uint64(len(letters)-1))
	for i := range n {
		var b strings.Builder
		for range 15 + r.IntN(20) {
			b.WriteRune(letters[zipf.Uint64()])
		}
		start := int64(i) * 4000
		all = append(all, events.Segment{ID: fmt.Sprintf("0-%d", start), Speaker: "s1", StartMS: start, EndMS: start + 3900, Text: b.String() + "。"})
	}
	return all
}

// fill writes minutes that hold a word in one of a hundred, and another in one alone.
func (d *desk) fill(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range *benchMeetings {
		id := fmt.Sprintf("%032x", i+1)
		lines := sentences(r, *benchLines)
		if i%100 == 7 {
			lines[len(lines)/2].Text += "海信集团"
		}
		if i == 13 {
			lines[3].Text += "量子纠缠"
		}
		err := d.minutes.DB.InTx(b.Context(), func(tx pg.Tx) error { return d.minutes.put(b.Context(), tx, id, i, lines) })
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, table := range []string{"minutes", "found", "segment"} {
		if _, err := d.minutes.DB.Exec(b.Context(), `VACUUM ANALYZE `+table); err != nil {
			b.Fatal(err)
		}
	}
}

func (m *Minutes) put(ctx context.Context, tx pg.Tx, id string, i int, lines []events.Segment) error {
	given, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	at := time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
	u := Upload{ID: id, Unit: "default", FirstAt: at, Arrival: &Arrival{At: at, Unit: "default", Title: fmt.Sprintf("第 %d 次例会", i)},
		Transcript: &Transcript{At: at, Revision: 1, Language: "zh", Segments: len(lines), Speakers: []events.Speaker{{ID: "s1", Label: "张三"}}}}
	if err := writeUpload(ctx, tx, id, u); err != nil {
		return err
	}
	if err := writeShown(ctx, tx, id, show(given, []Upload{u})); err != nil {
		return err
	}
	if err := writeSegments(ctx, tx, id, id, lines); err != nil {
		return err
	}
	return m.index(ctx, tx, id)
}

// scanned is how words were looked for before there were grams.
const scanned = `SELECT id FROM minutes WHERE unit = 'default' AND (strpos(folded, $1) > 0 OR EXISTS (SELECT 1 FROM segment s
	WHERE s.recording = minutes.id AND s.upload = minutes.upload AND strpos(s.folded, $1) > 0)) ORDER BY created_at DESC, id DESC LIMIT 21`

// BenchmarkFind searches all minutes of a unit over HTTP, and beside it as it was done
// before.
func BenchmarkFind(b *testing.B) {
	d := open(b)
	start := time.Now()
	d.fill(b)
	b.Logf("%d minutes of %d lines were written in %v", *benchMeetings, *benchLines, time.Since(start))
	var table, index, rows int64
	if err := d.minutes.DB.QueryRow(b.Context(), `SELECT pg_table_size('found'), pg_relation_size('found_grams'), pg_total_relation_size('segment')`).Scan(&table, &index, &rows); err != nil {
		b.Fatal(err)
	}
	b.Logf("found %d MB, its index %d MB, segments %d MB", table>>20, index>>20, rows>>20)
	for _, c := range []struct{ name, query string }{{"rare", "量子纠缠"}, {"one in a hundred", "海信集团"}, {"everywhere", "的是"}, {"nowhere", "霓虹灯塔"},
		{"nowhere, of common characters", "算议究预算"}, {"one character", "霓"}, {"traditional", "海信集團"}, {"pinyin of a speaker", "zhangsan"}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				d.find("q=" + c.query)
			}
		})
		b.Run("scanned/"+c.name, func(b *testing.B) {
			for b.Loop() {
				rows, err := d.minutes.DB.Query(b.Context(), scanned, c.query)
				if _, err = collect(rows, err, func(row pg.Row) (id string, err error) { return id, row.Scan(&id) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
