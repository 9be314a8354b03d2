package library

import (
	"xietong.dev/functions/library/text"
	"xietong.dev/shared/clc"
	"xietong.dev/shared/say"
)

// class is a class of the 中图法 as readers see it.
type class struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Books int    `json:"books,omitempty"`
}

// classes are the named classes that a mark falls into, from its letter down.
func classes(mark, language string) []class {
	all := []class{}
	for _, c := range clc.Chain(mark) {
		name := c.Chinese
		if language == say.English {
			name = c.English
		}
		all = append(all, class{Value: c.Mark, Name: name})
	}
	return all
}

// named is an edition with the names of its classes.
type named struct {
	Edition
	Classes []class `json:"classes"`
}

func (e Edition) named(language string) named { return named{e, classes(e.Metadata.CLC, language)} }

// hit is a [Hit] with the names of its classes.
type hit struct {
	Edition named        `json:"edition"`
	Places  []text.Place `json:"places,omitempty"`
}

func namedHits(all []Hit, language string) []hit {
	hits := make([]hit, len(all))
	for i, h := range all {
		hits[i] = hit{h.Edition.named(language), h.Places}
	}
	return hits
}

// kinds are [Facets] with the names of their classes.
type kinds struct {
	Facets
	Classes []class `json:"classes"`
	Within  []class `json:"within"` // what the list is narrowed to, from the letter down
}

func (f Facets) named(within, language string) kinds {
	k := kinds{Facets: f, Classes: []class{}, Within: classes(within, language)}
	for _, c := range f.Classes {
		chain := classes(c.Value, language)
		last := chain[len(chain)-1]
		last.Books = c.Books
		k.Classes = append(k.Classes, last)
	}
	return k
}
