package score

// The function put together: what it begins with, its secrets, and what it looks
// after while it lives.

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"xietong.dev/functions/score/attestation"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// What is kept in memory.
const (
	devicesKept  = 100_000
	sessionsKept = 20_000
	appsKept     = 1_000
	ratesKept    = 100_000
	tellers      = 4
)

// New puts the function together.
func New(c Config, db *pg.DB, store blob.Store) (*Score, error) {
	s := &Score{Config: c, DB: db, Store: store, Sets: &Sets{cache[int, *loaded]{most: setsKept}}, Now: time.Now, NewID: newID, Log: slog.Default(), sessions: &report.Sessions{Most: sessionsKept}, telling: make(chan struct{}, tellers)}
	s.devices.most, s.apps.most, s.rates.most = devicesKept, appsKept, ratesKept
	if len(c.Secret) < 32 {
		return nil, fmt.Errorf("environment variable SCORE_SECRET: want at least 32 characters of random text")
	}
	var err error
	if s.Zone, err = time.LoadLocation(c.TimeZone); err != nil {
		return nil, fmt.Errorf("environment variable TIME_ZONE: want a name such as Asia/Shanghai: %w", err)
	}
	if s.Keys, err = c.serverKeys(); err != nil {
		return nil, err
	}
	s.Attest, err = c.verifier()
	return s, err
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// serverKeys are those of SCORE_KEYS, or else follow from SCORE_SECRET.
func (c Config) serverKeys() (report.ServerKeys, error) {
	if c.Keys != "" {
		keys, err := report.ParseServerKeys(c.Keys.Reveal())
		if err != nil {
			return keys, fmt.Errorf("environment variable SCORE_KEYS: %w", err)
		}
		return keys, nil
	}
	return report.NewServerKeys(c.stream("server keys"))
}

// stream is enough derived bytes for keys to be drawn from.
func (c Config) stream(purpose string) io.Reader {
	return io.MultiReader(bytes.NewReader(c.derive(purpose+" 1")), bytes.NewReader(c.derive(purpose+" 2")), bytes.NewReader(c.derive(purpose+" 3")),
		bytes.NewReader(c.derive(purpose+" 4")))
}

// derive makes a secret for one purpose, so that no two purposes share one.
func (c Config) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(c.Secret.Reveal()), nil, "score "+purpose, 32)
	if err != nil {
		panic(err) // only where the length is out of range
	}
	return key
}

func (s *Score) tickets() report.Tickets {
	return report.Tickets{Secrets: [][]byte{s.derive("tickets")}}
}

// idKey hashes the ids of devices and accounts.
func (s *Score) idKey() []byte { return s.derive("ids") }

// account is an account's id as it is kept: hashed under its unit.
func (s *Score) account(unit, account string) string {
	if account == "" {
		return ""
	}
	return report.DeviceID(s.idKey(), "account "+unit, []byte(account))
}

// verifier reads what the operator trusts of platforms.
func (c Config) verifier() (*attestation.Verifier, error) {
	v := &attestation.Verifier{Roots: map[attestation.Kind]*attestation.Roots{}}
	for kind, from := range map[attestation.Kind]struct{ name, path string }{attestation.HarmonyOS: {"HARMONY_ROOTS", c.HarmonyRoots}, attestation.AndroidKey: {"ANDROID_ROOTS", c.AndroidRoots}} {
		if from.path == "" {
			continue
		}
		text, err := os.ReadFile(from.path)
		if err == nil {
			v.Roots[kind], err = attestation.ReadRoots(text)
		}
		if err != nil {
			return nil, fmt.Errorf("environment variable %s: %w", from.name, err)
		}
	}
	if c.AndroidGone == "" {
		return v, nil
	}
	text, err := os.ReadFile(c.AndroidGone)
	if err == nil {
		v.Revoked, err = attestation.ReadRevoked(text)
	}
	if err != nil {
		return nil, fmt.Errorf("environment variable ANDROID_REVOKED: %w", err)
	}
	return v, nil
}

// begin makes the starter set live where there is no rule set yet.
func (s *Score) begin(ctx context.Context) error {
	var n int
	if err := s.DB.QueryRow(ctx, `SELECT count(*) FROM ruleset`).Scan(&n); err != nil || n > 0 {
		return err
	}
	set := rules.Starter()
	program, err := rules.Compile(set)
	if err != nil {
		return fmt.Errorf("compile the starter set: %w", err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		return err
	}
	checked, err := program.Checked()
	if err != nil {
		return fmt.Errorf("compile the starter set: %w", err)
	}
	now := s.Now()
	_, err = s.DB.Exec(ctx, `INSERT INTO ruleset (version, state, hash, rules, checked, note, by, created_at, live_at) VALUES (1, 'live', $1, $2, $3, '', '', $4, $4)`,
		set.Hash(), text, checked, now)
	if pg.IsDuplicate(err) { // another instance began at the same moment
		return nil
	}
	return err
}

// Bounds of one round of tend.
const (
	alertsRound   = 500
	commandsRound = 500
	sweepRound    = 5_000
)

// tend tells of alerts whose window has ended, of commands that were acknowledged, and
// of what was not told yet, and removes what is too old to keep. What fails of these
// does not keep the others.
func (s *Score) tend(ctx context.Context, apply fn.Apply) error {
	return errors.Join(s.tellDue(ctx, apply), s.tellCommands(ctx, apply), s.sweep(ctx))
}

func (s *Score) tellDue(ctx context.Context, apply fn.Apply) error {
	due, err := dueAlerts(ctx, s.DB, s.Now(), alertsRound)
	for _, d := range due {
		err = errors.Join(err, s.tellOf(ctx, apply, d))
	}
	return err
}

// sweep removes what is too old.
func (s *Score) sweep(ctx context.Context) error {
	now := s.Now()
	for _, old := range []struct {
		sql    string
		before any
	}{
		{`UPDATE report SET body = NULL WHERE id IN (SELECT id FROM report WHERE received_at < $1 AND body IS NOT NULL ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`, now.Add(-s.KeepBodies)},
		{`DELETE FROM report WHERE id IN (SELECT id FROM report WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`, now.Add(-s.KeepReports)},
		{`DELETE FROM minute WHERE (kind, key, minute, shard) IN (SELECT kind, key, minute, shard FROM minute WHERE minute < $1 ORDER BY minute LIMIT $2 FOR UPDATE SKIP LOCKED)`, minuteOf(now.Add(-48 * time.Hour))},
		{`DELETE FROM list_item WHERE (kind, value, list, unit) IN (SELECT kind, value, list, unit FROM list_item WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`, now.Add(-s.KeepReports)},
		{`DELETE FROM suppression WHERE (entity, rule, entity_kind, unit) IN (SELECT entity, rule, entity_kind, unit FROM suppression WHERE until < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`, now},
		{`DELETE FROM device WHERE id IN (SELECT id FROM device WHERE suite = 'hmac' AND enrolled_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`, now.Add(-s.KeepReports)},
	} {
		if _, err := s.DB.Exec(ctx, old.sql, old.before, sweepRound); err != nil {
			return fmt.Errorf("remove what is too old: %w", err)
		}
	}
	return nil
}
