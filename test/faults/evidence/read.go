package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/pg"
)

// Functions are those whose ledgers are read.
func Functions() []string {
	return []string{"uploads", "transcribe", "summarise", "minutes", "captions"}
}

// Read reads the evidence of a runtime that has nothing under way.
func Read(ctx context.Context, db *pg.DB, store blob.Store, promised Promises) (Evidence, error) {
	e := Evidence{Promises: promised, Ledgers: map[string][]Entry{}, Effects: map[string][]Effect{}, Uploads: map[string]string{}, Deleted: map[string]bool{}, Objects: map[string]map[string]Object{}}
	r := reader{ctx: ctx, db: db}
	r.broker(&e)
	for _, word := range Functions() {
		if !r.exists(word, "ledger") { // nothing has woken it yet
			e.Effects[word] = []Effect{}
			continue
		}
		e.Ledgers[word] = r.ledger(word)
		if r.exists(word, "effect") {
			e.Effects[word] = r.effects(word)
		}
	}
	r.transcribe(&e)
	r.summarise(&e)
	r.minutes(&e)
	for _, bucket := range []string{"recordings", "artifacts"} {
		e.Objects[bucket] = r.objects(store, bucket)
	}
	return e, r.err
}

// reader keeps the first error, so that the reading reads as a list.
type reader struct {
	ctx context.Context
	db  *pg.DB
	err error
}

// each reads every row of a query.
func (r *reader) each(sql string, row func(pg.Rows) error) {
	if r.err != nil {
		return
	}
	rows, err := r.db.Query(r.ctx, sql)
	if err != nil {
		r.err = fmt.Errorf("read evidence: %s: %w", sql, err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			r.err = fmt.Errorf("read evidence: %s: %w", sql, err)
			return
		}
	}
	if err := rows.Err(); err != nil {
		r.err = fmt.Errorf("read evidence: %s: %w", sql, err)
	}
}

func (r *reader) broker(e *Evidence) {
	r.each(`SELECT seq, type, subject, attributes, data, trace FROM broker.event ORDER BY seq`, func(row pg.Rows) error {
		var v Event
		var attributes string
		var data []byte
		if err := row.Scan(&v.Seq, &v.Type, &v.Subject, &attributes, &data, &v.Trace); err != nil {
			return err
		}
		var a struct{ Source, ID, Time, CausationID string }
		if err := json.Unmarshal([]byte(attributes), &a); err != nil {
			return err
		}
		v.Source, v.ID, v.Time, v.Cause, v.Size = a.Source, a.ID, a.Time, a.CausationID, len(data)
		sum := sha256.Sum256([]byte(attributes + "\n" + string(data)))
		v.Content = hex.EncodeToString(sum[:])
		json.Unmarshal(data, &v.About) // poison says what it likes
		e.Events = append(e.Events, v)
		return nil
	})
	r.each(`SELECT d.seq, d.trigger, d.state, d.code, d.reason,
		(SELECT count(*) FROM broker.attempt a WHERE a.seq = d.seq AND a.trigger = d.trigger),
		(SELECT count(*) FROM broker.redrive x WHERE x.seq = d.seq AND x.trigger = d.trigger AND x.who <> '' AND x.why <> '')
		FROM broker.delivery d ORDER BY d.seq, d.trigger`, func(row pg.Rows) error {
		var d Delivery
		err := row.Scan(&d.Seq, &d.Trigger, &d.State, &d.Code, &d.Reason, &d.Failures, &d.Redrives)
		e.Deliveries = append(e.Deliveries, d)
		return err
	})
}

func (r *reader) ledger(word string) (all []Entry) {
	r.each(`SELECT source, id, state, refusals, reason, coalesce(sent, '') FROM `+word+`.ledger`, func(row pg.Rows) error {
		var e Entry
		var sent []byte
		if err := row.Scan(&e.Source, &e.ID, &e.State, &e.Refusals, &e.Reason, &sent); err != nil {
			return err
		}
		if len(sent) > 0 {
			if err := json.Unmarshal(sent, &e.Sent); err != nil {
				return fmt.Errorf("what was sent for %s: %w", e.ID, err)
			}
		}
		all = append(all, e)
		return nil
	})
	return all
}

func (r *reader) exists(schema, table string) (is bool) {
	if r.err == nil {
		r.err = r.db.QueryRow(r.ctx, `SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = $1 AND table_name = $2)`, schema, table).Scan(&is)
	}
	return is
}

// effects is never nil: a tally that is there and empty says something too.
func (r *reader) effects(word string) []Effect {
	all := []Effect{}
	r.each(`SELECT source, id, count(*) FROM `+word+`.effect GROUP BY source, id`, func(row pg.Rows) error {
		var e Effect
		err := row.Scan(&e.Source, &e.ID, &e.Times)
		all = append(all, e)
		return err
	})
	return all
}

func (r *reader) transcribe(e *Evidence) {
	r.deleted(`transcribe.recording`, e)
	r.each(`SELECT id, recording FROM transcribe.upload`, func(row pg.Rows) error {
		var upload, recording string
		err := row.Scan(&upload, &recording)
		e.Uploads[upload] = recording
		return err
	})
	r.each(`SELECT upload, chunks, ended, revision FROM transcribe.job`, func(row pg.Rows) error {
		var j Job
		err := row.Scan(&j.Upload, &j.Chunks, &j.Ended, &j.Revision)
		e.Jobs = append(e.Jobs, j)
		return err
	})
	r.each(`SELECT upload, idx, state, audio FROM transcribe.chunk`, func(row pg.Rows) error {
		var c Chunk
		var audio []byte
		if err := row.Scan(&c.Upload, &c.Index, &c.State, &audio); err != nil {
			return err
		}
		e.Chunks = append(e.Chunks, c)
		return json.Unmarshal(audio, &e.Chunks[len(e.Chunks)-1].Audio)
	})
}

func (r *reader) deleted(table string, e *Evidence) {
	r.each(`SELECT id FROM `+table+` WHERE deleted`, func(row pg.Rows) error {
		var id string
		err := row.Scan(&id)
		e.Deleted[id] = true
		return err
	})
}

func (r *reader) summarise(e *Evidence) {
	r.deleted(`summarise.recording`, e)
	r.each(`SELECT bucket, key, recording, upload FROM summarise.summary`, func(row pg.Rows) error {
		var n Note
		err := row.Scan(&n.Bucket, &n.Key, &n.Recording, &n.Upload)
		e.Notes = append(e.Notes, n)
		return err
	})
}

func (r *reader) minutes(e *Evidence) {
	r.each(`SELECT id, state, code, ended, chunks FROM minutes.minutes`, func(row pg.Rows) error {
		var m Minutes
		err := row.Scan(&m.ID, &m.State, &m.Code, &m.Ended, &m.Chunks)
		e.Minutes = append(e.Minutes, m)
		return err
	})
	r.each(`SELECT recording, id, story FROM minutes.upload`, func(row pg.Rows) error {
		var s Story
		var text string
		if err := row.Scan(&s.Recording, &s.Upload, &text); err != nil {
			return err
		}
		var told struct{ Arrival, Transcript *struct{ Object Object } }
		if err := json.Unmarshal([]byte(text), &told); err != nil {
			return err
		}
		if told.Arrival != nil {
			s.Arrival = &told.Arrival.Object
		}
		if told.Transcript != nil {
			s.Transcript = &told.Transcript.Object
		}
		e.Stories = append(e.Stories, s)
		return nil
	})
	r.each(`SELECT recording, upload, id, document FROM minutes.summary WHERE origin = 'automatic'`, func(row pg.Rows) error {
		var s Summary
		var text string
		if err := row.Scan(&s.Recording, &s.Upload, &s.ID, &text); err != nil {
			return err
		}
		var document struct{ Revision int }
		err := json.Unmarshal([]byte(text), &document)
		s.Revision = document.Revision
		e.Summaries = append(e.Summaries, s)
		return err
	})
}

func (r *reader) objects(store blob.Store, bucket string) map[string]Object {
	all := map[string]Object{}
	if r.err != nil {
		return all
	}
	err := store.List(r.ctx, bucket, "", func(i blob.Info) bool {
		all[i.Key] = Object{Bucket: bucket, Key: i.Key, ETag: strings.Trim(i.ETag, `"`), Size: i.Size}
		return true
	})
	if err != nil {
		r.err = fmt.Errorf("read evidence: list bucket %s: %w", bucket, err)
	}
	return all
}
