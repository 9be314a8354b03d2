package console

// Redrive runs: who sent dead letters on their way again, and how far each is.

import (
	"errors"
	"net/http"
	"strconv"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

// runsPage is how many runs the page shows, the latest.
const runsPage = 100

// runView is one run, for the page and for its script.
type runView struct {
	ID    int64  `json:"id"`
	State string `json:"state"`
	Done  int    `json:"done"`
	Total int    `json:"total"`

	broker.RedriveRun `json:"-"`
	Here              bool `json:"-"` // the one that was just begun
}

// runs shows the page, or tells a script how far they are.
func (v *visit) runs() error {
	runs, err := v.Broker().RedriveRuns(v.r.Context(), runsPage)
	if err != nil {
		return err
	}
	here, _ := strconv.ParseInt(v.r.FormValue("run"), 10, 64)
	all := []runView{}
	for _, r := range runs {
		all = append(all, runView{r.ID, r.State.String(), r.Done, r.Total, r, r.ID == here})
	}
	if v.isScript() {
		return web.Reply(v.w, http.StatusOK, all)
	}
	return v.tell("runs.html", map[string]any{"Runs": all, "Cut": len(all) == runsPage, "Most": runsPage}, nil, runsScript)
}

// abortRun stops a run before its next lot.
func (v *visit) abortRun() error {
	id, err := strconv.ParseInt(v.r.FormValue("run"), 10, 64)
	if err != nil {
		return web.NotFound
	}
	err = v.Broker().AbortRedrive(v.r.Context(), id, v.who.Name, "")
	if err != nil && !errors.Is(err, broker.ErrNotGoing) {
		return err // one that has ended meanwhile is shown as it stands
	}
	http.Redirect(v.w, v.r, address("/console/dead/runs", field{"run", itoa(id)}), http.StatusSeeOther)
	return nil
}
