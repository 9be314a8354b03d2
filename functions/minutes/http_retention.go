package minutes

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// announced is how far ahead the API says what goes.
const announced = 30 * 24 * time.Hour

// maxRetention is in days: a hundred years, which is for ever enough.
const maxRetention = 36_525

type goingView struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"`
	DeletesOn time.Time `json:"deletes_on"`
}

type retentionView struct {
	Days      int           `json:"days"` // 0 is for ever
	Account   string        `json:"account,omitempty"`
	Since     *time.Time    `json:"since,omitempty"`
	MayChange bool          `json:"may_change"`
	Going     []goingView   `json:"going"` // within 30 days, the first MaxPage of them
	Holds     []reasonCount `json:"holds"`
}

// showRetention answers GET /minutes/retention.
func (c *call) showRetention() error {
	ctx := c.r.Context()
	r, err := readRetention(ctx, c.DB, c.unit)
	if err != nil {
		return err
	}
	v := retentionView{Days: r.Days, Account: r.Account, MayChange: c.keeps(), Going: []goingView{}}
	if !r.At.IsZero() {
		v.Since = &r.At
	}
	soon, err := readGoing(ctx, c.DB, c.unit, c.author, c.Now().Add(announced), c.RetentionNotice, c.MaxPage)
	if err != nil {
		return err
	}
	for _, g := range soon {
		v.Going = append(v.Going, goingView{g.id, g.title, g.createdAt, g.at})
	}
	if v.Holds, err = readReasons(ctx, c.DB, c.unit, c.author, c.MaxPage); err != nil {
		return err
	}
	return c.reply(http.StatusOK, v)
}

// keeps reports whether the caller may change the retention.
func (c *call) keeps() bool { return len(c.Keepers) == 0 || slices.Contains(c.Keepers, c.author) }

// setRetention answers PUT /minutes/retention {days}.
func (c *call) setRetention() error {
	var want struct {
		Days *int `json:"days"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	switch {
	case !c.keeps():
		return web.Refuse(http.StatusForbidden, "may_not_keep")
	case want.Days == nil || *want.Days < 0 || *want.Days > maxRetention:
		return web.Field("field_number", "days", 0, maxRetention)
	}
	err := c.DB.InTx(c.r.Context(), func(tx pg.Tx) error {
		return writeRetention(c.r.Context(), tx, c.unit, Retention{Days: *want.Days, Account: c.author, At: c.now()})
	})
	if pg.IsDuplicate(err) { // two at the same moment, for the first time
		return web.Refuse(http.StatusServiceUnavailable, "busy")
	}
	if err != nil {
		return err
	}
	return c.showRetention()
}

// hold answers PUT /minutes/{id}/hold {why}, and lift DELETE /minutes/{id}/hold?why=.
func (c *call) hold() error {
	var want struct {
		Why string `json:"why"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	return c.changeHold(want.Why, c.writeHold)
}

func (c *call) lift() error {
	if err := web.Params(c.r, "why"); err != nil {
		return err
	}
	return c.changeHold(c.r.URL.Query().Get("why"), c.liftHold)
}

func (c *call) changeHold(why string, change func(context.Context, pg.Tx, story, string) error) error {
	why = strings.TrimSpace(why)
	if err := length("why", why, 1, c.MaxReason); err != nil {
		return err
	}
	if strings.ContainsFunc(why, unicode.IsControl) {
		return web.Field("field_control", "why")
	}
	var now *Access
	err := c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) (err error) {
		if err := change(ctx, tx, s, why); err != nil {
			return err
		}
		now, err = c.access(tx, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, now)
}
