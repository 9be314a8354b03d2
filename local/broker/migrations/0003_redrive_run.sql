-- Every time that somebody sent dead letters on their way again, many or one.
CREATE SEQUENCE redrive_run_seq;
CREATE TABLE redrive_run (
  id         bigint      PRIMARY KEY,
  who        text        NOT NULL,
  why        text        NOT NULL,
  filter     text        NOT NULL,                    -- which were meant, as a person reads it
  rate       integer     NOT NULL,                    -- letters a second; 0 was all at once
  total      integer     NOT NULL,                    -- dead letters that matched at the beginning
  done       integer     NOT NULL DEFAULT 0,
  state      smallint    NOT NULL,                    -- 1 running, 2 ended, 3 aborted
  started_at timestamptz NOT NULL DEFAULT now(),
  beat_at    timestamptz NOT NULL DEFAULT now(),      -- its process was last alive
  ended_at   timestamptz
);
ALTER TABLE redrive ADD COLUMN run bigint NOT NULL DEFAULT 0; -- the run that a letter was redriven in; 0 before there were runs
