package score

// How commands are told: that one was issued, and that a probe has carried it out.
// The row says what is still to be told, so nothing is lost where the process or the
// broker fails between; what was told stands in the ledger, so nothing is told twice.

import (
	"context"
	"errors"
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// What a command is told of, in this order.
const (
	tellIssued       = 1
	tellAcknowledged = 2
)

// CommandDue asks this function to tell of a command. It stays within the function.
type CommandDue struct {
	Command string `json:"command"`
	Telling int    `json:"telling"` // 1: it was issued, 2: it was acknowledged
}

// EventType names the event.
func (CommandDue) EventType() string { return "dev.xietong.risk.command.due.v1" }

// EventSubject is the command.
func (d CommandDue) EventSubject() string { return d.Command }

// Validate refuses what no command can be.
func (d CommandDue) Validate() error {
	if !events.IsID(d.Command) {
		return fmt.Errorf("command: %q is not an id", d.Command)
	}
	if d.Telling != tellIssued && d.Telling != tellAcknowledged {
		return fmt.Errorf("telling: %d, want %d or %d", d.Telling, tellIssued, tellAcknowledged)
	}
	return nil
}

// commandDue handles CommandDue. What it tells never changes once it is true, so it
// writes nothing.
func (s *Score) commandDue(_ context.Context, d CommandDue) (fn.Outcome, error) {
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		i, err := findCommand(ctx, tx, d.Command)
		if err != nil {
			return nil, err
		}
		if i.due() < d.Telling {
			return nil, fault.Refusef("not_due", "command %s is not acknowledged yet; it is told when it is", d.Command)
		}
		told := i.event()
		if d.Telling == tellAcknowledged {
			return events.NewAll(events.RiskCommandAcknowledged{RiskCommand: told, Report: *i.AckedBy, Time: events.Moment(*i.Acked)})
		}
		return events.NewAll(events.RiskCommandIssued{RiskCommand: told})
	}, nil
}

// due is how far there is something to tell.
func (i IssuedCommand) due() int {
	if i.Acked != nil {
		return tellAcknowledged
	}
	return tellIssued
}

func (i IssuedCommand) event() events.RiskCommand {
	told := events.RiskCommand{Command: i.ID, Kind: i.Kind, Entity: events.RiskEntity{Kind: i.EntityKind, ID: i.Entity}, By: i.By, Why: i.Reason, Issued: events.Moment(i.Issued)}
	if i.Until != nil {
		told.Until = events.Moment(*i.Until)
	}
	return told
}

// tellCommand has a command told outside of any event, as far as there is news.
func (s *Score) tellCommand(ctx context.Context, apply fn.Apply, i IssuedCommand) error {
	for n := i.told + 1; n <= i.due(); n++ {
		e, err := events.New(CommandDue{Command: i.ID, Telling: n})
		if err != nil {
			return err
		}
		e.SetID(ce.ID("command", i.ID, fmt.Sprint(n)))
		e.SetExtension(events.Unit, i.unit)
		e.SetExtension(events.AuthType, "user")
		e.SetExtension(events.AuthID, i.By)
		if err := apply(ctx, e); err != nil {
			return fmt.Errorf("tell of command %s: %w", i.ID, err)
		}
		if _, err := s.DB.Exec(ctx, `UPDATE command SET told = $2 WHERE id = $1 AND told < $2`, i.ID, n); err != nil {
			return err
		}
	}
	return nil
}

// tellCommands tells of commands that a probe has acknowledged, and of those that
// could not be told when they were issued. One that fails does not keep the others.
func (s *Score) tellCommands(ctx context.Context, apply fn.Apply) error {
	rows, err := s.DB.Query(ctx, `SELECT `+commandColumns+` FROM command WHERE told = 0 OR told = 1 AND acked_at IS NOT NULL ORDER BY id LIMIT $1`, commandsRound)
	if err != nil {
		return fmt.Errorf("look for commands to tell of: %w", err)
	}
	due, err := collect(rows, scanCommand)
	for _, i := range due {
		err = errors.Join(err, s.tellCommand(ctx, apply, i))
	}
	return err
}

func findCommand(ctx context.Context, db querier, id string) (i IssuedCommand, err error) {
	if err = scanCommand(db.QueryRow(ctx, `SELECT `+commandColumns+` FROM command WHERE id = $1`, id), &i); err != nil {
		return i, fmt.Errorf("find command %s: %w", id, err)
	}
	return i, nil
}
