package score

// Rule sets over HTTP: what people draft, and what they look at before they approve
// or publish it.

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// version is the version that the address names.
func (c *call) version() (int, error) {
	text := c.r.PathValue("version")
	n, err := strconv.Atoi(text)
	if err != nil || !isVersion(n) {
		return 0, c.noRuleset(text)
	}
	return n, nil
}

func (c *call) noRuleset(version any) error {
	return web.Refuse(http.StatusNotFound, "no_ruleset", fmt.Sprint(version))
}

// known says of an error that there is no such rule set, where that is what it says.
func (c *call) known(version int, err error) error {
	if errors.Is(err, errNoRuleset) {
		return c.noRuleset(version)
	}
	return err
}

// draft answers POST /score/rulesets: 201 with a new draft, or 200 with the draft
// that says the same.
func (c *call) draft() error {
	var want struct {
		Rules   json.RawMessage `json:"rules"`
		Note    string          `json:"note"`
		BasedOn *int            `json:"based_on"`
	}
	if err := web.Body(c.w, c.r, max(int64(c.MaxBody), rules.MaxSet), &want); err != nil {
		return err
	}
	if err := c.by(); err != nil {
		return err
	}
	if err := checkText("note", want.Note, 1, 500); err != nil {
		return err
	}
	if len(want.Rules) == 0 {
		want.Rules = json.RawMessage("{}")
	}
	set, program, err := compile(want.Rules)
	if err != nil {
		return c.invalid(err)
	}
	d := Ruleset{Hash: program.Hash(), Note: want.Note, By: c.who.Account, BasedOn: want.BasedOn, CreatedAt: c.Now()}
	d, added, err := c.keepDraft(d, program, set)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if added {
		status = http.StatusCreated
	}
	return c.showRuleset(status, d.Version)
}

// keepDraft writes a draft, or finds the one that says the same.
func (c *call) keepDraft(d Ruleset, program *rules.Program, set rules.Set) (kept Ruleset, added bool, err error) {
	ctx := c.r.Context()
	err = c.DB.InTx(ctx, func(tx pg.Tx) error {
		if err := lockRulesets(ctx, tx); err != nil {
			return err
		}
		if d.BasedOn != nil && !isVersion(*d.BasedOn) {
			return c.noRuleset(*d.BasedOn)
		}
		if d.BasedOn != nil {
			if _, err := findRuleset(ctx, tx, *d.BasedOn); err != nil {
				return c.known(*d.BasedOn, err)
			}
		}
		if kept, added, err = addDraft(ctx, tx, d, program, set); err != nil || !added {
			return err
		}
		return c.audit(tx, "ruleset.draft", strconv.Itoa(kept.Version), map[string]any{"hash": d.Hash, "note": d.Note, "based_on": d.BasedOn})
	})
	return kept, added, err
}

// compile reads a rule set and checks all of it. What Decode says is said by Compile
// too, and more, where there are rules to speak of.
func compile(text []byte) (rules.Set, *rules.Program, error) {
	set, err := rules.Decode(text)
	if err != nil && len(set.Rules) == 0 {
		return set, nil, err
	}
	program, err := rules.Compile(set)
	return set, program, err
}

// problemsSaid is how many problems are put into words; all are listed for programs.
const problemsSaid = 50

// invalid says all that is wrong with a rule set.
func (c *call) invalid(err error) error {
	var bad *rules.Invalid
	if !errors.As(err, &bad) {
		return err
	}
	var lines []string
	for i, p := range bad.Problems {
		if i == problemsSaid {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, sayProblem(c.lang, p))
	}
	return &web.Problem{Status: http.StatusBadRequest, Code: "invalid_rules", Args: []any{len(bad.Problems), strings.Join(lines, "\n")}, List: bad.Problems}
}

// sayProblem puts a problem and its place into words.
func sayProblem(language string, p rules.Problem) string {
	text := p.Zh
	if language == say.English {
		text = p.En
	}
	field := p.Field
	if p.Line > 0 {
		field = fmt.Sprintf("%s %d:%d", field, p.Line, p.Column)
	}
	if p.Index < 0 {
		return rulesetMessages.Say(language, "problem.set", field, text)
	}
	return rulesetMessages.Say(language, "problem.rule", p.Index, p.Rule, field, text)
}

// listRulesets answers GET /score/rulesets?before=&limit=, newest first.
func (c *call) listRulesets() error {
	if err := web.Params(c.r, "before", "limit"); err != nil {
		return err
	}
	before, err := web.Number(c.r, "before", 1, 1<<31-1, 0)
	if err != nil {
		return err
	}
	limit, err := web.Number(c.r, "limit", 1, 100, 20)
	if err != nil {
		return err
	}
	all, err := readRulesets(c.r.Context(), c.DB, before, limit)
	if err != nil {
		return err
	}
	answer := map[string]any{"rulesets": all}
	if len(all) == limit && all[limit-1].Version > 1 {
		answer["next"] = all[limit-1].Version
	}
	return c.reply(http.StatusOK, answer)
}

// shownRuleset is a rule set with all that decides on it.
type shownRuleset struct {
	Ruleset
	Rules     json.RawMessage `json:"rules"`
	Approvals []Approval      `json:"approvals"`
	Replays   []Replay        `json:"replays"` // without their differences
	Lacks     []saidLack      `json:"lacks"`   // before it can go live; empty where it is live
}

type saidLack struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// ruleset answers GET /score/rulesets/{version}.
func (c *call) ruleset() error {
	version, err := c.version()
	if err != nil {
		return err
	}
	return c.showRuleset(http.StatusOK, version)
}

func (c *call) showRuleset(status, version int) error {
	s, err := candidacyOf(c.r.Context(), c.DB, version, "")
	if err != nil {
		return c.known(version, err)
	}
	shown := shownRuleset{Ruleset: s.Ruleset, Approvals: s.Approvals, Replays: []Replay{}, Lacks: []saidLack{}}
	if shown.Rules, err = readRules(c.r.Context(), c.DB, version); err != nil {
		return err
	}
	for _, r := range s.Replays {
		shown.Replays = append(shown.Replays, r.brief())
	}
	if s.State != StateLive {
		missing, _, _ := s.lacks(c.Config, c.who.Account, "")
		shown.Lacks = c.say(missing)
	}
	return c.reply(status, shown)
}

// say puts into words what a rule set lacks.
func (c *call) say(missing []lack) []saidLack {
	said := []saidLack{}
	for _, l := range missing {
		said = append(said, saidLack{l.Code, rulesetMessages.Say(c.lang, "lack."+l.Code, l.Args...)})
	}
	return said
}
