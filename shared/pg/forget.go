package pg

import (
	"context"
	"fmt"
)

// What an entry without a subject tells of one is found by its text: ids are long and
// random, so that nothing else holds them. What another delivery has in hand is left:
// its work ends after this, and meets what the function keeps of the subject no more.
const forgettableSQL = `SELECT source, id, coalesce(sent, '') FROM ledger
	WHERE (subject = $1 OR subject IS NULL AND (position(convert_to($1, 'UTF8') IN coalesce(sent, '')) > 0 OR position($1 IN reason) > 0))
	AND type <> ALL($2) AND (sent IS NOT NULL OR reason <> '') ORDER BY source, id FOR UPDATE SKIP LOCKED`

// Forget empties what the ledger recorded of a subject: the events that were sent, and
// why one was refused. The entries stay with their ids, so that an event that comes
// again is known, and done no more: nothing is sent for it then, because what it would
// tell of is gone, and an event without its data would be a broken one. Entries of the
// types in keep are left as they are. Strip returns what else a record holds. Forget
// returns how many entries it emptied.
func Forget(ctx context.Context, tx Tx, subject string, keep []string, strip func(sent []byte) ([]byte, error)) (int, error) {
	found, err := forgettable(ctx, tx, subject, append([]string{}, keep...))
	if err != nil {
		return 0, fmt.Errorf("find what the ledger tells of %s: %w", subject, err)
	}
	for k, sent := range found {
		rest, err := strip(sent)
		if err != nil {
			return 0, fmt.Errorf("read what %s of %s came to: %w", k.ID, k.Source, err)
		}
		if len(rest) == 0 {
			rest = nil
		}
		if _, err := tx.Exec(ctx, `UPDATE ledger SET sent = $3, reason = '' WHERE source = $1 AND id = $2`, k.Source, k.ID, rest); err != nil {
			return 0, fmt.Errorf("forget what %s of %s came to: %w", k.ID, k.Source, err)
		}
	}
	return len(found), nil
}

func forgettable(ctx context.Context, tx Tx, subject string, keep []string) (map[Key][]byte, error) {
	rows, err := tx.Query(ctx, forgettableSQL, subject, keep)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[Key][]byte{}
	for rows.Next() {
		var k Key
		var sent []byte
		if err := rows.Scan(&k.Source, &k.ID, &sent); err != nil {
			return nil, err
		}
		found[k] = sent
	}
	return found, rows.Err()
}
