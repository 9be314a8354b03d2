package score

// The two statements of a report: what is known when it comes, and what is
// written of it. Between them stands the decision, in one transaction.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xietong.dev/shared/pg"
)

// seen is what was known before a report.
type seen struct {
	EnrolledAt  time.Time
	LastAt      *time.Time
	AppVersion  string // in the report before
	Attestation string
	Attested    []string
	AttestedAt  *time.Time
	lapsed      bool // it attested once, and not since

	Device, Account counts

	Device7d, Account7d int64      // other accounts, other devices
	PairSince           *time.Time // the device with this account
	AccountSince        *time.Time

	AddressMinute, AddressBefore, AddressHour int64
	AddressNew, Farm, Replays, Muted          int64 // replays of the device, and checks of it while it was silent
	AddressAccounts, AddressDevices           int64 // others
	AddressKnows                              bool  // this device

	Lat, Lon *float64
	PlaceAt  *time.Time

	Lists      []string
	Suppressed []string // entity kind:rule
	Commands   []Command

	Live, Shadow int // versions of rule sets; 0 is none
}

// counts are of a device, or of an account, before this report.
type counts struct{ Minute, Hour, Day, Warned, Others int64 }

// errReplayed says that a device's counter was met before, or is too old to tell.
var errReplayed = errors.New("the counter was used before")

// look moves the device's window of counters and reads what is known, in one
// statement. The row of the device stays locked until the transaction ends, so
// that its reports are decided one after the other. It returns errReplayed where
// the counter was met.
//
// What is counted ends somewhere, lest one chatty device makes every look long:
// 10,000 reports of a device or an account in a day, 1,000 accounts of a device or
// devices of an account, 200 devices or accounts of an address. No rule asks for more.
//
// The window is 63 counters wide (report.Window is the same in Go): a device that
// sends in parallel arrives out of order, and a strict counter refuses it.
const lookSQL = `
WITH accepted AS (
  UPDATE device SET
    mask = CASE WHEN $2 - top > 62 THEN 1
                WHEN $2 > top THEN ((mask << ($2 - top)::int) & 9223372036854775807) | 1
                ELSE mask | (1::bigint << (top - $2)::int) END,
    top = greatest(top, $2)
  WHERE id = $1 AND ($2 > top OR (top - $2 <= 62 AND mask & (1::bigint << (top - $2)::int) = 0))
  RETURNING enrolled_at, last_at, app_version, attestation, attested, attested_at)
SELECT a.enrolled_at, a.last_at, a.app_version, a.attestation, a.attested, a.attested_at,
  d.minute, d.hour, d.day, d.warned, d.others, c.minute, c.hour, c.day, c.warned, c.others,
  (SELECT count(*) FROM (SELECT 1 FROM link WHERE kind = 'da' AND a = $1 AND b <> $3 AND last_at > $5::timestamptz - interval '7 days' AND first_at <= $5 LIMIT 1000) t),
  (SELECT count(*) FROM (SELECT 1 FROM link WHERE kind = 'da' AND b = $3 AND a <> $1 AND last_at > $5::timestamptz - interval '7 days' AND first_at <= $5 LIMIT 1000) t),
  (SELECT first_at FROM link WHERE kind = 'da' AND a = $1 AND b = $3),
  (SELECT min(first_at) FROM (SELECT first_at FROM link WHERE kind = 'da' AND b = $3 LIMIT 1000) t),
  x.this, x.before, x.hour,
  (SELECT coalesce(sum(n), 0) FROM minute WHERE kind = 'new' AND key = $4 AND minute > $6 - 60 AND minute <= $6),
  (SELECT coalesce(sum(n), 0) FROM minute WHERE kind = 'farm' AND key = $7 AND minute > $6 - 60 AND minute <= $6),
  (SELECT coalesce(sum(n), 0) FROM minute WHERE kind = 'replay' AND key = $1 AND minute > $6 - 1440 AND minute <= $6),
  (SELECT coalesce(sum(n), 0) FROM minute WHERE kind = 'muted' AND key = $1 AND minute > $6 - 1440 AND minute <= $6),
  xa.n, xd.n,
  EXISTS (SELECT 1 FROM link WHERE kind = 'xd' AND a = $4 AND b = $1),
  p.lat, p.lon, p.at,
  ARRAY(SELECT list FROM list_item WHERE (kind, value) IN (SELECT * FROM unnest($8::text[], $9::text[])) AND unit IN ('', $10) AND (expires_at IS NULL OR expires_at > $11)
        UNION SELECT CASE kind WHEN 'block' THEN 'blocked' ELSE 'step_up' END FROM command
          WHERE entity IN ($1, $3) AND kind IN ('block', 'step_up') AND ended_at IS NULL AND (until IS NULL OR until > $11)),
  ARRAY(SELECT entity_kind || ':' || rule FROM suppression WHERE entity IN ($1, $3, $4) AND unit = $10 AND until > $11),
  (SELECT coalesce(jsonb_agg(t), '[]') FROM (SELECT id, kind, until FROM command WHERE entity IN ($1, $3) AND acked_at IS NULL AND ended_at IS NULL
     AND (until IS NULL OR until > $11) ORDER BY issued_at LIMIT 20) t),
  coalesce((SELECT version FROM ruleset WHERE state = 'live'), 0), coalesce((SELECT version FROM ruleset WHERE state = 'shadow'), 0)
FROM accepted a
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE at > $5::timestamptz - interval '1 minute') AS minute, count(*) FILTER (WHERE at > $5::timestamptz - interval '1 hour') AS hour, count(*) AS day,
    count(*) FILTER (WHERE rank >= 2) AS warned, count(DISTINCT account) FILTER (WHERE account NOT IN ('', $3)) AS others
  FROM (SELECT at, rank, account FROM report WHERE device = $1 AND at > $5::timestamptz - interval '1 day' AND at <= $5 ORDER BY at DESC LIMIT 10000) t) d
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE at > $5::timestamptz - interval '1 minute') AS minute, count(*) FILTER (WHERE at > $5::timestamptz - interval '1 hour') AS hour, count(*) AS day,
    0::bigint AS warned, count(DISTINCT device) FILTER (WHERE device <> $1) AS others
  FROM (SELECT at, device FROM report WHERE account = $3 AND account <> '' AND at > $5::timestamptz - interval '1 day' AND at <= $5 ORDER BY at DESC LIMIT 10000) t) c
CROSS JOIN LATERAL (SELECT coalesce(sum(n) FILTER (WHERE minute = $6), 0) AS this, coalesce(sum(n) FILTER (WHERE minute = $6 - 1), 0) AS before, coalesce(sum(n), 0) AS hour
  FROM minute WHERE kind = 'address' AND key = $4 AND minute > $6 - 60 AND minute <= $6) x
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT b, last_at FROM link WHERE kind = 'xa' AND a = $4 LIMIT 200) t WHERE last_at > $5::timestamptz - interval '1 day' AND b <> $3) xa
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT b, last_at FROM link WHERE kind = 'xd' AND a = $4 LIMIT 200) t WHERE last_at > $5::timestamptz - interval '1 day' AND b <> $1) xd
LEFT JOIN place p ON p.account = $3`

func look(ctx context.Context, tx pg.Tx, r *Report) (s seen, err error) {
	kinds, values := listed(r)
	var commands []byte
	err = tx.QueryRow(ctx, lookSQL, r.Device, r.Counter, r.Account, r.Address, r.At, minuteOf(r.At), farmKey(r), kinds, values, r.Unit, r.Received).Scan(
		&s.EnrolledAt, &s.LastAt, &s.AppVersion, &s.Attestation, &s.Attested, &s.AttestedAt,
		&s.Device.Minute, &s.Device.Hour, &s.Device.Day, &s.Device.Warned, &s.Device.Others,
		&s.Account.Minute, &s.Account.Hour, &s.Account.Day, &s.Account.Warned, &s.Account.Others,
		&s.Device7d, &s.Account7d, &s.PairSince, &s.AccountSince,
		&s.AddressMinute, &s.AddressBefore, &s.AddressHour, &s.AddressNew, &s.Farm, &s.Replays, &s.Muted,
		&s.AddressAccounts, &s.AddressDevices, &s.AddressKnows,
		&s.Lat, &s.Lon, &s.PlaceAt, &s.Lists, &s.Suppressed, &commands, &s.Live, &s.Shadow)
	if errors.Is(err, pg.ErrNoRows) {
		return s, errReplayed
	}
	if err != nil {
		return s, fmt.Errorf("look at what is known of device %s: %w", r.Device, err)
	}
	return s, json.Unmarshal(commands, &s.Commands)
}
