package fn

import (
	"bytes"
	"context"
	"slices"

	"xietong.dev/shared/pg"
)

// Forget takes what the ledger recorded of a subject out of it, in the transaction of
// an outcome, and returns how many entries it emptied; see [pg.Forget]. An event that
// comes again, and came to such events, sends nothing. Entries of the types in keep
// stay as they are: those of the deletion itself, which hold ids alone and must still be
// sent where they were not.
func Forget(ctx context.Context, tx pg.Tx, subject string, keep ...string) (int, error) {
	return pg.Forget(ctx, tx, subject, keep, func(sent []byte) ([]byte, error) {
		events, err := recorded(sent)
		if err != nil {
			return nil, err
		}
		return record(slices.DeleteFunc(events, func(e Event) bool {
			return e.Subject() == subject || bytes.Contains(e.Data(), []byte(subject))
		}))
	})
}

// subject is what an event and those that it came to are about; empty where they are
// about several things.
func subject(cause Event, sent []Event) string {
	if len(sent) == 0 {
		return cause.Subject()
	}
	for _, e := range sent {
		if e.Subject() != sent[0].Subject() {
			return ""
		}
	}
	return sent[0].Subject()
}
