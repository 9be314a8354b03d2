package events

import "regexp"

const (
	maxReasons   = 50
	maxApprovals = 20
)

var (
	rules    = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)*$`)
	devices  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	accounts = regexp.MustCompile(`^([0-9a-f]{32})?$`)
	entities = regexp.MustCompile(`^[0-9a-f.:]{1,64}$`)
	limits   = regexp.MustCompile(`^([a-z][a-z0-9_]{1,62})?$`)
)

// Validate returns an error that names the first field that is wrong.
func (d RiskDecided) Validate() error {
	return first(id("report", d.Report), app("app", d.App), text("unit", d.Unit, 1, 255),
		matches("device", d.Device, devices, "32 hexadecimal digits in lower case"),
		matches("account", d.Account, accounts, "32 hexadecimal digits in lower case"),
		oneOf("outcome", d.Outcome, Outcomes()...), between("score", d.Score, 0, 100),
		count("reasons", len(d.Reasons), 0, maxReasons), each("reasons", d.Reasons), in("ruleset", d.Ruleset.check()),
		matches("limited", d.Limited, limits, "lower-case letters, digits and _"), moment("time", d.Time))
}

// Validate returns an error that names the first field that is wrong.
func (a RiskAlert) Validate() error {
	return first(id("alert", a.Alert), RiskReason{a.Rule, a.Zh, a.En}.check(), in("entity", a.Entity.check()),
		text("unit", a.Unit, 1, 255), app("app", a.App), atLeast("count", a.Count, 1),
		moment("first", a.First), moment("last", a.Last), moment("window_ends", a.WindowEnds), order("last", a.Last, "first", a.First))
}

// Validate returns an error that names the first field that is wrong.
func (d RiskAlertClosed) Validate() error {
	return first(d.RiskAlert.Validate(), text("by", d.By, 0, 255), text("why", d.Why, 0, 2048))
}

// Validate returns an error that names the first field that is wrong.
func (c RiskCommand) Validate() error {
	err := first(id("command", c.Command), oneOf("kind", c.Kind, "block", "unblock", "step_up"), in("entity", c.Entity.check()),
		text("by", c.By, 1, 255), text("why", c.Why, 1, 2048), moment("issued", c.Issued))
	if err == nil && c.Until != "" {
		err = first(moment("until", c.Until), order("until", c.Until, "issued", c.Issued))
	}
	return err
}

// Validate returns an error that names the first field that is wrong.
func (d RiskCommandAcknowledged) Validate() error {
	return first(d.RiskCommand.Validate(), id("report", d.Report), moment("time", d.Time))
}

// Validate returns an error that names the first field that is wrong.
func (d RiskRulesetPublished) Validate() error {
	err := first(d.Ruleset.check(), text("by", d.By, 1, 255), count("approvals", len(d.Approvals), 1, maxApprovals))
	for i := 0; err == nil && i < len(d.Approvals); i++ {
		err = in("approvals", text(element(i), d.Approvals[i], 1, 255))
	}
	if err == nil && d.Replay != "" {
		err = id("replay", d.Replay)
	}
	return err
}

func (r RiskReason) check() error {
	return first(text("rule", r.Rule, 1, 64), matches("rule", r.Rule, rules, "lower-case letters, digits and _, in parts with dots between"),
		text("zh", r.Zh, 1, 255), text("en", r.En, 1, 255))
}

func (r Ruleset) check() error {
	return first(atLeast("version", int64(r.Version), 1), sha256("hash", r.Hash))
}

func (e RiskEntity) check() error {
	return first(oneOf("kind", e.Kind, "device", "account", "address"), matches("id", e.ID, entities, "a hash in lower case, or an IP address"))
}
