-- An event as it was accepted. It never changes.
CREATE SEQUENCE event_seq;
CREATE TABLE event (
  seq         bigint      PRIMARY KEY,                -- the order in which events were accepted
  type        text        NOT NULL,
  subject     text        NOT NULL,
  correlation text        NOT NULL,                   -- the id of the event that began the story
  attributes  text        NOT NULL,                   -- all of them, as a JSON object of texts
  data        bytea       NOT NULL,
  trace       text        NOT NULL,                   -- traceparent of the request that brought it
  hops        integer     NOT NULL,                   -- how many replies lie between it and an event from outside
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_story ON event (correlation, seq);

-- An event's way to one Trigger's subscriber.
CREATE TABLE delivery (
  seq        bigint      NOT NULL,
  trigger    text        NOT NULL,
  state      smallint    NOT NULL,                    -- 1 ready, 2 running, 3 done, 4 dead
  attempts   integer     NOT NULL DEFAULT 0,          -- those that count against the Trigger's retry
  busy       integer     NOT NULL DEFAULT 0,          -- answers 429 that did not count
  code       integer     NOT NULL DEFAULT 0,          -- HTTP status of the last answer; 0 where there was none
  reason     text        NOT NULL DEFAULT '',         -- why the last attempt failed
  more       text        NOT NULL DEFAULT '',         -- attributes that this delivery adds, as JSON
  since      timestamptz NOT NULL DEFAULT now(),      -- accepted, or redriven
  next_at    timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at   timestamptz,
  PRIMARY KEY (seq, trigger)
);
CREATE INDEX delivery_due ON delivery (state, trigger, next_at, seq);

-- Every attempt that failed and counted.
CREATE TABLE attempt (
  seq        bigint      NOT NULL,
  trigger    text        NOT NULL,
  code       integer     NOT NULL,
  reason     text        NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempt_of ON attempt (seq, trigger);

-- Every dead letter that somebody sent on its way again.
CREATE TABLE redrive (
  seq     bigint      NOT NULL,
  trigger text        NOT NULL,
  who     text        NOT NULL,
  why     text        NOT NULL,
  code    integer     NOT NULL,                       -- what it had died of
  reason  text        NOT NULL,
  at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX redrive_of ON redrive (seq, trigger);

-- The Triggers that deliver nothing until they are resumed.
CREATE TABLE pause (
  trigger text        PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now()
);
