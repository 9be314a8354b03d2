package console

// Triggers are paused and let go on.

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"xietong.dev/shared/web"
)

const longestWhy = 500 // characters

// hold pauses a Trigger or lets it go on, for whoever says why.
func (w *watch) hold(v *visit) error {
	if v.Cluster != nil {
		return v.notHere()
	}
	trigger, why, act := v.r.PostFormValue("trigger"), strings.TrimSpace(v.r.PostFormValue("why")), v.r.PostFormValue("act")
	if err := w.mayHold(v, trigger, why); err != nil {
		return err
	}
	change := map[string]func(ctx context.Context, trigger, who, why string) error{"pause": w.Broker().Pause, "resume": w.Broker().Resume}[act]
	if change == nil {
		return web.Field("field_one_of", "act", "pause, resume")
	}
	if err := change(v.r.Context(), trigger, v.who.Name, why); err != nil {
		return err
	}
	w.standings.forget()
	http.Redirect(v.w, v.r, Prefix+"?done="+url.QueryEscape(act)+"#triggers", http.StatusSeeOther)
	return nil
}

func (w *watch) mayHold(v *visit, trigger, why string) error {
	if n := utf8.RuneCountInString(why); n == 0 || n > longestWhy {
		return web.Refuse(http.StatusBadRequest, "why", longestWhy)
	}
	standings, err := w.standing(v.r.Context())
	if err != nil {
		return err
	}
	for _, s := range standings {
		if s.Trigger == trigger {
			return nil
		}
	}
	return web.NotFound
}
