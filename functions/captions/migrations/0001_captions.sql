-- A meeting that is being captioned, from the request that begins it. Its id is that
-- of the recording, and so of the minutes, that it becomes.
CREATE TABLE session (
  id           text        PRIMARY KEY,
  unit         text        NOT NULL DEFAULT '',
  author       text        NOT NULL DEFAULT '',
  about        text        NOT NULL DEFAULT '{}', -- title, language, kind, participants, as JSON
  began_at     timestamptz NOT NULL DEFAULT now(),
  heard_at     timestamptz NOT NULL DEFAULT now(), -- when sound was last kept
  ended_at     timestamptz,
  next_line    bigint      NOT NULL DEFAULT 1,
  deleted      boolean     NOT NULL DEFAULT false
);
CREATE INDEX session_open ON session (heard_at) WHERE ended_at IS NULL;

-- One stream of sound of a session, by one participant or one microphone. Positions
-- count samples from the beginning of the stream, at 16,000 a second.
CREATE TABLE track (
  session  text    NOT NULL,
  number   integer NOT NULL,
  began_ms bigint  NOT NULL,            -- its beginning, from that of the session
  kept     bigint  NOT NULL DEFAULT 0,  -- sound before this is stored and heard
  holder   text    NOT NULL DEFAULT '', -- the connection that may send; the newest one
  partial  text    NOT NULL DEFAULT '', -- what is being said, as a segment; empty between sentences
  PRIMARY KEY (session, number)
);

-- What was said, as a segment of a transcript, or a gap where the engine failed.
CREATE TABLE line (
  session text    NOT NULL,
  number  bigint  NOT NULL,
  track   integer NOT NULL,
  segment text    NOT NULL DEFAULT '',
  gap     text    NOT NULL DEFAULT '',
  PRIMARY KEY (session, number)
);

-- The sound of a track, in stretches that follow each other without a gap.
CREATE TABLE piece (
  session text    NOT NULL,
  track   integer NOT NULL,
  start   bigint  NOT NULL,
  length  bigint  NOT NULL,
  PRIMARY KEY (session, track, start)
);
