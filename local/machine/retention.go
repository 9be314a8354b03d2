package machine

import (
	"fmt"
	"strings"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/manifest"
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
		if needed := keepDead + longest(t.Delivery); remembered != 0 && remembered <= needed {
			return fmt.Errorf("function %s: LEDGER_RETENTION is %v, want more than %v: dead letters are kept for %v, and a delivery of Trigger %s may take %v; "+
				"raise it with --set %s.LEDGER_RETENTION=%v, or lower --keep-dead", f.Word, remembered, needed, keepDead, t.Name, needed-keepDead,
				f.Word, (needed + time.Hour).Truncate(time.Hour))
		}
	}
	return nil
}

// retention returns how long a function with this environment remembers; 0 is for
// ever.
func retention(env []string) (time.Duration, error) {
	settings := map[string]string{}
	for _, setting := range env {
		name, value, _ := strings.Cut(setting, "=")
		settings[name] = value
	}
	var c fn.Config
	err := conf.Read(func(name string) string { return settings[name] }, &c)
	return c.LedgerRetention, err
}
