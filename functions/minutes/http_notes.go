package minutes

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

type noteView struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	Parent     string     `json:"parent,omitempty"`
	Author     string     `json:"author,omitempty"`
	At         time.Time  `json:"at"`
	EditedAt   *time.Time `json:"edited_at,omitempty"`
	Deleted    bool       `json:"deleted,omitempty"`
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	ResolvedBy string     `json:"resolved_by,omitempty"`
	Text       string     `json:"text,omitempty"`
	Spot       Spot       `json:"spot"`
	Mine       bool       `json:"mine,omitempty"` // the caller may change and delete it
}

func (c *call) noteView(n Note) noteView {
	return noteView{n.ID, n.Kind, n.Parent, n.Author, n.At, n.EditedAt, n.DeletedAt != nil, n.ResolvedAt, n.ResolvedBy, n.Text, n.Spot, c.owns(n)}
}

// owns reports whether the caller may change a note: a comment and a highlight are their
// author's, a tick is everybody's.
func (c *call) owns(n Note) bool {
	return n.DeletedAt == nil && (n.Kind == Done || n.Author == c.author)
}

// notes answers GET /minutes/{id}/notes: all of them, oldest first, where they stand
// now.
func (c *call) notes() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	notes, err := c.placed(c.r.Context(), c.DB, s)
	if err != nil {
		return err
	}
	answer := struct {
		Notes []noteView `json:"notes"`
	}{[]noteView{}}
	for _, n := range notes {
		answer.Notes = append(answer.Notes, c.noteView(n))
	}
	return c.reply(http.StatusOK, answer)
}

// placed reads all notes, and the transcript where one stands there.
func (c *call) placed(ctx context.Context, db reader, s story) ([]Note, error) {
	notes, err := readNotes(ctx, db, s.id)
	if err != nil || len(notes) == 0 {
		return nil, err
	}
	var lines []Line
	if slices.ContainsFunc(notes, func(n Note) bool { return n.Spot.Segment != "" }) {
		if lines, err = readLines(ctx, db, s, c.MaxSegments); err != nil {
			return nil, err
		}
	}
	return placed(notes, lines, s.summary), nil
}

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

func noteIndex(notes []Note, id string) int {
	return slices.IndexFunc(notes, func(n Note) bool { return n.ID == id })
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

// changeNote answers PATCH /minutes/{id}/notes/{note} {text, resolved}.
func (c *call) changeNote() error {
	var want struct {
		Text     *string `json:"text"`
		Resolved *bool   `json:"resolved"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	return c.onNote(func(ctx context.Context, tx pg.Tx, s story, n Note) error {
		if want.Text != nil {
			text := strings.TrimSpace(*want.Text)
			if err := (noting{Kind: n.Kind, Text: text}).check(c.MaxNote); err != nil {
				return err
			}
			if !c.owns(n) || n.Kind == Done {
				return web.Refuse(http.StatusForbidden, "not_author")
			}
			if err := rewriteNote(ctx, tx, s.id, n.ID, text); err != nil {
				return err
			}
		}
		if want.Resolved == nil {
			return nil
		}
		by := ""
		if *want.Resolved {
			by = c.author
		}
		return resolveNote(ctx, tx, s.id, n.ID, *want.Resolved, by)
	}, func(s story, id string) error {
		notes, err := c.placed(c.r.Context(), c.DB, s)
		if at := noteIndex(notes, id); err == nil && at >= 0 {
			return c.reply(http.StatusOK, c.noteView(notes[at]))
		}
		return err
	})
}

// deleteNote answers DELETE /minutes/{id}/notes/{note}. Of a comment that was answered
// the place stays.
func (c *call) deleteNote() error {
	return c.onNote(func(ctx context.Context, tx pg.Tx, s story, n Note) error {
		if !c.owns(n) {
			return web.Refuse(http.StatusForbidden, "not_author")
		}
		return removeNote(ctx, tx, s.id, n.ID)
	}, func(story, string) error {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// onNote does work on the note that the address names, then answers.
func (c *call) onNote(work func(context.Context, pg.Tx, story, Note) error, answer func(story, string) error) error {
	var locked story
	id := c.r.PathValue("note")
	err := c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		locked = s
		notes, err := readNotes(ctx, tx, s.id)
		if err != nil {
			return err
		}
		at := noteIndex(notes, id)
		if at < 0 || notes[at].DeletedAt != nil {
			return web.NotFound
		}
		return work(ctx, tx, s, notes[at])
	})
	if err != nil {
		return err
	}
	return answer(locked, id)
}
