package score

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/rules"
)

// line is a moment of a timeline, in short.
func line(m moment) string {
	what, _ := m.What.(map[string]any)
	for _, name := range []string{"outcome", "rule", "kind", "what"} {
		if text, ok := what[name].(string); ok {
			return m.Kind + " " + text
		}
	}
	return m.Kind
}

// A device's story is told newest first: what changed, and what was worth a warning.
func TestADevicesTimeline(t *testing.T) {
	c := begin(t)
	c.decideBy(one)
	d := &desk{c, map[string]int64{}}
	d.enrolled(2)
	id := named("d", 0)
	for n, claims := range [][]string{{}, {}, {"rt.frida"}, {"rt.frida"}, {}, {}} {
		c.set(noon.Add(time.Duration(n) * 10 * time.Second))
		d.decided(d.of(id, "", "203.0.113.7", c.Now(), claims...))
		d.decided(d.of(named("d", 1), "", "203.0.113.7", c.Now(), "rt.frida")) // not this device
	}
	c.wait(time.Second)
	c.ask("PUT", "/score/lists/denied/items/device/"+id, map[string]any{"reason": "查"}, 200, nil)
	c.wait(time.Second)
	c.ask("POST", "/score/commands", blocking(id), 201, nil)
	c.wait(time.Second)
	c.ask("POST", "/score/suppressions", map[string]any{"rule": "*", "entity_kind": "device", "entity": id, "until": c.Now().Add(time.Hour), "reason": "查"}, 201, nil)

	want := []string{"change suppression.put", "command block", "change list.put", "decision allow", "decision challenge", "alert rt.frida", "decision challenge", "decision allow"}
	for _, limit := range []int{1, 3, 200} {
		moments, _ := pages[moment](c, "/score/devices/"+id+"?limit="+strconv.Itoa(limit), "timeline")
		var got []string
		for _, m := range moments {
			got = append(got, line(m))
		}
		// The alert is of the moment of the first challenge; which stands first is by id.
		if i := slices.Index(got, "alert rt.frida"); i == 6 {
			got[5], got[6] = got[6], got[5]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("timeline in pages of %d (-want +got)\n%s", limit, diff)
		}
	}
	var v deviceView
	c.ask("GET", "/score/devices/"+id, nil, 200, &v)
	if !slices.Equal(v.Lists, []string{"denied"}) || len(v.Alerts) != 1 || len(v.Commands) != 1 || v.App != "oa" || v.Model != "T10" || v.Attestation != "none" || v.Last == nil {
		t.Errorf("device %+v", v)
	}
	c.refused("GET", "/score/devices/"+id, ``, 404, "not_found", "", county...)
}

// Where many reports change nothing, a page ends before it is full, and what else
// happened is not lost between pages.
func TestATimelineOfManyReports(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	id := named("d", 0)
	decision := rules.Decision{Outcome: rules.Allow}
	if _, err := c.DB.Exec(t.Context(), `INSERT INTO report (id, at, received_at, app, unit, device, account, address, digest, features, ruleset, outcome, rank, decision)
		SELECT 'r' || n, t, t, 'oa', 'city', $1, '', '', '', '{}', 1, 'allow', 0, $2 FROM (SELECT n, $3::timestamptz + n * interval '1 second' AS t FROM generate_series(1, $4) n) s`,
		id, decision, noon, 2*scanMost+10); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, scanMost + 100, 2*scanMost + 20} { // before, between and after
		c.set(noon.Add(time.Duration(n)*time.Second + 500*time.Millisecond))
		c.ask("PUT", "/score/lists/denied/items/device/"+id, map[string]any{"reason": "查"}, 200, nil)
	}
	moments, sizes := pages[moment](c, "/score/devices/"+id+"?limit=50", "timeline")
	var got []string
	for _, m := range moments {
		got = append(got, line(m))
	}
	if diff := cmp.Diff([]string{"change list.put", "change list.put", "decision allow", "change list.put"}, got); diff != "" || len(sizes) != 3 {
		t.Errorf("timeline in pages of %v (-want +got)\n%s", sizes, diff)
	}
}

// drawn is a graph in short, by names that the test knows.
func drawn(names map[string]string, g graph) (nodes, edges []string) {
	for _, n := range g.Nodes {
		nodes = append(nodes, strconv.Itoa(n.Steps)+" "+names[n.ID])
	}
	for _, e := range g.Edges {
		a, b := names[e.From], names[e.To]
		edges = append(edges, min(a, b)+"-"+max(a, b))
	}
	slices.Sort(nodes)
	slices.Sort(edges)
	return nodes, edges
}

// Who was met with whom, as far as a unit's own devices lead.
func TestAGraphStaysInItsUnit(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(3)
	if _, err := c.DB.Exec(t.Context(), `UPDATE device SET unit = 'county' WHERE id = $1`, named("d", 2)); err != nil {
		t.Fatal(err)
	}
	li, wang, zhao := c.account("city", "li"), c.account("city", "wang"), c.account("county", "zhao")
	names := map[string]string{named("d", 0): "d0", named("d", 1): "d1", named("d", 2): "d2", li: "li", wang: "wang", zhao: "zhao", "203.0.113.7": "x7", "203.0.113.8": "x8"}
	for _, r := range []*Report{
		d.of(named("d", 0), li, "203.0.113.7", noon),
		d.of(named("d", 0), li, "203.0.113.7", noon.Add(time.Minute)),
		d.of(named("d", 1), wang, "203.0.113.7", noon),
		d.of(named("d", 1), li, "203.0.113.8", noon),
		d.of(named("d", 2), zhao, "203.0.113.7", noon), // another unit at the same address
	} {
		d.decided(r)
	}
	for _, x := range []struct {
		query        string
		nodes, edges []string
	}{
		{"device=" + named("d", 0), []string{"0 d0", "1 li", "1 x7"}, []string{"d0-li", "d0-x7"}},
		{"account=li", []string{"0 li", "1 d0", "1 d1", "1 x7", "1 x8"}, []string{"d0-li", "d1-li", "li-x7", "li-x8"}},
		{"address=203.0.113.8&depth=1", []string{"0 x8", "1 d1", "1 li"}, []string{"d1-x8", "li-x8"}},
		{"address=203.0.113.7&depth=1", []string{"0 x7", "1 d0", "1 d1", "1 li", "1 wang"}, []string{"d0-x7", "d1-x7", "li-x7", "wang-x7"}},
		{"device=" + named("d", 0) + "&depth=2", []string{"0 d0", "1 li", "1 x7", "2 d1", "2 wang", "2 x8"},
			[]string{"d0-li", "d0-x7", "d1-li", "d1-x7", "li-x7", "li-x8", "wang-x7"}},
	} {
		var g graph
		c.ask("GET", "/score/graph?"+x.query, nil, 200, &g)
		nodes, edges := drawn(names, g)
		if diff := cmp.Diff([][]string{x.nodes, x.edges}, [][]string{nodes, edges}); diff != "" || g.Cut {
			t.Errorf("%s, cut %v (-want +got)\n%s", x.query, g.Cut, diff)
		}
	}
	var g graph
	c.ask("GET", "/score/graph?depth=2&address=203.0.113.7", nil, 200, &g, county...)
	nodes, _ := drawn(names, g)
	if diff := cmp.Diff([]string{"0 x7", "1 d2", "1 zhao"}, nodes); diff != "" {
		t.Errorf("of the county (-want +got)\n%s", diff)
	}
	for _, path := range []string{"device=" + named("d", 0), "account=hash:" + li, "address=203.0.113.8"} {
		status, answer := c.send("GET", "/score/graph?"+path, nil, append([]string{"Authorization", "Bearer token"}, county...)...)
		if status != 404 {
			t.Errorf("%s: the county gets %d %s", path, status, answer)
		}
	}
	if e := first(g.Edges, "203.0.113.7", named("d", 2)); !e.First.Equal(noon) || !e.Last.Equal(noon) {
		t.Errorf("edge %+v, want first and last at noon", e)
	}
}

func first(all []edge, from, to string) edge {
	i := slices.IndexFunc(all, func(e edge) bool { return e.From == from && e.To == to })
	return all[max(i, 0)]
}

// A graph has 200 nodes at most, and says where there is more.
func TestAGraphEnds(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(nodesMost)
	for n := range nodesMost - 1 {
		d.decided(d.of(named("d", n), "", "203.0.113.7", noon))
	}
	var g graph
	if c.ask("GET", "/score/graph?address=203.0.113.7", nil, 200, &g); len(g.Nodes) != nodesMost || g.Cut {
		t.Errorf("%d nodes, cut %v, want all 200", len(g.Nodes), g.Cut)
	}
	d.decided(d.of(named("d", nodesMost-1), "", "203.0.113.7", noon.Add(time.Minute)))
	c.ask("GET", "/score/graph?depth=2&address=203.0.113.7", nil, 200, &g)
	if len(g.Nodes) != nodesMost || !g.Cut || g.Nodes[1].ID != named("d", nodesMost-1) {
		t.Errorf("%d nodes, cut %v, want 200 of 201 with the latest", len(g.Nodes), g.Cut)
	}
}
