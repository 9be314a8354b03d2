-- The terms of each unit, as glossary.changed told last. Version 0 has told nothing.
CREATE TABLE glossary (
    unit       text PRIMARY KEY,
    version    bigint NOT NULL DEFAULT 0,
    terms      text NOT NULL DEFAULT '[]',  -- JSON, as in the event
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- What is told of a recording when it is uploaded, and who speaks on its tracks:
-- JSON. Older versions leave it empty, and their transcripts are without it.
ALTER TABLE job ADD COLUMN about text NOT NULL DEFAULT '{}';
