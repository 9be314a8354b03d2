-- Every change that a person made, through the console or the command line. Nothing
-- removes these rows: they are few, and those who ask come late.
CREATE SEQUENCE act_seq;
CREATE TABLE act (
  id    bigint      PRIMARY KEY,
  who   text        NOT NULL,
  what  text        NOT NULL,                         -- a stable word: redrive, discard, ...
  why   text        NOT NULL,
  about text        NOT NULL,                         -- a filter or ids, as a person reads it
  count bigint      NOT NULL,                         -- of how many things
  run   bigint      NOT NULL DEFAULT 0,               -- the redrive run that it began, whose row counts, or aborted; 0 is none
  at    timestamptz NOT NULL DEFAULT now()
);

-- Every dead letter that somebody gave up for good: its delivery has the state 6. A
-- program that does not know that state leaves such a delivery alone.
CREATE TABLE discard (
  seq     bigint      NOT NULL,
  trigger text        NOT NULL,
  act     bigint      NOT NULL,
  who     text        NOT NULL,
  why     text        NOT NULL,
  died_at timestamptz NOT NULL,
  at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX discard_of ON discard (seq, trigger);
