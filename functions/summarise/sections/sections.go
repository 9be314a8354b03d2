// Package sections says which sections the minutes of each kind of recording have.
package sections

import "xietong.dev/events"

// Plan is what is written beside abstract, topics and keywords, which all minutes have.
type Plan struct {
	Decisions bool
	Actions   bool
	Open      bool // questions that were left open
	Answered  bool // questions with their answers, in place of the open ones
	Risks     bool
	Numbers   bool
	PerTopic  int // the most points of one topic
}

// Of returns the plan of a kind, one of [events.Kinds]; any other is a meeting.
//
// An official document (会议纪要) tells what was agreed, not what was left open. A
// party branch's meeting is resolutions and who was charged with what. Training and
// class are read to learn from: more points of each topic, and what was asked and
// answered; what is to be done there is homework. An interview settles nothing.
func Of(kind string) Plan {
	switch kind {
	case "official":
		return Plan{Decisions: true, Actions: true, Risks: true, Numbers: true, PerTopic: 3}
	case "party":
		return Plan{Decisions: true, Actions: true, Numbers: true, PerTopic: 3}
	case "training":
		return Plan{Actions: true, Answered: true, Numbers: true, PerTopic: 5}
	case "class":
		return Plan{Actions: true, Answered: true, Numbers: true, PerTopic: 5}
	case "interview":
		return Plan{Answered: true, Numbers: true, PerTopic: 3}
	}
	return Plan{Decisions: true, Actions: true, Open: true, Risks: true, Numbers: true, PerTopic: 3}
}

// Trim empties the sections that the minutes of a kind do not have.
func (p Plan) Trim(s events.Summary) events.Summary {
	if !p.Decisions {
		s.Decisions = nil
	}
	if !p.Actions {
		s.Actions = nil
	}
	if !p.Open && !p.Answered {
		s.Questions = nil
	}
	if !p.Risks {
		s.Risks = nil
	}
	if !p.Numbers {
		s.Numbers = nil
	}
	return s
}
