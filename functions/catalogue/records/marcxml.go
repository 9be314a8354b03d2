package records

import (
	"bufio"
	"cmp"
)

// marcXML reads MARCXML (http://www.loc.gov/standards/marcxml/) with records of
// MARC 21 or CNMARC: a collection of them, or one alone.
type marcXML struct{ *trees }

func (r *Reader) openMARCXML(b *bufio.Reader) (rows, error) {
	return marcXML{r.trees(b, nil)}, nil
}

func (x marcXML) next() (Row, error) {
	for {
		e, err := x.start()
		if err != nil {
			return Row{}, err
		}
		if x.nameOf(e) != "record" {
			continue
		}
		n, bad, err := x.whole(e)
		switch {
		case err != nil:
			return Row{}, err
		case bad != nil:
			return Row{}, bad
		}
		return marcOf(n).row()
	}
}

// unknownLeader is that of a record which has none: a new one.
const unknownLeader = "     n"

// marcOf makes a record of its element. Spaces count in leaders and control fields.
func marcOf(n *node) *marc {
	m := &marc{leader: unknownLeader}
	for _, l := range n.all("leader") {
		if text := l.raw(); len(text) > 5 {
			m.leader = text
		}
	}
	for _, c := range n.all("controlfield") {
		m.fields = append(m.fields, field{tag: c.attribute("tag"), value: c.raw()})
	}
	for _, d := range n.all("datafield") {
		f := field{tag: d.attribute("tag"), indicators: cmp.Or(d.attribute("ind1"), " ") + cmp.Or(d.attribute("ind2"), " ")}
		for _, s := range d.all("subfield") {
			if code := s.attribute("code"); code != "" {
				f.subs = append(f.subs, sub{code[0], s.string()})
			}
		}
		m.fields = append(m.fields, f)
	}
	return m
}
