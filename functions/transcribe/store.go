package transcribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// The states of a chunk.
const (
	waiting = "waiting"
	heard   = "heard"
	failed  = "failed"
)

// job is one upload that was cut.
type job struct {
	upload, recording, language string
	tracks, chunks              int
	ended, revision             int
	durationMS, decodedMS       int64
	about                       about
}

// chunk is one part of a job.
type chunk struct {
	index, track int
	pieces       []piece
	speechMS     int64
	audio        events.Object
	state        string
	silent       bool
	only         bool // there is no other in its recording
	code, reason string
}

// entered is what was known of an upload when an event about it came.
type entered struct{ deleted, job bool }

// enter makes sure that a recording and its upload are known, before anything
// is written for them.
func enter(ctx context.Context, db *pg.DB, recording, upload string) (entered, error) {
	for _, insert := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO recording (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM recording WHERE id = $1)`, []any{recording}},
		{`INSERT INTO upload (id, recording) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM upload WHERE id = $1)`, []any{upload, recording}},
	} {
		if _, err := db.Exec(ctx, insert.sql, insert.args...); err != nil && !pg.IsDuplicate(err) {
			return entered{}, fmt.Errorf("note upload %s: %w", upload, err)
		}
	}
	var e entered
	var owner string
	err := db.QueryRow(ctx, `SELECT u.recording, r.deleted, EXISTS (SELECT 1 FROM job WHERE upload = u.id)
		FROM upload u JOIN recording r ON r.id = u.recording WHERE u.id = $1`, upload).Scan(&owner, &e.deleted, &e.job)
	if err == nil && owner != recording {
		return e, fault.Invalidf("upload %s belongs to recording %s", upload, owner)
	}
	return e, err
}

// lock keeps others from ending work on a recording until the transaction ends,
// and reports whether the recording was deleted. It is the only lock, so that
// there is no order to get wrong.
func lock(ctx context.Context, tx pg.Tx, recording string) (deleted bool, err error) {
	err = tx.QueryRow(ctx, `SELECT deleted FROM recording WHERE id = $1 FOR UPDATE`, recording).Scan(&deleted)
	if errors.Is(err, pg.ErrNoRows) {
		return false, nil
	}
	return deleted, err
}

// markDeleted marks a recording and returns its uploads.
func markDeleted(ctx context.Context, db *pg.DB, recording string) (uploads []string, err error) {
	_, err = db.Exec(ctx, `INSERT INTO recording (id, deleted) SELECT $1, true WHERE NOT EXISTS (SELECT 1 FROM recording WHERE id = $1)`, recording)
	if err != nil && !pg.IsDuplicate(err) {
		return nil, err
	}
	// This waits for those who are about to commit, so that their objects are
	// there to be swept.
	if _, err := db.Exec(ctx, `UPDATE recording SET deleted = true, changed_at = now() WHERE id = $1`, recording); err != nil {
		return nil, err
	}
	err = db.QueryRow(ctx, `SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM upload WHERE recording = $1`, recording).Scan(&uploads)
	return uploads, err
}

// deleteJobs returns how many rows it deleted.
func deleteJobs(ctx context.Context, tx pg.Tx, recording string) (rows int, err error) {
	if _, err := lock(ctx, tx, recording); err != nil {
		return 0, err
	}
	for _, table := range []string{"chunk", "job"} {
		tag, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE upload IN (SELECT id FROM upload WHERE recording = $1)`, recording)
		if err != nil {
			return rows, err
		}
		rows += int(tag.RowsAffected())
	}
	return rows, nil
}

// insertJob writes a job and its chunks, and reports whether it was not there
// already. The recording is locked.
func insertJob(ctx context.Context, tx pg.Tx, j job, chunks []chunk) (bool, error) {
	told, err := json.Marshal(j.about)
	if err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `INSERT INTO job (upload, language, tracks, chunks, duration_ms, decoded_ms, about)
		SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM job WHERE upload = $1)`,
		j.upload, j.language, j.tracks, j.chunks, j.durationMS, j.decodedMS, string(told))
	if err != nil || tag.RowsAffected() == 0 {
		return false, err
	}
	batch := &pg.Batch{}
	for _, c := range chunks {
		pieces, err := json.Marshal(c.pieces)
		if err != nil {
			return false, err
		}
		audio, err := json.Marshal(c.audio)
		if err != nil {
			return false, err
		}
		batch.Queue(`INSERT INTO chunk (upload, idx, track, pieces, speech_ms, audio) VALUES ($1, $2, $3, $4, $5, $6)`,
			j.upload, c.index, c.track, pieces, c.speechMS, audio)
	}
	return true, tx.SendBatch(ctx, batch).Close()
}

type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
	Query(ctx context.Context, sql string, args ...any) (pg.Rows, error)
}

// isDeleted reports whether an upload belongs to a recording that was deleted.
func isDeleted(ctx context.Context, q queryer, recording, upload string) (deleted bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM upload u JOIN recording r ON r.id = u.recording WHERE u.id = $1 AND r.id = $2 AND r.deleted)`,
		upload, recording).Scan(&deleted)
	return deleted, err
}

// findJob returns a job, or pg.ErrNoRows.
func findJob(ctx context.Context, q queryer, recording, upload string) (job, error) {
	j := job{upload: upload, recording: recording}
	var told string
	err := q.QueryRow(ctx, `SELECT j.language, j.tracks, j.chunks, j.ended, j.revision, j.duration_ms, j.decoded_ms, j.about
		FROM job j JOIN upload u ON u.id = j.upload WHERE j.upload = $1 AND u.recording = $2`, upload, recording).
		Scan(&j.language, &j.tracks, &j.chunks, &j.ended, &j.revision, &j.durationMS, &j.decodedMS, &told)
	if err != nil {
		return j, err
	}
	return j, json.Unmarshal([]byte(told), &j.about)
}

const chunkColumns = `idx, track, pieces, speech_ms, audio, state, silent, code, reason, (SELECT chunks FROM job j WHERE j.upload = chunk.upload) = 1`

// findChunk returns a chunk, or pg.ErrNoRows.
func findChunk(ctx context.Context, q queryer, recording, upload string, index int) (chunk, error) {
	return scanChunk(q.QueryRow(ctx, `SELECT `+chunkColumns+` FROM chunk JOIN upload u ON u.id = chunk.upload
		WHERE chunk.upload = $1 AND idx = $2 AND u.recording = $3`, upload, index, recording))
}

func findChunks(ctx context.Context, q queryer, upload string) ([]chunk, error) {
	rows, err := q.Query(ctx, `SELECT `+chunkColumns+` FROM chunk WHERE upload = $1 ORDER BY idx`, upload)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chunks []chunk
	for rows.Next() {
		c, err := scanChunk(rows)
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, c)
	}
	return chunks, rows.Err()
}

func scanChunk(row pg.Row) (chunk, error) {
	var c chunk
	var pieces, audio []byte
	if err := row.Scan(&c.index, &c.track, &pieces, &c.speechMS, &audio, &c.state, &c.silent, &c.code, &c.reason, &c.only); err != nil {
		return c, err
	}
	return c, errors.Join(json.Unmarshal(pieces, &c.pieces), json.Unmarshal(audio, &c.audio))
}

// endChunk writes what became of a chunk. The recording is locked.
func endChunk(ctx context.Context, tx pg.Tx, upload string, c chunk) error {
	_, err := tx.Exec(ctx, `UPDATE chunk SET state = $3, silent = $4, code = $5, reason = $6 WHERE upload = $1 AND idx = $2`,
		upload, c.index, c.state, c.silent, c.code, c.reason)
	return err
}

func saveJob(ctx context.Context, tx pg.Tx, j job) error {
	_, err := tx.Exec(ctx, `UPDATE job SET ended = $2, revision = $3 WHERE upload = $1`, j.upload, j.ended, j.revision)
	return err
}
