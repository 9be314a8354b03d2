package score

// What a replay counts. Whoever sends reports chooses the names of probe versions, so
// what is kept by name is bounded: the least are put together.

import (
	"cmp"
	"maps"
	"slices"

	"xietong.dev/events"
	"xietong.dev/functions/score/rules"
)

const (
	namesKept       = 1_000 // units, and versions, that are counted apart while a replay goes on: up to so many it is exact
	namesShown      = 50    // and at its end
	namesRest       = "…"   // all others together
	differencesKept = 100
	rulesShown      = 20 // that came, and that went, of one difference
)

// Sums count decisions by what a replay makes of them. Compared is same and different
// together; missing ones could not be compared.
type Sums struct {
	Compared     int64                  `json:"compared"`
	Same         int64                  `json:"same"` // outcome, score, reasons, what limited it, and the rules that failed
	Different    int64                  `json:"different"`
	Missing      int64                  `json:"missing"`
	NewlyBlocked int64                  `json:"newly_blocked"` // were not blocked, and would be
	NewlyAllowed int64                  `json:"newly_allowed"` // were blocked, and would not be
	Changed      []events.OutcomeChange `json:"changed"`       // of those that differ, most first
	Units        []Share                `json:"units"`         // those that change most first
	Probes       []Share                `json:"probes"`        // the same, by the probe's version
}

// Share is the sums of one unit, or of one version of the probe.
type Share struct {
	Name         string `json:"name"`
	Compared     int64  `json:"compared"`
	Different    int64  `json:"different"`
	NewlyBlocked int64  `json:"newly_blocked"`
	NewlyAllowed int64  `json:"newly_allowed"`
}

// Difference is one report that would be decided otherwise.
type Difference struct {
	Report  string   `json:"report"`
	Unit    string   `json:"unit"`
	Probe   string   `json:"probe_version"`
	Was     *Summary `json:"was,omitempty"`
	Is      *Summary `json:"is,omitempty"`
	Came    []string `json:"came,omitempty"` // rules that hit now and did not before, strongest first
	Went    []string `json:"went,omitempty"`
	Missing string   `json:"missing,omitempty"` // why it could not be compared
}

// Summary is a decision without its reasons.
type Summary struct {
	Outcome rules.Outcome `json:"outcome"`
	Score   int           `json:"score"`
	Limited string        `json:"limited,omitempty"`
	Failed  []string      `json:"failed,omitempty"`
}

// verdict is a stored decision beside the one that was worked out again.
type verdict struct {
	id, unit, probe string
	missing         string // why there is nothing to compare
	was, is         rules.Decision
	equal           bool
}

func (v verdict) same() bool { return v.missing == "" && v.equal }

// alike reports whether two decisions say the same to whoever reads them.
func alike(a, b rules.Decision) bool {
	return a.Outcome == b.Outcome && a.Score == b.Score && a.Limited == b.Limited && slices.Equal(a.Reasons, b.Reasons) && slices.Equal(a.Failed, b.Failed)
}

func (v verdict) difference() Difference {
	d := Difference{Report: v.id, Unit: v.unit, Probe: v.probe, Missing: v.missing}
	if v.missing == "" {
		d.Was, d.Is, d.Came, d.Went = summed(v.was), summed(v.is), without(v.is, v.was), without(v.was, v.is)
	}
	return d
}

func summed(d rules.Decision) *Summary {
	return &Summary{d.Outcome, d.Score, d.Limited, d.Failed[:min(len(d.Failed), rulesShown)]}
}

// without are the rules that hit in one decision and not in another.
func without(d, other rules.Decision) (ids []string) {
	for _, r := range d.Reasons {
		if !slices.ContainsFunc(other.Reasons, func(o rules.Reason) bool { return o.Rule == r.Rule }) && len(ids) < rulesShown {
			ids = append(ids, r.Rule)
		}
	}
	return ids
}

// tally is sums while they grow.
type tally struct {
	Sums
	changed       map[[2]string]int64
	units, probes map[string]*Share
}

func (s Sums) tally() *tally {
	t := &tally{Sums: s, changed: map[[2]string]int64{}, units: byName(s.Units), probes: byName(s.Probes)}
	for _, c := range s.Changed {
		t.changed[[2]string{c.From, c.To}] = c.Count
	}
	return t
}

func byName(all []Share) map[string]*Share {
	named := map[string]*Share{}
	for _, s := range all {
		named[s.Name] = &s
	}
	return named
}

func (t *tally) add(v verdict) {
	if v.missing != "" {
		t.Missing++
		return
	}
	t.Compared++
	if v.equal {
		t.Same++
	} else {
		t.Different++
		t.changed[[2]string{string(v.was.Outcome), string(v.is.Outcome)}]++
	}
	blocked, allowed := v.is.Outcome == rules.Block && v.was.Outcome != rules.Block, v.was.Outcome == rules.Block && v.is.Outcome != rules.Block
	t.NewlyBlocked, t.NewlyAllowed = t.NewlyBlocked+one64(blocked), t.NewlyAllowed+one64(allowed)
	for _, of := range []struct {
		named map[string]*Share
		name  string
	}{{t.units, v.unit}, {t.probes, cmp.Or(v.probe, "-")}} {
		s, there := of.named[of.name]
		if !there {
			s = &Share{Name: of.name}
			of.named[of.name] = s
		}
		s.Compared++
		s.Different, s.NewlyBlocked, s.NewlyAllowed = s.Different+one64(!v.equal), s.NewlyBlocked+one64(blocked), s.NewlyAllowed+one64(allowed)
	}
}

func one64(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func (t *tally) sums() Sums {
	s := t.Sums
	s.Changed, s.Units, s.Probes = []events.OutcomeChange{}, values(t.units), values(t.probes)
	for c, n := range t.changed {
		s.Changed = append(s.Changed, events.OutcomeChange{From: c[0], To: c[1], Count: n})
	}
	slices.SortFunc(s.Changed, func(a, b events.OutcomeChange) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return s
}

func values(named map[string]*Share) []Share {
	all := make([]Share, 0, len(named))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		all = append(all, *named[name])
	}
	return all
}

// bounded keeps so many units and versions, those that change most, and puts the
// others together.
func (s Sums) bounded(most int) Sums {
	s.Units, s.Probes = mostChanged(s.Units, most), mostChanged(s.Probes, most)
	return s
}

func mostChanged(all []Share, most int) []Share {
	rest := Share{Name: namesRest}
	all = slices.DeleteFunc(slices.Clone(all), func(s Share) bool {
		if s.Name == namesRest {
			rest.add(s)
		}
		return s.Name == namesRest
	})
	slices.SortFunc(all, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.NewlyBlocked, a.NewlyBlocked), cmp.Compare(b.Different, a.Different), cmp.Compare(b.Compared, a.Compared), cmp.Compare(a.Name, b.Name))
	})
	for len(all) > most {
		rest.add(all[len(all)-1])
		all = all[:len(all)-1]
	}
	if rest.Compared > 0 {
		all = append(all, rest)
	}
	return all
}

func (s *Share) add(other Share) {
	s.Compared, s.Different = s.Compared+other.Compared, s.Different+other.Different
	s.NewlyBlocked, s.NewlyAllowed = s.NewlyBlocked+other.NewlyBlocked, s.NewlyAllowed+other.NewlyAllowed
}

// event is the sums as others are told.
func (s Sums) event() events.ReplaySums {
	s = s.bounded(namesShown)
	return events.ReplaySums{Compared: s.Compared, Same: s.Same, NewlyBlocked: s.NewlyBlocked, Missing: s.Missing, Changed: s.Changed, Units: counted(s.Units), Probes: counted(s.Probes)}
}

func counted(all []Share) []events.ReplayCount {
	counts := make([]events.ReplayCount, len(all))
	for i, s := range all {
		counts[i] = events.ReplayCount{Name: s.Name, Compared: s.Compared, Same: s.Compared - s.Different, NewlyBlocked: s.NewlyBlocked}
	}
	return counts
}
