// Package extractive summarises a transcript with its own words. It needs no
// model and no dictionary, and gives the same answer each time.
//
//	in   a transcript in Chinese, English, Japanese or a mixture, with or
//	     without punctuation
//	out  key sentences, topics, decisions, action items and keywords, each
//	     sentence with the places in the transcript that it rests on
//
// Nothing is refused: a transcript of three words is its own summary. The text
// is not trusted: whatever it holds, the time is bounded by its length and by
// MaxSentences, and work stops when the context ends.
//
// The steps, each in a file of its own: sentences (sentences.go, tidy.go),
// terms (terms.go, words.go), how much a sentence stands for the whole
// (rank.go), the choice (choose.go), topics (topics.go), keywords and titles
// (keywords.go), decisions and actions (cues*.go), and what is written
// (points.go).
package extractive

import (
	"context"

	"xietong.dev/events"
)

// Engine is the summariser. The zero value is not of use: both limits must be
// above zero.
type Engine struct {
	MaxSentences int // that are read; of a longer text, evenly spread ones
	MaxPoints    int // decisions, and action items, that are written
}

// Summarise returns what the transcript comes to. What it is a summary of
// (recording, upload, revision, language) is left to the caller.
func (e Engine) Summarise(ctx context.Context, t events.Transcript) (events.Summary, error) {
	all := spread(sentences(t), e.MaxSentences)
	for i := range all {
		all[i].read(t)
	}
	w := writer{transcript: t, seen: map[string]bool{}, most: e.MaxPoints}
	vectors, terms := vectorsOf(all)
	found := phrases(all)
	s := events.Summary{
		Engine:    events.Engine{Name: "extractive", Model: "1"},
		Decisions: w.decisions(ctx, all),
		Actions:   w.actions(ctx, all),
		Abstract:  w.abstract(all, vectors, terms),
		Topics:    w.topics(ctx, all, vectors, terms, found),
		Keywords:  keywords(all, found),
	}
	return s, ctx.Err()
}

// spread returns at most so many sentences, evenly spread over all.
func spread(all []sentence, most int) []sentence {
	if len(all) <= most {
		return all
	}
	some := make([]sentence, most)
	for i := range some {
		some[i] = all[i*len(all)/most]
	}
	return some
}
