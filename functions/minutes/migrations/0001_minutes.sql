-- One row for each recording, from its first event or from the request that
-- creates it. What stands below "shown" is worked out anew from the upload rows
-- at every event, so that lists need not read them.
CREATE TABLE minutes (
  id             text        PRIMARY KEY,
  posted_at      timestamptz,                          -- null where it began with an upload
  author         text        NOT NULL DEFAULT '',
  request        text        NOT NULL DEFAULT '',      -- fingerprint of the creating request
  given_title    text        NOT NULL DEFAULT '',      -- a person's title beats that of a file
  given_language text        NOT NULL DEFAULT '',
  grants         integer     NOT NULL DEFAULT 0,       -- signed uploads handed out
  deleted_at     timestamptz,                          -- a tombstone: late events find it
  -- shown
  unit           text        NOT NULL DEFAULT '',
  created_at     timestamptz NOT NULL DEFAULT now(),
  upload         text        NOT NULL DEFAULT '',
  title          text        NOT NULL DEFAULT '',
  folded         text        NOT NULL DEFAULT '',      -- the title as it is searched
  state          text        NOT NULL DEFAULT '',
  code           text        NOT NULL DEFAULT '',      -- why it waits or failed
  stage          text        NOT NULL DEFAULT '',      -- and which function said so
  ended          integer     NOT NULL DEFAULT 0,
  chunks         integer     NOT NULL DEFAULT 0,
  duration_ms    bigint      NOT NULL DEFAULT 0,
  language       text        NOT NULL DEFAULT ''
);
CREATE INDEX minutes_listed ON minutes (unit, created_at, id);

-- What the events of one upload have told. JSON is kept as text because a
-- speaker's label may hold U+0000, which jsonb refuses.
CREATE TABLE upload (
  recording text NOT NULL,
  id        text NOT NULL,
  story     text NOT NULL,
  PRIMARY KEY (recording, id)
);

-- The newest transcript of each upload, in the order of time.
CREATE TABLE segment (
  recording  text    NOT NULL,
  upload     text    NOT NULL,
  position   integer NOT NULL,
  id         text    NOT NULL,
  track      integer NOT NULL,
  speaker    text    NOT NULL,
  start_ms   bigint  NOT NULL,
  end_ms     bigint  NOT NULL,
  text       text    NOT NULL,
  folded     text    NOT NULL,
  confidence double precision,
  suspect    text    NOT NULL,
  PRIMARY KEY (recording, upload, position)
);

-- Every summary there ever was, by machine or by a person.
CREATE TABLE summary (
  recording text        NOT NULL,
  id        text        NOT NULL,
  upload    text        NOT NULL,
  origin    text        NOT NULL,                      -- automatic, person
  number    integer     NOT NULL DEFAULT 0,            -- counts persons' edits
  parent    text        NOT NULL DEFAULT '',           -- the revision that was edited
  base      text        NOT NULL DEFAULT '',           -- the automatic revision it goes back to
  author    text        NOT NULL DEFAULT '',
  at        timestamptz NOT NULL,
  document  text        NOT NULL,
  PRIMARY KEY (recording, id)
);
