package judge

import (
	"fmt"

	"xietong.dev/test/faults/evidence"
)

// Redriven holds dead letters that were redriven, after their cause was mended,
// against how they stood before: the same event, on record with who asked and
// why, done once.
func Redriven(before, after evidence.Evidence, dead []evidence.Delivery) (broken []string) {
	old, now := open(before), open(after)
	for _, d := range dead {
		was, is := old.bySeq[d.Seq], now.bySeq[d.Seq]
		if was.Source != is.Source || was.ID != is.ID || was.Time != is.Time || was.Content != is.Content {
			broken = append(broken, fmt.Sprintf("%s was %s before it was redriven", describe(is), describe(was)))
		}
		broken = append(broken, now.redriven(is, d.Trigger)...)
	}
	return broken
}

func (c *court) redriven(e evidence.Event, trigger string) (broken []string) {
	for _, d := range c.deliveries[e.Seq] {
		entry := c.entries[function(trigger)][name{e.Source, e.ID}]
		switch {
		case d.Trigger != trigger:
		case d.State != evidence.Done || d.Redrives == 0:
			broken = append(broken, fmt.Sprintf("%s was redriven at %s: state %d, %d redrives on record, %s", describe(e), trigger, d.State, d.Redrives, d.Reason))
		case entry.State != evidence.EntryDone || entry.Refusals == 0 || len(entry.Sent) != 1:
			broken = append(broken, fmt.Sprintf("%s was redriven at %s, and the ledger has %+v", describe(e), trigger, entry))
		}
	}
	return broken
}
