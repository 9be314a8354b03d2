package minutes

import (
	"context"
	"errors"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Retention is how long a unit keeps its minutes.
type Retention struct {
	Days    int // 0 is for ever
	Account string
	At      time.Time // since when
}

// due is when minutes of a unit are deleted; the zero time where never. A retention that
// was made shorter deletes nothing at once: people shall see before what goes.
func (r Retention) due(created time.Time, notice time.Duration) time.Time {
	if r.Days == 0 {
		return time.Time{}
	}
	due, first := created.AddDate(0, 0, r.Days), r.At.Add(notice)
	if due.Before(first) {
		return first
	}
	return due
}

// Hold is a reason to keep minutes: while there is one neither people nor retention
// delete them.
type Hold struct {
	Why     string    `json:"why"`
	Account string    `json:"account,omitempty"`
	At      time.Time `json:"at"`
}

// held refuses to delete minutes that somebody put on hold.
func held(ctx context.Context, db reader, recording string) error {
	holds, err := readHolds(ctx, db, recording)
	if err != nil || len(holds) == 0 {
		return err
	}
	return web.Refuse(http.StatusConflict, "held", holds[0].Why)
}

// tendRetention deletes what has been kept long enough, a bounded number each time: the next
// round goes on. It is a deletion as one by a person is, and proved as well.
func (m *Minutes) tendRetention(ctx context.Context, apply fn.Apply) error {
	due, err := readDue(ctx, m.DB, m.Now(), m.RetentionNotice, m.RetentionBatch)
	for _, d := range due {
		e, bad := events.New(DeletionRequested{Recording: d.id, Why: ByRetention})
		if bad != nil {
			return bad
		}
		e.SetID("retention-" + d.id)
		e.SetExtension(events.Unit, d.unit)
		e.SetExtension(events.AuthType, "system")
		err = errors.Join(err, wrap("delete by retention", d.id, apply(ctx, e)))
	}
	return err
}

// Access is what the caller may do with minutes, and how long they stay.
type Access struct {
	May        string     `json:"may"` // the most: read, edit, delete, own
	Owner      string     `json:"owner,omitempty"`
	Visibility string     `json:"visibility"`
	DeletesOn  *time.Time `json:"deletes_on,omitempty"` // unless a hold stands
	Holds      []Hold     `json:"holds,omitempty"`
}

func (c *call) access(db reader, s story) (*Access, error) {
	a := &Access{May: s.rights.most(c.author).String(), Owner: s.rights.Owner, Visibility: s.rights.Visibility}
	retention, err := readRetention(c.r.Context(), db, c.unit)
	if err != nil {
		return nil, err
	}
	if due := retention.due(show(s.given, s.own).CreatedAt, c.RetentionNotice); !due.IsZero() {
		a.DeletesOn = &due
	}
	a.Holds, err = readHolds(c.r.Context(), db, s.id)
	return a, err
}

// writeHold adds a reason to keep minutes; the same one again changes nothing.
func (c *call) writeHold(ctx context.Context, tx pg.Tx, s story, why string) error {
	holds, err := readHolds(ctx, tx, s.id)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.Why == why {
			return nil
		}
	}
	if len(holds) >= c.MaxHolds {
		return web.Refuse(http.StatusConflict, "too_many_holds", c.MaxHolds)
	}
	if err := insertHold(ctx, tx, s.id, Hold{Why: why, Account: c.author, At: c.now()}); err != nil {
		return err
	}
	return writeTrail(ctx, tx, s.id, c.author, c.now(), Act{Act: "hold", What: why})
}

// liftHold takes a reason away: whoever gave it may, and the owner.
func (c *call) liftHold(ctx context.Context, tx pg.Tx, s story, why string) error {
	holds, err := readHolds(ctx, tx, s.id)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.Why != why {
			continue
		}
		if h.Account != c.author && s.rights.most(c.author) < toOwn {
			return &web.Problem{Status: http.StatusForbidden, Code: "forbidden", Text: "may_not_lift", Args: []any{h.Account, s.rights.Owner}}
		}
		if err := deleteHold(ctx, tx, s.id, why); err != nil {
			return err
		}
		return writeTrail(ctx, tx, s.id, c.author, c.now(), Act{Act: "hold_lifted", What: why})
	}
	return nil // lifted before
}
