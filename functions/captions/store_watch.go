package captions

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// said is what was said in a session since a line.
type said struct {
	lines    []Caption
	partials []Caption // one of each track on which a sentence is being said
	over     bool      // the session was ended or deleted
}

const maxLines = 500 // that are read at once

// readSaid reads what was said after a line, in the order of lines. Whether it is over is
// asked first, since no line comes after that; lines and what is being said are one
// statement, lest a sentence be seen as both or as neither.
func readSaid(ctx context.Context, db reader, s session, after int64) (all said, err error) {
	err = db.QueryRow(ctx, `SELECT ended_at IS NOT NULL OR deleted FROM session WHERE id = $1`, s.ID).Scan(&all.over)
	if err != nil {
		return all, wrap("read session", s.ID, err)
	}
	rows, err := db.Query(ctx, `SELECT * FROM (SELECT number, track, segment, gap FROM line WHERE session = $1 AND number > $2 ORDER BY number LIMIT $3) AS lines
		UNION ALL SELECT 0, number, partial, '' FROM track WHERE session = $1 AND partial <> ''`, s.ID, after, maxLines)
	found, err := captionsOf(rows, err, s)
	slices.SortStableFunc(found, func(a, b Caption) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Track, b.Track)) })
	first, _ := slices.BinarySearchFunc(found, 1, func(c Caption, least int64) int { return cmp.Compare(c.Number, least) })
	all.partials, all.lines = found[:first], found[first:]
	if len(all.lines) == maxLines { // what is being said comes behind those that are left
		all.partials = nil
	}
	return all, wrap("read what was said in", s.ID, err)
}

func captionsOf(rows pg.Rows, err error, s session) (all []Caption, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Caption
		var segment string
		if err := rows.Scan(&c.Number, &c.Track, &segment, &c.Gap); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(segment), &c.segment); err != nil {
			return nil, err
		}
		c.Speaker, c.StartMS, c.EndMS, c.Text = s.About.speaker(c.Track), c.segment.StartMS, c.segment.EndMS, c.segment.Text
		all = append(all, c)
	}
	return all, rows.Err()
}

// readTracks returns the tracks of a session in their order, with their pieces.
func readTracks(ctx context.Context, db reader, id string) (tracks []recorded, err error) {
	rows, err := db.Query(ctx, `SELECT t.number, t.began_ms, p.start, p.length FROM track t JOIN piece p ON p.session = t.session AND p.track = t.number
		WHERE t.session = $1 ORDER BY t.number, p.start`, id)
	if err != nil {
		return nil, wrap("read the tracks of", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var t recorded
		var p piece
		if err := rows.Scan(&t.number, &t.beganMS, &p.start, &p.length); err != nil {
			return nil, wrap("read the tracks of", id, err)
		}
		if n := len(tracks); n == 0 || tracks[n-1].number != t.number {
			tracks = append(tracks, t)
		}
		last := &tracks[len(tracks)-1]
		last.pieces = append(last.pieces, p)
	}
	return tracks, wrap("read the tracks of", id, rows.Err())
}

// readAllLines returns every line of a session, in the order of time.
func readAllLines(ctx context.Context, db reader, s session) (lines []Caption, err error) {
	after := int64(0)
	for {
		next, err := readSaid(ctx, db, s, after)
		if err != nil {
			return nil, err
		}
		lines = append(lines, next.lines...)
		if len(next.lines) < maxLines {
			return lines, nil
		}
		after = lines[len(lines)-1].Number
	}
}

// segmentsOf returns the segments of lines, and the gaps among them.
func segmentsOf(lines []Caption) (segments []events.Segment, gaps []events.Gap) {
	for _, l := range lines {
		if l.Gap != "" {
			gaps = append(gaps, events.Gap{Track: l.Track, StartMS: l.StartMS, EndMS: l.EndMS, Reason: l.Gap})
			continue
		}
		segments = append(segments, l.segment)
	}
	return segments, gaps
}
