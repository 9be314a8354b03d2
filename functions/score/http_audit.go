package score

// Who changed what, and the catalogue of signals.

import (
	"encoding/json"
	"net/http"
	"regexp"
	"time"

	"xietong.dev/functions/score/signal"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

type auditEntry struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	By      string          `json:"by"`
	What    string          `json:"what"` // list.put, command.block, …
	Subject string          `json:"subject"`
	Detail  json.RawMessage `json:"detail"`
}

const auditColumns = `id, at, by, what, subject, detail`

func scanAudit(r pg.Row, e *auditEntry) error {
	err := r.Scan(&e.ID, &e.At, &e.By, &e.What, &e.Subject, &e.Detail)
	utc(&e.At)
	return err
}

var whatShape = regexp.MustCompile(`^[a-z_]{1,40}\.[a-z_]{1,40}$`)

// listAudit answers GET /score/audit?what=&subject=&by=&limit=&before=, newest first.
func (c *call) listAudit() error {
	if err := web.Params(c.r, "what", "subject", "by", "limit", "before"); err != nil {
		return err
	}
	p, err := c.page(1)
	if err != nil {
		return err
	}
	values := c.r.URL.Query()
	what, subject, by := values.Get("what"), values.Get("subject"), values.Get("by")
	switch {
	case what != "" && !whatShape.MatchString(what):
		return web.Field("field_what", "what")
	case by != "" && !web.Visible(by):
		return web.Field("field_ascii", "by", 128)
	}
	if err := checkText("subject", subject, 0, textMost); err != nil {
		return err
	}
	f := filter{}
	f.add(`unit = ?`, c.who.Unit)
	f.put(`what = ?`, what)
	f.put(`subject = ?`, subject)
	f.put(`by = ?`, by)
	f.add(`(at, id) < (?, ?)`, p.before.at, p.before.key[0])
	entries, err := read(c, `SELECT `+auditColumns+` FROM audit WHERE `+f.String()+` ORDER BY at DESC, id DESC LIMIT `+f.arg(p.limit+1), f.args, scanAudit)
	if err != nil {
		return err
	}
	entries, next := cut(entries, p.limit, func(e auditEntry) cursor { return cursor{e.At, []string{e.ID}} })
	return c.list("audit", entries, next)
}

// listSignals answers GET /score/signals: what can be wrong, who can say so, and when
// an honest device shows it.
func (c *call) listSignals() error {
	if err := web.Params(c.r); err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"signals": signal.All()})
}
