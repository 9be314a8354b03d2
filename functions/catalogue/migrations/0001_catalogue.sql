-- What is known of each book of each source. A book that was withdrawn before its
-- file came has a row without one.
CREATE TABLE record (
    book       text PRIMARY KEY,               -- follows from source and source_id
    source     text NOT NULL,
    source_id  text NOT NULL,
    content    bigint NOT NULL DEFAULT -1,     -- version of file, metadata and licence
    state      bigint NOT NULL DEFAULT -1,     -- version of the last withdrawal or restore
    withdrawn  boolean NOT NULL DEFAULT false,
    upload     text NOT NULL DEFAULT '',
    sha256     text NOT NULL DEFAULT '',       -- of its file
    edition    text NOT NULL DEFAULT '',       -- ISBN of 13 digits: records with the same are one edition
    own        jsonb,                          -- what its file says of itself, under its name
    beside     jsonb,                          -- metadata from beside the file
    licence    jsonb,                          -- the terms that came with it
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, source_id)
);
CREATE INDEX record_edition ON record (edition);
CREATE INDEX record_sha256 ON record (sha256);

-- Files that were read, whoever sent them.
CREATE TABLE file (
    sha256    text PRIMARY KEY,
    format    text NOT NULL,
    object    jsonb NOT NULL,
    contents  jsonb NOT NULL,                  -- an object
    body      jsonb,                           -- an object with the text; absent where there is none
    letters   bigint NOT NULL,
    has_cover boolean NOT NULL,
    cover     jsonb,                           -- objects, once they are made
    thumbnail jsonb,
    read_at   timestamptz NOT NULL DEFAULT now()
);

-- Who withdrew and restored what, when and why. It is only written.
CREATE TABLE trail (
    book     text NOT NULL,
    version  bigint NOT NULL,
    what     text NOT NULL,                    -- withdrawn or restored
    reason   text NOT NULL,
    batch    text NOT NULL,
    number   integer NOT NULL,                 -- of the row
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (book, version, what)
);

CREATE TABLE batch (
    id          text PRIMARY KEY,
    source      text NOT NULL,
    bucket      text NOT NULL,                 -- where its list lies, and the files that it names
    list        text NOT NULL,                 -- key
    state       text NOT NULL DEFAULT 'new',   -- new, planned, running or completed
    rows        integer NOT NULL DEFAULT 0,
    ended       integer NOT NULL DEFAULT 0,    -- rows that something has become of
    approved_by text NOT NULL DEFAULT '',
    report      jsonb,                         -- an object
    reason      text NOT NULL DEFAULT '',      -- why it was refused
    created_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now()
);

-- The rows of a batch until it is completed; those that were refused stay, for their
-- books may be tried again.
CREATE TABLE batch_row (
    batch     text NOT NULL,
    number    integer NOT NULL,                -- from 1
    book      text NOT NULL,                   -- '' where the row does not say
    source_id text NOT NULL,
    op        text NOT NULL,
    version   bigint NOT NULL,
    object    text NOT NULL,
    sha256    text NOT NULL,
    content   text NOT NULL,                   -- a hash of all that the row says
    metadata  jsonb,
    licence   jsonb,
    reason    text NOT NULL,                   -- as the row gives it
    state     text NOT NULL,                   -- waiting, sent or ended
    result    text NOT NULL,                   -- catalogued, unchanged, older, withdrawn, restored or refused
    code      text NOT NULL,                   -- why it was refused
    why       text NOT NULL,
    PRIMARY KEY (batch, number)
);
CREATE INDEX batch_row_book ON batch_row (batch, book);
