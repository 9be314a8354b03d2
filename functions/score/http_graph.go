package score

// Who was met with whom: from a device, an account or an address to those around it.
// Addresses are shared between units, so the way leads through devices of the
// caller's unit alone, and to accounts that were met on one.

import (
	"net/http"
	"slices"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Bounds of a graph.
const (
	nodesMost = 200
	linksRead = 10_000 // of one node, before those of other units are left out
)

type node struct {
	Kind  string `json:"kind"` // device, account, address
	ID    string `json:"id"`   // of an account its hash
	Steps int    `json:"steps"`
}

type edge struct {
	From  string    `json:"from"` // ids of nodes
	To    string    `json:"to"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

type graph struct {
	Nodes []node `json:"nodes"` // nearest first
	Edges []edge `json:"edges"`
	Cut   bool   `json:"cut"` // there is more than is shown
}

// neighbour is what a node was met with.
type neighbour struct {
	kind, id    string
	first, last time.Time
	seen        int // links that were read
}

// Statements by the kinds of the two ends: of the node $1 in the unit $2 they read at
// most $3 links, and return at most $4, the latest first.
var around = map[string]map[string]string{
	"device": {
		"account": `SELECT b, first_at, last_at, count(*) OVER () FROM link WHERE kind = 'da' AND a = $1 AND $2 <> '' AND $3 > 0 ORDER BY last_at DESC, b LIMIT $4`,
		"address": `SELECT a, first_at, last_at, count(*) OVER () FROM link WHERE kind = 'xd' AND b = $1 AND $2 <> '' AND $3 > 0 ORDER BY last_at DESC, a LIMIT $4`,
	},
	"account": {
		"device": `SELECT t.a, t.first_at, t.last_at, n FROM (SELECT a, first_at, last_at, count(*) OVER () AS n FROM (SELECT a, first_at, last_at FROM link WHERE kind = 'da' AND b = $1 LIMIT $3) l) t
			JOIN device d ON d.id = t.a AND d.unit = $2 ORDER BY t.last_at DESC, t.a LIMIT $4`,
		"address": `SELECT a, first_at, last_at, count(*) OVER () FROM link WHERE kind = 'xa' AND b = $1 AND $2 <> '' AND $3 > 0 ORDER BY last_at DESC, a LIMIT $4`,
	},
	"address": {
		"device": `SELECT t.b, t.first_at, t.last_at, n FROM (SELECT b, first_at, last_at, count(*) OVER () AS n FROM (SELECT b, first_at, last_at FROM link WHERE kind = 'xd' AND a = $1 LIMIT $3) l) t
			JOIN device d ON d.id = t.b AND d.unit = $2 ORDER BY t.last_at DESC, t.b LIMIT $4`,
		"account": `SELECT t.b, t.first_at, t.last_at, n FROM (SELECT b, first_at, last_at, count(*) OVER () AS n FROM (SELECT b, first_at, last_at FROM link WHERE kind = 'xa' AND a = $1 LIMIT $3) l) t
			WHERE EXISTS (SELECT 1 FROM link o JOIN device d ON d.id = o.a AND d.unit = $2 WHERE o.kind = 'da' AND o.b = t.b) ORDER BY t.last_at DESC, t.b LIMIT $4`,
	},
}

// graph answers GET /score/graph?device=|account=|address=&depth=1..2.
func (c *call) graph() error {
	if err := web.Params(c.r, "device", "account", "address", "depth"); err != nil {
		return err
	}
	depth, err := web.Number(c.r, "depth", 1, 2, 1)
	if err != nil {
		return err
	}
	start, err := c.origin()
	if err != nil {
		return err
	}
	if start.Kind == "device" {
		if err := c.ownDevice(c.DB, start.ID); err != nil {
			return err
		}
	}
	g, err := c.walk(start, depth)
	if err != nil {
		return err
	}
	// An account or an address that no device of the unit was met with is not its own.
	if start.Kind != "device" && !slices.ContainsFunc(g.Nodes, func(n node) bool { return n.Kind == "device" }) {
		return web.NotFound
	}
	return c.reply(http.StatusOK, g)
}

// origin is the one node that the address names.
func (c *call) origin() (n node, err error) {
	for _, kind := range []string{"device", "account", "address"} {
		name := c.r.URL.Query().Get(kind)
		if name == "" {
			continue
		}
		if n.Kind != "" {
			return n, web.Field("field_one", "device, account, address")
		}
		n.Kind = kind
		if n.ID, err = c.named(kind, kind, name); err != nil {
			return n, err
		}
	}
	if n.Kind == "" {
		err = web.Field("field_one", "device, account, address")
	}
	return n, err
}

// walk goes from a node to those around it, breadth first.
func (c *call) walk(start node, depth int) (graph, error) {
	g := graph{Nodes: []node{start}, Edges: []edge{}}
	steps := map[string]int{start.ID: 0}
	drawn := map[[2]string]bool{}
	for i := 0; i < len(g.Nodes) && g.Nodes[i].Steps < depth; i++ {
		from := g.Nodes[i]
		met, more, err := c.around(from)
		if err != nil {
			return g, err
		}
		g.Cut = g.Cut || more
		for _, m := range met {
			_, known := steps[m.id]
			if !known && len(g.Nodes) == nodesMost {
				g.Cut = true
				continue
			}
			if !known {
				steps[m.id] = from.Steps + 1
				g.Nodes = append(g.Nodes, node{m.kind, m.id, from.Steps + 1})
			}
			pair := [2]string{min(from.ID, m.id), max(from.ID, m.id)}
			if !drawn[pair] {
				drawn[pair] = true
				g.Edges = append(g.Edges, edge{from.ID, m.id, m.first, m.last})
			}
		}
	}
	return g, nil
}

// around reads what one node was met with, and whether there is more of it.
func (c *call) around(n node) (all []neighbour, cut bool, err error) {
	for _, kind := range []string{"device", "account", "address"} {
		sql, linked := around[n.Kind][kind]
		if !linked {
			continue
		}
		met, err := read(c, sql, []any{n.ID, c.who.Unit, linksRead, nodesMost + 1}, func(r pg.Row, m *neighbour) error {
			m.kind = kind
			err := r.Scan(&m.id, &m.first, &m.last, &m.seen)
			utc(&m.first, &m.last)
			return err
		})
		if err != nil {
			return nil, false, err
		}
		if len(met) > nodesMost || len(met) > 0 && met[0].seen >= linksRead {
			cut = true
		}
		all = append(all, met...)
	}
	return all, cut, nil
}
