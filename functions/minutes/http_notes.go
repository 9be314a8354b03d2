package minutes

// What people noted: read, changed, taken away. How a note comes to be stands in
// http_noting.go.

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

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

func noteIndex(notes []Note, id string) int {
	return slices.IndexFunc(notes, func(n Note) bool { return n.ID == id })
}
