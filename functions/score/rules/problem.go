package rules

// What is wrong with a rule set, so that an editor can show all of it at once.

import (
	"fmt"
	"strings"

	"xietong.dev/shared/fault"
)

// CodeInvalid is the code of the refusal of a rule set.
const CodeInvalid = "rules_invalid"

// Problem is one thing to mend.
type Problem struct {
	Index  int    `json:"index"`            // of the rule in the set, from 0; -1 is the set itself
	Rule   string `json:"rule,omitempty"`   // its id, as written
	Field  string `json:"field"`            // by its name in JSON
	Line   int    `json:"line,omitempty"`   // in When, from 1; 0 is the field as a whole
	Column int    `json:"column,omitempty"` // in code points, from 1
	Code   string `json:"code"`             // stable, for programs
	Zh     string `json:"zh"`               // what is wrong and what to do
	En     string `json:"en"`
}

func (p Problem) String() string {
	at := p.Field
	if p.Index >= 0 {
		at = fmt.Sprintf("rule %d (%.64q), %s", p.Index, p.Rule, p.Field)
	}
	if p.Line > 0 {
		at += fmt.Sprintf(" %d:%d", p.Line, p.Column)
	}
	return at + ": " + p.En
}

// Invalid is the error of a rule set that is refused. It has at least one problem.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	const shown = 5
	lines := []string{fmt.Sprintf("rule set has %d problems", len(e.Problems))}
	for i, p := range e.Problems {
		if i == shown {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// refuse gives the error of these problems, or nil.
func refuse(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return fault.Refusef(CodeInvalid, "%w", &Invalid{problems})
}

// ofSet is a problem of the set itself.
func ofSet(field, code, zh, en string, args ...any) Problem {
	return Problem{Index: -1, Field: field, Code: code, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}

// ofRule makes problems of one rule.
func ofRule(index int, r Rule) func(field, code, zh, en string, args ...any) Problem {
	return func(field, code, zh, en string, args ...any) Problem {
		p := ofSet(field, code, zh, en, args...)
		p.Index, p.Rule = index, r.ID
		return p
	}
}
