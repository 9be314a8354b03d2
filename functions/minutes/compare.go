package minutes

import (
	"cmp"
	"slices"

	"xietong.dev/events"
)

// Compared is one sentence of two summaries.
type Compared struct {
	List   string       `json:"list"`   // abstract, decisions, actions, topics, keywords, questions, risks, numbers
	Change string       `json:"change"` // kept, changed, added, removed
	A      *SummaryItem `json:"a,omitempty"`
	B      *SummaryItem `json:"b,omitempty"`
}

// SummaryItem is a sentence of a summary, a topic's title, or a keyword.
type SummaryItem struct {
	List     string            `json:"-"`
	ID       string            `json:"id,omitempty"`
	Topic    *int              `json:"topic,omitempty"` // which topic it is of, from 0
	Head     bool              `json:"head,omitempty"`  // it is the topic's title
	Text     string            `json:"text"`            // with owner and due date, between dots
	Evidence []events.Evidence `json:"evidence,omitempty"`
}

func (i SummaryItem) startMS() int64 {
	if len(i.Evidence) == 0 {
		return 0
	}
	return i.Evidence[0].StartMS
}

// itemsOf lays a summary out in the order in which it is shown.
func itemsOf(d events.Summary) []SummaryItem {
	var all []SummaryItem
	add := func(list string, points []events.Point) {
		for _, p := range points {
			all = append(all, SummaryItem{List: list, ID: p.ID, Text: p.Text, Evidence: p.Evidence})
		}
	}
	add("abstract", d.Abstract)
	add("decisions", d.Decisions)
	for _, a := range d.Actions {
		all = append(all, actionItem(a))
	}
	for n, t := range d.Topics {
		head := SummaryItem{List: "topics", Topic: &n, Head: true, Text: t.Title}
		if t.EndMS > t.StartMS {
			head.Evidence = []events.Evidence{{StartMS: t.StartMS, EndMS: t.EndMS}}
		}
		all = append(all, head)
		for _, p := range t.Points {
			all = append(all, SummaryItem{List: "topics", ID: p.ID, Topic: &n, Text: p.Text, Evidence: p.Evidence})
		}
	}
	add("questions", d.Questions)
	add("risks", d.Risks)
	add("numbers", d.Numbers)
	for _, k := range d.Keywords {
		all = append(all, SummaryItem{List: "keywords", ID: k.Term, Text: k.Term})
	}
	return all
}

func actionItem(a events.Action) SummaryItem {
	text := a.Text
	for _, more := range []string{a.Owner, a.Due} {
		if more != "" {
			text += " · " + more
		}
	}
	return SummaryItem{List: "actions", ID: a.ID, Text: text, Evidence: a.Evidence}
}

// compare goes through two summaries sentence by sentence, in the order of the second;
// what only the first has follows within its list.
func compare(a, b events.Summary) []Compared {
	before, after := itemsOf(a), itemsOf(b)
	pairs := match(before, after)
	taken := map[int]bool{}
	all := []Compared{}
	for n, i := range after {
		c := Compared{List: i.List, Change: "added", B: &after[n]}
		if at, has := pairs[n]; has {
			taken[at] = true
			c.A, c.Change = &before[at], "kept"
			if before[at].Text != i.Text {
				c.Change = "changed"
			}
		}
		all = append(all, c)
	}
	for n, i := range before {
		if !taken[n] {
			all = append(all, Compared{List: i.List, Change: "removed", A: &before[n]})
		}
	}
	order := []string{"abstract", "decisions", "actions", "topics", "questions", "risks", "numbers", "keywords"}
	slices.SortStableFunc(all, func(a, b Compared) int { return slices.Index(order, a.List) - slices.Index(order, b.List) })
	return all
}

// match finds which item of the first list each of the second is: the one with its id,
// else the one that rests on the same places and says about the same. It answers with
// indices of the first by those of the second.
func match(before, after []SummaryItem) map[int]int {
	pairs, taken := map[int]int{}, map[int]bool{}
	pair := func(n, at int) { pairs[n], taken[at] = at, true }
	for n, i := range after {
		at := slices.IndexFunc(before, func(o SummaryItem) bool { return o.List == i.List && o.Head == i.Head && i.ID != "" && o.ID == i.ID })
		if at >= 0 && !taken[at] && (i.List == "keywords" || related(before[at], i)) {
			pair(n, at)
		}
	}
	type candidate struct {
		n, at int
		score float64
	}
	var all []candidate
	for n, i := range after {
		for at, o := range before {
			if _, has := pairs[n]; has || taken[at] || o.List != i.List || o.Head != i.Head || i.List == "keywords" {
				continue
			}
			if score := similar(o, i); score >= alikeEnough {
				all = append(all, candidate{n, at, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	for _, c := range all {
		if _, has := pairs[c.n]; !has && !taken[c.at] {
			pair(c.n, c.at)
		}
	}
	return pairs
}

// alikeEnough is when two sentences are taken for one: half of what they rest on and
// half of their characters, or nearly all of one of them.
const alikeEnough = 0.5

// related reports whether two items of one id are the same sentence. Ids of machines
// derive from places, so that an id alone may name another sentence.
func related(a, b SummaryItem) bool { return similar(a, b) > 0 || len(a.Evidence)+len(b.Evidence) == 0 }

// similar says from 0 to 1 how likely two items are the same sentence.
func similar(a, b SummaryItem) float64 {
	text := likeness(a.Text, b.Text)
	if len(a.Evidence) == 0 || len(b.Evidence) == 0 {
		return text
	}
	return (text + overlapping(a.Evidence, b.Evidence)) / 2
}

// likeness is the share of pairs of neighbouring characters that two texts have in
// common (Dice's coefficient).
func likeness(a, b string) float64 {
	x, y := grams(alike(a)), grams(alike(b))
	if len(x)+len(y) == 0 {
		return 0
	}
	common := 0
	for _, g := range x {
		if _, has := slices.BinarySearch(y, g); has {
			common++
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

// overlapping is the share of time that two lists of places have in common.
func overlapping(a, b []events.Evidence) float64 {
	var common, whole int64
	for _, e := range a {
		whole += e.EndMS - e.StartMS
		for _, o := range b {
			common += max(0, min(e.EndMS, o.EndMS)-max(e.StartMS, o.StartMS))
		}
	}
	for _, e := range b {
		whole += e.EndMS - e.StartMS
	}
	if whole <= 0 {
		return 0
	}
	return min(1, 2*float64(common)/float64(whole))
}
