package score

// One device: what is known of it, and what happened with it.

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// deviceView is a device as it is shown.
type deviceView struct {
	Device      string     `json:"device"`
	App         string     `json:"app"`
	Suite       string     `json:"suite"`
	Platform    string     `json:"platform"`
	Model       string     `json:"model"`
	Enrolled    time.Time  `json:"enrolled"`
	Last        *time.Time `json:"last,omitempty"`
	Attestation string     `json:"attestation"` // none, valid or invalid
	Attested    []string   `json:"attested"`
	AttestedAt  *time.Time `json:"attested_at,omitempty"`

	Lists    []string        `json:"lists"`    // that it is on by itself
	Alerts   []Alert         `json:"alerts"`   // that are open
	Commands []IssuedCommand `json:"commands"` // that are in force
	Timeline []moment        `json:"timeline"`
	Next     string          `json:"next,omitempty"`
}

// moment is one line of a timeline.
type moment struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // decision, alert, command, change
	id   string
	What any `json:"what"`
}

// Bounds of a device's page.
const (
	alertsShown   = 100
	commandsShown = 100
	scanMost      = 2_000 // decisions read for one page of a timeline
)

// deviceDetail answers GET /score/devices/{device}?limit=&before=.
func (c *call) deviceDetail() error {
	if err := web.Params(c.r, "limit", "before"); err != nil {
		return err
	}
	p, err := c.page(1)
	if err != nil {
		return err
	}
	id := c.r.PathValue("device")
	if !hexShape.MatchString(id) {
		return web.NotFound
	}
	d, err := c.findDeviceView(id)
	if err != nil {
		return err
	}
	if d.Timeline, d.Next, err = c.timeline(id, p); err != nil {
		return err
	}
	return c.reply(http.StatusOK, d)
}

func (c *call) findDeviceView(id string) (d deviceView, err error) {
	d.Device = id
	err = c.DB.QueryRow(c.r.Context(), `SELECT app, suite, platform, model, enrolled_at, last_at, attestation, attested, attested_at,
		ARRAY(SELECT DISTINCT list FROM list_item WHERE kind = 'device' AND value = device.id AND unit IN ('', $2) AND (expires_at IS NULL OR expires_at > $3) ORDER BY list)
		FROM device WHERE id = $1 AND unit = $2`, id, c.who.Unit, c.Now()).
		Scan(&d.App, &d.Suite, &d.Platform, &d.Model, &d.Enrolled, &d.Last, &d.Attestation, &d.Attested, &d.AttestedAt, &d.Lists)
	if errors.Is(err, pg.ErrNoRows) {
		return d, web.NotFound
	}
	if err != nil {
		return d, err
	}
	utc(&d.Enrolled, d.Last, d.AttestedAt)
	if d.Alerts, err = read(c, `SELECT `+alertColumns+` FROM alert WHERE entity = $1 AND entity_kind = 'device' AND closed_at IS NULL ORDER BY first_at DESC LIMIT $2`,
		[]any{id, alertsShown}, scanAlert); err != nil {
		return d, err
	}
	d.Commands, err = read(c, `SELECT `+commandColumns+` FROM command WHERE entity = $1 AND entity_kind = 'device' AND `+inForce+` ORDER BY issued_at DESC LIMIT $3`,
		[]any{id, c.Now(), commandsShown}, scanCommand)
	return d, err
}

// timeline merges what happened, newest first: decisions where the outcome changed or
// is warn or worse, alerts, commands, and changes of lists and suppressions.
func (c *call) timeline(device string, p page) ([]moment, string, error) {
	all, floor, err := c.turns(device, p)
	if err != nil {
		return nil, "", err
	}
	for _, source := range []func(string, page) ([]moment, error){c.alertMoments, c.commandMoments, c.auditMoments} {
		found, err := source(device, p)
		if err != nil {
			return nil, "", err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b moment) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.id, a.id)) })
	shown, next := cut(all, p.limit, func(m moment) cursor { return cursor{m.At, []string{m.id}} })
	if floor == nil {
		return shown, next, nil
	}
	// Further back, decisions were not read yet: what else is there comes with them.
	for i, m := range shown {
		if m.At.Before(floor.at) || m.At.Equal(floor.at) && m.id < floor.key[0] {
			return shown[:i], floor.String(), nil
		}
	}
	return shown, cmp.Or(next, floor.String()), nil
}

// turns are the decisions of a timeline. Most reports of an honest device change
// nothing, so many are read for few; where there are more, floor is how far was read.
func (c *call) turns(device string, p page) (all []moment, floor *cursor, err error) {
	rows, err := read(c, `SELECT `+lineColumns+` FROM report WHERE device = $1 AND unit = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5`,
		[]any{device, c.who.Unit, p.before.at, p.before.key[0], scanMost + 1}, scanLine)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range rows[:min(len(rows), scanMost)] {
		first := i == len(rows)-1 // of all that there are
		if first || d.Outcome != rows[i+1].Outcome || !rules.Warn.WorseThan(d.Outcome) {
			all = append(all, moment{At: d.At, Kind: "decision", id: d.Report, What: d})
		}
	}
	if len(rows) > scanMost {
		last := rows[scanMost-1]
		floor = &cursor{last.At, []string{last.Report}}
	}
	return all, floor, nil
}

func (c *call) alertMoments(device string, p page) ([]moment, error) {
	return read(c, `SELECT `+alertColumns+` FROM alert WHERE entity = $1 AND entity_kind = 'device' AND unit = $2 AND (first_at, id) < ($3, $4) ORDER BY first_at DESC, id DESC LIMIT $5`,
		[]any{device, c.who.Unit, p.before.at, p.before.key[0], p.limit + 1}, func(r pg.Row, m *moment) error {
			var a Alert
			err := scanAlert(r, &a)
			*m = moment{At: a.First, Kind: "alert", id: a.ID, What: a}
			return err
		})
}

func (c *call) commandMoments(device string, p page) ([]moment, error) {
	return read(c, `SELECT `+commandColumns+` FROM command WHERE entity = $1 AND entity_kind = 'device' AND unit = $2 AND (issued_at, id) < ($3, $4) ORDER BY issued_at DESC, id DESC LIMIT $5`,
		[]any{device, c.who.Unit, p.before.at, p.before.key[0], p.limit + 1}, func(r pg.Row, m *moment) error {
			var i IssuedCommand
			err := scanCommand(r, &i)
			*m = moment{At: i.Issued, Kind: "command", id: i.ID, What: i}
			return err
		})
}

func (c *call) auditMoments(device string, p page) ([]moment, error) {
	return read(c, `SELECT `+auditColumns+` FROM audit WHERE subject = $1 AND unit = $2 AND what IN ('list.put', 'list.delete', 'suppression.put', 'suppression.delete')
		AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5`,
		[]any{device, c.who.Unit, p.before.at, p.before.key[0], p.limit + 1}, func(r pg.Row, m *moment) error {
			var e auditEntry
			err := scanAudit(r, &e)
			*m = moment{At: e.At, Kind: "change", id: e.ID, What: e}
			return err
		})
}
