package extractive

import (
	"regexp"
	"slices"
	"strings"
)

// cues are the patterns by which a language says that something was decided or
// is to be done. They would rather miss one than invent one: a wrong item in
// the minutes costs a reader more than a missing one, which the text still holds.
type cues struct {
	question  *regexp.Regexp // asks, so settles nothing
	decided   *regexp.Regexp
	undecided *regexp.Regexp // takes a decision back: not yet, whether, if
	done      *regexp.Regexp // it is past, so nobody has to do it
	asks      *regexp.Regexp // a question or a plea that gives a task: could you send …
	due       *regexp.Regexp // a time that limits
	owners    []*regexp.Regexp
	ownersDue []*regexp.Regexp // the same, where a time must be named too
	self      *regexp.Regexp   // the speaker takes a task on
	selfDue   *regexp.Regexp   // the same, where a time must be named too: we will …
	must      *regexp.Regexp   // a task for nobody by name, where a time must be named too
	strange   *regexp.Regexp   // stands in no name
	nobody    map[string]bool
	decisive  []string // one of these words stands in every decision; looking for them is cheap
	tasking   []string // and one of these in every duty
}

// isDecision reports whether a sentence says that something was decided.
func (c cues) isDecision(text string) bool {
	return holds(text, c.decisive) && c.decided.MatchString(text) && !c.undecided.MatchString(text) && !c.question.MatchString(text)
}

func holds(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// duty is who does something, and until when, as said.
type duty struct {
	owner string
	due   string
	self  bool // the owner is who speaks
}

// dutyIn returns the duty that a sentence lays on somebody, and whether it does.
func (c cues) dutyIn(text string) (duty, bool) {
	if !holds(text, c.tasking) {
		return duty{}, false
	}
	asked := c.asks.MatchString(text)
	if c.done.MatchString(text) || c.question.MatchString(text) && !asked {
		return duty{}, false
	}
	owner, place := c.owner(text, c.owners)
	d := duty{owner: owner, due: strings.TrimSpace(c.due.FindString(text))}
	if d.owner == "" && d.due != "" {
		d.owner, place = c.owner(text, c.ownersDue)
	}
	self := c.self.FindStringSubmatchIndex(text)
	if self == nil && d.due != "" {
		self = c.selfDue.FindStringSubmatchIndex(text)
	}
	if self != nil && (d.owner == "" || self[2] < place) {
		d.owner, d.self = text[self[2]:self[3]], true
	}
	return d, d.owner != "" || asked || d.due != "" && c.must.MatchString(text)
}

// owner returns who is to do something, and where in the text.
func (c cues) owner(text string, patterns []*regexp.Regexp) (name string, place int) {
	for _, pattern := range patterns {
		for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
			name := strings.TrimSpace(text[m[2]:m[3]])
			if !c.nobody[strings.ToLower(name)] && !c.strange.MatchString(name) {
				return name, m[2]
			}
		}
	}
	return "", 0
}

// expand writes each {name} in a pattern out as the part of that name, in the
// order given: a part may use those after it.
func expand(pattern string, parts [][2]string) string {
	for _, part := range parts {
		pattern = strings.ReplaceAll(pattern, "{"+part[0]+"}", "(?:"+part[1]+")")
	}
	return pattern
}

func compiler(parts [][2]string) func(pattern string) *regexp.Regexp {
	return func(pattern string) *regexp.Regexp { return regexp.MustCompile(expand(pattern, parts)) }
}

var cuesOf = map[string]cues{"zh": zh, "en": en, "ja": ja}
