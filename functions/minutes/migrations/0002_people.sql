-- What people call the speakers, one row for each change. It stands beside the
-- transcript, so that another transcript keeps the names.
CREATE TABLE naming (
  recording text        NOT NULL,
  number    integer     NOT NULL,                      -- counts the changes
  author    text        NOT NULL DEFAULT '',
  at        timestamptz NOT NULL,
  names     text        NOT NULL,                      -- JSON, by the speaker's id
  PRIMARY KEY (recording, number)
);

-- Lines of a transcript as people put them right. What the engine heard stays in
-- segment; another transcript overwrites nothing here.
CREATE TABLE correction (
  recording text        NOT NULL,
  segment   text        NOT NULL,
  number    integer     NOT NULL,                      -- counts the edits of the segment
  upload    text        NOT NULL,
  track     integer     NOT NULL,
  start_ms  bigint      NOT NULL,
  end_ms    bigint      NOT NULL,
  heard     text        NOT NULL,                      -- what the engine had made of it
  text      text        NOT NULL,
  author    text        NOT NULL DEFAULT '',
  at        timestamptz NOT NULL,
  PRIMARY KEY (recording, segment, number)
);

-- Highlights, comments and ticks.
CREATE TABLE note (
  recording   text        NOT NULL,
  id          text        NOT NULL,
  kind        text        NOT NULL,                    -- highlight, comment, done
  parent      text        NOT NULL DEFAULT '',         -- the comment that this one answers
  author      text        NOT NULL DEFAULT '',
  at          timestamptz NOT NULL,
  edited_at   timestamptz,
  deleted_at  timestamptz,                             -- its text is gone, and its answers stay
  resolved_at timestamptz,
  resolved_by text        NOT NULL DEFAULT '',
  request     text        NOT NULL DEFAULT '',         -- fingerprint of the creating request
  text        text        NOT NULL DEFAULT '',
  place       text        NOT NULL,                    -- JSON: where it stands
  PRIMARY KEY (recording, id)
);

-- The terms of a unit.
CREATE TABLE glossary (
  unit    text        PRIMARY KEY,
  version bigint      NOT NULL,
  author  text        NOT NULL DEFAULT '',
  at      timestamptz NOT NULL,
  request text        NOT NULL,                        -- the event that wrote it
  terms   text        NOT NULL                         -- JSON
);

-- What minutes are found by, made anew whenever one of its parts changes: pieces
-- of two and three characters as numbers, and the text that they come from.
CREATE TABLE found (
  recording text      PRIMARY KEY,
  people    text      NOT NULL DEFAULT '',             -- speakers, as they are searched
  form      text      NOT NULL,                        -- every line, as it is searched
  grams     integer[] NOT NULL
);
CREATE INDEX found_grams ON found USING gin (grams);

-- Whom a restored revision comes from.
ALTER TABLE summary ADD COLUMN restores text NOT NULL DEFAULT '';
