-- Who may do what with the minutes of a recording. Without a row everybody of the unit
-- may read, edit and delete them, as before there were rights.
CREATE TABLE rights (
  recording  text   PRIMARY KEY,
  owner      text   NOT NULL,
  visibility text   NOT NULL,                 -- open, unit, people
  version    bigint NOT NULL
);

-- Accounts that are named besides the owner.
CREATE TABLE person (
  recording text NOT NULL,
  account   text NOT NULL,
  may       text NOT NULL,                    -- read, edit
  PRIMARY KEY (recording, account)
);

-- What was done to rights, links and holds, for owners.
CREATE TABLE trail (
  recording text        NOT NULL,
  number    integer     NOT NULL,
  at        timestamptz NOT NULL,
  account   text        NOT NULL,
  act       text        NOT NULL,
  what      text        NOT NULL,
  PRIMARY KEY (recording, number)
);

-- Addresses that open minutes without an account. Once they are deleted nothing but the
-- hash stays, so that the address says so.
CREATE TABLE link (
  id         text        PRIMARY KEY,
  recording  text        NOT NULL,
  hash       text        NOT NULL UNIQUE,     -- SHA-256 of the token, which is written nowhere
  name       text        NOT NULL,
  may        text        NOT NULL,            -- read, read+audio
  password   text        NOT NULL,            -- salt and PBKDF2 of it; empty where there is none
  account    text        NOT NULL,
  at         timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  revoked_at timestamptz,
  uses       bigint      NOT NULL DEFAULT 0,
  used_at    timestamptz,
  attempts   integer     NOT NULL DEFAULT 0,  -- at the password, since the last good one
  tried_at   timestamptz
);
CREATE INDEX link_recording ON link (recording);

-- How long a unit keeps its minutes.
CREATE TABLE retention (
  unit    text        PRIMARY KEY,
  days    integer     NOT NULL,               -- 0 is for ever
  account text        NOT NULL,
  at      timestamptz NOT NULL                -- since it is as short as this
);
CREATE INDEX minutes_kept ON minutes (unit, created_at) WHERE deleted_at IS NULL;

-- Why minutes must not be deleted.
CREATE TABLE hold (
  recording text        NOT NULL,
  why       text        NOT NULL,
  account   text        NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (recording, why)
);

-- That minutes were deleted, and what each function removed: ids, times and counts.
CREATE TABLE deletion (
  recording text        PRIMARY KEY,
  account   text        NOT NULL,
  why       text        NOT NULL,             -- person, retention
  at        timestamptz NOT NULL
);
CREATE TABLE forgotten (
  recording text        NOT NULL,
  function  text        NOT NULL,
  objects   bigint      NOT NULL,
  rows      bigint      NOT NULL,
  payloads  bigint      NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (recording, function)
);
