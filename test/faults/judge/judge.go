// Package judge holds the evidence of a run against the rules that the toolbox
// promises to keep, whatever dies.
//
//	in   evidence, read when nothing was on its way any more
//	out  every event, row and object that breaks a rule, in words
//
// Every rule is a pure function. Lost is what was accepted and did not come to
// its end, twice is an effect that happened more than once, an orphan is an
// object without a row or a row without its object.
package judge

import (
	"fmt"
	"strings"

	"xietong.dev/test/faults/evidence"
)

// Verdict is what is wrong.
type Verdict struct {
	Lost, Twice, Orphans []string
	Poison               int // dead letters that are as they should be
}

// Broken reports whether any rule is.
func (v Verdict) Broken() bool { return len(v.Lost)+len(v.Twice)+len(v.Orphans) > 0 }

// Judge applies every rule.
func Judge(e evidence.Evidence) Verdict {
	c := open(e)
	var v Verdict
	for _, rule := range []func(*court) []string{promisesKept, everyDeliveryEnded, donesAreInTheLedger, nothingIsOpen, sentArrived, endingsReached, uploadsAreThere} {
		v.Lost = append(v.Lost, rule(c)...)
	}
	for _, rule := range []func(*court) []string{oneEntryEach, oneContent, sentOnlyWhatIsRecorded, oneEffect, oneCommit, oneSummary, countsAgree} {
		v.Twice = append(v.Twice, rule(c)...)
	}
	for _, rule := range []func(*court) []string{rowsHaveObjects, objectsHaveRows} {
		v.Orphans = append(v.Orphans, rule(c)...)
	}
	var broken []string
	broken, v.Poison = poisonIsDead(c)
	v.Lost = append(v.Lost, broken...)
	return v
}

// name is what an event is called: by its source and id.
type name struct{ source, id string }

// place is a delivery of an event that has this name.
type place struct {
	name
	trigger string
}

// court is the evidence, sorted.
type court struct {
	evidence.Evidence
	bySeq      map[int64]evidence.Event
	byName     map[name][]evidence.Event
	byKey      map[string][]evidence.Event // notices, by the object's key
	deliveries map[int64][]evidence.Delivery
	entries    map[string]map[name]evidence.Entry // by function
	poison     map[place]evidence.Poison
	poisoned   map[string]bool // recordings that poison is about: it may point to what is not there
}

func open(e evidence.Evidence) *court {
	c := &court{Evidence: e, bySeq: map[int64]evidence.Event{}, byName: map[name][]evidence.Event{}, byKey: map[string][]evidence.Event{},
		deliveries: map[int64][]evidence.Delivery{}, entries: map[string]map[name]evidence.Entry{}, poison: map[place]evidence.Poison{}, poisoned: map[string]bool{}}
	for _, v := range e.Events {
		c.bySeq[v.Seq] = v
		c.byName[name{v.Source, v.ID}] = append(c.byName[name{v.Source, v.ID}], v)
		if isNotice(v) {
			c.byKey[v.Subject] = append(c.byKey[v.Subject], v)
		}
	}
	for _, d := range e.Deliveries {
		c.deliveries[d.Seq] = append(c.deliveries[d.Seq], d)
	}
	for word, entries := range e.Ledgers {
		c.entries[word] = map[name]evidence.Entry{}
		for _, entry := range entries {
			c.entries[word][name{entry.Source, entry.ID}] = entry
		}
	}
	for _, p := range e.Poison {
		for _, v := range c.events(p) {
			c.poison[place{name{v.Source, v.ID}, p.Trigger}] = p
			c.poisoned[recording(v)] = true
		}
	}
	return c
}

func isNotice(e evidence.Event) bool { return strings.HasPrefix(e.Type, "com.amazonaws.") }

// events returns the rows of a poisonous event.
func (c *court) events(p evidence.Poison) []evidence.Event {
	if p.ID == "" {
		return c.byKey[p.Key]
	}
	return c.byName[name{p.Source, p.ID}]
}

// Triggers returns the Triggers that an event of a type passes, as the
// manifests have them.
func Triggers(kind string) []string {
	if strings.HasPrefix(kind, "com.amazonaws.") {
		return []string{"uploads-object-created"}
	}
	const told = "minutes-recording-told"
	switch strings.TrimSuffix(strings.TrimPrefix(kind, "dev.xietong."), ".v1") {
	case "recording.uploaded":
		return []string{told, "transcribe-recording-uploaded"}
	case "transcript.uploaded":
		return []string{told, "transcribe-transcript-uploaded"}
	case "recording.cut", "chunk.transcribed", "recording.summarised", "recording.refused", "recording.forgotten":
		return []string{told}
	case "chunk.cut":
		return []string{"transcribe-chunk-cut"}
	case "recording.heard":
		return []string{"transcribe-recording-heard"}
	case "recording.transcribed":
		return []string{told, "summarise-recording-transcribed"}
	case "minutes.deleted":
		return []string{"captions-minutes-deleted", "summarise-minutes-deleted", "transcribe-minutes-deleted", "uploads-minutes-deleted"}
	}
	return nil
}

// function is the one that a Trigger wakes.
func function(trigger string) string {
	word, _, _ := strings.Cut(trigger, "-")
	return word
}

func describe(e evidence.Event) string {
	return fmt.Sprintf("event %d %s id %s source %s subject %s", e.Seq, e.Type, e.ID, e.Source, e.Subject)
}

// recording is the recording that an event is about.
func recording(e evidence.Event) string {
	if isNotice(e) {
		id, _, _ := strings.Cut(e.Subject, "/")
		return id
	}
	return e.Subject
}
