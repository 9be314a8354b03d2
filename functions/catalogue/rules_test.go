package catalogue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/records"
)

// What becomes of a change to a book whose content and state have these versions.
func TestJudge(t *testing.T) {
	there := known{there: true, content: 5, state: -1, sha256: "a"}
	gone := known{there: true, content: 5, state: 7, sha256: "a", withdrawn: true}
	back := known{there: true, content: 5, state: 8, sha256: "a"}
	metadata := known{there: true, content: 9, state: -1}
	for _, c := range []struct {
		k       known
		op      string
		version int64
		sum     string
		want    string
	}{
		{unknown("", "", ""), records.Upsert, 0, "", "catalogued"},
		{unknown("", "", ""), records.Withdraw, 0, "", "withdrawn"},
		{unknown("", "", ""), records.Restore, 1, "", "refused unknown_book"},
		{metadata, records.Upsert, 3, "", "catalogued"},
		{there, records.Upsert, 4, "b", "older"},
		{there, records.Upsert, 5, "", "unchanged"},
		{there, records.Upsert, 5, "a", "unchanged"},
		{there, records.Upsert, 5, "b", "refused version_reused"},
		{there, records.Upsert, 6, "a", "unchanged"},
		{there, records.Upsert, 6, "b", "catalogued"},
		{there, records.Upsert, 6, "", "catalogued"},
		{there, records.Withdraw, 4, "", "older"},
		{there, records.Withdraw, 5, "", "refused version_reused"},
		{there, records.Withdraw, 6, "", "withdrawn"},
		{there, records.Restore, 6, "", "unchanged"},
		{gone, records.Upsert, 6, "b", "catalogued"},
		{gone, records.Withdraw, 6, "", "older"},
		{gone, records.Withdraw, 7, "", "unchanged"},
		{gone, records.Restore, 6, "", "older"},
		{gone, records.Restore, 7, "", "refused version_reused"},
		{gone, records.Restore, 8, "", "restored"},
		{back, records.Withdraw, 7, "", "older"},
		{back, records.Withdraw, 9, "", "withdrawn"},
	} {
		result, err := c.k.judge(change{op: c.op, version: c.version, sha256: c.sum})
		got := string(result)
		if err != nil {
			got += " " + code(err)
		}
		if got != c.want {
			t.Errorf("content %d, state %d, withdrawn %v: %s %d is %s, want %s", c.k.content, c.k.state, c.k.withdrawn, c.op, c.version, got, c.want)
		}
	}
}

// Whatever order changes come in, and each twice: a book that was once withdrawn
// shows again only by a restore with a higher version, and its newest content wins.
func TestOrderDoesNotMatter(t *testing.T) {
	changes := []change{
		{op: records.Upsert, version: 1, sha256: "1"}, {op: records.Withdraw, version: 2},
		{op: records.Upsert, version: 3, sha256: "3"}, {op: records.Upsert, version: 4, sha256: "4"}, {op: records.Restore, version: 1},
	}
	permute(changes, func(order []change) {
		k, once := unknown("b", "s", "i"), false
		for _, c := range append(order, order...) {
			result, err := k.judge(c)
			switch {
			case err != nil:
				continue
			case result == unchanged:
				k = k.seen(c)
			case result != older:
				k, k.there = k.apply(c), true
			}
			if once = once || k.withdrawn; once && !k.withdrawn {
				t.Fatalf("%v: shows again after %+v", order, c)
			}
		}
		if k.sha256 != "4" {
			t.Fatalf("%v: ends with the file of version %s", order, k.sha256)
		}
	})
}

func permute(list []change, yield func([]change)) {
	var from func(i int)
	from = func(i int) {
		if i == len(list) {
			yield(append([]change(nil), list...))
			return
		}
		for j := i; j < len(list); j++ {
			list[i], list[j] = list[j], list[i]
			from(i + 1)
			list[i], list[j] = list[j], list[i]
		}
	}
	from(0)
}

func TestOver(t *testing.T) {
	own := &events.BookMetadata{Title: "a", Publisher: "p", Series: "s", Position: 2, Subjects: []string{"x"}}
	got := over(&events.BookMetadata{Title: "b", Series: "t"}, own)
	if diff := cmp.Diff(&events.BookMetadata{Title: "b", Publisher: "p", Series: "t", Subjects: []string{"x"}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if own.Title != "a" || over(nil, own) != own || over(own, nil) != own {
		t.Error("what lies below was changed, or is not what is seen alone")
	}
}

// A book is not refused for what its description says.
func TestFit(t *testing.T) {
	long := strings.Repeat("长", 20_000)
	m := fit(events.BookMetadata{Title: long, Subtitle: "a\x00b\xff", Publisher: long, Published: "yesterday", Language: "中文", ISBN: "9787020002208", CLC: "??",
		Series: long, Position: -1, Summary: long, Subjects: append(make([]string, 300), long, "x"),
		Contributors: []events.Contributor{{Name: "a", Role: "author"}, {Name: long, Role: "aut"}, {Role: "aut"}}})
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if m.Published+m.Language+m.ISBN+m.CLC != "" || len(m.Contributors) != 1 || len(m.Subjects) != 2 || m.Subtitle != "ab\ufffd" {
		t.Errorf("got %+v", m)
	}
	fine := events.BookMetadata{Title: "a", Published: "2024-05", Language: "zh-Hans", ISBN: "9787020002207", CLC: "TP312", Position: 1.5}
	if diff := cmp.Diff(fine, fit(fine)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A row's file lies in its source's own folder, wherever the row says.
func TestKeys(t *testing.T) {
	for list, rows := range map[string]map[string]string{
		"haixin/batches/1.batch.jsonl": {
			"a.epub": "haixin/batches/a.epub", "11/a.epub": "haixin/batches/11/a.epub", "haixin/a.epub": "haixin/a.epub", "other/a.epub": "haixin/batches/other/a.epub",
			"": "no_object", "../a.epub": "object_elsewhere", "haixin/../other/a.epub": "object_elsewhere", "/haixin/a.epub": "object_elsewhere", "a//b": "object_elsewhere", "a\x00": "object_elsewhere", ".": "object_elsewhere",
		},
		"haixin/1.batch.jsonl": {"other/a.epub": "haixin/other/a.epub"},
	} {
		for object, want := range rows {
			key, err := batch{source: "haixin", list: list}.key(object)
			if got := key + code(err); got != want {
				t.Errorf("%s beside %s is %q, want %q", fmt.Sprintf("%q", object), list, got, want)
			}
		}
	}
	inbox := batch{source: "inbox", list: "1.batch.jsonl"}
	if key, err := inbox.key("haixin/secret.epub"); code(err) != CodeOutside {
		t.Errorf("the inbox reads %q of another", key)
	}
	if key, err := inbox.key("小说/a.epub"); key != "小说/a.epub" || err != nil {
		t.Errorf("got %q, %v", key, err)
	}
}
