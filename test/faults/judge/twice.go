package judge

import (
	"fmt"
	"strings"

	"xietong.dev/test/faults/evidence"
)

// oneEntryEach: a ledger names an event once.
func oneEntryEach(c *court) (broken []string) {
	for word, entries := range c.Ledgers {
		seen := map[name]bool{}
		for _, e := range entries {
			if seen[name{e.Source, e.ID}] {
				broken = append(broken, fmt.Sprintf("the ledger of %s holds event %s of %s twice", word, e.ID, e.Source))
			}
			seen[name{e.Source, e.ID}] = true
		}
	}
	return broken
}

func isOurs(source string) bool { return strings.HasPrefix(source, "/functions/") }

// oneContent: however often a function sends an event, it is the same event.
func oneContent(c *court) (broken []string) {
	for n, rows := range c.byName {
		for _, e := range rows[1:] {
			if isOurs(n.source) && e.Content != rows[0].Content {
				broken = append(broken, fmt.Sprintf("%s differs from event %d of the same id", describe(e), rows[0].Seq))
				break
			}
		}
	}
	return broken
}

// sentOnlyWhatIsRecorded: a function sends nothing that its ledger does not
// hold. An event that was refused and done again later is recorded anew, so
// what its refusal sent is not looked at. What was sent of a recording that was deleted
// is forgotten there.
func sentOnlyWhatIsRecorded(c *court) (broken []string) {
	for word, entries := range c.Ledgers {
		recorded, refused := map[string]bool{}, map[string]bool{}
		for _, entry := range entries {
			refused[entry.ID] = refused[entry.ID] || entry.Refusals > 0
			for _, s := range entry.Sent {
				recorded[s.ID] = true
			}
		}
		for _, e := range c.Events {
			if e.Source == "/functions/"+word && !recorded[e.ID] && !refused[e.Cause] && !c.Deleted[e.Subject] {
				broken = append(broken, describe(e)+" is not in the ledger of whoever sent it: an effect outside its transaction")
			}
		}
	}
	return broken
}

// effect is something that may happen once.
type effect struct {
	kind, upload    string
	revision, index int
}

// effectOf returns what an event of ours says has happened. Refusals are left
// out: an event that is redriven in vain is refused again, and says so again.
func effectOf(e evidence.Event) (effect, bool) {
	f := effect{kind: e.Type, upload: e.About.Upload, revision: e.About.Revision, index: -1}
	if e.About.Index != nil {
		f.index = *e.About.Index
	}
	return f, isOurs(e.Source) && f.upload != "" && !strings.Contains(e.Type, ".refused.")
}

// oneEffect: an upload is named, cut, heard, transcribed and summarised once.
func oneEffect(c *court) (broken []string) {
	first := map[effect]evidence.Event{}
	for _, e := range c.Events {
		f, is := effectOf(e)
		if !is {
			continue
		}
		if one, had := first[f]; had && one.ID != e.ID {
			broken = append(broken, fmt.Sprintf("%s tells what event %d told already", describe(e), one.Seq))
			continue
		}
		first[f] = e
	}
	return broken
}

// oneCommit: where a function keeps a tally, an event that is done was committed
// exactly once, and one that is not ended left nothing. A refusal is an outcome
// too, so one that was redriven counts again.
func oneCommit(c *court) (broken []string) {
	for word, effects := range c.Effects {
		times := map[name]int{}
		for _, e := range effects {
			times[name{e.Source, e.ID}] = e.Times
		}
		for _, entry := range c.Ledgers[word] {
			want := entry.Refusals
			if entry.State == evidence.EntryDone {
				want++
			}
			if n := times[name{entry.Source, entry.ID}]; n != want {
				broken = append(broken, fmt.Sprintf("%s committed event %s of %s %d times, want %d", word, entry.ID, entry.Source, n, want))
			}
			delete(times, name{entry.Source, entry.ID})
		}
		for n, left := range times {
			broken = append(broken, fmt.Sprintf("%s committed event %s of %s %d times, and its ledger does not know it", word, n.id, n.source, left))
		}
	}
	return broken
}

// oneSummary: minutes keep one summary by machine for each transcript.
func oneSummary(c *court) (broken []string) {
	type key struct {
		recording, upload string
		revision          int
	}
	seen := map[key]string{}
	for _, s := range c.Summaries {
		k := key{s.Recording, s.Upload, s.Revision}
		if one, had := seen[k]; had {
			broken = append(broken, fmt.Sprintf("recording %s upload %s has the summaries %s and %s of one transcript", s.Recording, s.Upload, one, s.ID))
		}
		seen[k] = s.ID
	}
	return broken
}

// countsAgree: a job has counted its chunks once each.
func countsAgree(c *court) (broken []string) {
	all, ended := map[string]int{}, map[string]int{}
	for _, chunk := range c.Chunks {
		all[chunk.Upload]++
		if chunk.State != "waiting" {
			ended[chunk.Upload]++
		}
	}
	for _, j := range c.Jobs {
		if all[j.Upload] != j.Chunks || ended[j.Upload] != j.Ended {
			broken = append(broken, fmt.Sprintf("upload %s counts %d of %d chunks ended; its rows say %d of %d", j.Upload, j.Ended, j.Chunks, ended[j.Upload], all[j.Upload]))
		}
	}
	return broken
}
