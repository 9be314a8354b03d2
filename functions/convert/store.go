package convert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
)

// answer is what a conversion came to, for whoever asks for the same again.
type answer struct {
	Format     string             `json:"format"`
	Renditions []events.Rendition `json:"renditions"`
	Pages      int                `json:"pages"`
	Report     events.Report      `json:"report"`
	Engine     events.Engine      `json:"engine"`
}

// enter makes sure that a document is known before anything is written for it,
// and reports whether it was deleted.
func enter(ctx context.Context, db *pg.DB, document string) (deleted bool, err error) {
	_, err = db.Exec(ctx, `INSERT INTO document (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM document WHERE id = $1)`, document)
	if err != nil && !pg.IsDuplicate(err) {
		return false, fmt.Errorf("note document %s: %w", document, err)
	}
	err = db.QueryRow(ctx, `SELECT deleted FROM document WHERE id = $1`, document).Scan(&deleted)
	return deleted, err
}

// open makes a folder for a document, where there is none yet.
func open(ctx context.Context, db *pg.DB, folder, document string) error {
	for _, insert := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO folder (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM folder WHERE id = $1)`, []any{folder}},
		{insertKeeper, []any{folder, document}},
	} {
		if _, err := db.Exec(ctx, insert.sql, insert.args...); err != nil && !pg.IsDuplicate(err) {
			return fmt.Errorf("open folder %s: %w", folder, err)
		}
	}
	return nil
}

const insertKeeper = `INSERT INTO keeper (folder, document)
	SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM keeper WHERE folder = $1 AND document = $2)`

// find returns a folder that holds what a fingerprint stands for, and "" where
// there is none.
func find(ctx context.Context, db *pg.DB, fingerprint string) (folder string, a answer, err error) {
	var text []byte
	err = db.QueryRow(ctx, `SELECT id, answer FROM folder WHERE fingerprint = $1 AND NOT dropped ORDER BY created_at, id LIMIT 1`, fingerprint).Scan(&folder, &text)
	if errors.Is(err, pg.ErrNoRows) {
		return "", a, nil
	}
	if err != nil {
		return "", a, fmt.Errorf("look for an earlier conversion: %w", err)
	}
	return folder, a, json.Unmarshal(text, &a)
}

// lock keeps others from dropping a folder, or from ending work in it, until the
// transaction ends. It reports whether the folder is there to be used. A document
// is always locked before a folder.
func lock(ctx context.Context, tx pg.Tx, folder string) (there bool, err error) {
	err = tx.QueryRow(ctx, `SELECT NOT dropped FROM folder WHERE id = $1 FOR UPDATE`, folder).Scan(&there)
	if errors.Is(err, pg.ErrNoRows) {
		return false, nil
	}
	return there, err
}

// lockDocument keeps others from deleting a document until the transaction ends,
// and reports whether it was deleted.
func lockDocument(ctx context.Context, tx pg.Tx, document string) (deleted bool, err error) {
	err = tx.QueryRow(ctx, `SELECT deleted FROM document WHERE id = $1 FOR UPDATE`, document).Scan(&deleted)
	return deleted, err
}

// keep has a folder kept for a document. Both are locked.
func keep(ctx context.Context, tx pg.Tx, folder, document string) error {
	_, err := tx.Exec(ctx, insertKeeper, folder, document)
	return err
}

// finish writes what a folder holds. The folder is locked.
func finish(ctx context.Context, tx pg.Tx, folder, fingerprint string, a answer) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE folder SET fingerprint = $2, answer = $3 WHERE id = $1`, folder, fingerprint, text)
	return err
}

// findPreview returns the pictures of the pages from one on, and none where they
// are not made. Whether the folder is still in use comes with it.
func findPreview(ctx context.Context, db *pg.DB, folder string, first int) (there bool, all []events.Rendition, err error) {
	var text []byte
	err = db.QueryRow(ctx, `SELECT NOT f.dropped, p.renditions FROM folder f LEFT JOIN preview p ON p.folder = f.id AND p.first_page = $2
		WHERE f.id = $1`, folder, first).Scan(&there, &text)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return false, nil, nil
	case err != nil || text == nil:
		return there, nil, err
	}
	return there, all, json.Unmarshal(text, &all)
}

// savePreview writes the pictures of some pages, and returns how many pages have
// theirs. The folder is locked.
func savePreview(ctx context.Context, tx pg.Tx, folder string, first int, all []events.Rendition) (ended int, err error) {
	text, err := json.Marshal(all)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO preview (folder, first_page, pages, renditions)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM preview WHERE folder = $1 AND first_page = $2)`, folder, first, len(all), text)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(pages), 0) FROM preview WHERE folder = $1`, folder).Scan(&ended)
	return ended, err
}

// drop marks a document as deleted, and every folder that nobody else keeps. It
// returns those folders, also where it was called before.
func drop(ctx context.Context, db *pg.DB, document string) (folders []string, err error) {
	if _, err := enter(ctx, db, document); err != nil {
		return nil, err
	}
	err = db.InTx(ctx, func(tx pg.Tx) error {
		// This waits for those who are about to commit work for the document.
		if _, err := tx.Exec(ctx, `UPDATE document SET deleted = true, changed_at = now() WHERE id = $1`, document); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT id FROM folder WHERE id IN (SELECT folder FROM keeper WHERE document = $1) ORDER BY id FOR UPDATE`, document); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `WITH gone AS (UPDATE folder SET dropped = true
			WHERE id IN (SELECT folder FROM keeper WHERE document = $1)
			AND NOT EXISTS (SELECT 1 FROM keeper k JOIN document d ON d.id = k.document WHERE k.folder = folder.id AND NOT d.deleted)
			RETURNING id) SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM gone`, document).Scan(&folders)
	})
	return folders, err
}

// erase removes the rows of folders that were dropped, and what a document kept.
func erase(ctx context.Context, tx pg.Tx, document string, folders []string) error {
	for _, delete := range []struct {
		sql  string
		args []any
	}{
		{`DELETE FROM preview WHERE folder = ANY ($1)`, []any{folders}},
		{`DELETE FROM keeper WHERE folder = ANY ($1) OR document = $2`, []any{folders, document}},
		{`DELETE FROM folder WHERE id = ANY ($1)`, []any{folders}},
	} {
		if _, err := tx.Exec(ctx, delete.sql, delete.args...); err != nil {
			return err
		}
	}
	return nil
}

// finished reports whether the work in a folder was ended.
func finished(ctx context.Context, db *pg.DB, folder string) (done bool, err error) {
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM folder WHERE id = $1 AND answer IS NOT NULL)`, folder).Scan(&done)
	return done, err
}

// abandon removes a folder in which no work was ended.
func abandon(ctx context.Context, tx pg.Tx, folder string) error {
	for _, delete := range []string{
		`DELETE FROM keeper WHERE folder = $1 AND EXISTS (SELECT 1 FROM folder WHERE id = $1 AND answer IS NULL)`,
		`DELETE FROM folder WHERE id = $1 AND answer IS NULL`,
	} {
		if _, err := tx.Exec(ctx, delete, folder); err != nil {
			return err
		}
	}
	return nil
}
