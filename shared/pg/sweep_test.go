package pg_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
)

// A ledger forgets what ended long ago, and only that.
func TestSweep(t *testing.T) {
	db := pgtest.Open(t, "word", nil)
	for id, row := range map[string]struct {
		state        int
		ended, lease string // how long ago; no end where it is empty
	}{
		"done long ago":                     {pg.StateDone, "36 days", "36 days"},
		"done lately":                       {pg.StateDone, "34 days", "34 days"},
		"refused long ago":                  {pg.StateRefused, "36 days", "36 days"},
		"refused long ago and begun anew":   {pg.StateOpen, "36 days", "-30 seconds"},
		"failed long ago and never redone":  {pg.StateOpen, "", "36 days"},
		"failed lately, to be tried again":  {pg.StateOpen, "", "1 hour"},
		"under way":                         {pg.StateOpen, "", "-30 seconds"},
		"done before, with a longer lease":  {pg.StateDone, "36 days", "-30 seconds"},
		"refused and tried again in vain":   {pg.StateOpen, "40 days", "36 days"},
		"refused lately after a long delay": {pg.StateRefused, "1 day", "36 days"},
	} {
		_, err := db.Exec(t.Context(), `INSERT INTO ledger (source, id, type, hash, state, ended_at, lease_until)
			VALUES ('/test', $1, 't', '', $2, now() - nullif($3, '')::interval, now() - $4::interval)`, id, row.state, row.ended, row.lease)
		if err != nil {
			t.Fatal(err)
		}
	}
	var removed []int
	for range 4 {
		n, err := db.Sweep(t.Context(), 35*24*time.Hour, 2)
		if err != nil {
			t.Fatal(err)
		}
		removed = append(removed, n)
	}
	if diff := cmp.Diff([]int{2, 2, 1, 0}, removed); diff != "" {
		t.Errorf("removed, two at most at a time (-want +got)\n%s", diff)
	}
	rows, err := db.Query(t.Context(), `SELECT id FROM ledger ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var left []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		left = append(left, id)
	}
	want := []string{"done lately", "failed lately, to be tried again", "refused lately after a long delay", "refused long ago and begun anew", "under way"}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("left (-want +got)\n%s", diff)
	}
}

// A delivery that has an old entry in hand keeps it.
func TestSweepLeavesWhatADeliveryHolds(t *testing.T) {
	db := pgtest.Open(t, "word", nil)
	if _, err := db.Exec(t.Context(), `INSERT INTO ledger (source, id, type, hash, state, ended_at) VALUES ('/test', '1', 't', '', 3, now() - interval '36 days')`); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(t.Context(), func(tx pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE ledger SET state = 1, fence = fence + 1 WHERE source = '/test'`); err != nil {
			return err
		}
		n, err := db.Sweep(t.Context(), 35*24*time.Hour, 10)
		if n != 0 {
			t.Errorf("removed %d", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
