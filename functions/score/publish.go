package score

// A rule set goes live by way of an event: what it needs is checked again, the set
// before retires, and the news is recorded, all in the transaction that marks the
// event done. Asking again sends the same news again, and changes nothing.

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// PublicationRequested asks for a rule set to go live. It stays within the function:
// who asks stands in the event's authid.
type PublicationRequested struct {
	Version int    `json:"version"`
	Round   string `json:"round,omitempty"`  // when it last retired; empty where it never did
	Replay  string `json:"replay,omitempty"` // that must speak for it; empty takes the newest that does
}

// EventType names the event.
func (PublicationRequested) EventType() string { return "dev.xietong.risk.publication.requested.v1" }

// EventSubject is the version.
func (d PublicationRequested) EventSubject() string { return strconv.Itoa(d.Version) }

// Validate refuses what no rule set can be.
func (d PublicationRequested) Validate() error {
	switch _, err := time.Parse(time.RFC3339Nano, d.Round); {
	case !isVersion(d.Version):
		return fmt.Errorf("version: %d is not one, want 1 to 2147483647", d.Version)
	case d.Round != "" && err != nil:
		return fmt.Errorf("round: %q is not a time", d.Round)
	case d.Replay != "" && !events.IsID(d.Replay):
		return fmt.Errorf("replay: %q is not an id", d.Replay)
	}
	return nil
}

// id is the same for the same request, whoever makes it.
func (d PublicationRequested) id() string {
	return ce.ID("publication", strconv.Itoa(d.Version), d.Round, d.Replay)
}

// askedBy is the person that an event names.
func askedBy(e fn.Event) web.Caller {
	unit, _ := e.Extensions()[events.Unit].(string)
	account, _ := e.Extensions()[events.AuthID].(string)
	return web.Caller{Unit: unit, Account: account}
}

// publish handles PublicationRequested.
func (s *Score) publish(who web.Caller) func(context.Context, PublicationRequested) (fn.Outcome, error) {
	return func(_ context.Context, d PublicationRequested) (fn.Outcome, error) {
		if who.Account == "" {
			return nil, fault.Refusef("no_person", "nobody is named who publishes rule set %d; set the event's authid", d.Version)
		}
		return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) { return s.goLive(ctx, tx, who, d) }, nil
	}
}

// goLive makes a rule set live that lacks nothing. One that is live already was made
// so by another request, whose news is on its way.
func (s *Score) goLive(ctx context.Context, tx pg.Tx, who web.Caller, d PublicationRequested) ([]fn.Event, error) {
	if err := lockRulesets(ctx, tx); err != nil {
		return nil, err
	}
	set, err := candidacyOf(ctx, tx, d.Version, d.Replay)
	switch {
	case errors.Is(err, errNoRuleset):
		return nil, fault.Refusef("no_ruleset", "publish rule set %d: %w", d.Version, err)
	case err != nil:
		return nil, err
	case set.State == StateLive:
		return nil, nil
	case set.round() != d.Round:
		return nil, fault.Refusef("changed", "publish rule set %d: it was live since this was asked; look at it and ask again", d.Version)
	}
	missing, approved, replay := set.lacks(s.Config, who.Account, d.Replay)
	if len(missing) > 0 {
		return nil, fault.Refusef("not_ready", "publish rule set %d: %w", d.Version, &notReady{missing})
	}
	retired, err := makeLive(ctx, tx, d.Version, s.Now())
	if err != nil {
		return nil, err
	}
	told := events.RiskRulesetPublished{Ruleset: events.Ruleset{Version: d.Version, Hash: set.Hash}, By: who.Account, Approvals: approved[:min(len(approved), approvalsTold)], Replay: replay}
	if err := s.note(ctx, tx, who, "ruleset.live", d.EventSubject(), map[string]any{"hash": set.Hash, "approvals": approved, "replay": replay, "retired": retired}); err != nil {
		return nil, err
	}
	return events.NewAll(told)
}

// approvalsTold is how many approvals the event has room for.
const approvalsTold = 20
