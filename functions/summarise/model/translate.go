package model

import (
	"context"
	"fmt"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/facts"
)

// together, at most, in one question
const mostTranslated = 30

// Translate returns a summary whose sentences can be read in further languages too, BCP
// 47. A translation with other numbers or days than its sentence is left out and
// counted as dropped. An error is the model's: the summary stands without.
func (e *Engine) Translate(ctx context.Context, s events.Summary, languages []string) (events.Summary, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Budget)
	defer cancel()
	places := pointsIn(&s)
	for _, language := range languages {
		if strings.EqualFold(language, s.Language) {
			continue
		}
		for from := 0; from < len(places); from += mostTranslated {
			dropped, err := e.translate(ctx, places[from:min(len(places), from+mostTranslated)], language)
			if s.Dropped += dropped; err != nil {
				return s, fmt.Errorf("translate into %s: %w", language, err)
			}
		}
	}
	return s, nil
}

func (e *Engine) translate(ctx context.Context, points []*events.Point, language string) (dropped int, err error) {
	var lines []any
	for i, p := range points {
		lines = append(lines, map[string]string{"id": fmt.Sprint(i), "text": p.Text})
	}
	var said struct {
		Translations []struct{ ID, Text string }
	}
	q := question{"translations", []Message{{"system", translateRules}, {"user", "Language: " + language + "\n" + between("items", lines)}}, translateSchema()}
	if err := e.Chat.Ask(ctx, q, func(answer string) error { return decode(answer, "translations", &said) }); err != nil {
		return 0, err
	}
	texts := map[string]string{}
	for _, t := range said.Translations {
		texts[t.ID] = strings.TrimSpace(t.Text)
	}
	for i, p := range points {
		text := texts[fmt.Sprint(i)]
		if text == "" || len([]rune(text)) > 2*mostText || facts.Differ(p.Text, text) != "" || toMachine.MatchString(text) {
			dropped++
			continue
		}
		p.Translations = append(p.Translations, events.Translation{Language: language, Text: text})
	}
	return dropped, nil
}

// pointsIn returns where the sentences of a summary stand, each in a copy of its own.
func pointsIn(s *events.Summary) (all []*events.Point) {
	take := func(points *[]events.Point) {
		*points = append([]events.Point(nil), *points...)
		for i := range *points {
			all = append(all, &(*points)[i])
		}
	}
	take(&s.Abstract)
	s.Topics = append([]events.Topic(nil), s.Topics...)
	for i := range s.Topics {
		take(&s.Topics[i].Points)
	}
	take(&s.Decisions)
	s.Actions = append([]events.Action(nil), s.Actions...)
	for i := range s.Actions {
		all = append(all, &s.Actions[i].Point)
	}
	take(&s.Questions)
	take(&s.Risks)
	take(&s.Numbers)
	return all
}
