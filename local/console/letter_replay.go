package console

// A dead letter's event is sent anew with other data.

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

// source is that of events which people send from the console.
const source = "/console"

// compact takes out of JSON what made it readable; other text it leaves alone.
func compact(text string) []byte {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return []byte(text)
	}
	return out.Bytes()
}

// fits holds an event against its contract. Of types that are not ours nothing is
// known, and they pass.
func fits(e broker.Event) error {
	if _, err := events.DecodeAny(e); !errors.Is(err, events.ErrUnknownType) {
		return err
	}
	return nil
}

// replay sends it, or shows the form again with what is wrong.
func (v *visit) replay() error {
	id, err := v.letterNamed()
	if err != nil {
		return err
	}
	why, problem := readWhy(v.r)
	form := replayView{ID: v.r.FormValue("id"), Data: strings.ReplaceAll(v.r.FormValue("data"), "\r\n", "\n"), Why: why, Keep: v.r.FormValue("discard") == "", Problem: problem}
	if !web.Visible(form.ID) {
		return web.Refuse(http.StatusBadRequest, "dead_letter")
	}
	if problem != "" {
		return v.letter(letterTrouble{Replay: &form})
	}
	e, err := v.Broker().Replay(v.r.Context(), broker.Replay{Seq: id.Seq, Trigger: id.Trigger, ID: form.ID, Source: source, Data: compact(form.Data),
		At: v.Now(), Check: fits, Discard: !form.Keep, Who: v.who.Name, Why: why})
	var wrong *ce.Error
	switch {
	case errors.As(err, &wrong):
		form.Problem = wrong.Text
		return v.letter(letterTrouble{Replay: &form})
	case errors.Is(err, broker.ErrNoLetter):
		return web.NotFound
	case errors.Is(err, broker.ErrNotDead):
		return web.Refuse(http.StatusConflict, "dead_not_dead")
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, letterAddress(id, field{"sent", e.ID()}), http.StatusSeeOther)
	return nil
}
