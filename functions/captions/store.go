package captions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// reader is the database, or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pg.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
}

const selectSession = `SELECT id, unit, author, about, began_at, ended_at, deleted FROM session WHERE id = $1`

// readSession returns a session; found is false where there is none.
func readSession(ctx context.Context, db reader, sql, id string) (s session, found bool, err error) {
	var about string
	err = db.QueryRow(ctx, sql, id).Scan(&s.ID, &s.Unit, &s.Author, &about, &s.BeganAt, &s.EndedAt, &s.Deleted)
	if errors.Is(err, pg.ErrNoRows) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(about), &s.About)
	}
	return s, err == nil, wrap("read session", id, err)
}

// begin writes a session unless there is one of that id, and returns the one there is.
func begin(ctx context.Context, db *pg.DB, s session) (session, error) {
	about, err := json.Marshal(s.About)
	if err != nil {
		return s, err
	}
	_, err = db.Exec(ctx, `INSERT INTO session (id, unit, author, about, began_at, heard_at) SELECT $1, $2, $3, $4, $5, $5
		WHERE NOT EXISTS (SELECT 1 FROM session WHERE id = $1)`, s.ID, s.Unit, s.Author, string(about), s.BeganAt)
	if err != nil && !pg.IsDuplicate(err) {
		return s, wrap("begin session", s.ID, err)
	}
	s, _, err = readSession(ctx, db, selectSession, s.ID)
	return s, err
}

// lock keeps others from changing a session until the transaction ends. One that was
// ended or deleted is a problem.
func lock(ctx context.Context, tx pg.Tx, id string) error {
	s, found, err := readSession(ctx, tx, selectSession+` FOR UPDATE`, id)
	switch {
	case err != nil:
		return err
	case !found || s.Deleted:
		return web.NotFound
	case s.EndedAt != nil:
		return web.Refuse(http.StatusConflict, "ended")
	}
	return nil
}

// track is one stream of sound, as a connection holds it.
type track struct {
	session string
	number  int
	holder  string
	beganMS int64 // of the session's time
	kept    int64 // samples
}

// hold makes a connection the one that may send the sound of a track, and fills in how
// much of it there is. A track that is new begins now.
func hold(ctx context.Context, db *pg.DB, t *track, now time.Duration) error {
	return db.InTx(ctx, func(tx pg.Tx) error {
		if err := lock(ctx, tx, t.session); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO track (session, number, began_ms) SELECT $1, $2, $3
			WHERE NOT EXISTS (SELECT 1 FROM track WHERE session = $1 AND number = $2)`, t.session, t.number, max(0, now.Milliseconds()))
		if err != nil {
			return wrap("begin a track of", t.session, err)
		}
		err = tx.QueryRow(ctx, `UPDATE track SET holder = $3, partial = '' WHERE session = $1 AND number = $2 RETURNING began_ms, kept`,
			t.session, t.number, t.holder).Scan(&t.beganMS, &t.kept)
		return wrap("hold a track of", t.session, err)
	})
}

// taken says that a newer connection sends the track.
var taken = web.Refuse(http.StatusConflict, "taken")

// piece is a stretch of a track's sound, in samples.
type piece struct{ start, length int64 }

// keep writes a piece and its captions, and numbers them. Only the connection that holds
// the track may, and only what comes next.
func keep(ctx context.Context, db *pg.DB, t track, p piece, captions []Caption) ([]Caption, error) {
	err := db.InTx(ctx, func(tx pg.Tx) error {
		if err := lock(ctx, tx, t.session); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE track SET kept = $5, partial = '' WHERE session = $1 AND number = $2 AND holder = $3 AND kept = $4`,
			t.session, t.number, t.holder, p.start, p.start+p.length)
		switch {
		case err != nil:
			return wrap("keep the sound of", t.session, err)
		case tag.RowsAffected() == 0:
			return taken
		}
		if _, err := tx.Exec(ctx, `INSERT INTO piece (session, track, start, length) VALUES ($1, $2, $3, $4)`, t.session, t.number, p.start, p.length); err != nil {
			return wrap("keep the sound of", t.session, err)
		}
		return writeLines(ctx, tx, t.session, captions)
	})
	return captions, err
}

func writeLines(ctx context.Context, tx pg.Tx, session string, captions []Caption) error {
	var next int64
	err := tx.QueryRow(ctx, `UPDATE session SET heard_at = now(), next_line = next_line + $2 WHERE id = $1 RETURNING next_line - $2`, session, len(captions)).Scan(&next)
	if err != nil {
		return wrap("number the lines of", session, err)
	}
	for i := range captions {
		captions[i].Number = next + int64(i)
		c := captions[i]
		segment, err := json.Marshal(c.segment)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO line (session, number, track, segment, gap) VALUES ($1, $2, $3, $4, $5)`, session, c.Number, c.Track, string(segment), c.Gap); err != nil {
			return wrap("write a line of", session, err)
		}
	}
	return nil
}

// show writes what is being said on a track, for those who watch.
func show(ctx context.Context, db *pg.DB, t track, c Caption) error {
	segment, err := json.Marshal(events.Segment{Track: c.Track, StartMS: c.StartMS, EndMS: c.EndMS, Text: c.Text})
	if err != nil {
		return err
	}
	tag, err := db.Exec(ctx, `UPDATE track SET partial = $4 WHERE session = $1 AND number = $2 AND holder = $3`, t.session, t.number, t.holder, string(segment))
	if err == nil && tag.RowsAffected() == 0 {
		return taken
	}
	return wrap("write what is said in", t.session, err)
}

func wrap(what, which string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, which, err)
}
