package score

// Rule sets move by people who are named: whoever wrote a set does not approve it.

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// approve answers POST /score/rulesets/{version}/approvals. Once is enough.
func (c *call) approve() error {
	version, err := c.version()
	if err != nil {
		return err
	}
	if err := c.by(); err != nil {
		return err
	}
	err = c.inTx(c.r.Context(), func(tx pg.Tx) error {
		if err := lockRulesets(c.r.Context(), tx); err != nil {
			return err
		}
		s, err := findRuleset(c.r.Context(), tx, version)
		switch {
		case err != nil:
			return c.known(version, err)
		case s.By == c.who.Account:
			return web.Refuse(http.StatusForbidden, "own_ruleset", version)
		case s.State == StateLive:
			return web.Refuse(http.StatusConflict, "live_already", version)
		}
		added, err := addApproval(c.r.Context(), tx, s, c.who.Account, c.Now())
		if err != nil || !added {
			return err
		}
		return c.audit(tx, "ruleset.approve", strconv.Itoa(version), map[string]any{"hash": s.Hash})
	})
	if err != nil {
		return err
	}
	return c.showRuleset(http.StatusOK, version)
}

// moveRuleset answers PUT /score/rulesets/{version}/state.
func (c *call) moveRuleset() error {
	var want struct {
		State  string `json:"state"`
		Replay string `json:"replay"` // that must speak for it to go live; empty takes the newest that does
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	version, err := c.version()
	if err != nil {
		return err
	}
	if err := c.by(); err != nil {
		return err
	}
	switch {
	case !slices.Contains(rulesetStates(), want.State):
		return web.Field("field_one_of", "state", strings.Join(rulesetStates(), ", "))
	case want.Replay != "" && (want.State != StateLive || !events.IsID(want.Replay)):
		return web.Field("field_replay", "replay")
	case want.State == StateLive:
		err = c.putLive(version, want.Replay)
	default:
		err = c.turn(version, want.State)
	}
	if err != nil {
		return c.known(version, err)
	}
	return c.showRuleset(http.StatusOK, version)
}

// turn moves a rule set between draft and shadow.
func (c *call) turn(version int, to string) error {
	return c.inTx(c.r.Context(), func(tx pg.Tx) error {
		if err := lockRulesets(c.r.Context(), tx); err != nil {
			return err
		}
		s, err := findRuleset(c.r.Context(), tx, version)
		if err != nil {
			return err
		}
		if err := mayTurn(s.State, to); err != nil {
			return stays(version, err)
		}
		if s.State == to {
			return nil
		}
		if err := turnRuleset(c.r.Context(), tx, version, to); err != nil {
			return err
		}
		return c.audit(tx, "ruleset."+to, strconv.Itoa(version), map[string]any{"hash": s.Hash, "from": s.State})
	})
}

// stays says why a rule set does not move.
func stays(version int, why error) error {
	switch why {
	case errLiveStays:
		return &web.Problem{Status: http.StatusConflict, Code: "wrong_state", Text: "live_stays", Args: []any{version}}
	case errRetiredStays:
		return &web.Problem{Status: http.StatusConflict, Code: "wrong_state", Text: "retired_stays", Args: []any{version}}
	case errNeverLive:
		return &web.Problem{Status: http.StatusConflict, Code: "wrong_state", Text: "never_live", Args: []any{version}}
	}
	return why
}

// putLive publishes a rule set. What it lacks is said here; the event checks again.
func (c *call) putLive(version int, replay string) error {
	s, err := candidacyOf(c.r.Context(), c.DB, version, replay)
	if err != nil {
		return err
	}
	if missing, _, _ := s.lacks(c.Config, c.who.Account, replay); s.State != StateLive && len(missing) > 0 {
		return c.notReady(version, missing)
	}
	d := PublicationRequested{Version: version, Round: s.round(), Replay: replay}
	e, err := events.New(d)
	if err != nil {
		return err
	}
	e.SetID(d.id())
	e.SetExtension(events.Unit, c.who.Unit)
	e.SetExtension(events.AuthType, "user")
	e.SetExtension(events.AuthID, c.who.Account)
	err = c.apply(c.r.Context(), e)
	var lacking *notReady
	switch {
	case errors.As(err, &lacking):
		return c.notReady(version, lacking.lacks)
	case fault.Code(err) == "changed":
		return web.Refuse(http.StatusConflict, "changed", version)
	case err != nil:
		return fmt.Errorf("publish rule set %d: %w", version, err)
	}
	return nil
}

// notReady says what a rule set lacks.
func (c *call) notReady(version int, missing []lack) error {
	said := c.say(missing)
	between := "；"
	if c.lang == say.English {
		between = "; "
	}
	texts := make([]string, len(said))
	for i, l := range said {
		texts[i] = l.Text
	}
	return &web.Problem{Status: http.StatusConflict, Code: "not_ready", Args: []any{version, strings.Join(texts, between)}, List: said}
}
