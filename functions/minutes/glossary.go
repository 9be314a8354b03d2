package minutes

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

// Glossary is the terms of a unit: how it writes names and words, and what engines make
// of them.
type Glossary struct {
	Version int64 // grows with each change; 0 where there never was one
	Author  string
	At      time.Time
	Request string // the event that wrote it
	Terms   []events.Term
}

// GlossaryWritten asks for a unit's terms to be replaced. It is what an HTTP PUT
// amounts to, and never leaves this function.
type GlossaryWritten struct {
	Unit   string        `json:"unit"`
	Over   int64         `json:"over"` // the version that was edited
	Author string        `json:"author,omitempty"`
	Terms  []events.Term `json:"terms"`
}

// EventType is the CloudEvents type.
func (GlossaryWritten) EventType() string { return "dev.xietong.glossary.written.v1" }

// EventSubject is the unit.
func (d GlossaryWritten) EventSubject() string { return d.Unit }

// Validate returns an error where the terms are none that others take.
func (d GlossaryWritten) Validate() error {
	return events.GlossaryChanged{Unit: d.Unit, Version: d.Over + 1, Terms: d.Terms}.Validate()
}

// The most of one term, as events take them.
const (
	maxTerm  = 100 // characters
	maxHeard = 20  // ways in which one is misheard
)

// tidy checks terms as a person left them, and puts those that are written alike
// together.
func tidy(terms []events.Term, most int) ([]events.Term, error) {
	all, at := []events.Term{}, map[string]int{}
	for i, t := range terms {
		t.Text = strings.TrimSpace(t.Text)
		if err := termText(fmt.Sprintf("terms[%d].text", i), t.Text); err != nil {
			return nil, err
		}
		n, has := at[t.Text]
		if !has {
			n, at[t.Text] = len(all), len(all)
			all = append(all, events.Term{Text: t.Text})
		}
		for k, heard := range t.Heard {
			heard = strings.TrimSpace(heard)
			if err := termText(fmt.Sprintf("terms[%d].heard[%d]", i, k), heard); err != nil {
				return nil, err
			}
			if heard != t.Text && !contains(all[n].Heard, heard) {
				all[n].Heard = append(all[n].Heard, heard)
			}
		}
		if len(all[n].Heard) > maxHeard {
			return nil, web.Field("field_count", fmt.Sprintf("terms[%d].heard", i), len(all[n].Heard), maxHeard)
		}
	}
	if len(all) > most {
		return nil, web.Field("field_count", "terms", len(all), most)
	}
	return all, nil
}

func contains(all []string, one string) bool {
	for _, v := range all {
		if v == one {
			return true
		}
	}
	return false
}

func termText(name, text string) error {
	switch n := utf8.RuneCountInString(text); {
	case n < 1 || n > maxTerm:
		return web.Field("field_length", name, 1, maxTerm)
	case strings.ContainsFunc(text, unicode.IsControl):
		return web.Field("field_control", name)
	}
	return nil
}
