-- What is known of recordings, by the ids that events carry. A recording that
-- was deleted keeps its row: events about it may still be on their way.
CREATE TABLE recording (
    id         text PRIMARY KEY,
    deleted    boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Written before the first object of an upload, so that what was written can
-- be found again however the work ends.
CREATE TABLE upload (
    id         text PRIMARY KEY,
    recording  text NOT NULL REFERENCES recording (id)
);
CREATE INDEX upload_recording ON upload (recording);

-- One for each upload that was cut.
CREATE TABLE job (
    upload      text PRIMARY KEY REFERENCES upload (id),
    language    text NOT NULL,
    tracks      integer NOT NULL,
    chunks      integer NOT NULL,
    ended       integer NOT NULL DEFAULT 0,
    revision    integer NOT NULL DEFAULT 0,
    duration_ms bigint NOT NULL,
    decoded_ms  bigint NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE chunk (
    upload     text NOT NULL REFERENCES job (upload),
    idx        integer NOT NULL,
    track      integer NOT NULL,
    pieces     jsonb NOT NULL,            -- [{"start_ms":…,"end_ms":…},…] of the recording, in the chunk's order
    speech_ms  bigint NOT NULL,
    audio      jsonb NOT NULL,            -- the object
    state      text NOT NULL DEFAULT 'waiting', -- waiting, heard or failed
    silent     boolean NOT NULL DEFAULT false,  -- heard, and nothing was said
    code       text NOT NULL DEFAULT '',  -- why it failed
    reason     text NOT NULL DEFAULT '',
    PRIMARY KEY (upload, idx)
);
