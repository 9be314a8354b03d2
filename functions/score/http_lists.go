package score

// Managed lists: devices, accounts, addresses, models and versions that people have
// put together. A report's features hold the names of the lists it is on, and rules
// say what that means.

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Bounds of lists.
const (
	itemsMost  = 100_000 // of one list of one unit
	listsMost  = 100     // of one unit
	widest     = 8       // bits of a network: features.go asks for no wider
	expiryDays = 3650
)

// builtIn are the lists that the starter set and features.go know.
var builtIn = []string{"allowed", "denied", "step_up", "watched", "test_device", "shared_device", "shared_egress", "new_batch", "gray_model", "cloud_phone_model", "anonymous_exit"}

var itemKinds = []string{"device", "account", "address", "model", "app_version", "probe_version"}

var listShape = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Item is one entry of a list.
type Item struct {
	Kind    string     `json:"kind"`
	Value   string     `json:"value"` // of an account its hash, of an address a network
	Expires *time.Time `json:"expires,omitempty"`
	Reason  string     `json:"reason"`
	By      string     `json:"by"`
	Added   time.Time  `json:"added"`
	All     bool       `json:"all_units,omitempty"` // it is of all units, and the operator's
}

type listSummary struct {
	List  string `json:"list"`
	Items int    `json:"items"`
	Does  string `json:"does,omitempty"` // of those that are built in
}

// listLists answers GET /score/lists.
func (c *call) listLists() error {
	if err := web.Params(c.r); err != nil {
		return err
	}
	own, err := read(c, `SELECT list, count(*) FROM list_item WHERE unit IN ('', $1) GROUP BY list ORDER BY list`, []any{c.who.Unit},
		func(r pg.Row, l *listSummary) error { return r.Scan(&l.List, &l.Items) })
	if err != nil {
		return err
	}
	all := []listSummary{}
	for _, name := range builtIn {
		l := listSummary{List: name, Does: messages.Say(c.lang, "list."+name)}
		if i := slices.IndexFunc(own, func(o listSummary) bool { return o.List == name }); i >= 0 {
			l.Items = own[i].Items
			own = slices.Delete(own, i, i+1)
		}
		all = append(all, l)
	}
	return c.list("lists", append(all, own...), "")
}

// listItems answers GET /score/lists/{list}?limit=&before=, newest first.
func (c *call) listItems() error {
	if err := web.Params(c.r, "limit", "before"); err != nil {
		return err
	}
	list, err := c.listName()
	if err != nil {
		return err
	}
	p, err := c.page(3)
	if err != nil {
		return err
	}
	const each = `(SELECT kind, value, expires_at, reason, by, added_at, unit = '' AS of_all FROM list_item WHERE unit = $1 AND list = $3
		AND (added_at, kind, value, unit) < ($4, $5, $6, $7) ORDER BY added_at DESC, kind DESC, value DESC, unit DESC LIMIT $8)`
	k := p.before.key
	items, err := read(c, each+` UNION ALL `+strings.Replace(each, "$1", "$2", 1)+` ORDER BY added_at DESC, kind DESC, value DESC, of_all LIMIT $8`,
		[]any{c.who.Unit, "", list, p.before.at, k[0], k[1], k[2], p.limit + 1}, func(r pg.Row, i *Item) error {
			err := r.Scan(&i.Kind, &i.Value, &i.Expires, &i.Reason, &i.By, &i.Added, &i.All)
			utc(i.Expires, &i.Added)
			return err
		})
	if err != nil {
		return err
	}
	items, next := cut(items, p.limit, func(i Item) cursor {
		unit := c.who.Unit
		if i.All {
			unit = ""
		}
		return cursor{i.Added, []string{i.Kind, i.Value, unit}}
	})
	return c.list("items", items, next)
}

func (c *call) listName() (string, error) {
	list := c.r.PathValue("list")
	switch {
	case !listShape.MatchString(list):
		return "", web.Field("field_list", "list")
	case list == "blocked":
		return "", web.Field("list_commands")
	}
	return list, nil
}

// item reads which entry of which list an address means.
func (c *call) item() (list string, i Item, err error) {
	if list, err = c.listName(); err != nil {
		return list, i, err
	}
	kind, value := c.r.PathValue("kind"), c.r.PathValue("value")
	switch {
	case !slices.Contains(itemKinds, kind):
		err = web.Field("field_one_of", "kind", strings.Join(itemKinds, ", "))
	case kind == "address":
		value, err = network("value", value)
	case kind == "device" || kind == "account":
		value, err = c.named(kind, "value", value)
	default:
		err = checkText("value", value, 1, textMost)
	}
	return list, Item{Kind: kind, Value: value}, err
}

// putItem answers PUT /score/lists/{list}/items/{kind}/{value}: an entry is added, or
// its reason and its end are changed.
func (c *call) putItem() error {
	if err := c.by(); err != nil {
		return err
	}
	list, i, err := c.item()
	if err != nil {
		return err
	}
	var want struct {
		Reason  string     `json:"reason"`
		Expires *time.Time `json:"expires"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := checkText("reason", want.Reason, 1, reasonMost); err != nil {
		return err
	}
	if i.Expires, err = c.soon("expires", want.Expires, expiryDays); err != nil {
		return err
	}
	i.Reason, i.By, i.Added = want.Reason, c.who.Account, c.Now()
	if err := c.inTx(c.r.Context(), func(tx pg.Tx) error { return c.saveItem(tx, list, i) }); err != nil {
		return err
	}
	return c.reply(http.StatusOK, i)
}

// deleteItem answers DELETE /score/lists/{list}/items/{kind}/{value}. Entries of all
// units stay.
func (c *call) deleteItem() error {
	if err := c.by(); err != nil {
		return err
	}
	list, i, err := c.item()
	if err != nil {
		return err
	}
	err = c.inTx(c.r.Context(), func(tx pg.Tx) error {
		tag, err := tx.Exec(c.r.Context(), `DELETE FROM list_item WHERE unit = $1 AND list = $2 AND kind = $3 AND value = $4`, c.who.Unit, list, i.Kind, i.Value)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return web.Refuse(http.StatusNotFound, "no_item")
		}
		return c.audit(tx, "list.delete", i.Value, map[string]any{"list": list, "kind": i.Kind})
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
