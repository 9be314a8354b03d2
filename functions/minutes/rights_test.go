package minutes

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/pg/pgtest"
)

func TestWhoMayWhat(t *testing.T) {
	named := Rights{Owner: "o", Readers: []string{"r"}, Editors: []string{"e"}}
	as := func(visibility string) Rights { r := named; r.Visibility = visibility; return r }
	for _, c := range []struct {
		name   string
		rights Rights
		want   map[string]deed // by account
	}{
		{"nobody created them", Rights{Visibility: OpenToUnit}, map[string]deed{"": toOwn, "x": toOwn}},
		{"nobody has said anything", Rights{Owner: "o", Visibility: OpenToUnit}, map[string]deed{"o": toOwn, "x": toDelete, "": toDelete}},
		{"open", as(OpenToUnit), map[string]deed{"o": toOwn, "e": toDelete, "r": toDelete, "x": toDelete, "": toDelete}},
		{"unit", as(UnitReads), map[string]deed{"o": toOwn, "e": toEdit, "r": toRead, "x": toRead, "": toRead}},
		{"people", as(OnlyPeople), map[string]deed{"o": toOwn, "e": toEdit, "r": toRead, "x": nothing, "": nothing}},
		{"a word of a later version", as("nobody"), map[string]deed{"o": toOwn, "x": nothing, "": nothing}},
	} {
		for account, want := range c.want {
			if got := c.rights.most(account); got != want {
				t.Errorf("%s: account %q may %q, want %q", c.name, account, got, want)
			}
		}
	}
}

func TestChanges(t *testing.T) {
	old := Rights{Owner: "a", Visibility: OpenToUnit, Readers: []string{"r", "s"}, Editors: []string{"e"}}
	next := Rights{Owner: "b", Visibility: OnlyPeople, Readers: []string{"e"}, Editors: []string{"r"}}
	want := []Act{{Act: "owner", What: "b"}, {Act: "visibility", What: "people"}, {Act: "editor", What: "r"}, {Act: "reader", What: "e"}, {Act: "unnamed", What: "s"}}
	if diff := cmp.Diff(want, changes(old, next)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := changes(old, old); len(got) != 0 {
		t.Errorf("no change: %v", got)
	}
}

// TestNeeds: an address that is not named reads with GET and edits otherwise, and those
// that are named exist.
func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		method, pattern string
		want            deed
	}{
		{"GET", "/minutes/{id}", toRead}, {"GET", "/minutes/{id}/export", toRead}, {"PATCH", "/minutes/{id}", toEdit}, {"PUT", "/minutes/{id}/summary", toEdit},
		{"POST", "/minutes/{id}/uploads", toEdit}, {"DELETE", "/minutes/{id}", toDelete}, {"GET", "/minutes/{id}/links", toOwn}, {"PUT", "/minutes/{id}/anything", toEdit},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Pattern = c.pattern
		if got := needs(r); got != c.want {
			t.Errorf("%s %s wants to %q, want %q", c.method, c.pattern, got, c.want)
		}
	}
	for address := range needed {
		method, pattern, _ := strings.Cut(address, " ")
		if routes()[pattern][method] == nil {
			t.Errorf("%s is no address", address)
		}
	}
}

const rightsPath = "/minutes/" + rec + "/rights"

// setRights gives rights over those that were there.
func (d *desk) setRights(account, body string) RightsView {
	d.Helper()
	tag := d.want(200, d.ask("GET", rightsPath, "", "X-Auth-Id: "+account)).header.Get("ETag")
	return decoded[RightsView](d, d.want(200, d.ask("PUT", rightsPath, body, "X-Auth-Id: "+account, "If-Match: "+tag)))
}

// TestRights: each address lets in who may, says why to who may not, and is not there
// for those who may not know.
func TestRights(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	d.setRights("owner", `{"owner":"owner","visibility":"people","readers":["reader"],"editors":["editor","owner"]}`)
	type tried struct{ path, method, body string }
	reads := []tried{{"", "GET", ""}, {"/transcript", "GET", ""}, {"/summary", "GET", ""}, {"/revisions", "GET", ""}, {"/export?format=md", "GET", ""}, {"/rights", "GET", ""}}
	edits := []tried{{"", "PATCH", `{"title":"新"}`}, {"/uploads", "POST", `{"name":"a.wav"}`}, {"/hold", "PUT", `{"why":"审计"}`}}
	owns := []tried{{"/trail", "GET", ""}, {"/links", "GET", ""}, {"/links", "POST", `{"days":1,"name":"a"}`}}
	for _, c := range []struct {
		account string
		all     []tried
		status  func(int) bool
	}{
		{"stranger", slices.Concat(reads, edits, owns, []tried{{"", "DELETE", ""}, {"/links/x", "DELETE", ""}}), func(s int) bool { return s == 404 }},
		{"", slices.Concat(reads, edits, owns), func(s int) bool { return s == 404 }},
		{"reader", slices.Concat(edits, owns, []tried{{"", "DELETE", ""}}), func(s int) bool { return s == 403 }},
		{"editor", slices.Concat(owns, []tried{{"", "DELETE", ""}}), func(s int) bool { return s == 403 }},
		{"reader", reads, func(s int) bool { return s == 200 }},
		{"editor", slices.Concat(reads, edits), func(s int) bool { return s/100 == 2 }},
		{"owner", slices.Concat(reads, edits, owns), func(s int) bool { return s/100 == 2 }},
	} {
		for _, try := range c.all {
			a := d.ask(try.method, "/minutes/"+rec+try.path, try.body, "X-Auth-Id: "+c.account)
			if !c.status(a.status) || a.status == 403 && !strings.Contains(a.body, "owner") {
				t.Errorf("%q: %s %s: %d %s", c.account, try.method, try.path, a.status, a.body)
			}
		}
	}
	for account, want := range map[string]int{"owner": 1, "reader": 1, "editor": 1, "stranger": 0, "": 0} {
		for _, q := range []string{"", "?q=预算"} {
			list := decoded[listing](t, d.want(200, d.ask("GET", "/minutes"+q, "", "X-Auth-Id: "+account)))
			if len(list.Minutes) != want {
				t.Errorf("%q finds %d minutes with %q, want %d", account, len(list.Minutes), q, want)
			}
		}
	}
	d.setRights("owner", `{"owner":"owner","visibility":"unit"}`)
	d.want(200, d.ask("GET", "/minutes/"+rec, "", "X-Auth-Id: stranger"))
	d.refused(403, "forbidden", "owner", d.ask("PATCH", "/minutes/"+rec, `{"title":"x"}`, "X-Auth-Id: stranger"))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec, "", "X-Auth-Id: owner", "X-Unit: other"))
}

// TestTransfer: ownership goes to another, and the trail says so to the new owner, its
// newest lines.
func TestTransfer(t *testing.T) {
	d := open(t, "MAX_TRAIL=5")
	d.summarise("今天讨论预算。")
	d.setRights("first", `{"owner":"first","visibility":"people","readers":["second"]}`)
	got := d.setRights("first", `{"owner":"second","visibility":"people","readers":["first"]}`)
	if diff := cmp.Diff(RightsView{Owner: "second", Visibility: "people", Readers: []string{"first"}, Editors: []string{}, May: "read"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	d.refused(403, "forbidden", "second", d.ask("PUT", rightsPath, `{"owner":"first","visibility":"unit"}`, "X-Auth-Id: first", `If-Match: "rights-2"`))
	trail := decoded[struct{ Trail []actView }](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/trail", "", "X-Auth-Id: second"))).Trail
	var said []string
	for _, a := range trail {
		said = append(said, a.Account+" "+a.Text)
	}
	want := []string{"first took the rights of second", "first let first read", "first made second the owner", "first let second read", "first changed who sees them: only the people named"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRightsRefusals(t *testing.T) {
	d := open(t, "MAX_PEOPLE=2")
	d.summarise("今天讨论预算。")
	good := `{"owner":"o","visibility":"unit"}`
	d.refused(428, "if_match_missing", "If-Match", d.ask("PUT", rightsPath, good))
	d.refused(412, "if_match_stale", "read them again", d.ask("PUT", rightsPath, good, `If-Match: "rights-9"`))
	for body, message := range map[string]string{
		`{"owner":"","visibility":"unit"}`:                          "owner",
		`{"owner":"两","visibility":"unit"}`:                         "owner",
		`{"owner":"o","visibility":"all"}`:                          "open, unit, people",
		`{"owner":"o","visibility":"unit","readers":["a","b","c"]}`: "at most 2",
		`{"owner":"o","visibility":"unit","editors":["a b"]}`:       "editors[0]",
		`{"owner":"o","visibility":"unit","writers":["a"]}`:         "writers",
	} {
		a := d.ask("PUT", rightsPath, body, `If-Match: "rights-0"`)
		if a.status != 400 || !strings.Contains(a.body, message) {
			t.Errorf("%s: %d %s, want 400 with %q", body, a.status, a.body, message)
		}
	}
}

// BenchmarkListWithRights lists a unit's 10,000 minutes of which every second is closed
// to the one who asks.
func BenchmarkListWithRights(b *testing.B) {
	d := pgtest.Open(b, "minutes", Migrations())
	for _, sql := range []string{
		`INSERT INTO minutes (id, unit, created_at, state, title) SELECT lpad(to_hex(n), 32, '0'), 'default', now() - n * interval '1 minute', 'summarised', 'm' || n FROM generate_series(1, 10000) n`,
		`INSERT INTO rights (recording, owner, visibility, version) SELECT id, 'owner', CASE WHEN right(id, 1) IN ('0', '2', '4', '6', '8', 'a', 'c', 'e') THEN 'people' ELSE 'unit' END, 1 FROM minutes`,
		`ANALYZE`,
	} {
		if _, err := d.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		entries, err := readList(b.Context(), d, Query{Unit: "default", For: "somebody", Limit: 21})
		if err != nil || len(entries) != 21 {
			b.Fatal(fmt.Errorf("%d entries: %w", len(entries), err))
		}
	}
}
