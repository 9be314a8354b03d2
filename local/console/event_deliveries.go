package console

// Where one event went: every attempt, every answer, every redrive, in order.

import (
	"cmp"
	"slices"
	"time"

	"xietong.dev/local/broker"
)

// addDeliveries fills in where the event went.
func (v *visit) addDeliveries(view *eventView, told broker.Told) error {
	standings, err := v.Broker().Standings(v.r.Context(), []int64{told.Seq})
	if err != nil {
		return err
	}
	functions := map[string]string{}
	for _, s := range standings {
		functions[s.Trigger] = s.Service
	}
	for _, d := range told.Deliveries {
		kind, word := standWords(d.State, failuresOf(d))
		view.Deliveries = append(view.Deliveries, eventDelivery{Delivery: d, Function: cmp.Or(functions[d.Trigger], d.Trigger),
			Mark: eventMark{Kind: kind, Word: eventWords.Say(v.language, word)}, Took: v.tookOf(d.StartedAt, d.EndedAt), Tries: v.tries(d), Afar: isAfar(d)})
		view.Open = view.Open || unended(d.State)
	}
	return nil
}

// isAfar reports whether a cluster makes a delivery, or made it: then its ledger tells of it.
func isAfar(d broker.Delivery) bool {
	return d.State == broker.Afar || d.State == broker.AtWork || d.Code == broker.Untold
}

// failuresOf is how many attempts have failed. Of those that a cluster makes only their
// number is known.
func failuresOf(d broker.Delivery) int {
	if isAfar(d) {
		return d.Attempts
	}
	return len(d.Failures)
}

// tries are the attempts of a delivery and its redrives, in order. The last attempt
// stands in the delivery itself, the failed ones that counted in its history.
func (v *visit) tries(d broker.Delivery) []eventTry {
	var all []eventTry
	for _, f := range d.Failures {
		all = append(all, eventTry{At: f.StartedAt, Took: v.tookOf(&f.StartedAt, &f.EndedAt), Code: f.Code, Reason: f.Reason})
	}
	for _, r := range d.Redrives {
		all = append(all, eventTry{At: r.At, Redriven: &r})
	}
	if d.StartedAt != nil && (d.State == broker.Done || d.State == broker.Running || d.State == broker.AtWork) {
		all = append(all, eventTry{At: *d.StartedAt, Took: v.tookOf(d.StartedAt, d.EndedAt), Code: d.Code, Reason: d.Reason, Good: d.State == broker.Done, Running: d.State != broker.Done})
	}
	slices.SortStableFunc(all, func(a, b eventTry) int { return a.At.Compare(b.At) })
	return all
}

func (v *visit) tookOf(from, to *time.Time) string {
	if from == nil || to == nil || to.Before(*from) {
		return ""
	}
	return spanText(v.language, to.Sub(*from))
}
