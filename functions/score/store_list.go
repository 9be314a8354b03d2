package score

// Entries of lists as they are written.

import (
	"net/http"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// saveItem writes an entry. Two at the same moment may both take the last place: the
// limit is against programs that run wild, and one more does no harm.
func (c *call) saveItem(tx pg.Tx, list string, i Item) error {
	ctx, unit := c.r.Context(), c.who.Unit
	var items, lists int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM list_item WHERE unit = $1 AND list = $2 AND (kind, value) <> ($3, $4) LIMIT $5) t`, unit, list, i.Kind, i.Value, itemsMost).Scan(&items)
	if err != nil {
		return err
	}
	if items >= itemsMost {
		return web.Refuse(http.StatusConflict, "list_full", list, itemsMost)
	}
	err = tx.QueryRow(ctx, `WITH RECURSIVE names AS ((SELECT list FROM list_item WHERE unit = $1 ORDER BY list LIMIT 1)
		UNION ALL SELECT (SELECT i.list FROM list_item i WHERE i.unit = $1 AND i.list > names.list ORDER BY i.list LIMIT 1) FROM names WHERE names.list IS NOT NULL)
		SELECT count(*) FROM names WHERE list <> $2`, unit, list).Scan(&lists) // from name to name, not over all entries
	if err != nil {
		return err
	}
	if lists >= listsMost {
		return web.Refuse(http.StatusConflict, "lists_full", lists)
	}
	_, err = tx.Exec(ctx, `WITH known AS (UPDATE list_item SET expires_at = $5, reason = $6, by = $7, added_at = $8 WHERE unit = $1 AND list = $2 AND kind = $3 AND value = $4 RETURNING 1)
		INSERT INTO list_item (unit, list, kind, value, expires_at, reason, by, added_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM known)`,
		unit, list, i.Kind, i.Value, i.Expires, i.Reason, i.By, i.Added)
	if err != nil {
		return err
	}
	return c.audit(tx, "list.put", i.Value, map[string]any{"list": list, "kind": i.Kind, "reason": i.Reason, "expires": i.Expires})
}
