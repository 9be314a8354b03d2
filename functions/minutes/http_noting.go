package minutes

// A note comes to be: what is asked for, and where it stands.

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

type noting struct {
	Kind    string `json:"kind"`
	Text    string `json:"text"`
	Parent  string `json:"parent"`
	Segment string `json:"segment"`
	Last    string `json:"last"`
	From    int    `json:"from"`
	To      int    `json:"to"`
	Point   string `json:"point"`
	AtMS    int64  `json:"at_ms"`
}

func (n noting) check(most int) error {
	switch {
	case n.Kind != Highlight && n.Kind != Comment && n.Kind != Done:
		return web.Field("field_one_of", "kind", strings.Join([]string{Highlight, Comment, Done}, ", "))
	case n.AtMS < 0:
		return web.Field("field_place", "at_ms")
	case n.Kind == Comment:
		return length("text", n.Text, 1, most)
	}
	return length("text", n.Text, 0, most)
}

// note answers POST /minutes/{id}/notes. The same Idempotency-Key makes one note; an
// action is done once.
func (c *call) note() error {
	var want noting
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	want.Text = strings.TrimSpace(want.Text)
	if err := want.check(c.MaxNote); err != nil {
		return err
	}
	request, err := c.requestID("note")
	if err != nil {
		return err
	}
	var made Note
	err = c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		made, err = c.add(ctx, tx, s, "note-"+ce.ID(s.id, request)[:16], want)
		return err
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusCreated, c.noteView(made))
}

func (c *call) add(ctx context.Context, tx pg.Tx, s story, id string, want noting) (Note, error) {
	notes, err := c.placed(ctx, tx, s)
	if err != nil {
		return Note{}, err
	}
	print := ce.ID(want.Kind, want.Text, want.Parent, want.Segment, want.Point)
	if at := noteIndex(notes, id); at >= 0 {
		if notes[at].Request != print {
			return Note{}, web.Refuse(http.StatusConflict, "key_reused")
		}
		return notes[at], nil
	}
	if at := slices.IndexFunc(notes, func(n Note) bool {
		return n.Kind == Done && want.Kind == Done && n.Spot.Point == want.Point && !n.Spot.Moved
	}); at >= 0 {
		return notes[at], nil
	}
	if len(notes) >= c.MaxNotes {
		return Note{}, web.Refuse(http.StatusConflict, "too_many_notes", c.MaxNotes)
	}
	n := Note{ID: id, Kind: want.Kind, Author: c.author, Request: print, Text: want.Text}
	if n.Parent, n.Spot, err = c.spot(ctx, tx, s, notes, want); err != nil {
		return n, err
	}
	if err := addNote(ctx, tx, s.id, n); err != nil {
		return n, err
	}
	return n, tx.QueryRow(ctx, `SELECT now()`).Scan(&n.At)
}

// spot finds where a note shall stand: where the comment does that it answers, on a
// sentence, on a stretch, or at a moment.
func (c *call) spot(ctx context.Context, db reader, s story, notes []Note, want noting) (parent string, at Spot, err error) {
	switch {
	case want.Parent != "":
		i := noteIndex(notes, want.Parent)
		if i < 0 || notes[i].Kind == Done || want.Kind != Comment {
			return "", at, web.Field("field_place", "parent")
		}
		if notes[i].Parent != "" {
			return notes[i].Parent, notes[i].Spot, nil
		}
		return want.Parent, notes[i].Spot, nil
	case want.Point != "":
		at, err = onSentence(s, want)
	case want.Segment != "":
		var lines []Line
		if lines, err = readLines(ctx, db, s, c.MaxSegments); err == nil {
			at, err = onStretch(lines, want)
		}
	case want.Kind == Comment:
		at = Spot{StartMS: want.AtMS, EndMS: want.AtMS}
	default:
		err = web.Field("field_place", "segment")
	}
	return "", at, err
}

func onSentence(s story, want noting) (Spot, error) {
	if s.summary != nil && want.Kind != Highlight {
		for _, i := range itemsOf(s.summary.Document) {
			if i.ID == want.Point && i.List != "keywords" && (want.Kind != Done || i.List == "actions") {
				return Spot{List: i.List, Point: i.ID, Sentence: i.Text, Evidence: i.Evidence, StartMS: i.startMS(), EndMS: i.startMS()}, nil
			}
		}
	}
	return Spot{}, web.Field("field_place", "point")
}

// onStretch is a stretch of the transcript; without an end it is the whole line.
func onStretch(lines []Line, want noting) (Spot, error) {
	if want.Last == "" {
		want.Last = want.Segment
	}
	first, last := lineIndex(lines, want.Segment), lineIndex(lines, want.Last)
	if want.To == 0 && first >= 0 && first == last {
		want.To = len([]rune(lines[first].Text))
	}
	quote, is := stretch(lines, first, last, want.From, want.To)
	if !is || want.Kind == Done || len(quote) > 4*maxPointText {
		return Spot{}, web.Field("field_place", "segment")
	}
	return Spot{Segment: want.Segment, Last: want.Last, From: want.From, To: want.To, Track: lines[first].Track,
		StartMS: lines[first].StartMS, EndMS: lines[last].EndMS, Quote: quote}, nil
}
