package score

// What requests of the back office have in common: who asks, what entity and what
// time they name.

import (
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

// Bounds of what the back office sends and gets.
const (
	reasonMost = 500 // characters of why somebody did something
	textMost   = 128 // characters of an account, a model or a version, as in reports
)

// hashed marks an account that is named as it is kept, for people read it so in
// decisions and alerts. Without it, it is the app's own id and is hashed here.
const hashed = "hash:"

var (
	hexShape  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	idShape   = regexp.MustCompile(`^[0-9a-z-]{1,64}$`)
	ruleShape = regexp.MustCompile(`^(\*|[a-z0-9_]+(\.[a-z0-9_]+)*)$`)
)

// by refuses what nobody can be asked about later.
func (c *call) by() error {
	if c.who.Account == "" {
		return web.Field("needs_account")
	}
	return nil
}

// requestID is the id of what a request makes: the same Idempotency-Key of the same
// caller gets the same.
func (c *call) requestID(what string) (string, error) {
	keys := c.r.Header.Values("Idempotency-Key")
	switch {
	case len(keys) == 0:
		return c.NewID(), nil
	case !web.Visible(keys[0]):
		return "", web.Field("field_ascii", "Idempotency-Key", 128)
	}
	return ce.ID(what, c.who.Unit, c.who.Account, keys[0]), nil
}

// entity is what is meant by an entity's name, as it is kept. Of the kinds, the
// caller says which may be.
func (c *call) entity(kind, name string, kinds ...string) (string, error) {
	if !slices.Contains(kinds, kind) {
		return "", web.Field("field_one_of", "entity_kind", strings.Join(kinds, ", "))
	}
	return c.named(kind, "entity", name)
}

func (c *call) named(kind, field, name string) (string, error) {
	switch kind {
	case "device":
		if !hexShape.MatchString(name) {
			return "", web.Field("field_device", field)
		}
	case "account":
		if hash, kept := strings.CutPrefix(name, hashed); kept && hexShape.MatchString(hash) {
			return hash, nil
		}
		return c.account(c.who.Unit, name), checkText(field, name, 1, textMost)
	case "address":
		if name = plainAddress(name); name == "" {
			return "", web.Field("field_address", field)
		}
	}
	return name, nil
}

// network is an address or a network in the form that networks gives.
func network(field, text string) (string, error) {
	p, err := netip.ParsePrefix(text)
	if a, plain := netip.ParseAddr(text); plain == nil && a.Zone() == "" {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	switch {
	case err != nil || p.Addr().Is4In6():
		return "", web.Field("field_network", field)
	case p.Bits() < widest:
		return "", web.Field("field_wide", field, widest)
	}
	return p.Masked().String(), nil
}

// soon refuses a time that is not within so many days from now. The database keeps
// microseconds, and what is compared later must be what was kept.
func (c *call) soon(field string, t *time.Time, days int) (*time.Time, error) {
	if t == nil {
		return nil, nil
	}
	if now := c.Now(); !t.After(now) || t.After(now.AddDate(0, 0, days)) {
		return nil, web.Field("field_until", field, days)
	}
	kept := t.UTC().Truncate(time.Microsecond)
	return &kept, nil
}

// when reads a time of the address; nil where it is missing.
func (c *call) when(name string) (*time.Time, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return nil, web.Field("field_moment", name)
	}
	return &t, nil
}

// utc sets times to UTC, as they are shown.
func utc(all ...*time.Time) {
	for _, t := range all {
		if t != nil {
			*t = t.UTC()
		}
	}
}

// ownDevice refuses a device that is not of the caller's unit: not even that it
// exists is told.
func (c *call) ownDevice(db querier, id string) error {
	var own bool
	err := db.QueryRow(c.r.Context(), `SELECT EXISTS (SELECT 1 FROM device WHERE id = $1 AND unit = $2)`, id, c.who.Unit).Scan(&own)
	if err == nil && !own {
		return web.Refuse(http.StatusNotFound, "no_device", id)
	}
	return err
}
