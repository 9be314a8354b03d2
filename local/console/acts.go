package console

// Who did what: every change that people made.

import (
	"strconv"

	"xietong.dev/local/broker"
)

// actsPage is how many acts one page shows.
const actsPage = 50

type actView struct {
	broker.Act
	Does string // what was done, in words; the word itself where it has none
}

func (v *visit) acts() error {
	before, _ := strconv.ParseInt(v.r.FormValue("before"), 10, 64)
	acts, err := v.Broker().Acts(v.r.Context(), max(before, 0), actsPage+1)
	if err != nil {
		return err
	}
	view := struct {
		Acts   []actView
		Newest bool
		Older  int64 // the next page begins behind this one; 0 where this is the last
	}{Newest: before <= 0}
	if len(acts) > actsPage {
		acts = acts[:actsPage]
		view.Older = acts[actsPage-1].ID
	}
	for _, a := range acts {
		view.Acts = append(view.Acts, actView{a, v.actWord(a.What)})
	}
	return v.show("acts.html", view)
}

// actWord is what an act is called. Parts of the console that write acts of their own
// have the word "act " and its name in their tables.
func (v *visit) actWord(what string) string {
	if _, has := v.site.Words["act "+what]; has {
		return v.site.Words.Say(v.language, "act "+what)
	}
	return what
}

// actSaid is the act that was just done, which the address names.
func (v *visit) actSaid() (*broker.Act, error) {
	id, err := strconv.ParseInt(v.r.FormValue("said"), 10, 64)
	if err != nil || id < 1 {
		return nil, nil
	}
	acts, err := v.Broker().Acts(v.r.Context(), id+1, 1)
	if err != nil || len(acts) == 0 || acts[0].ID != id {
		return nil, err
	}
	return &acts[0], nil
}
