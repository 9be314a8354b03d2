package judge

import (
	"fmt"
	"slices"
	"strings"

	"xietong.dev/test/faults/evidence"
)

// promisesKept: what was answered 202, or 200 by the store, is on record.
func promisesKept(c *court) (broken []string) {
	for _, r := range c.Receipts {
		if len(c.byName[name{r.Source, r.ID}]) == 0 {
			broken = append(broken, fmt.Sprintf("event %s id %s source %s was accepted and is not on record", r.Type, r.ID, r.Source))
		}
	}
	for _, p := range c.Puts {
		if len(c.byKey[p.Key]) == 0 {
			broken = append(broken, fmt.Sprintf("object recordings/%s was accepted and nobody was told of it", p.Key))
		}
	}
	return broken
}

// everyDeliveryEnded: an event has exactly one end for each Trigger that it
// passes, and it is dead only where it deserves to be.
func everyDeliveryEnded(c *court) (broken []string) {
	for _, e := range c.Events {
		var went []string
		for _, d := range c.deliveries[e.Seq] {
			went = append(went, d.Trigger)
			switch {
			case d.State != evidence.Done && d.State != evidence.Dead:
				broken = append(broken, fmt.Sprintf("%s has not come to an end at %s: state %d, %d failures, %s", describe(e), d.Trigger, d.State, d.Failures, d.Reason))
			case d.State == evidence.Dead && !c.mayDie(e, d):
				broken = append(broken, fmt.Sprintf("%s is dead at %s and no poison: %d %s", describe(e), d.Trigger, d.Code, d.Reason))
			}
		}
		want := Triggers(e.Type)
		slices.Sort(went)
		if !slices.Equal(went, want) {
			broken = append(broken, fmt.Sprintf("%s went to %v, want %v", describe(e), went, want))
		}
	}
	return broken
}

// mayDie reports whether a dead letter is as it should be: poison with its own
// code, or work on something that was deleted meanwhile.
func (c *court) mayDie(e evidence.Event, d evidence.Delivery) bool {
	if p, is := c.poison[place{name{e.Source, e.ID}, d.Trigger}]; is {
		return strings.HasPrefix(d.Reason, p.Code+":")
	}
	return c.Deleted[recording(e)] && strings.HasPrefix(d.Reason, "missing_object:")
}

// Innocent returns the dead letters that are no poison: those that a fault has
// condemned, for somebody to redrive.
func Innocent(e evidence.Evidence) (dead []evidence.Delivery) {
	c := open(e)
	for _, d := range e.Deliveries {
		if d.State == evidence.Dead && !c.mayDie(c.bySeq[d.Seq], d) {
			dead = append(dead, d)
		}
	}
	return dead
}

// donesAreInTheLedger: a delivery that is done was done by its function.
func donesAreInTheLedger(c *court) (broken []string) {
	for _, d := range c.Deliveries {
		e := c.bySeq[d.Seq]
		entry, met := c.entries[function(d.Trigger)][name{e.Source, e.ID}]
		if d.State == evidence.Done && (!met || entry.State != evidence.EntryDone) {
			broken = append(broken, fmt.Sprintf("%s is done at %s, but in the ledger its state is %d", describe(e), d.Trigger, entry.State))
		}
	}
	return broken
}

// nothingIsOpen: no ledger still holds an event for begun.
func nothingIsOpen(c *court) (broken []string) {
	for word, entries := range c.Ledgers {
		for _, e := range entries {
			if e.State != evidence.EntryDone && e.State != evidence.EntryRefused {
				broken = append(broken, fmt.Sprintf("%s has event %s of %s open: %s", word, e.ID, e.Source, e.Reason))
			}
		}
	}
	return broken
}

// sentArrived: what a ledger records as sent is with the broker.
func sentArrived(c *court) (broken []string) {
	for word, entries := range c.Ledgers {
		for _, entry := range entries {
			for _, s := range entry.Sent {
				if len(c.byName[name{s.Source, s.ID}]) == 0 {
					broken = append(broken, fmt.Sprintf("%s recorded %s id %s as sent for event %s, and it never arrived", word, s.Type, s.ID, entry.ID))
				}
			}
		}
	}
	return broken
}

// endingsReached: the minutes of every recording say what they must.
func endingsReached(c *court) (broken []string) {
	minutes := map[string]evidence.Minutes{}
	for _, m := range c.Minutes {
		minutes[m.ID] = m
	}
	for _, want := range c.Endings {
		m, there := minutes[want.Recording]
		switch {
		case !there:
			broken = append(broken, fmt.Sprintf("recording %s has no minutes, want %s", want.Recording, want.State))
		case m.State != want.State || m.Code != want.Code:
			broken = append(broken, fmt.Sprintf("recording %s is %s %s, want %s %s", want.Recording, m.State, m.Code, want.State, want.Code))
		case want.Chunks > 0 && (m.Chunks != want.Chunks || m.Ended != want.Ended):
			broken = append(broken, fmt.Sprintf("recording %s shows %d of %d chunks, want %d of %d", want.Recording, m.Ended, m.Chunks, want.Ended, want.Chunks))
		}
	}
	return broken
}

// uploadsAreThere: what people uploaded is untouched, unless they deleted it.
func uploadsAreThere(c *court) (broken []string) {
	for _, p := range c.Puts {
		o, there := c.Objects["recordings"][p.Key]
		id, _, _ := strings.Cut(p.Key, "/")
		if c.Deleted[id] {
			continue
		}
		if !there || o.Size != p.Size || o.ETag != p.ETag {
			broken = append(broken, fmt.Sprintf("upload recordings/%s is %+v, want %d bytes with etag %s", p.Key, o, p.Size, p.ETag))
		}
	}
	return broken
}

// poisonIsDead: every poisonous event is a dead letter with everything that a
// person needs to act on it. It also counts them.
func poisonIsDead(c *court) (broken []string, found int) {
	for _, p := range c.Poison {
		if p.Tried {
			continue
		}
		why := c.deadLetter(p)
		if why == "" {
			found++
			continue
		}
		broken = append(broken, fmt.Sprintf("poison %s%s at %s, code %s: %s", p.ID, p.Key, p.Trigger, p.Code, why))
	}
	return broken, found
}

// deadLetter says what is wrong with the dead letter of a poisonous event.
func (c *court) deadLetter(p evidence.Poison) string {
	rows := c.events(p)
	if len(rows) == 0 {
		return "it is not on record"
	}
	dead, done := 0, 0
	for _, e := range rows {
		for _, d := range c.deliveries[e.Seq] {
			switch {
			case d.Trigger != p.Trigger:
			case d.State == evidence.Done && p.Half:
				done++
			case d.State != evidence.Dead:
				return fmt.Sprintf("event %d is in state %d", e.Seq, d.State)
			case !strings.HasPrefix(d.Reason, p.Code+":"):
				return fmt.Sprintf("event %d died of %q", e.Seq, d.Reason)
			case d.Failures == 0:
				return fmt.Sprintf("event %d has no attempt on record", e.Seq)
			case e.Size == 0 || e.Trace == "":
				return fmt.Sprintf("event %d lacks its payload or its trace", e.Seq)
			default:
				dead++
			}
		}
	}
	if dead == 0 || p.Half && done == 0 {
		return fmt.Sprintf("%d are dead and %d are done", dead, done)
	}
	return ""
}
