package console

// The dead letters: what died of what, and what to do with it. To redrive or discard
// is asked first, in a dialog that counts what is meant; the question stands in the
// address, so that it is asked without our script too.

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

const (
	deadPage   = 50  // letters on a page
	deadGroups = 100 // groups on a page, the largest
)

func (d *desk) dead() {
	d.mux.Handle("GET /console/dead", d.page(func(v *visit) error { return v.deadLetters("") }))
	d.mux.Handle("POST /console/dead/redrive", d.page((*visit).redrive))
	d.mux.Handle("POST /console/dead/discard", d.page((*visit).discard))
	d.mux.Handle("GET /console/dead/letter", d.page(func(v *visit) error { return v.letter(letterTrouble{}) }))
	d.mux.Handle("POST /console/dead/replay", d.page((*visit).replay))
	d.mux.Handle("GET /console/dead/runs", d.page((*visit).runs))
	d.mux.Handle("POST /console/dead/abort", d.page((*visit).abortRun))
	d.mux.Handle("GET /console/acts", d.page((*visit).acts))
}

// deadView is what the page shows.
type deadView struct {
	Filter  deadFilter
	Total   int // that match, the group among what is asked
	Groups  []deadGroup
	Cut     bool // there are more groups
	Letters []deadRow
	Newest  string // the address of the first page; empty is this one
	Older   string // that of the next; empty where this is the last
	Choices deadChoices
	Ask     *question
	Said    *broker.Act // what was just done
	Days    int         // that dead letters are kept
}

type deadGroup struct {
	broker.DeadGroup
	Death   string
	Chosen  bool
	Address string // of its letters
}

type deadRow struct {
	broker.DeadLetter
	Death   string
	Name    string
	Address string // of its page
}

// deadLetters shows the page, or tells a script how many there are.
func (v *visit) deadLetters(problem string) error {
	f, err := readDeadFilter(v.r, v.Now().Location())
	if err != nil {
		return err
	}
	if v.isScript() {
		counts, err := v.Broker().DeadCounts(v.r.Context(), f.query())
		if err != nil {
			return err
		}
		return web.Reply(v.w, http.StatusOK, map[string]int{"total": sum(counts)})
	}
	view := deadView{Filter: f, Choices: v.deadChoices(f), Days: int(v.Broker().KeepDead.Hours() / 24)}
	last, err := v.fillGroups(&view)
	if err == nil {
		err = v.fillLetters(&view)
	}
	if err == nil {
		view.Ask, err = v.question(f, last, problem)
	}
	if err == nil {
		view.Said, err = v.actSaid()
	}
	if err != nil {
		return err
	}
	return v.tell("dead.html", view, map[string]any{"total": view.Total}, deadScript)
}

// isScript reports whether a script asks, which wants JSON.
func (v *visit) isScript() bool {
	return strings.Contains(v.r.Header.Get("Accept"), "application/json")
}

func sum(counts map[string]int) (n int) {
	for _, one := range counts {
		n += one
	}
	return n
}

// fillGroups reads the groups, all that the filter leaves beside the chosen one, and
// returns when the last of the letters that are meant died.
func (v *visit) fillGroups(view *deadView) (last time.Time, err error) {
	q := view.Filter.query()
	q.Group = ""
	groups, err := v.Broker().DeadGroups(v.r.Context(), q)
	if err != nil {
		return last, err
	}
	for _, g := range groups {
		f := view.Filter
		f.Group = g.ID
		one := deadGroup{DeadGroup: g, Death: death(g.Code, g.Reason), Chosen: g.ID == view.Filter.Group, Address: f.Address() + "#letters"}
		if view.Filter.Group == "" || one.Chosen {
			view.Total += g.Count
			last = later(last, g.Last)
		}
		if len(view.Groups) < deadGroups || one.Chosen {
			view.Groups = append(view.Groups, one)
		}
	}
	view.Cut = len(groups) > len(view.Groups)
	return last, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// fillLetters reads one page of letters.
func (v *visit) fillLetters(view *deadView) error {
	q := view.Filter.query()
	q.Limit, q.Before = deadPage+1, readMark(v.r)
	letters, err := v.Broker().Dead(v.r.Context(), q)
	if err != nil {
		return err
	}
	if !q.Before.EndedAt.IsZero() {
		view.Newest = view.Filter.Address() + "#letters"
	}
	if len(letters) > deadPage {
		letters = letters[:deadPage]
		view.Older = view.Filter.Address(field{"before", markName(letters[deadPage-1].Mark())}) + "#letters"
	}
	for _, l := range letters {
		id := l.Mark().LetterID
		view.Letters = append(view.Letters, deadRow{l, death(l.Delivery.Code, l.Delivery.Reason), letterName(id), letterAddress(id)})
	}
	return nil
}

func letterAddress(id broker.LetterID, more ...field) string {
	return address("/console/dead/letter", append([]field{{"seq", itoa(id.Seq)}, {"trigger", id.Trigger}}, more...)...)
}

// deadChoices are what the filter offers.
type deadChoices struct{ Functions, Triggers, Types []string }

// deadChoices offers what runs, and what is asked for though it runs no more.
func (v *visit) deadChoices(f deadFilter) deadChoices {
	c := deadChoices{Functions: []string{f.Function}, Triggers: []string{f.Trigger}}
	for _, function := range v.Functions {
		c.Functions = append(c.Functions, function.Word)
		for _, t := range function.Triggers {
			c.Triggers = append(c.Triggers, t.Name)
		}
	}
	for _, data := range events.Types() {
		c.Types = append(c.Types, data.EventType())
	}
	c.Functions, c.Triggers, c.Types = tidy(c.Functions), tidy(c.Triggers), tidy(c.Types)
	return c
}

// tidy sorts texts, each once and none empty.
func tidy(texts []string) []string {
	slices.Sort(texts)
	return slices.DeleteFunc(slices.Compact(texts), func(s string) bool { return s == "" })
}
