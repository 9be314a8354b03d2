package minutes

// Links as their owner sees them.

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// sharedPrefix is where links lead. It is not below the minutes' own addresses, so that
// a gateway can let it through and nothing else.
const sharedPrefix = "/minutes/shared/"

type linkView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	May       string     `json:"may"`
	Password  bool       `json:"password"` // is wanted
	Account   string     `json:"account,omitempty"`
	At        time.Time  `json:"at"`
	EndsAt    time.Time  `json:"ends_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	Uses      int64      `json:"uses"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	Stands    bool       `json:"stands"`
	Address   string     `json:"address,omitempty"` // told once, when the link is made
}

func (l Link) view(now time.Time) linkView {
	return linkView{ID: l.ID, Name: l.Name, May: l.May, Password: l.Password != "", Account: l.Account, At: l.At, EndsAt: l.EndsAt,
		RevokedAt: l.RevokedAt, Uses: l.Uses, UsedAt: l.UsedAt, Stands: l.stands(now) == nil}
}

type wantedLink struct {
	Days     int    `json:"days"`
	May      string `json:"may"` // read, read+audio; read where it is empty
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (c *call) checkLink(want wantedLink) error {
	switch {
	case want.Days < 1 || want.Days > c.MaxLinkDays:
		return web.Field("field_number", "days", 1, c.MaxLinkDays)
	case want.May != "" && want.May != mayRead && want.May != mayHear:
		return web.Field("field_one_of", "may", mayRead+", "+mayHear)
	case strings.ContainsFunc(want.Name, unicode.IsControl):
		return web.Field("field_control", "name")
	}
	if err := length("name", want.Name, 1, c.MaxReason); err != nil {
		return err
	}
	if want.Password == "" {
		return nil
	}
	return length("password", want.Password, 6, 128)
}

// share answers POST /minutes/{id}/links.
func (c *call) share() error {
	var want wantedLink
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := c.checkLink(want); err != nil {
		return err
	}
	if _, err := c.load(c.DB); err != nil { // before a password costs time
		return err
	}
	token, hash := newToken()
	l := Link{ID: c.NewID(), Recording: c.r.PathValue("id"), Hash: hash, Name: want.Name, May: want.May, Account: c.author, At: c.now()}
	l.EndsAt = l.At.AddDate(0, 0, want.Days)
	if l.May == "" {
		l.May = mayRead
	}
	if want.Password != "" {
		var err error
		if l.Password, err = keepPassword(want.Password); err != nil {
			return err
		}
	}
	err := c.change(l.Recording, func(ctx context.Context, tx pg.Tx, s story) error {
		done, err := insertLink(ctx, tx, l, c.MaxLinks)
		if err == nil && !done {
			return web.Refuse(http.StatusConflict, "too_many_links", c.MaxLinks)
		}
		if err != nil {
			return err
		}
		return writeTrail(ctx, tx, s.id, c.author, l.At, Act{Act: "link", What: l.Name})
	})
	if err != nil {
		return err
	}
	v := l.view(l.At)
	v.Address = sharedPrefix + token
	return c.reply(http.StatusCreated, v)
}

// links answers GET /minutes/{id}/links: those that stand and those that ended, the
// newest first.
func (c *call) links() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	all, err := readLinks(c.r.Context(), c.DB, s.id, c.MaxPage)
	if err != nil {
		return err
	}
	answer := struct {
		Links []linkView `json:"links"`
	}{[]linkView{}}
	for _, l := range all {
		answer.Links = append(answer.Links, l.view(c.Now()))
	}
	return c.reply(http.StatusOK, answer)
}

// unshare answers DELETE /minutes/{id}/links/{link}: it ends now.
func (c *call) unshare() error {
	err := c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		name, found, stood, err := revokeLink(ctx, tx, s.id, plain(c.r.PathValue("link")), c.now())
		switch {
		case err != nil:
			return err
		case !found:
			return web.NotFound
		case !stood:
			return nil
		}
		return writeTrail(ctx, tx, s.id, c.author, c.now(), Act{Act: "link_revoked", What: name})
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
