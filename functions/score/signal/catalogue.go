package signal

// The catalogue itself, and how it is asked.

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

//go:embed catalogue.json
var catalogueJSON []byte

// catalogue panics on a file that cannot be read, since it is part of the program.
var catalogue = sync.OnceValue(func() []Signal {
	var all []Signal
	if err := json.Unmarshal(catalogueJSON, &all); err != nil {
		panic("signal: catalogue.json: " + err.Error())
	}
	return all
})

var places = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for i, s := range catalogue() {
		m[s.ID] = i
	}
	return m
})

// All returns every signal in the order of the catalogue. The result is the
// caller's own.
func All() []Signal {
	all := slices.Clone(catalogue())
	for i := range all {
		all[i] = all[i].clone()
	}
	return all
}

// Find returns the signal with that id, and false where there is none. The
// result is the caller's own.
func Find(id string) (Signal, bool) {
	i, known := places()[id]
	if !known {
		return Signal{}, false
	}
	return catalogue()[i].clone(), true
}

// clone leaves nothing that two callers could change under each other.
func (s Signal) clone() Signal {
	s.Platforms = slices.Clone(s.Platforms)
	s.Source = slices.Clone(s.Source)
	s.MASVS = slices.Clone(s.MASVS)
	s.MASTG = slices.Clone(s.MASTG)
	s.ATTACK = slices.Clone(s.ATTACK)
	if s.Note != nil {
		note := *s.Note
		s.Note = &note
	}
	return s
}
