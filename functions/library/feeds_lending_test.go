package library

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds"
)

// state is how a book is had, as OPDS 2.0 says it: relations, and what is told of them.
func state(b opdsBook) (all []string) {
	for _, l := range b.Links[1:] {
		line := l.Rel[strings.LastIndexByte(l.Rel, '/')+1:] + " " + l.Type
		if p := l.Properties; p.Availability.State != "" {
			line += strings.TrimRight(" "+p.Availability.State+" "+p.Availability.Until, " ")
			if p.Copies != nil {
				line += fmt.Sprintf(" %d/%d", p.Copies.Available, p.Copies.Total)
			}
		}
		all = append(all, line)
	}
	return all
}

// TestLendingByFeed: two readers and one copy.
func TestLendingByFeed(t *testing.T) {
	s := openStand(t)
	id := s.put("灯", licensed(1, 14, ""))
	u1, u2 := s.address("u1", feeds.V2), s.address("u2", feeds.V2)
	at := func(base, more string) string { return base + "/books/" + id + more }
	want := func(address string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, state(get[opdsBook](s, address))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	free := "borrow application/opds-publication+json available 1/1"
	mine := []string{"acquisition application/epub+zip available 2026-05-15T12:01:00Z 0/1", "acquisition application/webpub+json available 2026-05-15T12:01:00Z 0/1", "revoke application/opds-publication+json"}
	file := strings.TrimSuffix(u1, "/v2") + "/files/" + id + "/book.epub"

	want(at(u1, ""), free)
	if status, _, text := s.read(file, "Accept-Language: en"); status != http.StatusForbidden || !strings.Contains(text, "borrow this book first") {
		t.Errorf("a file that is not borrowed: %d %s", status, text)
	}
	if res := s.send(http.MethodHead, at(u1, "/borrow")); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("HEAD borrows: %d", res.StatusCode)
	}
	want(at(u1, ""), free)
	want(at(u1, "/borrow"), mine...)
	want(at(u1, "/borrow"), mine...) // once is as good as twice
	want(at(u1, ""), mine...)
	want(at(u2, ""), "borrow application/opds-publication+json unavailable 0/1")
	if status, _, text := s.read(at(u2, "/borrow")); status != http.StatusConflict || !strings.Contains(text, "都已借出") {
		t.Errorf("one copy is lent twice: %d %s", status, text)
	}
	if status, media, text := s.read(file); status != http.StatusOK || media != "application/epub+zip" || !strings.HasPrefix(text, "PK") {
		t.Errorf("the borrowed file: %d %s", status, media)
	}
	for base, shown := range map[string][]string{u1: {"灯"}, u2: nil} {
		if diff := cmp.Diff(shown, titlesOf(get[opdsFeed](s, base+"/shelf"))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	want(at(u1, "/return"), free)
	want(at(u1, "/return"), free)
	want(at(u2, "/borrow"), mine...)
	s.now = s.now.Add(14 * 24 * time.Hour) // the loan is over by itself
	want(at(u2, ""), free)
	if status, _, _ := s.read(strings.Replace(file, u1, u2, 1)); status != http.StatusForbidden {
		t.Errorf("the file after the loan: %d", status)
	}
}

// TestLicenceInfo: a reader sees the licence, and no other reader.
func TestLicenceInfo(t *testing.T) {
	s := openStand(t)
	id := s.put("灯", licensed(3, 14, "2027-12-31"))
	type info struct {
		Status    string
		Terms     struct{ Concurrency, Length int }
		Checkouts struct {
			Available int
			Active    []struct {
				Patron_ID, Expires string
			}
		}
	}
	u1, u2 := s.address("u1", feeds.V2), s.address("u2", feeds.V2)
	get[opdsBook](s, u1+"/books/"+id+"/borrow")
	book := get[opdsBook](s, u2+"/books/"+id)
	got := get[info](s, to(book.Licenses[0].Links, "self", ""))
	if got.Status != "available" || got.Terms.Concurrency != 3 || got.Terms.Length != 14*24*3600 || got.Checkouts.Available != 2 || len(got.Checkouts.Active) != 0 {
		t.Errorf("to another reader: %+v", got)
	}
	got = get[info](s, strings.TrimSuffix(u1, "/v2")+"/licences/"+id)
	if len(got.Checkouts.Active) != 1 || got.Checkouts.Active[0].Patron_ID != "u1" || got.Checkouts.Active[0].Expires != "2026-05-15T12:01:00Z" {
		t.Errorf("to the reader who has it: %+v", got)
	}
	if status, _, _ := s.read(strings.TrimSuffix(u1, "/v2") + "/licences/" + s.put("河")); status != http.StatusNotFound {
		t.Errorf("the licence of a book without one: %d", status)
	}
}

// TestTerms: what a feed shows of a licence.
func TestTerms(t *testing.T) {
	now, cst := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.FixedZone("CST", 8*3600)
	due := now.Add(time.Hour)
	loan := &Loan{BeganAt: now.Add(-time.Hour), DueAt: &due}
	for name, c := range map[string]struct {
		licence *events.Licence
		loan    *Loan
		lent    int
		want    terms
	}{
		"none":                   {want: terms{Open: true, Availability: feeds.Availability{Available: true}}},
		"a loan without need":    {loan: loan, want: terms{Open: true, Availability: feeds.Availability{Available: true}}},
		"an end to come":         {licence: &events.Licence{Ends: "2026-05-01"}, want: terms{Open: true, Availability: feeds.Availability{Available: true}}},
		"over":                   {licence: &events.Licence{Copies: 9, Ends: "2026-04-30"}, loan: loan},
		"a copy is free":         {licence: &events.Licence{Copies: 2}, lent: 1, want: terms{Availability: feeds.Availability{Available: true, Total: 2, Free: 1}}},
		"none is free":           {licence: &events.Licence{Copies: 2}, lent: 2, want: terms{Availability: feeds.Availability{Total: 2}}},
		"more lent than copies":  {licence: &events.Licence{Copies: 1}, lent: 2, want: terms{Availability: feeds.Availability{Total: 1}}},
		"for days, to everybody": {licence: &events.Licence{LendingDays: 7}, lent: 100, want: terms{Availability: feeds.Availability{Available: true}}},
		"borrowed": {licence: &events.Licence{Copies: 1}, loan: loan, lent: 1,
			want: terms{Loan: loan, Availability: feeds.Availability{Available: true, Since: loan.BeganAt, Until: due, Total: 1}}},
		"borrowed without end": {licence: &events.Licence{Copies: 1}, loan: &Loan{BeganAt: now}, lent: 1,
			want: terms{Loan: &Loan{BeganAt: now}, Availability: feeds.Availability{Available: true, Since: now, Total: 1}}},
	} {
		if diff := cmp.Diff(c.want, termsOf(c.licence, c.loan, c.lent, now, cst)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
