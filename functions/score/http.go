package score

// The HTTP API. Probes are let in by what they sign; all else by the token of the
// upstream apps, which say for which unit and account they ask.

import (
	"context"
	"encoding/json"
	"net/http"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// call is one request of an upstream app.
type call struct {
	*Score
	apply fn.Apply
	w     http.ResponseWriter
	r     *http.Request
	who   web.Caller
	lang  string
}

type handler func(*call) error

// routes are the addresses of the back office.
func routes() map[string]map[string]handler {
	return map[string]map[string]handler{
		"/score/signals":    {"GET": (*call).listSignals},
		"/score/apps":       {"GET": (*call).listApps},
		"/score/apps/{app}": {"PUT": (*call).putApp},
		"/score/tickets":    {"POST": (*call).giveTicket},
		"/score/checks":     {"POST": (*call).check},

		"/score/decisions":          {"GET": (*call).listDecisions},
		"/score/decisions/{report}": {"GET": (*call).decision},
		"/score/devices/{device}":   {"GET": (*call).deviceDetail},
		"/score/graph":              {"GET": (*call).graph},

		"/score/lists":        {"GET": (*call).listLists},
		"/score/lists/{list}": {"GET": (*call).listItems},
		"/score/lists/{list}/items/{kind}/{value...}": {"PUT": (*call).putItem, "DELETE": (*call).deleteItem},

		"/score/alerts":         {"GET": (*call).listAlerts},
		"/score/alerts/{alert}": {"GET": (*call).alertDetail, "PATCH": (*call).closeAlert},
		"/score/suppressions":   {"GET": (*call).listSuppressions, "POST": (*call).suppress, "DELETE": (*call).unsuppress},
		"/score/commands":       {"GET": (*call).listCommands, "POST": (*call).command},

		"/score/rulesets":                     {"GET": (*call).listRulesets, "POST": (*call).draft},
		"/score/rulesets/{version}":           {"GET": (*call).ruleset},
		"/score/rulesets/{version}/state":     {"PUT": (*call).moveRuleset},
		"/score/rulesets/{version}/approvals": {"POST": (*call).approve},
		"/score/replays":                      {"GET": (*call).listReplays, "POST": (*call).requestReplay},
		"/score/replays/{replay}":             {"GET": (*call).replayDetail},
		"/score/audit":                        {"GET": (*call).listAudit},
	}
}

// HTTP serves the API, and the page.
func (s *Score) HTTP(apply fn.Apply) http.Handler {
	api := web.API{Token: s.Token, Messages: messages, Log: s.Log}
	mux := http.NewServeMux()
	addresses := routes()
	for path, handle := range pageRoutes() {
		addresses[path] = map[string]handler{"GET": handle}
	}
	for path, methods := range addresses {
		all := map[string]web.Handler{}
		for method, handle := range methods {
			all[method] = func(w http.ResponseWriter, r *http.Request) error {
				who, err := web.CallerOf(r, s.Unit)
				if err != nil {
					return err
				}
				return handle(&call{Score: s, apply: apply, w: w, r: r, who: who, lang: web.Language(r)})
			}
		}
		mux.Handle(path, api.Methods(all))
	}
	s.probes(mux, api, apply)
	mux.Handle("/", api.Nothing())
	return mux
}

func (c *call) reply(status int, body any) error { return web.Reply(c.w, status, body) }

// audit notes who changed what, in the transaction that changes it.
func (c *call) audit(tx pg.Tx, what, subject string, detail any) error {
	return c.note(c.r.Context(), tx, c.who, what, subject, detail)
}

// note is audit for what takes the way of an event.
func (s *Score) note(ctx context.Context, tx pg.Tx, who web.Caller, what, subject string, detail any) error {
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit (id, at, by, unit, what, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		ce.ID("audit", s.NewID()), s.Now(), who.Account, who.Unit, what, subject, text)
	return err
}

// collect reads all rows of a list, which is never null in JSON.
func collect[T any](rows pg.Rows, scan func(pg.Row, *T) error) ([]T, error) {
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var t T
		if err := scan(rows, &t); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
