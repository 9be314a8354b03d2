package score

// Checks: an app's back end asks how a device stands before it does something that
// cannot be undone.

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// checked is how a device stands.
type checked struct {
	App      string           `json:"app"`
	Device   string           `json:"device"`
	Outcome  rules.Outcome    `json:"outcome"`
	Score    int              `json:"score"`
	Reasons  []map[string]any `json:"reasons"`  // by code, then of its last report by rule, as they are now
	SilentS  int64            `json:"silent_s"` // since its last report, or since it was enrolled
	Muted    bool             `json:"muted"`    // it should have reported
	Lists    []string         `json:"lists"`    // that it, its account, model, version or address is on now
	Commands []Command        `json:"commands"` // in force
	Decided  *time.Time       `json:"decided_at,omitempty"`
	Report   string           `json:"report,omitempty"` // the last that was not kept for later
}

// check answers POST /score/checks. A device that is not known is no error: whoever
// asks wants to know what to do about it.
func (c *call) check() error {
	var want struct {
		App     string `json:"app"`
		Device  string `json:"device"`
		Account string `json:"account"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if !hexShape.MatchString(want.Device) {
		return web.Field("field_device", "device")
	}
	if err := checkText("account", want.Account, 0, textMost); err != nil {
		return err
	}
	a, err := c.ownApp(want.App)
	if err != nil {
		return err
	}
	s, found, err := c.standing(a, want.Device, c.account(a.Unit, want.Account))
	if err != nil {
		return err
	}
	answer := checked{App: a.ID, Device: want.Device, Outcome: rules.Challenge, Reasons: []map[string]any{}, Lists: []string{}, Commands: []Command{}}
	if !found {
		answer.Reasons = append(answer.Reasons, c.because("unknown_device"))
		return c.reply(http.StatusOK, answer)
	}
	if err := c.stands(&answer, s); err != nil {
		return err
	}
	return c.reply(http.StatusOK, answer)
}

func (c *call) because(code string) map[string]any {
	return map[string]any{"code": code, "text": messages.Say(c.lang, "check."+code)}
}

// stands fills in an answer. That a probe was silent when it was asked for counts
// against its device: the next reports meet it as rt.probe_muted.
func (c *call) stands(answer *checked, s stance) error {
	now := c.Now()
	var reasons []map[string]any
	if s.report != "" {
		set, err := c.Sets.of(c.r.Context(), c.DB, s.ruleset)
		if err != nil {
			return err
		}
		s.features.Lists = s.met()
		s.decision = set.program.Decide(&s.features)
		reasons = set.reasons(s.decision, c.lang)
		answer.Report, answer.Decided, answer.Score = s.report, &s.decided, s.decision.Score
	}
	var codes []string
	answer.Outcome, codes = s.verdict(now)
	answer.SilentS, answer.Muted, answer.Lists, answer.Commands = seconds(s.silent(now)), s.muted(now), s.lists, s.commands
	for _, code := range codes {
		answer.Reasons = append(answer.Reasons, c.because(code))
	}
	answer.Reasons = append(answer.Reasons, reasons...)
	if !answer.Muted {
		return nil
	}
	_, err := c.DB.Exec(c.r.Context(), countSQL, "muted", answer.Device, minuteOf(now), rand.IntN(shards), 1)
	return err
}

// lastRead is how many reports are read for the last that was not kept for later.
const lastRead = 500

// standing reads what is known of an app's device now.
func (c *call) standing(a App, device, account string) (s stance, found bool, err error) {
	ctx := c.r.Context()
	s.interval, s.asked = time.Duration(a.IntervalS)*time.Second, account
	err = c.DB.QueryRow(ctx, `SELECT enrolled_at, last_at FROM device WHERE id = $1 AND app = $2 AND unit = $3`, device, a.ID, a.Unit).Scan(&s.enrolled, &s.last)
	if errors.Is(err, pg.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	r := Report{Device: device, Account: account}
	err = c.DB.QueryRow(ctx, `SELECT id, account, address, received_at, ruleset, features FROM (SELECT * FROM report WHERE device = $1 ORDER BY at DESC LIMIT $2) r
		WHERE NOT (features->>'offline')::boolean ORDER BY at DESC, id DESC LIMIT 1`, device, lastRead).
		Scan(&s.report, &s.account, &r.Address, &s.decided, &s.ruleset, &s.features)
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return s, false, err
	}
	s.decided = s.decided.UTC()
	if account == "" {
		r.Account = s.account
	}
	in := s.features
	r.Body = report.Body{Model: in.Model, AppVersion: in.AppVersion, ProbeVersion: in.ProbeVersion}
	kinds, values := listed(&r)
	if s.lists, err = read(c, `SELECT DISTINCT list FROM list_item WHERE (kind, value) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND unit IN ('', $3)
		AND (expires_at IS NULL OR expires_at > $4) ORDER BY list`, []any{kinds, values, a.Unit, c.Now()}, func(r pg.Row, list *string) error { return r.Scan(list) }); err != nil {
		return s, false, err
	}
	s.commands, err = read(c, `SELECT id, kind, until FROM command WHERE entity IN ($1, $3) AND `+inForce+` ORDER BY issued_at LIMIT $4`,
		[]any{device, c.Now(), r.Account, commandsShown}, func(r pg.Row, k *Command) error {
			err := r.Scan(&k.ID, &k.Kind, &k.Until)
			utc(k.Until)
			return err
		})
	return s, true, err
}
