package score

// What the tests of the back office share.

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
)

// refused wants a refusal of a code, whose words hold a text.
func (c *city) refused(method, path, body string, status int, code, words string, headers ...string) {
	c.Helper()
	got, answer := c.send(method, path, []byte(body), append([]string{"Authorization", "Bearer token", "X-Auth-Id", "chen", "Accept-Language", "en"}, headers...)...)
	var f struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(answer, &f); err != nil || got != status || f.Error.Code != code || !strings.Contains(f.Error.Message, words) {
		c.Errorf("%s %s %s: %d %s, want %d, %s, with %q", method, path, body, got, answer, status, code, words)
	}
}

// county is another unit.
var county = []string{"X-Unit", "county"}

// toldAs are the events of a type that were sent, each id once, as its data.
func toldAs[T events.Data](c *city) (all []T) {
	c.Helper()
	var kind T
	seen := map[string]bool{}
	for _, e := range c.Sent() {
		if e.Type() != kind.EventType() || seen[e.ID()] {
			continue
		}
		seen[e.ID()] = true
		data, err := events.Decode[T](e)
		if err != nil {
			c.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

// pages reads a list to its end, and returns how many rows each page had.
func pages[T any](c *city, path, name string, headers ...string) (rows []T, sizes []int) {
	c.Helper()
	for before := ""; ; {
		var answer map[string]json.RawMessage
		at := path
		if before != "" {
			at += "&before=" + url.QueryEscape(before)
		}
		c.ask("GET", at, nil, 200, &answer, headers...)
		var page []T
		if err := json.Unmarshal(answer[name], &page); err != nil {
			c.Fatalf("%s: %s: %v", at, answer[name], err)
		}
		rows, sizes = append(rows, page...), append(sizes, len(page))
		if answer["next"] == nil || len(sizes) > 50 {
			return rows, sizes
		}
		if err := json.Unmarshal(answer["next"], &before); err != nil {
			c.Fatal(err)
		}
	}
}

// Each request that is wrong is told what is wrong with it, and what is right.
func TestOfficeRefusals(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	dev, long, future := named("d", 0), strings.Repeat("长", 501), "2026-03-05T00:00:00Z"
	item := "/score/lists/denied/items/"
	for _, r := range []struct {
		method, path, body string
		status             int
		code, words        string
	}{
		{"PUT", "/score/apps/a b", `{}`, 400, "invalid_field", "id: want 1 to 64 letters"},
		{"PUT", "/score/apps/oa", `{"name":""}`, 400, "invalid_field", "name: want 1 to 100"},
		{"PUT", "/score/apps/oa", `{"name":"a\u0000"}`, 400, "invalid_field", "name: want no control"},
		{"PUT", "/score/apps/oa", `{"name":"a","interval_s":9}`, 400, "invalid_field", "interval_s: want a whole number from 10"},

		{"GET", "/score/lists?x=1", ``, 400, "invalid_field", "no parameter x"},
		{"GET", "/score/lists/A", ``, 400, "invalid_field", "list: want 1 to 40 lower-case"},
		{"GET", "/score/lists/" + strings.Repeat("a", 41), ``, 400, "invalid_field", "list: want 1 to 40"},
		{"GET", "/score/lists/denied?limit=201", ``, 400, "invalid_field", "limit: want a whole number from 1 to 200"},
		{"GET", "/score/lists/denied?before=x", ``, 400, "invalid_field", "before: want the next"},
		{"GET", "/score/lists/denied?before=WyIxIiwiYSIsImIiXQ", ``, 400, "invalid_field", "before"},                          // too few parts
		{"GET", "/score/lists/denied?before=WyIxIiwiXHUwMDAwIiwiYiIsImMiXQ", ``, 400, "invalid_field", "before"},              // a zero byte
		{"GET", "/score/lists/denied?before=WyI5OTk5OTk5OTk5OTk5OTk5OTk5IiwiIiwiIiwiIl0", ``, 400, "invalid_field", "before"}, // no such year
		{"PUT", "/score/lists/blocked/items/device/" + dev, `{"reason":"a"}`, 400, "invalid_field", "POST /score/commands"},
		{"PUT", item + "phone/1", `{"reason":"a"}`, 400, "invalid_field", "kind: want one of device, account"},
		{"PUT", item + "device/1", `{"reason":"a"}`, 400, "invalid_field", "value: want a device's id"},
		{"PUT", item + "account/" + strings.Repeat("a", 129), `{"reason":"a"}`, 400, "invalid_field", "value: want 1 to 128"},
		{"PUT", item + "model/" + strings.Repeat("a", 129), `{"reason":"a"}`, 400, "invalid_field", "value: want 1 to 128"},
		{"PUT", item + "model/%00", `{"reason":"a"}`, 400, "invalid_field", "value: want no control"},
		{"PUT", item + "model/%ff", `{"reason":"a"}`, 400, "invalid_field", "value: want no control"},
		{"PUT", item + "address/somewhere", `{"reason":"a"}`, 400, "invalid_field", "value: want an IP address or a network"},
		{"PUT", item + "address/fe80::1%25eth0", `{"reason":"a"}`, 400, "invalid_field", "value: want an IP address or a network"},
		{"PUT", item + "address/203.0.113.0/7", `{"reason":"a"}`, 400, "invalid_field", "want /8 or narrower"},
		{"PUT", item + "address/::ffff:203.0.113.0/103", `{"reason":"a"}`, 400, "invalid_field", "want /8 or narrower"},
		{"PUT", item + "address/::ffff:203.0.113.0/90", `{"reason":"a"}`, 400, "invalid_field", "want an IP address or a network"},
		{"PUT", item + "device/" + dev, `{}`, 400, "invalid_field", "reason: want 1 to 500"},
		{"PUT", item + "device/" + dev, `{"reason":"` + long + `"}`, 400, "invalid_field", "reason: want 1 to 500"},
		{"PUT", item + "device/" + dev, `{"reason":"a","expires":"2026-03-04T04:00:00Z"}`, 400, "invalid_field", "expires: want a time within the next 3650 days"},
		{"PUT", item + "device/" + dev, `{"reason":"a","expires":"2036-03-04T04:00:00Z"}`, 400, "invalid_field", "expires: want a time within"},
		{"PUT", item + "device/" + dev, `{"reason":"a","expires":"tomorrow"}`, 400, "invalid_body", ""},
		{"DELETE", item + "device/" + dev, ``, 404, "no_item", ""},

		{"GET", "/score/decisions?device=1", ``, 400, "invalid_field", "device: want a device's id"},
		{"GET", "/score/decisions?account=" + strings.Repeat("a", 129), ``, 400, "invalid_field", "account: want 1 to 128"},
		{"GET", "/score/decisions?app=%00", ``, 400, "invalid_field", "app: want"},
		{"GET", "/score/decisions?outcome=bad", ``, 400, "invalid_field", "outcome: want one of allow, monitor"},
		{"GET", "/score/decisions?from=today", ``, 400, "invalid_field", "from: want a time such as"},
		{"GET", "/score/decisions?to=0001-01-01T00:00:00Z", ``, 400, "invalid_field", "to: want a time such as"},
		{"GET", "/score/decisions/%00", ``, 404, "not_found", ""},
		{"GET", "/score/decisions/" + dev, ``, 404, "not_found", ""},
		{"GET", "/score/devices/%ff", ``, 404, "not_found", ""},
		{"GET", "/score/devices/" + named("d", 9), ``, 404, "not_found", ""},

		{"GET", "/score/graph", ``, 400, "invalid_field", "exactly one of device, account, address"},
		{"GET", "/score/graph?device=" + dev + "&account=a", ``, 400, "invalid_field", "exactly one of"},
		{"GET", "/score/graph?device=" + dev + "&depth=3", ``, 400, "invalid_field", "depth: want a whole number from 1 to 2"},
		{"GET", "/score/graph?address=here", ``, 400, "invalid_field", "address: want an IP address"},
		{"GET", "/score/graph?device=" + named("d", 9), ``, 404, "no_device", ""},
		{"GET", "/score/graph?account=nobody", ``, 404, "not_found", ""},
		{"GET", "/score/graph?address=192.0.2.1", ``, 404, "not_found", ""},

		{"GET", "/score/alerts?state=new", ``, 400, "invalid_field", "state: want one of open, closed"},
		{"GET", "/score/alerts?rule=A", ``, 400, "invalid_field", "rule: want a rule's id"},
		{"GET", "/score/alerts?entity=" + dev, ``, 400, "invalid_field", "entity_kind, entity is missing"},
		{"GET", "/score/alerts?entity_kind=model&entity=a", ``, 400, "invalid_field", "entity_kind: want one of device, account, address"},
		{"GET", "/score/alerts/%00", ``, 404, "not_found", ""},
		{"PATCH", "/score/alerts/" + dev, `{"closed":true,"note":"a"}`, 404, "not_found", ""},
		{"PATCH", "/score/alerts/" + dev, `{"note":"a"}`, 400, "invalid_field", "closed: want one of true"},
		{"PATCH", "/score/alerts/" + dev, `{"closed":true}`, 400, "invalid_field", "note: want 1 to 500"},

		{"POST", "/score/suppressions", `{"rule":"A"}`, 400, "invalid_field", "rule: want a rule's id"},
		{"POST", "/score/suppressions", `{"rule":"` + strings.Repeat("a", 129) + `"}`, 400, "invalid_field", "rule: want a rule's id"},
		{"POST", "/score/suppressions", `{"rule":"*","entity_kind":"address","entity":"x"}`, 400, "invalid_field", "entity: want an IP address"},
		{"POST", "/score/suppressions", `{"rule":"*","entity_kind":"device","entity":"` + dev + `","reason":"a"}`, 400, "invalid_field", "until is missing"},
		{"POST", "/score/suppressions", `{"rule":"*","entity_kind":"device","entity":"` + dev + `","reason":"a","until":"2026-06-03T00:00:00Z"}`, 400, "invalid_field", "until: want a time within the next 90 days"},
		{"POST", "/score/suppressions", `{"rule":"*","entity_kind":"device","entity":"` + dev + `","until":"` + future + `"}`, 400, "invalid_field", "reason: want 1 to 500"},
		{"DELETE", "/score/suppressions?rule=*", ``, 400, "invalid_field", "rule, entity_kind, entity is missing"},
		{"DELETE", "/score/suppressions?rule=*&entity_kind=device&entity=" + dev, ``, 404, "no_suppression", ""},

		{"POST", "/score/commands", `{"kind":"wipe"}`, 400, "invalid_field", "kind: want one of block, unblock, step_up"},
		{"POST", "/score/commands", `{"kind":"block","entity_kind":"address","entity":"192.0.2.1"}`, 400, "invalid_field", "entity_kind: want one of device, account"},
		{"POST", "/score/commands", `{"kind":"block","entity_kind":"device","entity":"` + named("d", 9) + `","reason":"a"}`, 404, "no_device", ""},
		{"POST", "/score/commands", `{"kind":"block","entity_kind":"device","entity":"` + dev + `"}`, 400, "invalid_field", "reason: want 1 to 500"},
		{"POST", "/score/commands", `{"kind":"unblock","until":"` + future + `"}`, 400, "invalid_field", "until: not with kind unblock"},
		{"POST", "/score/commands", `{"kind":"block","entity_kind":"device","entity":"` + dev + `","reason":"a","until":"2026-03-04T03:59:59Z"}`, 400, "invalid_field", "until: want a time within"},
		{"GET", "/score/commands?state=old", ``, 400, "invalid_field", "state: want one of active"},

		{"POST", "/score/checks", `{"app":"oa","device":"1"}`, 400, "invalid_field", "device: want a device's id"},
		{"POST", "/score/checks", `{"app":"xx","device":"` + dev + `"}`, 404, "no_app", "there is no app xx"},
		{"POST", "/score/checks", `{"app":"oa","device":"` + dev + `","account":"` + strings.Repeat("a", 129) + `"}`, 400, "invalid_field", "account: want 0 to 128"},

		{"GET", "/score/audit?what=x", ``, 400, "invalid_field", "what: want what was done"},
		{"GET", "/score/audit?subject=%00", ``, 400, "invalid_field", "subject: want no control"},
		{"GET", "/score/audit?by=%00", ``, 400, "invalid_field", "by: want 1 to 128 visible"},
		{"GET", "/score/signals?x=1", ``, 400, "invalid_field", "no parameter x"},
	} {
		c.refused(r.method, r.path, r.body, r.status, r.code, r.words)
	}
	c.refused("POST", "/score/commands", `{"kind":"block","entity_kind":"device","entity":"`+dev+`","reason":"a"}`, 400, "invalid_field", "Idempotency-Key: want 1 to 128 visible", "Idempotency-Key", "a b")
}

// What changes something names who does it.
func TestWhoChangesIsNamed(t *testing.T) {
	c := begin(t)
	for _, r := range [][2]string{{"PUT", "/score/lists/denied/items/model/a"}, {"DELETE", "/score/lists/denied/items/model/a"}, {"PATCH", "/score/alerts/" + named("a", 0)},
		{"POST", "/score/suppressions"}, {"DELETE", "/score/suppressions"}, {"POST", "/score/commands"}} {
		c.refused(r[0], r[1], `{}`, 400, "invalid_field", "X-Auth-Id: say who", "X-Auth-Id", "")
	}
}

// Each change is noted with who made it, and another unit sees none of it.
func TestAudit(t *testing.T) {
	c := begin(t)
	d := &desk{c, map[string]int64{}}
	d.enrolled(1)
	until := noon.Add(time.Hour)
	c.wait(time.Second)
	c.ask("PUT", "/score/lists/denied/items/device/"+named("d", 0), map[string]any{"reason": "丢失", "expires": until}, 200, nil)
	c.wait(time.Second)
	c.ask("DELETE", "/score/lists/denied/items/device/"+named("d", 0), nil, 204, nil)
	c.wait(time.Second)
	c.ask("POST", "/score/commands", map[string]any{"kind": "block", "entity_kind": "device", "entity": named("d", 0), "reason": "丢失"}, 201, nil, "X-Auth-Id", "li")
	entries, sizes := pages[auditEntry](c, "/score/audit?limit=2", "audit")
	var what []string
	for _, e := range entries {
		what = append(what, e.By+" "+e.What)
	}
	if want := []string{"li command.block", "chen list.delete", "chen list.put", "chen app.put"}; !slices.Equal(what, want) || !slices.Equal(sizes, []int{2, 2}) {
		t.Errorf("audit %v in pages of %v, want %v", what, sizes, want)
	}
	if found, _ := pages[auditEntry](c, "/score/audit?what=list.put&subject="+named("d", 0)+"&by=chen", "audit"); len(found) != 1 || !strings.Contains(string(found[0].Detail), "丢失") {
		t.Errorf("the change of a list is noted as %+v", found)
	}
	if found, _ := pages[auditEntry](c, "/score/audit?limit=2", "audit", county...); len(found) != 0 {
		t.Errorf("another unit sees %+v", found)
	}
}

func TestSignals(t *testing.T) {
	c := begin(t)
	var answer struct{ Signals []struct{ ID, Zh, En string } }
	c.ask("GET", "/score/signals", nil, 200, &answer)
	if !slices.ContainsFunc(answer.Signals, func(s struct{ ID, Zh, En string }) bool { return s.ID == "rt.frida" && s.Zh != "" && s.En != "" }) {
		t.Errorf("rt.frida is not among %d signals", len(answer.Signals))
	}
}
