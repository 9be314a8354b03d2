package console

// What is asked before dead letters are redriven or discarded, and doing it.

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

// question is the dialog: what is meant, by Trigger, and what else to say.
type question struct {
	Does    string // redrive or discard
	Total   int
	Counts  []triggerCount
	Fields  []field // what is meant, as the form carries it on
	Back    string  // the page without the question
	Problem string  // a word of the message table
	Why     string
	Rate    string
	Rates   []string
}

type triggerCount struct {
	Trigger string
	Count   int
}

// rates are how many letters a second a redrive may send; 0 is all at once.
var rates = []string{"1", "10", "50", "200", "0"}

const (
	usualRate = "50"
	maxRate   = 10_000
	maxWhy    = 500 // characters
)

// question returns what the address asks to be asked, or nil. Where all that match are
// meant, those are meant that have died by now: last, when the latest did.
func (v *visit) question(f deadFilter, last time.Time, problem string) (*question, error) {
	does, all := strings.CutSuffix(v.r.FormValue("do"), "-all")
	if does != "redrive" && does != "discard" {
		return nil, nil
	}
	ids, err := readLetters(v.r)
	if err != nil {
		return nil, err
	}
	a := &question{Does: does, Back: v.back(f), Problem: problem, Why: v.r.FormValue("why"), Rate: cmp.Or(v.r.FormValue("rate"), usualRate), Rates: rates}
	query := broker.DeadQuery{Letters: ids}
	switch {
	case all:
		f.Until = last
		query = f.query()
		a.Fields = append(f.Fields(), field{"do", does + "-all"}, field{"back", a.Back})
	case len(ids) == 0:
		a.Problem = "dead none ticked"
		return a, nil
	default:
		a.Fields = []field{{"do", does}, {"back", a.Back}}
		for _, id := range ids {
			a.Fields = append(a.Fields, field{"letter", letterName(id)})
		}
	}
	return a, v.count(a, query)
}

// count counts what is meant.
func (v *visit) count(a *question, query broker.DeadQuery) error {
	counts, err := v.Broker().DeadCounts(v.r.Context(), query)
	if err != nil {
		return err
	}
	a.Total = sum(counts)
	for _, trigger := range slices.Sorted(maps.Keys(counts)) {
		a.Counts = append(a.Counts, triggerCount{trigger, counts[trigger]})
	}
	if a.Total == 0 && a.Problem == "" {
		a.Problem = "dead none left"
	}
	return nil
}

// asked reads what a form of the dialog means. Nothing ticked is never everything.
func (v *visit) asked() (q broker.DeadQuery, why string, problem string, err error) {
	f, err := readDeadFilter(v.r, v.Now().Location())
	if err != nil {
		return q, "", "", err
	}
	ids, err := readLetters(v.r)
	if err != nil {
		return q, "", "", err
	}
	switch all := strings.HasSuffix(v.r.FormValue("do"), "-all"); {
	case all && len(ids) == 0:
		q = f.query()
	case !all && len(ids) > 0:
		q.Letters = ids
	default:
		return q, "", "", web.Refuse(http.StatusBadRequest, "dead_letter")
	}
	why, problem = readWhy(v.r)
	return q, why, problem, nil
}

// readWhy reads a reason that must be given; problem is a word where there is none.
func readWhy(r *http.Request) (why, problem string) {
	why = strings.TrimSpace(r.FormValue("why"))
	if n := utf8.RuneCountInString(why); n == 0 || n > maxWhy || !utf8.ValidString(why) {
		return why, "dead no why"
	}
	return why, ""
}

// redrive begins a run, which goes on when the person has left the page.
func (v *visit) redrive() error {
	q, why, problem, err := v.asked()
	if err != nil {
		return err
	}
	rate, err := strconv.Atoi(v.r.FormValue("rate"))
	if err != nil || rate < 0 || rate > maxRate {
		return web.Field("field_number", "rate", 0, maxRate)
	}
	if problem != "" {
		return v.askAgain(problem)
	}
	run, err := v.Broker().StartRedrive(context.WithoutCancel(v.r.Context()), broker.Redrive{DeadQuery: q, Who: v.who.Name, Why: why, Rate: rate})
	if err != nil {
		return err
	}
	return v.goOn(q, address("/console/dead/runs", field{"run", itoa(run.ID)}), field{"run", itoa(run.ID)})
}

// discard gives letters up for good. It is done whole, also where the person leaves.
func (v *visit) discard() error {
	q, why, problem, err := v.asked()
	if err != nil {
		return err
	}
	if problem != "" {
		return v.askAgain(problem)
	}
	act, err := v.Broker().Discard(context.WithoutCancel(v.r.Context()), broker.Discard{DeadQuery: q, Who: v.who.Name, Why: why})
	if err != nil {
		return err
	}
	back := v.filtered()
	if len(q.Letters) == 0 {
		back.Group = "" // of which nothing is left
	}
	done := field{"said", itoa(act.ID)}
	return v.goOn(q, back.Address(done), done)
}

// back is the page that the question was asked on, as the form carries it on: what is
// meant by all that match has an end, which the person did not ask for.
func (v *visit) back(f deadFilter) string {
	if v.r.PostForm.Has("back") {
		f = v.filtered()
	}
	return f.Address()
}

// filtered is the filter of the page that the question was asked on. One that is none
// shows all.
func (v *visit) filtered() deadFilter {
	u, err := url.Parse(v.r.PostForm.Get("back"))
	if err != nil {
		return deadFilter{}
	}
	f, _ := readDeadFilter(&http.Request{URL: u}, v.Now().Location())
	return f
}

// goOn leads to the page that shows what came of it: the letter's own, where it was
// done there.
func (v *visit) goOn(q broker.DeadQuery, to string, done field) error {
	if v.r.FormValue("at") == "letter" && len(q.Letters) == 1 {
		to = letterAddress(q.Letters[0], done)
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// askAgain shows the page that asked, with what is wrong.
func (v *visit) askAgain(problem string) error {
	if v.r.FormValue("at") == "letter" {
		return v.letter(letterTrouble{Ask: problem})
	}
	return v.deadLetters(problem)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
