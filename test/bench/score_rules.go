package main

// 150 rules of ten shapes, as a city's security office would write them, and the
// lists that some of them ask.

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"xietong.dev/shared/pg"
)

// riskRule is a rule as the function reads it from JSON.
type riskRule struct {
	ID       string `json:"id"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
	When     string `json:"when"`
	Category string `json:"category"`
	Weight   int    `json:"weight"`
	Action   string `json:"action,omitempty"`
	Alert    string `json:"alert,omitempty"`
}

// perShape is how many rules there are of each shape.
const perShape = 15

// benchRules are met by honest phones here and there, with little weight: about as
// many hits as real rules have, and nobody is stopped. Rules on an address ask for
// everything, which must stop nobody either.
func benchRules() (all []riskRule) {
	for n := range perShape {
		for shape, made := range []riskRule{aFlag(n), aThreshold(n),
			{Category: "config", Weight: 2, When: fmt.Sprintf(`!offline && !('%s' in claimed) && !(platform == 'h5')`, everyday[n%len(everyday)])},
			{Category: "device", Weight: 3, When: fmt.Sprintf(`model in ['%s', '%s', '%s', 'other']`, phoneModel(n), phoneModel(n+1), phoneModel(n+50))},
			{Category: "list", Weight: 50, Action: "challenge", When: fmt.Sprintf(`'list%02d' in lists || 'list%02d' in lists`, n, n+perShape)},
			{Category: "system", Weight: 70, Action: "block", Alert: "device", When: fmt.Sprintf(`'%s' in attested && attestation == 'valid'`, grave[n])},
			{Category: "app", Weight: 2, When: fmt.Sprintf(`model.startsWith('Huawei') && model.endsWith('%d') || os_version.contains('.%d') || app_version.matches('^2\\.[0-9]+\\.%d$')`, n%10, n, n)},
			{Category: "runtime", Weight: 30, When: fmt.Sprintf(`claimed.exists(s, s.startsWith('rt.') && s.endsWith('%c')) && size(claimed) > %d`, 'a'+n, n/2)},
			{Category: "behaviour", Weight: 20, Action: "warn", Alert: "device", When: fmt.Sprintf(`device_reports_1m > %d && device_age_s < %d || account_devices_1d > %d`, n+300, n*1000, n+30)},
			{Category: "time", Weight: 5, When: fmt.Sprintf(`(account_reports_1d * 100) / account_reports_1h > %d`, 1000+n*150)},
		} {
			made.ID, made.Zh, made.En = fmt.Sprintf("shape%d.n%02d", shape, n), fmt.Sprintf("第 %d 类第 %d 条", shape, n), fmt.Sprintf("rule %d of shape %d", n, shape)
			all = append(all, made)
		}
	}
	return all
}

// grave are signals that no honest phone shows.
var grave = []string{"rt.frida", "rt.xposed", "rt.mem_patch", "rt.inline_hook", "sys.root_hidden", "sys.verified_boot_failed", "sys.harmony_integrity", "sys.privesc_evidence",
	"app.repackaged", "app.bundle_mismatch", "virt.emulator", "mal.trojan", "net.mitm", "ui.camera_hijack", "beh.group_control"}

// aFlag is a rule on one signal that a probe claims.
func aFlag(n int) riskRule {
	switch {
	case n == 0:
		return riskRule{Category: "network", Weight: 20, Alert: "device", When: `'net.user_ca' in claimed`}
	case n%3 == 1:
		return riskRule{Category: "ui", Weight: 2, When: fmt.Sprintf(`'%s' in claimed`, everyday[n%len(everyday)])}
	}
	return riskRule{Category: "runtime", Weight: 60, Action: "challenge", Alert: "device", When: fmt.Sprintf(`'%s' in claimed`, grave[n])}
}

// aThreshold is a rule on one count: of a device, of an account, or of an address.
func aThreshold(n int) riskRule {
	address := func(when string) riskRule {
		return riskRule{Category: "network", Weight: 90, Action: "block", When: when}
	}
	switch n % 5 {
	case 0:
		return address(fmt.Sprintf(`address_accounts_1d >= %d`, 50+n*10))
	case 1:
		return address(fmt.Sprintf(`address_reports_1m > %d && address_shared`, 300+n*100))
	case 2:
		return riskRule{Category: "behaviour", Weight: 30, Action: "warn", Alert: "device", When: fmt.Sprintf(`device_accounts_7d >= %d`, n+4)}
	case 3:
		return riskRule{Category: "behaviour", Weight: 30, Action: "warn", Alert: "account", When: fmt.Sprintf(`account_devices_7d >= %d`, n+4)}
	}
	return riskRule{Category: "behaviour", Weight: 40, Action: "warn", When: fmt.Sprintf(`farm_devices_1h >= %d && !address_shared`, n+6)}
}

// decideBy makes rules live, which takes two people, and fills the lists that they ask
// with a thousand entries each. Nobody has checked the rules: the function does so when
// it meets them.
func (c *city) decideBy(ctx context.Context, all []riskRule) error {
	text, err := json.Marshal(map[string]any{"rules": all})
	if err != nil {
		return err
	}
	return c.db.InTx(ctx, func(tx pg.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE ruleset SET state = 'retired' WHERE state = 'live'`); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `INSERT INTO ruleset (version, state, hash, rules, checked, note, by, created_at)
			SELECT max(version) + 1, 'live', $1, $2, '', '', 'bench', now() FROM ruleset RETURNING version`, fmt.Sprintf("%x", sha256.Sum256(text)), text).Scan(&c.version)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO list_item (unit, list, kind, value, reason, by, added_at)
			SELECT '', 'list' || lpad(l::text, 2, '0'), 'device', md5(l || ' ' || i), '', 'bench', now() FROM generate_series(0, $1::int - 1) l, generate_series(1, 1000) i`, 2*perShape)
		return err
	})
}
