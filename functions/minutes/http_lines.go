package minutes

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// The transcript as people left it.

// readLines returns the current transcript as people left it, from its beginning on.
func readLines(ctx context.Context, db reader, s story, limit int) ([]Line, error) {
	return readSome(ctx, db, s, 0, limit)
}

// readSome returns a part of it: who spoke, and what was put right.
func readSome(ctx context.Context, db reader, s story, from, limit int) ([]Line, error) {
	segments, err := readSegments(ctx, db, s.id, s.current().ID, from, limit)
	if err != nil {
		return nil, err
	}
	return linesOf(ctx, db, s, segments)
}

// said is the whole transcript as it counts.
func (c *call) said(s story) ([]events.Segment, error) {
	lines, err := readLines(c.r.Context(), c.DB, s, c.MaxSegments)
	segments := make([]events.Segment, len(lines))
	for i, line := range lines {
		segments[i] = line.Segment
	}
	return segments, err
}

func linesOf(ctx context.Context, db reader, s story, segments []events.Segment) ([]Line, error) {
	corrections, err := readCorrections(ctx, db, s.id)
	if err != nil {
		return nil, err
	}
	placed := map[string][]Correction{}
	if len(corrections) > 0 {
		spans, err := readSpans(ctx, db, s.id, s.current().ID)
		if err != nil {
			return nil, err
		}
		placed = place(spans, corrections)
	}
	lines := make([]Line, len(segments))
	for i, segment := range s.names().segments(segments) {
		lines[i] = corrected(segment, s.current().ID, placed[segment.ID])
	}
	return lines, nil
}

// correct answers PUT /minutes/{id}/transcript/{segment} {text}. If-Match names how
// often the line was edited before, as "0", so that of two people who edit it at once
// the second learns of the first.
func (c *call) correct() error {
	match, err := c.ifMatch()
	if err != nil {
		return err
	}
	var want struct {
		Text string `json:"text"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	want.Text = strings.TrimSpace(want.Text)
	if err := length("text", want.Text, 0, maxPointText); err != nil {
		return err
	}
	var line Line
	err = c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) (err error) {
		line, err = c.write(ctx, tx, s, match, want.Text)
		return err
	})
	if err != nil {
		return err
	}
	c.w.Header().Set("ETag", lineTag(line))
	return c.reply(http.StatusOK, line)
}

func lineTag(line Line) string {
	if line.Edit == nil {
		return `"0"`
	}
	return `"` + strconv.Itoa(line.Edit.Edits) + `"`
}

func (c *call) write(ctx context.Context, tx pg.Tx, s story, match, text string) (Line, error) {
	line, err := readLine(ctx, tx, s, c.r.PathValue("segment"))
	if err != nil {
		return line, err
	}
	edits, heard := 0, line.Text
	if line.Edit != nil {
		edits, heard = line.Edit.Edits, line.Edit.Heard
	}
	if repeated := edits > 0 && match == `"`+strconv.Itoa(edits-1)+`"` && line.Edit.Author == c.author && line.Text == text; repeated {
		return line, nil // the same request again, after its answer was lost
	}
	if match != lineTag(line) {
		return line, &web.Problem{Status: http.StatusPreconditionFailed, Code: "if_match_stale", Text: "line_stale", Header: http.Header{"Etag": {lineTag(line)}}}
	}
	next := Correction{Segment: line.ID, Number: edits + 1, Upload: s.current().ID, Track: line.Track, StartMS: line.StartMS, EndMS: line.EndMS, Heard: heard, Text: text, Author: c.author}
	if err := writeCorrection(ctx, tx, s.id, next, c.MaxRevisions); err != nil {
		return line, err
	}
	if err := c.index(ctx, tx, s.id); err != nil {
		return line, err
	}
	return readLine(ctx, tx, s, line.ID)
}

// readLine returns one line of the current transcript as people left it.
func readLine(ctx context.Context, db reader, s story, id string) (Line, error) {
	if !web.Visible(id) {
		return Line{}, web.NotFound
	}
	segments, err := readSegment(ctx, db, s.id, s.current().ID, id)
	if err != nil {
		return Line{}, err
	}
	if len(segments) == 0 {
		return Line{}, web.NotFound
	}
	lines, err := linesOf(ctx, db, s, segments[:1])
	if err != nil {
		return Line{}, err
	}
	return lines[0], nil
}

type lineRevision struct {
	Number int       `json:"number"`
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
	Heard  string    `json:"heard"`
}

// lineHistory answers GET /minutes/{id}/transcript/{segment}: the line, and every edit
// of it, newest first.
func (c *call) lineHistory() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	line, err := readLine(c.r.Context(), c.DB, s, c.r.PathValue("segment"))
	if err != nil {
		return err
	}
	edits, err := readEdits(c.r.Context(), c.DB, s.id, line.ID)
	if err != nil {
		return err
	}
	answer := struct {
		Line
		Edits []lineRevision `json:"edits"`
	}{line, []lineRevision{}}
	for _, e := range edits {
		answer.Edits = append(answer.Edits, lineRevision{e.Number, e.Author, e.At, e.Text, e.Heard})
	}
	c.w.Header().Set("ETag", lineTag(line))
	return c.reply(http.StatusOK, answer)
}
