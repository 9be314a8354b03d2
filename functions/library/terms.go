package library

import (
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds"
)

// terms say how a reader can have an edition now.
type terms struct {
	Open bool // without a loan
	Loan *Loan
	feeds.Availability
}

// termsOf works out the terms of a licence for a reader who has a loan or none, while
// so many copies are lent. It only shows: who may read is decided where they read.
func termsOf(l *events.Licence, loan *Loan, lent int, now time.Time, zone *time.Location) terms {
	var t terms
	if l == nil {
		l = &events.Licence{}
	}
	switch end := licenceEnd(l.Ends, zone); {
	case !end.IsZero() && !now.Before(end):
		return t // over, whatever it said
	case l.Copies == 0 && l.LendingDays == 0:
		t.Open, t.Available = true, true
		return t
	}
	t.Total, t.Free = l.Copies, max(0, l.Copies-lent)
	t.Available = l.Copies == 0 || t.Free > 0
	if loan != nil {
		t.Loan, t.Available, t.Since = loan, true, loan.BeganAt
		if loan.DueAt != nil {
			t.Until = *loan.DueAt
		}
	}
	return t
}

// licenceEnd is the moment after the last day of a licence; zero where it has none.
func licenceEnd(lastDay string, zone *time.Location) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, lastDay, zone)
	if err != nil {
		return time.Time{} // [WriteLicence] lets no other in
	}
	return day.AddDate(0, 0, 1)
}
