-- Apps that have probes in them.
CREATE TABLE app (
  id         text        COLLATE "C" PRIMARY KEY,
  unit       text        COLLATE "C" NOT NULL,  -- the tenant: ids are hashed under it, lists and alerts are its own
  name       text        NOT NULL,
  fail       text        NOT NULL,              -- open or closed: the answer when no decision can be made
  interval_s integer     NOT NULL,              -- a probe is asked to report so often
  packages   text[]      NOT NULL,              -- names that an attestation may give the app
  certificates text[]    NOT NULL,              -- SHA-256 of certificates that the app may be signed with; none: not compared
  by         text        NOT NULL,
  changed_at timestamptz NOT NULL
);

-- A device is a key, not a piece of hardware: who installs anew is a new one.
CREATE TABLE device (
  id          text        COLLATE "C" PRIMARY KEY, -- HMAC-SM3 of the key under the unit
  app         text        COLLATE "C" NOT NULL,
  unit        text        COLLATE "C" NOT NULL,
  suite       text        NOT NULL,
  key         bytea       NOT NULL,                -- public; of the suite hmac empty, for it follows from the ticket
  platform    text        NOT NULL,
  model       text        NOT NULL,
  enrolled_at timestamptz NOT NULL,
  top         bigint      NOT NULL DEFAULT 0,      -- the highest counter met
  mask        bigint      NOT NULL DEFAULT 0,      -- bit i: top - i was met
  last_at     timestamptz,                         -- of its newest report
  app_version text        NOT NULL DEFAULT '',     -- in that report
  chain       text        NOT NULL DEFAULT '',     -- the link after its last batch
  attestation text        NOT NULL DEFAULT 'none', -- none, valid or invalid
  attested    text[]      NOT NULL DEFAULT '{}',   -- signals that a platform attested
  attested_at timestamptz
);
CREATE INDEX device_enrolled ON device (unit, enrolled_at, id);

-- One row a report: what was known when it came, and what was decided. The rows
-- themselves are the counts of a device and of an account (exact: buckets of a
-- minute would save nothing, for most devices report less than once a minute).
CREATE TABLE report (
  id          text        COLLATE "C" PRIMARY KEY,
  at          timestamptz NOT NULL,                -- when it happened, by the device's clock within the window that is allowed
  received_at timestamptz NOT NULL,
  app         text        COLLATE "C" NOT NULL,
  unit        text        COLLATE "C" NOT NULL,
  device      text        COLLATE "C" NOT NULL,
  account     text        COLLATE "C" NOT NULL,    -- HMAC-SM3 under the unit; empty where nobody is logged in
  address     text        COLLATE "C" NOT NULL,    -- empty where the report was offline
  digest      bytea       NOT NULL,                -- SHA-256 of the sealed report: the same again gets the same answer
  body        jsonb,                               -- what the probe said; null once it is too old to keep
  features    jsonb       NOT NULL,                -- rules.Input
  ruleset     integer     NOT NULL,
  outcome     text        NOT NULL,
  rank        smallint    NOT NULL,                -- of the outcome: 0 allow to 4 block
  decision    jsonb       NOT NULL,                -- rules.Decision
  shadow      jsonb                                -- what the shadow set decides, where that differs
);
CREATE INDEX report_device  ON report (device, at) INCLUDE (account, rank);
CREATE INDEX report_account ON report (account, at) INCLUDE (device) WHERE account <> '';
CREATE INDEX report_body    ON report (received_at) WHERE body IS NOT NULL;
CREATE INDEX report_worse   ON report (unit, received_at, id) WHERE rank >= 2; -- warn or worse: few, and looked for most
CREATE INDEX report_time    ON report (received_at, id); -- replays walk it, and what is too old leaves by it

-- Who was met with whom: da is a device with an account, xd an address with a
-- device, xa an address with an account.
CREATE TABLE link (
  kind     char(2)     NOT NULL,
  a        text        COLLATE "C" NOT NULL,
  b        text        COLLATE "C" NOT NULL,
  first_at timestamptz NOT NULL,
  last_at  timestamptz NOT NULL,                   -- in no index, so that a report changes no index
  PRIMARY KEY (kind, a, b)
);
CREATE INDEX link_back ON link (kind, b, a);

-- Counts by the minute of what many share, or of what is rare: reports of an address,
-- devices new at it, of a device refused replays and checks while it was silent. Several rows a minute, so that writers seldom meet on one.
CREATE TABLE minute (
  kind   text     COLLATE "C" NOT NULL,            -- address, new, farm, replay, muted
  key    text     COLLATE "C" NOT NULL,
  minute bigint   NOT NULL,                        -- since 1970
  shard  smallint NOT NULL,
  n      integer  NOT NULL,
  PRIMARY KEY (kind, key, minute, shard)
);
CREATE INDEX minute_age ON minute (minute);

-- Where an account was last, to about a kilometre.
CREATE TABLE place (
  account text             COLLATE "C" PRIMARY KEY,
  lat     double precision NOT NULL,
  lon     double precision NOT NULL,
  at      timestamptz      NOT NULL
);

-- Managed lists.
CREATE TABLE list_item (
  unit       text        COLLATE "C" NOT NULL,     -- empty: of all units
  list       text        COLLATE "C" NOT NULL,
  kind       text        COLLATE "C" NOT NULL,     -- device, account, address, model, app_version, probe_version
  value      text        COLLATE "C" NOT NULL,
  expires_at timestamptz,
  reason     text        NOT NULL,
  by         text        NOT NULL,
  added_at   timestamptz NOT NULL,
  PRIMARY KEY (kind, value, list, unit)
);
CREATE INDEX list_item_list   ON list_item (unit, list, added_at, kind, value);
CREATE INDEX list_item_expiry ON list_item (expires_at) WHERE expires_at IS NOT NULL;

-- What people ask of a device or an account.
CREATE TABLE command (
  id          text        COLLATE "C" PRIMARY KEY,
  unit        text        COLLATE "C" NOT NULL,
  kind        text        NOT NULL,                -- block, unblock, step_up
  entity_kind text        NOT NULL,                -- device, account
  entity      text        COLLATE "C" NOT NULL,
  reason      text        NOT NULL,
  by          text        NOT NULL,
  issued_at   timestamptz NOT NULL,
  until       timestamptz,                         -- null: until it is ended
  ended_at    timestamptz,                         -- a later command took its place
  acked_at    timestamptz,                         -- a probe has said that it carried it out
  acked_by    text,                                -- in this report
  told        smallint    NOT NULL DEFAULT 0       -- 1: that it was issued, 2: and that it was acknowledged
);
CREATE INDEX command_entity ON command (entity, issued_at);
CREATE INDEX command_unit   ON command (unit, issued_at);
CREATE INDEX command_due    ON command (id) WHERE told = 0 OR told = 1 AND acked_at IS NOT NULL;

-- Hits of one rule on one entity in one window.
CREATE TABLE alert (
  id          text        COLLATE "C" PRIMARY KEY, -- follows from the next five
  unit        text        COLLATE "C" NOT NULL,
  rule        text        COLLATE "C" NOT NULL,
  entity_kind text        NOT NULL,
  entity      text        COLLATE "C" NOT NULL,
  window_at   timestamptz NOT NULL,                -- the window's beginning
  ends_at     timestamptz NOT NULL,                -- its end
  app         text        COLLATE "C" NOT NULL,    -- of the first hit, as the next
  zh          text        NOT NULL,
  en          text        NOT NULL,
  count       bigint      NOT NULL,
  first_at    timestamptz NOT NULL,
  last_at     timestamptz NOT NULL,
  tell_at     bigint      NOT NULL DEFAULT 1,      -- the count at which it is told again; 0 where somebody has closed it
  tellings    integer     NOT NULL DEFAULT 0,      -- how often it was told
  sent        integer     NOT NULL DEFAULT 0,      -- of these, as far as is known to have left: the next is sent again
  closed_at   timestamptz,
  closed_by   text,
  note        text
);
CREATE INDEX alert_open   ON alert (ends_at, id) WHERE closed_at IS NULL;
CREATE INDEX alert_due    ON alert (id) WHERE count >= tell_at OR sent < tellings;
CREATE INDEX alert_unit   ON alert (unit, first_at, id);
CREATE INDEX alert_entity ON alert (entity, first_at);

-- Entities of which a rule does not alert for a while.
CREATE TABLE suppression (
  unit        text        COLLATE "C" NOT NULL,
  rule        text        COLLATE "C" NOT NULL,    -- * is every rule
  entity_kind text        NOT NULL,
  entity      text        COLLATE "C" NOT NULL,
  until       timestamptz NOT NULL,
  reason      text        NOT NULL,
  by          text        NOT NULL,
  added_at    timestamptz NOT NULL,
  PRIMARY KEY (entity, rule, entity_kind, unit)
);

-- Rule sets. One is live, at most one in shadow.
CREATE TABLE ruleset (
  version    integer     PRIMARY KEY,
  state      text        NOT NULL,                 -- draft, shadow, live, retired
  hash       text        NOT NULL,
  rules      jsonb       NOT NULL,                 -- rules.Set
  checked    bytea       NOT NULL,                 -- its expressions, parsed and checked
  note       text        NOT NULL,
  by         text        NOT NULL,                 -- its author; nobody's is the set that comes with the function
  based_on   integer,                              -- the version that its author began from
  created_at timestamptz NOT NULL,
  live_at    timestamptz,                          -- when it last went live
  retired_at timestamptz                           -- when another last took its place; stays when it goes live again
);
CREATE UNIQUE INDEX ruleset_live   ON ruleset (state) WHERE state = 'live';
CREATE UNIQUE INDEX ruleset_shadow ON ruleset (state) WHERE state = 'shadow';

CREATE TABLE approval (
  version integer     NOT NULL REFERENCES ruleset (version),
  by      text        NOT NULL,
  at      timestamptz NOT NULL,                    -- one from before the set retired counts no more
  PRIMARY KEY (version, by)
);

-- Past reports decided again.
CREATE TABLE replay (
  id           text        COLLATE "C" PRIMARY KEY,
  ruleset      integer     NOT NULL,               -- 0: the set that decided each
  from_at      timestamptz NOT NULL,
  to_at        timestamptz NOT NULL,
  by           text        NOT NULL,
  requested_at timestamptz NOT NULL,
  ended_at     timestamptz,
  result       jsonb                               -- sums so far, and the differences
);
CREATE INDEX replay_ruleset ON replay (ruleset, requested_at);

-- Who changed what.
CREATE TABLE audit (
  id      text        COLLATE "C" PRIMARY KEY,
  at      timestamptz NOT NULL,
  by      text        NOT NULL,
  unit    text        COLLATE "C" NOT NULL,
  what    text        NOT NULL,                    -- list.put, command.block, ruleset.live, …
  subject text        NOT NULL,
  detail  jsonb       NOT NULL
);
CREATE INDEX audit_unit    ON audit (unit, at, id);
CREATE INDEX audit_subject ON audit (subject, at);
