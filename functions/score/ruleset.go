package score

// The life of a rule set: what may become of it, and what it lacks for that.
// Nothing here reads a clock or a database.
//
//	draft ⇄ shadow    one is in shadow; the one before goes back to draft
//	draft, shadow → live    compared and approved; the one before retires
//	retired → live    the same, anew; only the set that was live just before needs
//	                  no more than one approval
//
// The last is for an emergency. Its rules were compared and approved once, and
// decided on real reports until a moment ago; what is known against it is known. So
// nothing is waited for but a second person, who approves after it retired. An older
// set is compared and approved anew: reports have changed since.

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// States of a rule set.
const (
	StateDraft   = "draft"
	StateShadow  = "shadow" // it decides beside the live one, and nobody is told but the report's row
	StateLive    = "live"
	StateRetired = "retired"
)

func rulesetStates() []string { return []string{StateDraft, StateShadow, StateLive, StateRetired} }

// isVersion reports whether a number can be a version: the database counts to 2³¹-1.
func isVersion(n int) bool { return n >= 1 && n <= 1<<31-1 }

// Ruleset is one version of the rules, without the rules. They never change.
type Ruleset struct {
	Version   int        `json:"version"` // from 1
	State     string     `json:"state"`
	Hash      string     `json:"hash"` // rules.Set.Hash
	Note      string     `json:"note"`
	By        string     `json:"by"` // its author; empty for the set that came with the function
	BasedOn   *int       `json:"based_on,omitempty"`
	CreatedAt time.Time  `json:"created"`
	LiveAt    *time.Time `json:"live,omitempty"`    // when it last went live
	RetiredAt *time.Time `json:"retired,omitempty"` // when it last retired
}

// fresh reports whether what was done at a time still speaks for a rule set: it was
// done after the set last retired.
func (r Ruleset) fresh(at time.Time) bool { return r.RetiredAt == nil || at.After(*r.RetiredAt) }

// round tells one way to live from the next, and stays the same while the set is live.
func (r Ruleset) round() string {
	if r.RetiredAt == nil {
		return ""
	}
	return r.RetiredAt.UTC().Format(time.RFC3339Nano)
}

// Approval is somebody's word that a rule set may decide.
type Approval struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Why a rule set does not move.
var (
	errLiveStays    = errors.New("a live set retires when another goes live")
	errRetiredStays = errors.New("a retired set goes live again, or nowhere")
	errNeverLive    = errors.New("only the live set retires")
)

// mayTurn says why a rule set cannot go from one state to another than live, nil where
// it can: between draft and shadow.
func mayTurn(from, to string) error {
	switch {
	case from == to:
		return nil
	case from == StateLive:
		return errLiveStays
	case from == StateRetired:
		return errRetiredStays
	case to == StateRetired:
		return errNeverLive
	}
	return nil
}

// candidacy is all that decides whether a rule set may go live.
type candidacy struct {
	Ruleset
	Before    bool       // it was live until the present one took its place
	Approvals []Approval // all there are
	Replays   []Replay   // of it, newest first
}

// lack is one thing that a rule set needs before it goes live.
type lack struct {
	Code string // stable; its words stand under lack.<code>
	Args []any
}

// lacks says what is missing when somebody asks to publish, and otherwise what speaks
// for the set: who approved, and the replay that showed what it would change. Where
// a replay is named, that one must do.
func (s candidacy) lacks(c Config, asker, named string) (missing []lack, approved []string, replay string) {
	want := max(1, c.Approvals) // nobody publishes alone, whatever the operator says
	if s.Before {
		want = 1
	}
	for _, a := range s.Approvals {
		if a.By != s.By && s.fresh(a.At) && !(s.Before && a.By == asker) {
			approved = append(approved, a.By)
		}
	}
	if len(approved) < want {
		missing = append(missing, lack{"approvals", []any{len(approved), want}})
	}
	if s.Before && named == "" {
		return missing, approved, ""
	}
	replay = s.compared(c.Compared, named)
	switch {
	case replay == "" && named != "":
		missing = append(missing, lack{"replay_named", []any{named, c.Compared}})
	case replay == "":
		missing = append(missing, lack{"replay", []any{c.Compared}})
	}
	return missing, approved, replay
}

// compared finds the newest replay that shows what a rule set would change.
func (s candidacy) compared(least int, named string) string {
	i := slices.IndexFunc(s.Replays, func(r Replay) bool {
		return (named == "" || r.ID == named) && s.fresh(r.RequestedAt) && r.shows(s.Version, least)
	})
	if i < 0 {
		return ""
	}
	return s.Replays[i].ID
}

// notReady is the refusal to publish a rule set.
type notReady struct{ lacks []lack }

func (e *notReady) Error() string {
	codes := make([]string, len(e.lacks))
	for i, l := range e.lacks {
		codes[i] = l.Code
	}
	return fmt.Sprintf("the rule set may not go live yet; it lacks %v", codes)
}
