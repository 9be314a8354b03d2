package extractive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"xietong.dev/events"
)

// writer turns sentences into points that cite them.
type writer struct {
	transcript events.Transcript
	seen       map[string]bool // ids that are taken
	most       int
	perTopic   int       // the most points of one topic
	said       time.Time // when the recording began; the days that are named count from it
}

// add appends the point that sentences come to, unless the same was written in
// this section before.
func (w writer) add(points []events.Point, section string, said ...sentence) []events.Point {
	p := w.point(section, said...)
	if w.seen[p.ID] {
		return points
	}
	w.seen[p.ID] = true
	return append(points, p)
}

func (w writer) point(section string, said ...sentence) events.Point {
	var p events.Point
	var texts []string
	hash := sha256.New()
	fmt.Fprintf(hash, "%s", section)
	for _, s := range said {
		texts = append(texts, s.text)
		for _, piece := range s.pieces {
			segment := w.transcript.Segments[piece.segment]
			e := events.Evidence{Segment: segment.ID, StartMS: segment.StartMS, EndMS: segment.EndMS, Quote: segment.Text[piece.from:piece.to]}
			fmt.Fprintf(hash, "\n%d:%s%d:%s", len(e.Segment), e.Segment, len(e.Quote), e.Quote)
			p.Evidence = append(p.Evidence, e)
		}
	}
	p.ID = hex.EncodeToString(hash.Sum(nil))[:16]
	p.Text = join(texts)
	return p
}

// join puts texts one after the other, with a space where no mark that is as
// wide as a space stands between.
func join(texts []string) string {
	return strings.ReplaceAll(strings.Join(texts, " "), "。 ", "。")
}

// abstract writes the sentences that stand for the whole.
func (w writer) abstract(all []sentence, vectors []vector) []events.Point {
	points := []events.Point{}
	width := 0
	for _, s := range all {
		width += s.width
	}
	for _, i := range choose(prospects(all, Learnt), tellers(all, vectors), widths(all), budget(width), len(all)) {
		points = w.add(points, "abstract", all[i])
	}
	return points
}

// shortest is the width below which a decision leans on the sentence before:
// "so that is decided" says nothing alone.
const shortest = 60

func (w writer) decisions(ctx context.Context, all []sentence) []events.Point {
	points := []events.Point{}
	for i, s := range all {
		if len(points) == w.most || ctx.Err() != nil {
			break
		}
		switch {
		case !cuesOf[s.script].isDecision(s.text):
		case s.width < shortest && i > 0 && all[i-1].width < widestUnit/2:
			points = w.add(points, "decision", all[i-1], s)
		default:
			points = w.add(points, "decision", s)
		}
	}
	return points
}

func (w writer) actions(ctx context.Context, all []sentence) []events.Action {
	actions := []events.Action{}
	for _, s := range all {
		if len(actions) == w.most || ctx.Err() != nil {
			break
		}
		duty, is := cuesOf[s.script].dutyIn(s.text)
		p := w.point("action", s)
		if !is || w.seen[p.ID] {
			continue
		}
		w.seen[p.ID] = true
		if label := w.label(s); duty.self && label != "" {
			duty.owner = label
		}
		actions = append(actions, events.Action{Point: p, Owner: duty.owner, Due: duty.due, DueOn: dueOn(duty.due, s.script, w.said)})
	}
	return actions
}

// label is what the speaker of a sentence is called, where somebody said so.
func (w writer) label(s sentence) string {
	id := w.transcript.Segments[s.pieces[0].segment].Speaker
	for _, who := range w.transcript.Speakers {
		if who.ID == id {
			return who.Label
		}
	}
	return ""
}

// topics writes what was talked about, in the order of time.
func (w writer) topics(ctx context.Context, all []sentence, vectors []vector, terms int, found []phrase) []events.Topic {
	said := map[string]int{}
	for _, p := range found {
		said[strings.ToLower(p.term)] = p.sentences
	}
	written := []events.Topic{}
	for _, part := range topics(vectors, terms, mostTopics) {
		if ctx.Err() != nil {
			break
		}
		topic := w.topic(all[part.from:part.to], vectors[part.from:part.to])
		topic.Title = title(all[part.from:part.to], said, len(all), topic.Title)
		written = append(written, topic)
	}
	return written
}

// topic writes one topic, with its main sentence for a title.
func (w writer) topic(said []sentence, vectors []vector) events.Topic {
	prospect, among := prospects(said, Learnt), tellers(said, vectors)
	topic := events.Topic{Title: said[prospect.best(among)].text, StartMS: said[0].startMS, Points: []events.Point{}}
	for _, s := range said {
		topic.EndMS = max(topic.EndMS, s.endMS)
	}
	for _, i := range choose(prospect, among, widths(said), 2*widestUnit*w.perTopic/3, min(w.perTopic, 1+len(said)/5)) {
		topic.Points = w.add(topic.Points, "topic", said[i])
	}
	return topic
}
