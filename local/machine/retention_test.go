package machine

import (
	"fmt"
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

func TestTheLedgerRemembersForLongerThanADeadLetterIsKept(t *testing.T) {
	f := manifest.Function{Word: "score", Triggers: []manifest.Trigger{
		{Name: "score-a-told", Delivery: manifest.Delivery{Retry: 1}},
		{Name: "score-b-told", Delivery: manifest.Delivery{Retry: 10}},
	}}
	longest := func(d manifest.Delivery) time.Duration { return time.Duration(d.Retry) * time.Hour }
	const dead = 720 * time.Hour
	short := func(is string) string {
		return "function score: LEDGER_RETENTION is " + is + ", want more than 730h0m0s: dead letters are kept for 720h0m0s, and a delivery of Trigger score-b-told may take 10h0m0s; " +
			"raise it with --set score.LEDGER_RETENTION=731h0m0s, or lower --keep-dead"
	}
	for name, c := range map[string]struct {
		env  []string
		dead time.Duration
		want string
	}{
		"the default is enough":        {nil, dead, "<nil>"},
		"a minute over":                {[]string{"LEDGER_RETENTION=730h1m"}, dead, "<nil>"},
		"the same":                     {[]string{"LEDGER_RETENTION=730h"}, dead, short("730h0m0s")},
		"enough for one Trigger alone": {[]string{"LEDGER_RETENTION=722h"}, dead, short("722h0m0s")},
		"the last one counts":          {[]string{"LEDGER_RETENTION=1h", "OTHER=x", "LEDGER_RETENTION=900h"}, dead, "<nil>"},
		"empty is the default":         {[]string{"LEDGER_RETENTION="}, dead, "<nil>"},
		"for ever":                     {[]string{"LEDGER_RETENTION=0"}, dead, "<nil>"},
		"another's name":               {[]string{"LEDGER_RETENTION_OF=1h"}, dead, "<nil>"},
		"dead letters are kept long": {nil, 2000 * time.Hour,
			"function score: LEDGER_RETENTION is 840h0m0s, want more than 2001h0m0s: dead letters are kept for 2000h0m0s, and a delivery of Trigger score-a-told may take 1h0m0s; " +
				"raise it with --set score.LEDGER_RETENTION=2002h0m0s, or lower --keep-dead"},
		"no duration": {[]string{"LEDGER_RETENTION=35d"}, dead, `function score: environment variable LEDGER_RETENTION: LedgerRetention: time: unknown unit "d" in duration "35d"`},
	} {
		if got := fmt.Sprint(remembers(f, c.env, c.dead, longest)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
