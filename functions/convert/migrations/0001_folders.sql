-- What is known of documents, by the ids that events carry. A document that was
-- deleted keeps its row: events about it may still be on their way.
CREATE TABLE document (
    id         text PRIMARY KEY,
    deleted    boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- One for each conversion, written before its first object, so that what was
-- written can be found again however the work ends.
CREATE TABLE folder (
    id          text PRIMARY KEY,
    fingerprint text NOT NULL DEFAULT '',  -- of content, options and engine, once all of it is there
    answer      jsonb,                     -- what it came to, once all of it is there
    dropped     boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX folder_fingerprint ON folder (fingerprint);

-- For which documents a folder is kept.
CREATE TABLE keeper (
    folder   text NOT NULL REFERENCES folder (id),
    document text NOT NULL REFERENCES document (id),
    PRIMARY KEY (folder, document)
);
CREATE INDEX keeper_document ON keeper (document);

-- The pictures of some pages.
CREATE TABLE preview (
    folder     text NOT NULL REFERENCES folder (id),
    first_page integer NOT NULL,
    pages      integer NOT NULL,
    renditions jsonb NOT NULL,
    PRIMARY KEY (folder, first_page)
);
