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
		kind, word := standWords(d.State, len(d.Failures))
		view.Deliveries = append(view.Deliveries, eventDelivery{Delivery: d, Function: cmp.Or(functions[d.Trigger], d.Trigger),
			Mark: eventMark{Kind: kind, Word: eventWords.Say(v.language, word)}, Took: v.tookOf(d.StartedAt, d.EndedAt), Tries: v.tries(d)})
		view.Open = view.Open || unended(d.State)
	}
	return nil
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
	if d.StartedAt != nil && (d.State == broker.Done || d.State == broker.Running) {
		all = append(all, eventTry{At: *d.StartedAt, Took: v.tookOf(d.StartedAt, d.EndedAt), Code: d.Code, Reason: d.Reason, Good: d.State == broker.Done, Running: d.State == broker.Running})
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
