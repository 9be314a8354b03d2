package broker

import (
	"context"
	"fmt"

	"xietong.dev/shared/pg"
)

// Pause stops the deliveries of a Trigger. Its events wait; those under way end. Who
// asks must be there.
func (b *Broker) Pause(ctx context.Context, trigger, who, why string) error {
	act := Act{Who: who, What: ActPause, Why: why, About: trigger}
	err := b.heed(ctx, act, `INSERT INTO pause (trigger) SELECT $1::text WHERE NOT EXISTS (SELECT 1 FROM pause WHERE trigger = $1)`)
	if err != nil && !pg.IsDuplicate(err) {
		return fmt.Errorf("pause trigger %s: %w", trigger, err)
	}
	return nil
}

// Resume lets the deliveries of a Trigger go on. Who asks must be there.
func (b *Broker) Resume(ctx context.Context, trigger, who, why string) error {
	act := Act{Who: who, What: ActResume, Why: why, About: trigger}
	if err := b.heed(ctx, act, `DELETE FROM pause WHERE trigger = $1`); err != nil {
		return fmt.Errorf("resume trigger %s: %w", trigger, err)
	}
	b.wakeAll()
	return nil
}

// heed changes a Trigger, and writes down who did where that changed anything.
func (b *Broker) heed(ctx context.Context, act Act, sql string) error {
	return b.DB.InTx(ctx, func(tx pg.Tx) error {
		n, err := affected(tx.Exec(ctx, sql, act.About))
		if err != nil || n == 0 {
			return err
		}
		act.Count = 1
		return act.note(ctx, tx)
	})
}
