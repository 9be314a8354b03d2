package minutes

import (
	"fmt"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

const (
	maxPointText = 4096 // characters, as in a summary by machine
	maxLabel     = 200  // characters of a topic's title, a keyword, an owner, a due date, an id
	maxEvidence  = 50   // places that one sentence rests on
)

// amend checks a summary as a person left it and completes it: what a person
// cannot change comes from the old one, and new sentences get an id. Unlike a
// machine, a person may write what no segment says.
func amend(old, edited events.Summary, maxPoints int) (events.Summary, error) {
	if err := sameOrigin(old, edited); err != nil {
		return edited, err
	}
	edited.DocumentVersion, edited.Recording, edited.Upload = old.DocumentVersion, old.Recording, old.Upload
	edited.Revision, edited.Language, edited.Engine = old.Revision, old.Language, old.Engine
	edited.Kind, edited.Dropped = old.Kind, old.Dropped
	for list, was := range map[*[]events.Point][]events.Point{&edited.Questions: old.Questions, &edited.Risks: old.Risks, &edited.Numbers: old.Numbers} {
		if *list == nil { // an app that knows no such list leaves it as it is
			*list = was
		}
	}
	for _, list := range []struct {
		name string
		n    int
	}{{"topics", len(edited.Topics)}, {"keywords", len(edited.Keywords)}, {"points", len(edited.Points())}} {
		if list.n > maxPoints {
			return edited, web.Field("field_count", list.name, list.n, maxPoints)
		}
	}
	if err := checkLabels(edited); err != nil {
		return edited, err
	}
	return complete(edited)
}

// sameOrigin refuses a change to where the summary comes from. A field that is
// left out is not a change.
func sameOrigin(old, edited events.Summary) error {
	zero := events.Engine{}
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"document_version", edited.DocumentVersion != 0 && edited.DocumentVersion != old.DocumentVersion},
		{"recording", edited.Recording != "" && edited.Recording != old.Recording},
		{"upload", edited.Upload != "" && edited.Upload != old.Upload},
		{"revision", edited.Revision != 0 && edited.Revision != old.Revision},
		{"language", edited.Language != "" && edited.Language != old.Language},
		{"engine", edited.Engine != zero && edited.Engine != old.Engine},
	} {
		if f.changed {
			return web.Field("field_fixed", f.name)
		}
	}
	return nil
}

func checkLabels(s events.Summary) error {
	for i, t := range s.Topics {
		at := fmt.Sprintf("topics[%d]", i)
		if err := length(at+".title", t.Title, 0, maxLabel); err != nil {
			return err
		}
		if t.StartMS < 0 || t.EndMS < t.StartMS {
			return web.Field("field_span", at)
		}
	}
	for i, a := range s.Actions {
		at := fmt.Sprintf("actions[%d]", i)
		if err := length(at+".owner", a.Owner, 0, maxLabel); err != nil {
			return err
		}
		if err := length(at+".due", a.Due, 0, maxLabel); err != nil {
			return err
		}
	}
	for i, k := range s.Keywords {
		if err := length(fmt.Sprintf("keywords[%d].term", i), k.Term, 1, maxLabel); err != nil {
			return err
		}
	}
	return nil
}

// complete checks every sentence, and gives an id to those that are new.
func complete(s events.Summary) (events.Summary, error) {
	s.Abstract, s.Topics, s.Decisions = orEmpty(s.Abstract), orEmpty(s.Topics), orEmpty(s.Decisions)
	s.Actions, s.Keywords = orEmpty(s.Actions), orEmpty(s.Keywords)
	each := func(list string, points []events.Point) error {
		for i := range points {
			if err := completePoint(fmt.Sprintf("%s[%d]", list, i), &points[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := each("abstract", s.Abstract); err != nil {
		return s, err
	}
	for i := range s.Topics {
		s.Topics[i].Points = orEmpty(s.Topics[i].Points)
		if err := each(fmt.Sprintf("topics[%d].points", i), s.Topics[i].Points); err != nil {
			return s, err
		}
	}
	if err := each("decisions", s.Decisions); err != nil {
		return s, err
	}
	for list, points := range map[string][]events.Point{"questions": s.Questions, "risks": s.Risks, "numbers": s.Numbers} {
		if err := each(list, points); err != nil {
			return s, err
		}
	}
	for i := range s.Actions {
		if err := completePoint(fmt.Sprintf("actions[%d]", i), &s.Actions[i].Point); err != nil {
			return s, err
		}
	}
	return s, nil
}

func completePoint(at string, p *events.Point) error {
	if err := length(at+".text", p.Text, 1, maxPointText); err != nil {
		return err
	}
	if err := length(at+".id", p.ID, 0, 64); err != nil {
		return err
	}
	if len(p.Evidence) > maxEvidence {
		return web.Field("field_count", at+".evidence", len(p.Evidence), maxEvidence)
	}
	p.Evidence = orEmpty(p.Evidence)
	for i, e := range p.Evidence {
		where := fmt.Sprintf("%s.evidence[%d]", at, i)
		if e.StartMS < 0 || e.EndMS <= e.StartMS {
			return web.Field("field_span", where)
		}
		if err := length(where+".quote", e.Quote, 0, maxPointText); err != nil {
			return err
		}
		if err := length(where+".segment", e.Segment, 0, 64); err != nil {
			return err
		}
	}
	if p.ID == "" {
		p.ID = "p-" + ce.ID(at, p.Text)[:12]
	}
	return nil
}

func length(name, text string, least, most int) error {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return web.Field("field_length", name, least, most)
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
