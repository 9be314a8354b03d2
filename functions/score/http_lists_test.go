package score

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
)

// A value is kept in one form, however it is written, and a report that has it is on
// the list.
func TestItemsAreMetByReports(t *testing.T) {
	c := begin(t)
	p := c.phone(report.SM)
	p.address = "203.0.113.7"
	for _, i := range []struct{ list, path, value string }{
		{"own_device", "device/" + p.id, p.id},
		{"own_account", "account/zhang.wei", c.account("city", "zhang.wei")},
		{"own_address", "address/203.0.113.7", "203.0.113.7/32"},
		{"own_mapped", "address/::ffff:203.0.113.9/125", "203.0.113.8/29"}, // not this one
		{"own_network", "address/203.0.113.77/24", "203.0.113.0/24"},
		{"own_model", "model/T10", "T10"},
		{"own_version", "app_version/3.2.1", "3.2.1"},
		{"own_probe", "probe_version/1.0.0", "1.0.0"},
		{"own_six", "address/2001:DB8::1/32", "2001:db8::/32"},
	} {
		var got Item
		c.ask("PUT", "/score/lists/"+i.list+"/items/"+i.path, map[string]any{"reason": "试"}, 200, &got)
		if got.Value != i.value {
			t.Errorf("%s is kept as %q, want %q", i.path, got.Value, i.value)
		}
	}
	a := p.report(p.body)
	got := []string(c.features(a.Report).Lists)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"own_account", "own_address", "own_device", "own_model", "own_network", "own_probe", "own_version"}, got); diff != "" {
		t.Errorf("lists that the report is on (-want +got)\n%s", diff)
	}
	// The account by the hash that people read elsewhere is the same item.
	c.ask("DELETE", "/score/lists/own_account/items/account/hash:"+c.account("city", "zhang.wei"), nil, 204, nil)
	c.ask("DELETE", "/score/lists/own_network/items/address/203.0.113.1/24", nil, 204, nil)
	if n := c.count(`SELECT count(*) FROM list_item`); n != 7 {
		t.Errorf("%d items are left, want 7", n)
	}
}

// Lists are the unit's own and those of all units, built-in ones first.
func TestListsOfAUnit(t *testing.T) {
	c := begin(t)
	until := noon.Add(time.Hour)
	for n := range 5 {
		c.ask("PUT", "/score/lists/denied/items/model/m"+strconv.Itoa(n), map[string]any{"reason": "坏", "expires": until}, 200, nil)
		c.ask("PUT", "/score/lists/denied/items/model/m"+strconv.Itoa(n), map[string]any{"reason": "坏了"}, 200, nil, county...)
		c.wait(time.Duration(n%2) * time.Second) // some at one time
	}
	c.ask("PUT", "/score/lists/zz/items/model/a", map[string]any{"reason": "试"}, 200, nil)
	if _, err := c.DB.Exec(t.Context(), `INSERT INTO list_item (unit, list, kind, value, reason, by, added_at) SELECT '', 'denied', 'model', 'm' || n, '', 'operator', $1 FROM generate_series(0, 2) n`, noon); err != nil {
		t.Fatal(err)
	}
	var lists struct{ Lists []listSummary }
	c.ask("GET", "/score/lists", nil, 200, &lists)
	want := []listSummary{{"zz", 1, ""}}
	for _, name := range slices.Backward(builtIn) {
		want = slices.Insert(want, 0, listSummary{name, 0, messages["list."+name].En})
	}
	want[1].Items = 8 // denied
	if diff := cmp.Diff(want, lists.Lists); diff != "" {
		t.Errorf("lists (-want +got)\n%s", diff)
	}
	items, sizes := pages[Item](c, "/score/lists/denied?limit=3", "items")
	var got []string
	for i, item := range items {
		if i > 0 && item.Added.After(items[i-1].Added) {
			t.Errorf("%s stands after what is older", item.Value)
		}
		got = append(got, item.By+" "+item.Value)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"chen m0", "chen m1", "chen m2", "chen m3", "chen m4", "operator m0", "operator m1", "operator m2"}, got); diff != "" || !slices.Equal(sizes, []int{3, 3, 2}) {
		t.Errorf("items in pages of %v (-want +got)\n%s", sizes, diff)
	}
	if items[0].Expires == nil || !items[0].Expires.Equal(until) {
		t.Errorf("it expires at %v, want %v", items[0].Expires, until)
	}
	// What is of all units is the operator's, and what is another unit's stays.
	c.ask("DELETE", "/score/lists/denied/items/model/m0", nil, 204, nil)
	c.refused("DELETE", "/score/lists/denied/items/model/m0", ``, 404, "no_item", "")
	if n := c.count(`SELECT count(*) FROM list_item WHERE value = 'm0'`); n != 2 {
		t.Errorf("m0 is left %d times, want 2", n)
	}
}

// A list ends somewhere, and so do lists. What is there already can be changed.
func TestListsEnd(t *testing.T) {
	c := begin(t)
	if _, err := c.DB.Exec(t.Context(), `INSERT INTO list_item (unit, list, kind, value, reason, by, added_at)
		SELECT 'city', 'denied', 'model', 'm' || n, '', 'chen', $1 FROM generate_series(1, $2) n`, noon, itemsMost); err != nil {
		t.Fatal(err)
	}
	c.refused("PUT", "/score/lists/denied/items/model/one", `{"reason":"a"}`, 409, "list_full", "denied has 100000 items")
	c.ask("PUT", "/score/lists/denied/items/model/m7", map[string]any{"reason": "变"}, 200, nil)
	c.ask("PUT", "/score/lists/denied/items/model/one", map[string]any{"reason": "试"}, 200, nil, county...)
	if _, err := c.DB.Exec(t.Context(), `INSERT INTO list_item (unit, list, kind, value, reason, by, added_at)
		SELECT 'city', 'l' || n, 'model', 'a', '', 'chen', $1 FROM generate_series(1, $2) n`, noon, listsMost-1); err != nil {
		t.Fatal(err)
	}
	c.refused("PUT", "/score/lists/another/items/model/a", `{"reason":"a"}`, 409, "lists_full", "there are 100 lists")
	c.ask("PUT", "/score/lists/l7/items/model/b", map[string]any{"reason": "试"}, 200, nil)
}
