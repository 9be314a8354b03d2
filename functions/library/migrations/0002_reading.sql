-- Where a reader is in an edition: one value, whatever device wrote it last.
CREATE TABLE reading_position (
  unit     text             NOT NULL,
  reader   text             NOT NULL,
  edition  text             NOT NULL,
  id       text             NOT NULL,       -- the client's, of the write that counts
  at       timestamptz      NOT NULL,       -- by the reader's clock, never after ours
  device   text             NOT NULL,
  total    double precision NOT NULL,       -- of the whole edition, 0 to 1
  locator  jsonb            NOT NULL,
  PRIMARY KEY (unit, reader, edition)
);
CREATE INDEX reading_position_recent ON reading_position (unit, reader, at);

-- Bookmarks, highlights and notes. What was deleted stays as a row without words,
-- so that a late repetition does not bring it back.
CREATE TABLE reading_mark (
  unit     text        NOT NULL,
  reader   text        NOT NULL,
  id       text        NOT NULL,            -- the client's
  edition  text        NOT NULL,
  kind     text        NOT NULL,            -- bookmark, highlight, note
  at       timestamptz NOT NULL,
  deleted  boolean     NOT NULL DEFAULT false,
  colour   text        NOT NULL,
  note     text        NOT NULL,
  locator  jsonb       NOT NULL,
  PRIMARY KEY (unit, reader, id)
);
CREATE INDEX reading_mark_edition ON reading_mark (unit, reader, edition);

-- One row for each time that somebody reads, on one day.
CREATE TABLE reading_session (
  unit     text    NOT NULL,
  reader   text    NOT NULL,
  id       text    NOT NULL,                -- the client's
  edition  text    NOT NULL,
  day      date    NOT NULL,
  seconds  integer NOT NULL,
  PRIMARY KEY (unit, reader, id)
);
CREATE INDEX reading_session_day ON reading_session (unit, reader, day);
CREATE INDEX reading_session_edition ON reading_session (edition);

-- The licence of an edition. Its row is what lenders queue at.
CREATE TABLE lending (
  edition text    PRIMARY KEY,
  copies  integer NOT NULL,                 -- lent at the same time; 0 bounds nothing
  days    integer NOT NULL,                 -- of a loan; 0 is without end
  ends    date                              -- the last day; null is without end
);

CREATE TABLE loan (
  id       text        PRIMARY KEY,
  edition  text        NOT NULL,
  unit     text        NOT NULL,
  reader   text        NOT NULL,
  began_at timestamptz NOT NULL,
  due_at   timestamptz,                     -- null is without end
  ended_at timestamptz,
  why      text        NOT NULL DEFAULT ''  -- returned, expired, withdrawn
);
CREATE UNIQUE INDEX loan_open ON loan (edition, unit, reader) WHERE ended_at IS NULL;
CREATE INDEX loan_reader ON loan (unit, reader, began_at);
