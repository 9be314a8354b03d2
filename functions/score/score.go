// Package score turns a probe's report into a decision that can be explained and
// replayed.
//
//	in   POST /score/reports, from a probe: the answer is the decision
//	     dev.xietong.device.reported.v1        a sealed report that an upstream app hands on
//	     dev.xietong.device.batch.uploaded.v1  reports that were kept while there was no network
//	     dev.xietong.risk.replay.requested.v1  past reports are decided again
//	     HTTP under /score for upstream apps: enrolment, checks, decisions, devices, lists,
//	     alerts, commands, rule sets, replays
//	out  dev.xietong.risk.decided.v1           for what came as an event
//	     dev.xietong.risk.alert.opened.v1, .updated, .closed
//	     dev.xietong.risk.command.issued.v1, .acknowledged
//	     dev.xietong.risk.ruleset.published.v1, dev.xietong.risk.replayed.v1
//
// A report is signed by its device, sealed for the server, and counted: one that was
// changed is refused (bad_signature), one that comes again gets the decision it got,
// and a counter that was used for another is refused (replayed). Order does not
// matter, within 63 reports.
//
// The features of a report (features.go) and the rule set that was live are stored
// with its decision, and nothing else decides; so it can be decided again at any
// time, by the same rules or by others.
package score

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"xietong.dev/events"
	"xietong.dev/functions/score/attestation"
	"xietong.dev/functions/score/report"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// Score is the function.
type Score struct {
	Config
	DB       *pg.DB
	Store    blob.Store
	Zone     *time.Location
	Keys     report.ServerKeys
	Attest   *attestation.Verifier
	Sets     *Sets
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
	sessions *report.Sessions // unsealed keys of devices
	devices  cache[string, device]
	apps     cache[string, keptApp]
	rates    cache[string, *rate.Limiter]
	telling  chan struct{} // as many alerts are told at once as it has room for
	behind   sync.WaitGroup
}

// Function is the score as its runtime sees it.
func (s *Score) Function() *fn.Function {
	return &fn.Function{Word: Word, DB: s.DB, Handle: s.Handle, Refuse: s.refused, HTTP: s.HTTP, Tend: s.tend, Close: s.behind.Wait}
}

// Handle does what an event asks for.
func (s *Score) Handle(ctx context.Context, e fn.Event) (fn.Outcome, error) {
	switch e.Type() {
	case events.DeviceReported{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.reported)
	case events.DeviceBatchUploaded{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.uploaded)
	case events.RiskReplayRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.replay)
	case AlertDue{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.due)
	case CommandDue{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.commandDue)
	case PublicationRequested{}.EventType():
		return fn.Take(ctx, e, events.Decode, s.publish(askedBy(e)))
	}
	return nil, fault.Invalidf("event type %q is not one that score takes", e.Type())
}
