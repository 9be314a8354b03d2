package console

// The events of a story under those that caused them. Equal siblings are folded into
// one: a recording of an hour is a page of text, not 240 lines that say the same.

import (
	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
)

// foldFrom is how many equal siblings are folded.
const foldFrom = 4

// storyNode is an event of a story, or several of one type that have been folded.
type storyNode struct {
	Events []broker.Told
	Below  []storyNode
}

// storyTree puts events under their causes. Each appears once: what a cause within a
// ring would hide comes at the end.
func storyTree(story []broker.Told) []storyNode {
	t := &treeMaker{caused: map[string][]broker.Told{}}
	known := map[string]bool{}
	for _, e := range story {
		known[e.Event.ID()] = true
	}
	var roots []broker.Told
	for _, e := range story {
		cause := ce.Attributes(e.Event)[events.CausationID]
		if known[cause] {
			t.caused[cause] = append(t.caused[cause], e)
			continue
		}
		roots = append(roots, e)
	}
	nodes := t.fold(roots, false)
	for _, e := range story {
		if ring := t.caused[e.Event.ID()]; len(ring) > 0 {
			t.caused[e.Event.ID()] = ring[1:]
			nodes = append(nodes, t.fold(ring[:1], false)...)
		}
	}
	return nodes
}

// treeMaker knows what each event caused, as far as it has not been put in its place.
type treeMaker struct{ caused map[string][]broker.Told }

// fold makes nodes of siblings, by type in the order in which each began. Below what
// was folded all of a type is folded.
func (t *treeMaker) fold(siblings []broker.Told, all bool) []storyNode {
	of := map[string][]broker.Told{}
	for _, e := range siblings {
		of[e.Event.Type()] = append(of[e.Event.Type()], e)
	}
	var nodes []storyNode
	for _, e := range siblings {
		same := of[e.Event.Type()]
		switch {
		case len(same) == 0: // folded into the first of them
		case len(same) >= foldFrom || all && len(same) > 1:
			delete(of, e.Event.Type())
			nodes = append(nodes, storyNode{Events: same, Below: t.fold(t.below(same), true)})
		default:
			one := []broker.Told{e}
			nodes = append(nodes, storyNode{Events: one, Below: t.fold(t.below(one), all)})
		}
	}
	return nodes
}

// below takes what some events caused, each once.
func (t *treeMaker) below(causes []broker.Told) []broker.Told {
	var all []broker.Told
	for _, e := range causes {
		all = append(all, t.caused[e.Event.ID()]...)
		delete(t.caused, e.Event.ID())
	}
	return all
}
