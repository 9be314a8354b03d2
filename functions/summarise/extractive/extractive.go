// Package extractive summarises a transcript with its own words. It needs no
// model and no dictionary, and gives the same answer each time.
//
//	in   a transcript in Chinese, English, Japanese or a mixture, with or
//	     without punctuation
//	out  key sentences, topics, keywords, and what else the minutes of such a
//	     recording have: decisions, action items, questions, risks, figures; each
//	     sentence with the places in the transcript that it rests on
//
// Nothing is refused: a transcript of three words is its own summary. The text
// is not trusted: whatever it holds, the time is bounded by its length and by
// MaxSentences, and work stops when the context ends.
//
// The steps, each in a file of its own: sentences (sentences.go, tidy.go,
// stutter.go), terms (terms.go, words.go), what the minutes are expected to hold
// (heard.go, rank.go, and weights.go, which was learnt), the choice (choose.go,
// readable.go), topics (topics.go), keywords and titles (keywords.go), decisions and
// actions (cues*.go), the days on which these are due (due*.go), questions, risks and
// figures (signs*.go), and what is written (points.go). What it lets those see who
// train and measure it is in study.go.
package extractive

import (
	"context"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/sections"
)

// Engine is the summariser. The zero value is not of use: both limits must be
// above zero.
type Engine struct {
	MaxSentences int            // that are read; of a longer text, evenly spread ones
	MaxPoints    int            // of each section: decisions, action items, questions, risks, figures
	Zone         *time.Location // in which "tomorrow" is said; nil is UTC
}

// Summarise returns what the transcript comes to. What it is a summary of
// (recording, upload, revision, language) is left to the caller.
func (e Engine) Summarise(ctx context.Context, t events.Transcript) (events.Summary, error) {
	all := spread(sentences(t), e.MaxSentences)
	for i := range all {
		all[i].read(t)
	}
	plan := sections.Of(t.Kind)
	w := writer{transcript: t, seen: map[string]bool{}, most: e.MaxPoints, perTopic: plan.PerTopic, said: e.saidOn(t)}
	vectors, terms := vectorsOf(all)
	found := phrases(all)
	s := events.Summary{
		Engine:    events.Engine{Name: "extractive", Model: "2"},
		Decisions: w.decisions(ctx, all),
		Actions:   w.actions(ctx, all),
		Abstract:  w.abstract(all, vectors),
		Topics:    w.topics(ctx, all, vectors, terms, found),
		Keywords:  keywords(all, found),
		Risks:     w.risks(ctx, all),
		Numbers:   w.numbers(ctx, all),
	}
	switch {
	case plan.Open:
		s.Questions = w.questions(ctx, all)
	case plan.Answered:
		s.Questions = w.answers(ctx, all)
	}
	return plan.Trim(s), ctx.Err()
}

// DueOn returns the day, YYYY-MM-DD, that a phrase of a transcript comes to ("下周三",
// "by the end of the month"), and "" where that cannot be told.
func (e Engine) DueOn(phrase string, t events.Transcript) string {
	return dueOn(phrase, scriptOf(phrase, t.Language), e.saidOn(t))
}

// saidOn is when a recording began, where those are who speak in it.
func (e Engine) saidOn(t events.Transcript) time.Time {
	began, err := time.Parse(time.RFC3339Nano, t.RecordedAt)
	if err != nil || e.Zone == nil {
		return began // the zero time where nobody knows
	}
	return began.In(e.Zone)
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
