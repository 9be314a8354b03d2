package model

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/sections"
)

// tokens estimates what a text costs: four letters, or one Chinese or Japanese
// character, are about a token.
func tokens(text string) int {
	wide, narrow := 0, 0
	for _, r := range text {
		if r >= 0x2e80 {
			wide++
		} else {
			narrow++
		}
	}
	return wide + (narrow+3)/4
}

// aroundLine is what id, speaker and JSON cost of each line.
const aroundLine = 25

// parts cuts a transcript for the questions: where the topics change, as many topics
// together as fit, and within a topic where it is too long. It returns the places of the
// segments of each part, in the order of time.
func (e *Engine) parts(t events.Transcript, topics []events.Topic) ([][]int, error) {
	var parts [][]int
	var part []int
	size := 0
	flush := func() {
		if len(part) > 0 {
			parts = append(parts, part)
		}
		part, size = nil, 0
	}
	for _, stretch := range stretches(t, topics) {
		if size+cost(t, stretch) > e.MaxTokens {
			flush()
		}
		for _, i := range stretch {
			one := tokens(t.Segments[i].Text) + aroundLine
			if one > e.MaxTokens {
				return nil, fmt.Errorf("segment %s is longer than LLM_MAX_TOKENS, %d", t.Segments[i].ID, e.MaxTokens)
			}
			if size+one > e.MaxTokens {
				flush()
			}
			part, size = append(part, i), size+one
		}
	}
	if flush(); len(parts) > e.MaxParts {
		return nil, fmt.Errorf("the transcript needs %d questions, over LLM_MAX_PARTS, %d; raise it or LLM_MAX_TOKENS", len(parts), e.MaxParts)
	}
	return parts, nil
}

func cost(t events.Transcript, places []int) (sum int) {
	for _, i := range places {
		sum += tokens(t.Segments[i].Text) + aroundLine
	}
	return sum
}

// stretches returns the places of the segments of each topic.
func stretches(t events.Transcript, topics []events.Topic) [][]int {
	var order []int
	for i, s := range t.Segments {
		if s.Text != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Segments[a].StartMS, t.Segments[b].StartMS) })
	all := [][]int{{}}
	for _, i := range order {
		if n := len(all); n < len(topics) && t.Segments[i].StartMS >= topics[n].StartMS {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], i)
	}
	return all
}

// askParts asks about each part, so many at a time, and returns what is supported. One
// that fails ends the others: a summary with holes would hide them.
func (e *Engine) askParts(ctx context.Context, t events.Transcript, plan sections.Plan, parts [][]int) ([]events.Summary, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	minutes := make([]events.Summary, len(parts))
	free := make(chan struct{}, e.Parallel)
	var group sync.WaitGroup
	for i, part := range parts {
		group.Go(func() {
			select {
			case free <- struct{}{}:
				defer func() { <-free }()
			case <-ctx.Done():
				return
			}
			m, err := e.askPart(ctx, t, plan, part)
			if err != nil {
				cancel(fmt.Errorf("part %d of %d: %w", i+1, len(parts), err))
			}
			minutes[i] = m
		})
	}
	group.Wait()
	return minutes, context.Cause(ctx)
}

func (e *Engine) askPart(ctx context.Context, t events.Transcript, plan sections.Plan, part []int) (events.Summary, error) {
	var said minutes
	err := e.Chat.Ask(ctx, partQuestion(t, plan, part), func(answer string) error {
		said = minutes{}
		return decode(answer, "abstract", &said)
	})
	if err != nil {
		return events.Summary{}, err
	}
	return e.verified(newVerifier(t, part), said), nil
}

// brief keeps a title within what a topic may carry.
func brief(title string) string {
	const most = 60
	if utf8.RuneCountInString(title) > most {
		return events.Brief(title, most)
	}
	return title
}
