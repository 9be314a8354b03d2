package console

// One line of the list of events, as the template and the script both write it.

import (
	"strings"
	"time"

	"xietong.dev/local/broker"
)

// eventLine is what one line says.
type eventLine struct {
	Seq       int64       `json:"seq"`
	At        time.Time   `json:"at"`
	Type      string      `json:"type"`
	Short     string      `json:"short"`
	Subject   string      `json:"subject"`
	Unit      string      `json:"unit"`
	Standings []eventMark `json:"standings"`
	Open      bool        `json:"open"` // something is on its way, so the line will change
	Old       bool        `json:"-"`    // of another day: the clock alone would mislead
}

// eventMark is where a delivery stands, in words.
type eventMark struct {
	Function string `json:"function"`
	Kind     string `json:"kind"` // good, busy, wait or bad: how it looks
	Word     string `json:"word"`
	Title    string `json:"title"` // the Trigger, and the reason where there is one
}

func (v *visit) eventLines(entries []broker.Entry) []eventLine {
	all := make([]eventLine, len(entries))
	for i, e := range entries {
		all[i] = v.lineOf(e)
	}
	return all
}

func (v *visit) lineOf(e broker.Entry) eventLine {
	return v.withMarks(eventLine{Seq: e.Seq, At: e.ReceivedAt, Type: e.Type, Short: eventShort(e.Type), Subject: e.Subject, Unit: e.Unit, Old: v.Now().Sub(e.ReceivedAt) > 12*time.Hour}, e.Standings)
}

// withMarks fills in where the deliveries stand.
func (v *visit) withMarks(l eventLine, all []broker.Standing) eventLine {
	l.Standings = []eventMark{}
	for _, s := range all {
		kind, word := standWords(s.State, s.Attempts)
		title := s.Trigger
		if s.Reason != "" {
			title += ": " + s.Reason
		}
		l.Standings = append(l.Standings, eventMark{Function: s.Service, Kind: kind, Word: eventWords.Say(v.language, word), Title: title})
		l.Open = l.Open || unended(s.State)
	}
	return l
}

func unended(s broker.State) bool {
	return s != broker.Done && s != broker.Dead && s != broker.Discarded
}

// standWords is how a state looks, and the word for it.
func standWords(s broker.State, attempts int) (kind, word string) {
	switch {
	case s == broker.Done:
		return "good", "ev stand done"
	case s == broker.Dead:
		return "bad", "ev stand dead"
	case s == broker.Discarded:
		return "", "ev stand discarded"
	case s == broker.Running, s == broker.AtWork:
		return "busy", "ev stand running"
	case s == broker.Waiting:
		return "wait", "ev stand turn"
	case attempts > 0:
		return "wait", "ev stand again"
	case s == broker.Afar:
		return "wait", "ev stand afar"
	}
	return "wait", "ev stand ready"
}

// eventShort is a type without what all types of ours have in common, or those of a store.
func eventShort(t string) string {
	short := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(t, "dev.xietong."), ".v1"), "com.amazonaws.")
	if short == "" {
		return t
	}
	return short
}
