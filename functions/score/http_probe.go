package score

// What probes ask: the server's keys, to be enrolled, and what to do. They come from
// anywhere, so nothing is told that helps whoever attacks: a decision without its
// reasons, unless the caller shows the token of the upstream apps.

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// probes serves the addresses that need no token.
func (s *Score) probes(mux *http.ServeMux, api web.API, apply fn.Apply) {
	for path, handle := range map[string]web.Handler{
		"GET /score/keys":     s.serveKeys,
		"POST /score/devices": s.enrol,
		"POST /score/batches": s.serveBatch,
		"POST /score/reports": func(w http.ResponseWriter, r *http.Request) error {
			return s.serveReport(w, r, api.Authorised(r), apply)
		},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Cache-Control", "no-store")
			if err := handle(w, r); err != nil {
				api.Fail(w, r, refusal(err))
			}
		})
	}
}

// refusal is what a probe is told of an error: how to mend what is its own.
func refusal(err error) error {
	status := map[string]int{
		report.CodeBadSignature: http.StatusUnauthorized, report.CodeBadTicket: http.StatusUnauthorized, report.CodeExpiredTicket: http.StatusUnauthorized,
		CodeUnknownDevice: http.StatusUnauthorized, CodeOtherAccount: http.StatusUnauthorized,
		report.CodeTooLarge: http.StatusRequestEntityTooLarge, CodeReplayed: http.StatusConflict,
	}
	if after, busy := fault.RetryAfter(err); busy {
		return &web.Problem{Status: http.StatusTooManyRequests, Code: "too_many", Header: http.Header{"Retry-After": {strconv.Itoa(max(1, int(after.Seconds())))}}}
	}
	code := fault.Code(err)
	if code == "" {
		return err
	}
	p := &web.Problem{Status: http.StatusBadRequest, Code: code, Text: "refused_report", Args: []any{err.Error()}}
	if known, there := status[code]; there {
		p.Status = known
	}
	return p
}

// serveKeys answers GET /score/keys: what probes seal their keys for, and the time.
func (s *Score) serveKeys(w http.ResponseWriter, _ *http.Request) error {
	return web.Reply(w, http.StatusOK, map[string]any{"keys": s.Keys.Public(), "time": report.At(s.Now())})
}

// caller is the address that a request came from: as the ingress says, or the
// connection's. Of a list the last counts, which our own ingress wrote.
func (s *Score) caller(r *http.Request) string {
	if s.Address != "" {
		all := strings.Split(strings.Join(r.Header.Values(s.Address), ","), ",")
		return strings.TrimSpace(all[len(all)-1])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

// answered is the answer to a report.
type answered struct {
	Report   string           `json:"report"`
	Outcome  rules.Outcome    `json:"outcome"`
	Decided  bool             `json:"decided"`            // false: the app's fail mode speaks, and the report is to be sent again
	Repeated bool             `json:"repeated,omitempty"` // it was decided before
	Commands []Command        `json:"commands,omitempty"` // to be carried out, and acknowledged in the next report
	NextS    int              `json:"next_s"`             // seconds until the next report is asked for
	Score    *int             `json:"score,omitempty"`    // these only for the upstream apps
	Limited  string           `json:"limited,omitempty"`
	Ruleset  int              `json:"ruleset,omitempty"`
	Reasons  []map[string]any `json:"reasons,omitempty"`
}

// serveReport answers POST /score/reports with what to do.
func (s *Score) serveReport(w http.ResponseWriter, r *http.Request, trusted bool, apply fn.Apply) error {
	now := s.Now()
	sealed, err := web.Bytes(w, r, report.MaxSealed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.AnswerLimit)
	defer cancel()
	got, err := s.receive(ctx, sealed, s.caller(r), now)
	if err == nil {
		err = s.slow(got)
	}
	var d Decided
	var due []string
	if err == nil {
		d, due, err = s.answer(ctx, got)
	}
	if err != nil {
		return s.unable(w, r, sealed, err)
	}
	s.tellSoon(r.Context(), apply, due)
	a, err := s.app(r.Context(), got.App)
	if err != nil {
		return err
	}
	body := answered{Report: got.ID, Outcome: d.Decision.Outcome, Decided: true, Repeated: d.Repeated, Commands: d.Commands, NextS: a.IntervalS}
	if trusted {
		if err := s.explain(r, d, &body); err != nil {
			return err
		}
	}
	return web.Reply(w, http.StatusOK, body)
}

// explain adds what only upstream apps may see.
func (s *Score) explain(r *http.Request, d Decided, body *answered) error {
	set, err := s.Sets.of(r.Context(), s.DB, d.Version)
	if err != nil {
		return err
	}
	body.Score, body.Limited, body.Ruleset, body.Reasons = &d.Decision.Score, d.Decision.Limited, d.Version, set.reasons(d.Decision, web.Language(r))
	return nil
}

// unable answers a report that could not be decided on. Where that is our own fault,
// the app's fail mode answers.
func (s *Score) unable(w http.ResponseWriter, r *http.Request, sealed []byte, err error) error {
	_, busy := fault.RetryAfter(err)
	if fault.IsInvalid(err) || busy {
		return err
	}
	parsed, bad := report.Parse(sealed)
	if bad != nil || r.Context().Err() != nil {
		return err
	}
	a, unknown := s.app(r.Context(), parsed.Header.App)
	if unknown != nil {
		return err
	}
	s.Log.Error("no decision; the app's fail mode answers", "app", a.ID, "fail", a.Fail, "report", parsed.Header.Report, "error", err)
	return web.Reply(w, http.StatusOK, answered{Report: parsed.Header.Report, Outcome: a.failed(), NextS: a.IntervalS})
}

// serveBatch answers POST /score/batches, for probes that have no way into the object
// store: what they kept is put there for them, and goes the way of every upload.
func (s *Score) serveBatch(w http.ResponseWriter, r *http.Request) error {
	text, err := web.Bytes(w, r, int64(s.MaxBatch))
	if err != nil {
		return err
	}
	b, err := report.ReadBatch(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if _, err := s.sender(r.Context(), b, s.Now()); err != nil {
		return err
	}
	key := b.Header.App + "/" + b.Header.Device + "/" + b.Header.Batch + ".ndjson"
	if _, err := s.Store.Put(r.Context(), s.Reports, key, bytes.NewReader(text), blob.Put{ContentType: "application/x-ndjson", Size: int64(len(text))}); err != nil {
		return fmt.Errorf("keep batch %s: %w", b.Header.Batch, err)
	}
	return web.Reply(w, http.StatusOK, map[string]any{"batch": b.Header.Batch, "reports": len(b.Lines), "gaps": b.Gaps()})
}

// enrol answers POST /score/devices: a new key, with a ticket that an upstream app
// was given for it.
func (s *Score) enrol(w http.ResponseWriter, r *http.Request) error {
	now := s.Now()
	sealed, err := web.Bytes(w, r, report.MaxSealed)
	if err != nil {
		return err
	}
	n, key, err := report.ParseEnrolment(sealed)
	if err != nil {
		return err
	}
	if _, err := s.tickets().Check(n.Ticket, report.PurposeDevice, n.App, now); err != nil {
		return err
	}
	if _, err := report.Fresh(report.Header{Time: n.Time}, now, s.Window, 0); err != nil {
		return err
	}
	a, err := s.app(r.Context(), n.App)
	if err != nil {
		return err
	}
	point, err := base64.RawURLEncoding.DecodeString(n.PublicKey)
	if err != nil {
		return err
	}
	d := device{app: a.ID, unit: a.Unit, suite: n.Suite, public: point, key: key}
	d.id = report.DeviceID(s.idKey(), a.Unit, d.public)
	attested, err := s.attested(r.Context(), d, n.Attestation, report.Challenge(n.PublicKey, n.Ticket), now)
	if err != nil {
		return err
	}
	if err := saveDevice(r.Context(), s.DB, d, n.Platform, n.Model, attested, now); err != nil {
		return err
	}
	return web.Reply(w, http.StatusCreated, map[string]any{"device": d.id, "next_s": a.IntervalS})
}

// saveDevice enrols a device. The same key again is the same device.
func saveDevice(ctx context.Context, db *pg.DB, d device, platform, model string, a *Attestation, now time.Time) error {
	var at *time.Time
	if a == nil {
		a = &Attestation{Verdict: "none"}
	} else {
		at = &now
	}
	_, err := db.Exec(ctx, `INSERT INTO device (id, app, unit, suite, key, platform, model, enrolled_at, attestation, attested, attested_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
		WHERE NOT EXISTS (SELECT 1 FROM device WHERE id = $1)`, d.id, d.app, d.unit, d.suite, d.public, platform, model, now, a.Verdict, append([]string{}, a.Signals...), at)
	if pg.IsDuplicate(err) {
		return nil
	}
	return err
}

// giveTicket answers POST /score/tickets: an upstream app asks for the right of one
// of its users to enrol a device (purpose device), or to report from a page for a
// while (purpose session), for which the answer holds the key.
func (c *call) giveTicket() error {
	var want struct {
		App     string `json:"app"`
		Purpose string `json:"purpose"`
		Account string `json:"account"`
		Model   string `json:"model"` // of a session: the browser
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	a, err := c.ownApp(want.App)
	if err != nil {
		return err
	}
	now := c.Now()
	t := report.Ticket{Purpose: want.Purpose, App: a.ID, Account: want.Account, Expires: report.At(now.Add(c.TicketAge)), Nonce: c.NewID()}
	switch want.Purpose {
	case report.PurposeDevice:
	case report.PurposeSession:
		t.Device, t.Expires = c.NewID(), report.At(now.Add(c.SessionAge))
	default:
		return web.Field("field_one_of", "purpose", "device, session")
	}
	text, err := c.tickets().Give(t)
	if err != nil {
		return refusal(err)
	}
	answer := map[string]any{"ticket": text, "expires": t.Expires}
	if want.Purpose == report.PurposeSession {
		key, err := c.tickets().Lend(text)
		if err != nil {
			return err
		}
		d := device{id: t.Device, app: a.ID, unit: a.Unit, suite: report.HMAC, public: []byte{}}
		if err := saveDevice(c.r.Context(), c.DB, d, "h5", want.Model, nil, now); err != nil {
			return err
		}
		answer["device"], answer["key"] = t.Device, base64.RawURLEncoding.EncodeToString(key)
	}
	return c.reply(http.StatusCreated, answer)
}

// ownApp finds an app of the caller's unit.
func (c *call) ownApp(id string) (App, error) {
	a, err := c.app(c.r.Context(), id)
	if fault.Code(err) == CodeUnknownApp || err == nil && a.Unit != c.who.Unit {
		return a, web.Refuse(http.StatusNotFound, "no_app", id)
	}
	return a, err
}
