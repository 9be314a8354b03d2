package machine

import (
	"fmt"
	"strings"
	"time"

	"xietong.dev/shared/manifest"
)

// What a function's ledger remembers, and for how long where nobody says.
const (
	ledgerRetention        = "LEDGER_RETENTION"
	defaultLedgerRetention = 840 * time.Hour
)

// remembers refuses a function whose ledger forgets an event before the last time
// that the broker may deliver it: as long as a dead letter is kept, somebody may
// redrive it, and what was done for it would be done again. The environment is the
// one that the function is given; the last setting of a variable counts.
func remembers(f manifest.Function, env []string, keepDead time.Duration, longest func(manifest.Delivery) time.Duration) error {
	remembered, err := retention(env)
	if err != nil {
		return fmt.Errorf("function %s: %w", f.Word, err)
	}
	for _, t := range f.Triggers {
		if needed := keepDead + longest(t.Delivery); remembered <= needed {
			return fmt.Errorf("function %s: %s is %v, want more than %v: dead letters are kept for %v, and a delivery of Trigger %s may take %v; "+
				"raise it with --set %s.%s=%v, or lower --keep-dead", f.Word, ledgerRetention, remembered, needed, keepDead, t.Name, needed-keepDead,
				f.Word, ledgerRetention, (needed + time.Hour).Truncate(time.Hour))
		}
	}
	return nil
}

// retention returns how long a function with this environment remembers.
func retention(env []string) (time.Duration, error) {
	remembered := defaultLedgerRetention
	for _, setting := range env {
		text, ours := strings.CutPrefix(setting, ledgerRetention+"=")
		if !ours || text == "" {
			continue
		}
		var err error
		if remembered, err = time.ParseDuration(text); err != nil {
			return 0, fmt.Errorf("%s is %q, want a duration such as %v", ledgerRetention, text, defaultLedgerRetention)
		}
	}
	return remembered, nil
}
