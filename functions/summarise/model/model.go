// Package model summarises a transcript with a language model behind an
// OpenAI-compatible endpoint, and lets nothing into the minutes that the transcript
// does not support.
//
//	in   a transcript; the model's answers, which are not trusted
//	out  the sections that minutes of the kind have, each sentence with the segments
//	     it rests on; how many sentences were dropped
//
// A long meeting is asked about in parts, cut where the topics change, and then once
// more over what the parts came to. What was said is data: it stands as JSON between
// marks in the user's turn, never in the system's. Each sentence cites segments and
// quotes one of them; see verify.go for what is dropped. Days are worked out by the
// embedded rules, not by the model, and keywords are counted by them.
//
// A model that is busy is asked again later (fault.Busy). One that fails otherwise
// (time, 5xx, a refusal, an answer that is no JSON twice, a transcript too long for it)
// never fails the minutes: the embedded summary stands in and says so in its engine.
package model

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/sections"
	"xietong.dev/shared/fault"
)

// Prompt is the version of the instructions in prompt.go. It grows with each change of
// them and stands in [events.Engine] beside the model and the temperature.
const Prompt = 1

// Embedded is the summariser that needs no model.
type Embedded interface {
	Summarise(ctx context.Context, t events.Transcript) (events.Summary, error)
	// DueOn returns the day that a phrase comes to, YYYY-MM-DD, or "".
	DueOn(phrase string, t events.Transcript) string
}

// Engine is the summariser.
type Engine struct {
	Chat      *Chat
	Embedded  Embedded
	MaxTokens int           // of the transcript in one question
	MaxParts  int           // a transcript that needs more is left to the embedded summariser
	MaxPoints int           // of one section that are kept
	Parallel  int           // questions at a time
	Budget    time.Duration // for all questions about one transcript
	Log       *slog.Logger
}

// Summarise returns the model's summary as far as the transcript supports it, or the
// embedded one in its place.
func (e *Engine) Summarise(ctx context.Context, t events.Transcript) (events.Summary, error) {
	embedded, err := e.Embedded.Summarise(ctx, t)
	if err != nil || !speaks(t) {
		return embedded, err
	}
	within, cancel := context.WithTimeout(ctx, e.Budget)
	defer cancel()
	s, err := e.ask(within, t, embedded)
	switch _, busy := fault.RetryAfter(err); {
	case err == nil:
		return s, nil
	case busy || ctx.Err() != nil:
		return s, errors.Join(err, ctx.Err())
	}
	return e.instead(t, embedded, err), nil
}

// StandIn returns the embedded summary, which says for what it stands in and why.
func (e *Engine) StandIn(ctx context.Context, t events.Transcript, reason error) (events.Summary, error) {
	s, err := e.Embedded.Summarise(ctx, t)
	if err != nil {
		return s, err
	}
	return e.instead(t, s, reason), nil
}

func (e *Engine) instead(t events.Transcript, s events.Summary, reason error) events.Summary {
	e.Log.Warn("the embedded summary stands in for the language model", "recording", t.Recording, "upload", t.Upload, "model", e.Chat.Model, "error", reason)
	const most = 100 // characters of a reason that people read
	s.Engine.Model = s.Engine.Model + ", in place of " + e.name() + ": " + events.Brief(reason.Error(), most)
	return s
}

// name is the model as it is recorded.
func (e *Engine) name() string {
	return events.Brief(e.Chat.Model, 80) + " prompt-" + strconv.Itoa(Prompt) + " temperature-" + strconv.FormatFloat(e.Chat.Temperature, 'f', -1, 64)
}

func speaks(t events.Transcript) bool {
	for _, s := range t.Segments {
		if s.Text != "" {
			return true
		}
	}
	return false
}

// ask puts a transcript to the model, in parts and then together.
func (e *Engine) ask(ctx context.Context, t events.Transcript, embedded events.Summary) (events.Summary, error) {
	plan := sections.Of(t.Kind)
	parts, err := e.parts(t, embedded.Topics)
	if err != nil {
		return events.Summary{}, err
	}
	minutes, err := e.askParts(ctx, t, plan, parts)
	if err != nil {
		return events.Summary{}, err
	}
	whole := events.Summary{Engine: events.Engine{Name: "openai", Model: e.name()}, Keywords: embedded.Keywords}
	for _, m := range minutes {
		whole = after(whole, m)
	}
	if len(parts) > 1 {
		if whole, err = e.join(ctx, t, whole); err != nil {
			return events.Summary{}, err
		}
	}
	if len(whole.Points()) == 0 {
		return whole, fmt.Errorf("nothing of the model's answer is supported by the transcript (%d sentences dropped)", whole.Dropped)
	}
	for i, a := range whole.Actions {
		whole.Actions[i].DueOn = e.Embedded.DueOn(a.Due, t)
	}
	return plan.Trim(bounded(whole, e.MaxPoints)), nil
}

// after puts the minutes of one part after those of the parts before.
func after(a, b events.Summary) events.Summary {
	a.Abstract, a.Topics = append(a.Abstract, b.Abstract...), append(a.Topics, b.Topics...)
	a.Decisions, a.Actions = append(a.Decisions, b.Decisions...), append(a.Actions, b.Actions...)
	a.Questions, a.Risks, a.Numbers = append(a.Questions, b.Questions...), append(a.Risks, b.Risks...), append(a.Numbers, b.Numbers...)
	a.Dropped += b.Dropped
	return a
}

func bounded(s events.Summary, most int) events.Summary {
	s.Abstract, s.Topics = s.Abstract[:min(len(s.Abstract), most)], s.Topics[:min(len(s.Topics), most)]
	s.Decisions, s.Actions = s.Decisions[:min(len(s.Decisions), most)], s.Actions[:min(len(s.Actions), most)]
	s.Questions, s.Risks, s.Numbers = s.Questions[:min(len(s.Questions), most)], s.Risks[:min(len(s.Risks), most)], s.Numbers[:min(len(s.Numbers), most)]
	return s
}
