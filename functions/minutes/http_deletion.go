package minutes

import (
	"errors"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// proof is what GET /minutes/{id}/deletion answers.
type proof struct {
	Recording string      `json:"recording"`
	DeletedAt time.Time   `json:"deleted_at"`
	Account   string      `json:"account,omitempty"`
	Why       string      `json:"why"` // person, retention, unknown
	Functions []Forgotten `json:"functions"`
	Missing   []string    `json:"missing"`
	Complete  bool        `json:"complete"`
	Receipt   *Receipt    `json:"receipt,omitempty"` // once it is complete
}

// deletion answers GET /minutes/{id}/deletion: to everybody of the unit, for it tells
// nothing of what was in the minutes.
func (c *call) deletion() error {
	id := c.r.PathValue("id")
	if !events.IsID(id) {
		return web.NotFound
	}
	given, err := readGiven(c.r.Context(), c.DB, selectGiven, id)
	switch {
	case errors.Is(err, pg.ErrNoRows), err == nil && given.Unit != c.unit:
		return web.NotFound
	case err != nil:
		return wrap("read minutes", id, err)
	case given.DeletedAt == nil:
		if _, err := c.load(c.DB); err != nil {
			return err
		}
		return web.Refuse(http.StatusConflict, "not_deleted")
	}
	d, err := readDeletion(c.r.Context(), c.DB, id, given)
	if err != nil {
		return err
	}
	p := proof{Recording: id, DeletedAt: d.At, Account: d.Account, Why: d.Why, Functions: d.Forgotten, Missing: orEmpty(d.missing(c.Witnesses))}
	if p.Complete = len(p.Missing) == 0; p.Complete {
		p.Receipt, err = sign(d, c.Receipts)
	}
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, p)
}
