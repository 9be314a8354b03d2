package model

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/facts"
)

// verified returns what is supported of the answer about one part.
func (e *Engine) verified(v *verifier, said minutes) events.Summary {
	s := events.Summary{
		Abstract: v.points("abstract", said.Abstract), Decisions: v.points("decision", said.Decisions), Questions: v.points("question", said.Questions),
		Risks: v.points("risk", said.Risks), Numbers: v.points("number", said.Numbers),
	}
	for _, a := range said.Actions {
		if done, ok := v.action(a); ok {
			s.Actions = append(s.Actions, done)
		}
	}
	for _, t := range said.Topics {
		done, ok := v.topic(t)
		if ok && !slices.ContainsFunc(s.Topics, func(has events.Topic) bool { return has.Points[0].ID == done.Points[0].ID }) {
			s.Topics = append(s.Topics, done)
		}
	}
	s.Dropped = v.dropped
	return s
}

// points keeps what may stand, each sentence once.
func (v *verifier) points(section string, items []item) (kept []events.Point) {
	for _, i := range items {
		p, ok := v.point(section, i)
		if ok && !slices.ContainsFunc(kept, func(k events.Point) bool { return k.ID == p.ID }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// action keeps a task whose owner and time were said where it cites. Owners that speak
// of themselves are named by the speaker.
func (v *verifier) action(a action) (events.Action, bool) {
	p, ok := v.point("action", a.item)
	if !ok {
		return events.Action{}, false
	}
	if cited := v.cited(p); !v.isSaid(a.Owner, cited) || !strings.Contains(letters(cited), letters(a.Due)) {
		v.dropped++
		return events.Action{}, false
	}
	return events.Action{Point: p, Owner: events.Brief(a.Owner, 255), Due: events.Brief(a.Due, 255)}, true
}

// topic keeps a topic of which a sentence is left. Its times are those of what it cites.
func (v *verifier) topic(t topic) (events.Topic, bool) {
	points := v.points("topic "+t.Title, t.Items)
	if len(points) == 0 {
		return events.Topic{}, false
	}
	done := events.Topic{Title: brief(strings.TrimSpace(t.Title)), Points: points, StartMS: points[0].Evidence[0].StartMS}
	var cited []string
	for _, p := range points {
		cited = append(cited, v.cited(p))
		for _, e := range p.Evidence {
			done.StartMS, done.EndMS = min(done.StartMS, e.StartMS), max(done.EndMS, e.EndMS)
		}
	}
	if text := strings.Join(cited, "\n"); done.Title == "" || facts.Missing(done.Title, text, v.names) != "" || toMachine.MatchString(done.Title) {
		done.Title = brief(points[0].Text)
	}
	return done, true
}

// What a model answers about the parts together.
type joined struct {
	Abstract []struct {
		Text  string   `json:"text"`
		Items []string `json:"items"`
	} `json:"abstract"`
	Same [][]string `json:"same"`
}

// join asks what the parts come to together. Only what was found in them is shown to the
// model, as far as it fits, and what it writes is checked against the segments that
// these cite.
func (e *Engine) join(ctx context.Context, t events.Transcript, whole events.Summary) (events.Summary, error) {
	byID := map[string]events.Point{}
	var lines []any
	size := 0
	show := func(section string, points []events.Point) {
		for _, p := range points {
			if size += tokens(p.Text) + aroundLine; size > e.MaxTokens {
				return
			}
			byID[p.ID] = p
			lines = append(lines, map[string]string{"id": p.ID, "section": section, "text": p.Text})
		}
	}
	show("abstract", whole.Abstract)
	show("decisions", whole.Decisions)
	show("actions", pointsOf(whole.Actions))
	show("questions", whole.Questions)
	show("risks", whole.Risks)
	var said joined
	q := question{"joined", []Message{{"system", joinRules}, {"user", between("items", lines)}}, joinSchema()}
	err := e.Chat.Ask(ctx, q, func(answer string) error { said = joined{}; return decode(answer, "abstract", &said) })
	if err != nil {
		return whole, err
	}
	whole = together(t, whole, byID, said)
	slices.SortStableFunc(whole.Topics, func(a, b events.Topic) int { return cmp.Compare(a.StartMS, b.StartMS) })
	return whole, nil
}

// together puts the joined abstract in place of those of the parts, where any of it is
// supported, and leaves one of each group that says the same.
func together(t events.Transcript, whole events.Summary, byID map[string]events.Point, said joined) events.Summary {
	places := make([]int, len(t.Segments))
	for i := range places {
		places[i] = i
	}
	v := newVerifier(t, places)
	var abstract []events.Point
	for _, a := range said.Abstract {
		p, why := v.supported("abstract", events.Point{Text: strings.TrimSpace(a.Text), Evidence: evidenceOf(byID, a.Items)})
		switch {
		case why != "":
			v.dropped++
		case !slices.ContainsFunc(abstract, func(has events.Point) bool { return has.ID == p.ID }):
			abstract = append(abstract, p)
		}
	}
	if len(abstract) > 0 {
		whole.Abstract = abstract
	}
	whole.Dropped += v.dropped
	return without(whole, said.Same, byID)
}

// evidenceOf is that of several sentences, each place once; none where one of them does
// not exist.
func evidenceOf(byID map[string]events.Point, ids []string) (all []events.Evidence) {
	for _, id := range ids {
		p, exists := byID[id]
		if !exists {
			return nil
		}
		for _, e := range p.Evidence {
			if !slices.ContainsFunc(all, func(has events.Evidence) bool { return has.Segment == e.Segment }) && len(all) < 2*mostCited {
				all = append(all, e)
			}
		}
	}
	return all
}

// without drops all but the last of each group, where its sentences hold the same
// figures: a model that calls different things the same removes nothing.
func without(s events.Summary, same [][]string, byID map[string]events.Point) events.Summary {
	gone := map[string]bool{}
	for _, group := range same {
		for _, id := range group[:max(0, len(group)-1)] {
			kept := byID[group[len(group)-1]]
			if p, exists := byID[id]; exists && kept.ID != "" && kept.ID != id && !gone[kept.ID] && facts.Differ(p.Text, kept.Text) == "" && likeness(p.Text, kept.Text) >= leastLike {
				gone[id] = true
			}
		}
	}
	keep := func(points []events.Point) []events.Point {
		return slices.DeleteFunc(points, func(p events.Point) bool { return gone[p.ID] })
	}
	s.Decisions, s.Questions, s.Risks = keep(s.Decisions), keep(s.Questions), keep(s.Risks)
	s.Actions = slices.DeleteFunc(s.Actions, func(a events.Action) bool { return gone[a.ID] })
	return s
}

func pointsOf(actions []events.Action) (points []events.Point) {
	for _, a := range actions {
		points = append(points, a.Point)
	}
	return points
}
