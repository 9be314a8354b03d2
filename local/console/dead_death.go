package console

// What a dead letter died of, in words that say what to do.

import (
	"strings"

	"xietong.dev/local/broker"
)

// death names what a delivery died of: the part of a word of the message table behind
// "died" and "mend". The broker's package comment says how answers end.
func death(code int, reason string) string {
	switch {
	case strings.HasPrefix(reason, "the Trigger is gone"):
		return "gone"
	case strings.HasPrefix(reason, "there was no answer in time"):
		return "late"
	case strings.HasPrefix(reason, "replied to a reply"):
		return "loop"
	case code == broker.Untold && reason == "":
		return "untold"
	case code == broker.Untold:
		return "refused" // a function's ledger says why, and holds a refusal for final
	case code == 0:
		return "silent"
	case code/100 == 3:
		return "moved"
	case code == 429:
		return "busy"
	case code == 404, code == 408, code == 409, code/100 != 4:
		return "failed"
	}
	return "refused"
}
