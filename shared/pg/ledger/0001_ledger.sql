-- One row for each event that this function has met.
CREATE TABLE ledger (
  source      text        NOT NULL,
  id          text        NOT NULL,
  type        text        NOT NULL,
  hash        bytea       NOT NULL,             -- of the data: the same id with other data is refused
  state       smallint    NOT NULL,             -- 1 open, 2 done, 3 refused
  fence       bigint      NOT NULL DEFAULT 0,   -- grows with every claim; only the newest may write
  lease_until timestamptz NOT NULL DEFAULT now(),
  claims      integer     NOT NULL DEFAULT 0,   -- how often work began
  failures    integer     NOT NULL DEFAULT 0,   -- how often it ended in an error of its own
  refusals    integer     NOT NULL DEFAULT 0,
  reason      text        NOT NULL DEFAULT '',
  sent        bytea,                            -- the events it came to, as they were sent
  received_at timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz,
  PRIMARY KEY (source, id)
);
CREATE INDEX ledger_ended ON ledger (ended_at);
