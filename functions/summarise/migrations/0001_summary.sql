-- Recordings that an event named. The mark of a deleted one stays, so that a
-- transcript that comes late leaves nothing behind.
CREATE TABLE recording (
    id       text NOT NULL PRIMARY KEY,
    deleted  boolean NOT NULL DEFAULT false
);

-- The objects that were written, or were about to be.
CREATE TABLE summary (
    bucket     text NOT NULL,
    key        text NOT NULL,
    recording  text NOT NULL REFERENCES recording (id),
    upload     text NOT NULL,
    noted_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket, key)
);

CREATE INDEX summary_recording ON summary (recording);
