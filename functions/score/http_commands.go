package score

// Commands: what people ask of a device or an account. Rules meet a block or a
// step_up as the lists blocked and step_up, whether or not the probe obeys; the
// probe is told with the answer to its next report, until it acknowledges.

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// Kinds of commands.
const (
	CommandBlock   = "block"
	CommandUnblock = "unblock" // ends block and step_up
	CommandStepUp  = "step_up"
)

// Command is what a probe is to carry out.
type Command struct {
	ID    string     `json:"id"`
	Kind  string     `json:"kind"`
	Until *time.Time `json:"until,omitempty"`
}

// IssuedCommand is a command as the back office sees it.
type IssuedCommand struct {
	Command
	EntityKind string     `json:"entity_kind"` // device or account
	Entity     string     `json:"entity"`      // of an account its hash
	Reason     string     `json:"reason"`
	By         string     `json:"by"`
	Issued     time.Time  `json:"issued"`
	Ended      *time.Time `json:"ended,omitempty"` // a later command took its place
	Acked      *time.Time `json:"acknowledged,omitempty"`
	AckedBy    *string    `json:"acknowledged_by,omitempty"` // the report

	unit string
	told int // 1: issued, 2: acknowledged too
}

const commandColumns = `id, kind, until, entity_kind, entity, reason, by, issued_at, ended_at, acked_at, acked_by, unit, told`

// inForce is the condition of a command that rules meet, $2 being now.
const inForce = `kind IN ('block', 'step_up') AND ended_at IS NULL AND (until IS NULL OR until > $2)`

func scanCommand(r pg.Row, i *IssuedCommand) error {
	err := r.Scan(&i.ID, &i.Kind, &i.Until, &i.EntityKind, &i.Entity, &i.Reason, &i.By, &i.Issued, &i.Ended, &i.Acked, &i.AckedBy, &i.unit, &i.told)
	utc(i.Until, &i.Issued, i.Ended, i.Acked)
	return err
}

// ends is what a command takes the place of. A step_up leaves an unblock that a probe
// has not heard of: without it, the device would stay blocked.
var ends = map[string][]string{
	CommandBlock:   {CommandBlock, CommandUnblock},
	CommandStepUp:  {CommandStepUp},
	CommandUnblock: {CommandBlock, CommandStepUp, CommandUnblock},
}

// command answers POST /score/commands. The same Idempotency-Key is the same command.
func (c *call) command() error {
	i, err := c.wantedCommand()
	if err != nil {
		return err
	}
	if i.ID, err = c.requestID("command"); err != nil {
		return err
	}
	err = c.inTx(c.r.Context(), func(tx pg.Tx) error {
		i, err = c.issue(tx, i)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.tellCommand(c.r.Context(), c.apply, i); err != nil {
		c.Log.Warn("command not told yet; will try again", "command", i.ID, "error", err)
	}
	return c.reply(http.StatusCreated, i)
}

// wantedCommand reads and checks a request.
func (c *call) wantedCommand() (i IssuedCommand, err error) {
	if err := c.by(); err != nil {
		return i, err
	}
	var want struct {
		Kind       string     `json:"kind"`
		EntityKind string     `json:"entity_kind"`
		Entity     string     `json:"entity"`
		Reason     string     `json:"reason"`
		Until      *time.Time `json:"until"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return i, err
	}
	switch kinds := []string{CommandBlock, CommandUnblock, CommandStepUp}; {
	case !slices.Contains(kinds, want.Kind):
		return i, web.Field("field_one_of", "kind", strings.Join(kinds, ", "))
	case want.Kind == CommandUnblock && want.Until != nil:
		return i, web.Field("field_never", "until", "kind unblock")
	}
	i = IssuedCommand{Command: Command{Kind: want.Kind}, EntityKind: want.EntityKind, Reason: want.Reason, By: c.who.Account, Issued: c.Now(), unit: c.who.Unit}
	if i.Entity, err = c.entity(want.EntityKind, want.Entity, "device", "account"); err != nil {
		return i, err
	}
	if err := checkText("reason", want.Reason, 1, reasonMost); err != nil {
		return i, err
	}
	i.Until, err = c.soon("until", want.Until, expiryDays)
	return i, err
}

// issue writes a command, and ends those whose place it takes. Asked for again, it is
// the command that there is.
func (c *call) issue(tx pg.Tx, i IssuedCommand) (IssuedCommand, error) {
	ctx := c.r.Context()
	if i.EntityKind == "device" {
		if err := c.ownDevice(tx, i.Entity); err != nil {
			return i, err
		}
	}
	tag, err := tx.Exec(ctx, `INSERT INTO command (id, unit, kind, entity_kind, entity, reason, by, issued_at, until) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
		WHERE NOT EXISTS (SELECT 1 FROM command WHERE id = $1)`,
		i.ID, i.unit, i.Kind, i.EntityKind, i.Entity, i.Reason, i.By, i.Issued, i.Until)
	if err != nil {
		return i, err
	}
	if tag.RowsAffected() == 0 {
		old, err := findCommand(ctx, tx, i.ID)
		if err == nil && !old.same(i) {
			err = web.Refuse(http.StatusConflict, "key_reused")
		}
		return old, err
	}
	_, err = tx.Exec(ctx, `UPDATE command SET ended_at = $1 WHERE entity = $2 AND entity_kind = $3 AND unit = $4 AND id <> $5 AND ended_at IS NULL AND kind = ANY($6)`,
		i.Issued, i.Entity, i.EntityKind, i.unit, i.ID, ends[i.Kind])
	if err != nil {
		return i, err
	}
	return i, c.audit(tx, "command."+i.Kind, i.Entity, i)
}

// same reports whether two requests ask for one command.
func (i IssuedCommand) same(other IssuedCommand) bool {
	until := func(c IssuedCommand) time.Time {
		if c.Until == nil {
			return time.Time{}
		}
		return *c.Until
	}
	return i.Kind == other.Kind && i.EntityKind == other.EntityKind && i.Entity == other.Entity && i.Reason == other.Reason && until(i).Equal(until(other))
}

// listCommands answers GET /score/commands?entity_kind=&entity=&state=&limit=&before=,
// newest first. The state active is of those that are in force.
func (c *call) listCommands() error {
	if err := web.Params(c.r, "entity_kind", "entity", "state", "limit", "before"); err != nil {
		return err
	}
	p, err := c.page(1)
	if err != nil {
		return err
	}
	f := filter{}
	f.add(`unit = ?`, c.who.Unit)
	switch c.r.URL.Query().Get("state") {
	case "":
	case "active":
		f.add(strings.Replace(inForce, "$2", "?", 1), c.Now())
	default:
		return web.Field("field_one_of", "state", "active")
	}
	if err := c.ofEntity(&f, "device", "account"); err != nil {
		return err
	}
	f.add(`(issued_at, id) < (?, ?)`, p.before.at, p.before.key[0])
	found, err := read(c, `SELECT `+commandColumns+` FROM command WHERE `+f.String()+` ORDER BY issued_at DESC, id DESC LIMIT `+f.arg(p.limit+1), f.args, scanCommand)
	if err != nil {
		return err
	}
	found, next := cut(found, p.limit, func(i IssuedCommand) cursor { return cursor{i.Issued, []string{i.ID}} })
	return c.list("commands", found, next)
}
